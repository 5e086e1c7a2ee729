"""Balances carried over of money paid ahead: prepared by one, approved by another, used by dues.

The money lies in the treasuries with which the books opened. Approving says whose it is; the next
dues of the family are paid with it, each time with a receipt of the channel ``opening``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Min, Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.advance_records import AdvanceState, OpeningAdvance
from entraide.apps.contributions.allocation import allocate_payment, by_fund
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    Payer,
)
from entraide.apps.contributions.payments import open_dues, record_parts
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.services import Draft, post_entries_in_bulk, post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import document_number, next_number, next_numbers
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.receipt_postings import advance_carried_over, contribution_paid_from_advance

ADVANCE_PREFIX = "AVR"
_AT_A_TIME = 500
_STANDING = (AdvanceState.PREPARED, AdvanceState.POSTED)


def _chunks(uids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """A few hundred at a time: what one statement may name."""
    wanted = list(uids)
    for start in range(0, len(wanted), _AT_A_TIME):
        yield wanted[start : start + _AT_A_TIME]


def propose_advances(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    source: str,
    source_uid: UUID,
    amounts_minor: Mapping[UUID, int],
) -> list[OpeningAdvance]:
    """Advances to be approved by another person, by household ``uid``; inside a command.

    A family whose advance waits or stands already is left as it is. ``ADVANCES_NONE`` when none is
    left to propose.
    """
    by_uid: dict[UUID, Household] = {}
    has_one: set[UUID] = set()
    for uids in _chunks(amounts_minor):
        homes = Household.objects.filter(mutual=mutual, uid__in=uids).select_for_update()
        by_uid.update({home.uid: home for home in homes.order_by("pk")})
        standing = OpeningAdvance.objects.filter(household__uid__in=uids, state__in=_STANDING)
        has_one.update(standing.values_list("household__uid", flat=True))
    made = [
        OpeningAdvance(
            mutual=mutual, household=by_uid[uid], amount_minor=amount_minor, source=source,
            source_uid=source_uid, prepared_by=actor, prepared_on=on,
        )
        for uid, amount_minor in amounts_minor.items()
        if uid in by_uid and uid not in has_one and amount_minor > 0
    ]  # fmt: skip
    if not made:
        raise Refusal("ADVANCES_NONE", file=source)
    return OpeningAdvance.objects.bulk_create(made, batch_size=300)


def _waiting(mutual: Mutual, source_uid: UUID) -> list[OpeningAdvance]:
    rows = OpeningAdvance.objects.select_for_update(of=("self",)).filter(
        mutual=mutual, source_uid=source_uid, state=AdvanceState.PREPARED
    )
    return list(rows.select_related("household", "prepared_by").order_by("pk"))


def post_advances(
    *, mutual: Mutual, actor: User, on: date, source: str, source_uid: UUID
) -> list[OpeningAdvance]:
    """Approve the advances that wait of one source: each gets its number ``AVR-…`` and its entry,
    and pays what its family owes already; inside a command.

    Refused with ``ADVANCES_NONE`` or ``SEPARATION_OF_DUTIES``.
    """
    waiting = _waiting(mutual, source_uid)
    if not waiting:
        raise Refusal("ADVANCES_NONE", file=source)
    for each in waiting:
        if each.prepared_by_id == actor.pk:  # not even the system does both
            raise Refusal("SEPARATION_OF_DUTIES", person=str(actor), step="prepare_advances")
    ensure_account(mutual, AccountRole.MEMBER_ADVANCES)
    first = next_numbers(mutual=mutual, prefix=ADVANCE_PREFIX, on=on, count=len(waiting))
    for rank, each in enumerate(waiting):
        each.document_number = document_number(ADVANCE_PREFIX, on.year, first + rank)
        each.state = AdvanceState.POSTED
        each.approved_by, each.approved_on = actor, on
    entries = [
        advance_carried_over(
            document_number=each.document_number,
            occurred_on=on,
            party=party_of(each.household.uid),
            amount_minor=each.amount_minor,
            label=each.household.number,
        )
        for each in waiting
    ]
    drafts = [Draft(entry, on, actor) for entry in entries]
    posted = post_entries_in_bulk(mutual=mutual, drafts=drafts)
    for each, entry in zip(waiting, posted, strict=True):
        each.entry = entry
    OpeningAdvance.objects.bulk_update(
        waiting, ["document_number", "state", "approved_by", "approved_on", "entry"], 300
    )
    carried = OpeningAdvance.objects.filter(source_uid=source_uid, state=AdvanceState.POSTED)
    owing = set(
        ContributionDue.objects.filter(
            household__in=carried.values("household"), payer=Payer.HOUSEHOLD,
            cancelled_on__isnull=True, paid_minor__lt=F("amount_minor"),
        ).values_list("household_id", flat=True)
    )  # fmt: skip
    for each in waiting:
        if each.household_id in owing:
            _pay_with(each, actor=actor, on=on)
    return waiting


def refuse_waiting(
    *, mutual: Mutual, actor: User, on: date, source: str, source_uid: UUID, reason: str
) -> list[OpeningAdvance]:
    """Say no to the advances that wait of one source, with the reason; inside a command.

    They may be proposed again. Refused with ``REASON_MISSING`` or ``ADVANCES_NONE``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    waiting = _waiting(mutual, source_uid)
    if not waiting:
        raise Refusal("ADVANCES_NONE", file=source)
    for each in waiting:
        _end(each, AdvanceState.REFUSED, actor, on, reason)
    return waiting


def _end(advance: OpeningAdvance, state: AdvanceState, actor: User, on: date, reason: str) -> None:
    advance.state, advance.reason = state, reason.strip()[:200]
    advance.ended_by, advance.ended_on = actor, on
    advance.save(update_fields=["state", "reason", "ended_by", "ended_on"])


@command("reverse_opening_advance", right=Right.REVERSE)
def reverse_opening_advance(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    advance: OpeningAdvance,
    reason: str,
) -> OpeningAdvance:
    """An advance carried over wrongly is taken out of the books by a reversal.

    The receipts that it paid are reversed first (``ADVANCE_USED``). Refused also with
    ``REASON_MISSING`` or ``ADVANCE_NOT_IN_BOOKS``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    advance = OpeningAdvance.objects.select_for_update().get(pk=advance.pk)
    if advance.state != AdvanceState.POSTED or advance.entry is None:
        raise Refusal("ADVANCE_NOT_IN_BOOKS")
    if advance.used_minor:
        raise Refusal(
            "ADVANCE_USED", document_number=advance.document_number,
            used_minor=advance.used_minor, currency=mutual.currency,
        )  # fmt: skip
    reverse_posted(mutual=mutual, entry=advance.entry, actor=actor, on=on, reason=reason)
    _end(advance, AdvanceState.REVERSED, actor, on, reason)
    return advance


def use_advance(household: Household, *, actor: User, on: date) -> ContributionPayment | None:
    """Pay what a family owes with what it had paid ahead, inside the caller's transaction.

    Nothing for a family that has no advance left, or owes nothing. Only one that came from an old
    tool may have one: another costs no query.
    """
    if household.source != "import":
        return None
    advance = (
        OpeningAdvance.objects.select_for_update()
        .filter(household=household, state=AdvanceState.POSTED, used_minor__lt=F("amount_minor"))
        .first()
    )
    return _pay_with(advance, actor=actor, on=on) if advance is not None else None


def _pay_with(advance: OpeningAdvance, *, actor: User, on: date) -> ContributionPayment | None:
    """A receipt ``REC-…`` of the family's oldest dues, as far as the advance goes."""
    mutual, household = advance.mutual, advance.household
    dues = open_dues(household, Payer.HOUSEHOLD)
    amount_minor = min(advance.rest_minor, sum(due.remaining_minor for due in dues.values()))
    if amount_minor <= 0:
        return None
    parts = allocate_payment(amount_minor, dues.values(), currency=mutual.currency)
    number = next_number(mutual=mutual, prefix="REC", on=on)
    entry = contribution_paid_from_advance(
        document_number=number,
        occurred_on=on,
        party=party_of(household.uid),
        amounts_minor=by_fund(parts),
        label=f"{household.number}, {advance.document_number}",
    )
    payment = ContributionPayment.objects.create(
        mutual=mutual,
        document_number=number,
        household=household,
        channel=Channel.OPENING,
        treasury_account=ensure_account(mutual, AccountRole.MEMBER_ADVANCES),
        opening_advance=advance,
        paid_on=on,
        amount_minor=amount_minor,
        received_by=actor,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )
    record_parts(payment, parts)
    advance.used_minor += amount_minor
    advance.save(update_fields=["used_minor"])
    return payment


def give_back(payment: ContributionPayment) -> None:
    """A receipt that an advance paid is taken back: the advance has that much left again."""
    advance = OpeningAdvance.objects.select_for_update().get(pk=payment.opening_advance_id)
    advance.used_minor -= payment.amount_minor
    advance.save(update_fields=["used_minor"])


def advance_of(household: Household) -> OpeningAdvance | None:
    """The advance of a family that waits or stands, else None."""
    rows = OpeningAdvance.objects.filter(household=household, state__in=_STANDING)
    return rows.select_related("prepared_by", "approved_by").first()


def latest_advances(households: Iterable[UUID]) -> dict[UUID, OpeningAdvance]:
    """By ``uid`` of household: what became last of its advance."""
    found_of: dict[UUID, OpeningAdvance] = {}
    for uids in _chunks(households):
        rows = OpeningAdvance.objects.filter(household__uid__in=uids).order_by("pk")
        rows = rows.select_related("household", "prepared_by", "approved_by", "ended_by")
        found_of.update({each.household.uid: each for each in rows})
    return found_of


def rests_minor(household_ids: Sequence[int]) -> dict[int, int]:
    """What advances in the books have left, by household. One query."""
    rows = OpeningAdvance.objects.filter(
        household__in=household_ids, state=AdvanceState.POSTED, used_minor__lt=F("amount_minor")
    )
    return dict(rows.values_list("household").annotate(rest=F("amount_minor") - F("used_minor")))


@dataclass(frozen=True, slots=True)
class WaitingSource:
    """The advances of one source that wait for another person; ``prepared_by`` is a key."""

    source_uid: UUID
    source: str
    prepared_by: int
    count: int
    amount_minor: int
    since: date


def waiting_sources(mutual: Mutual) -> list[WaitingSource]:
    """What waits for another person, by source, the oldest first. One query."""
    rows = (
        OpeningAdvance.objects.filter(mutual=mutual, state=AdvanceState.PREPARED)
        .order_by()
        .values_list("source_uid", "source", "prepared_by")
        .annotate(count=Count("pk"), total=Sum("amount_minor"), since=Min("prepared_on"))
        .order_by("since")
    )
    return [WaitingSource(*row) for row in rows]


def advance_for(mutual: Mutual, uid: object) -> OpeningAdvance:
    """The advance of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(OpeningAdvance.objects.filter(mutual=mutual), uid=uid)
