"""Commands on sums paid for many families: received whole, shared by a rule or by hand.

Until it is shared the money is the group's advance. Each part is a receipt of its family, as any
other; the money stays where the sum lies, and takes the funds of the dues that it pays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from entraide.apps.access.models import User
from entraide.apps.contributions.allocation import OpenDue, allocate_payment, by_fund
from entraide.apps.contributions.corrections import money_place
from entraide.apps.contributions.desk import CHANNEL_OF_ROLE
from entraide.apps.contributions.dues import party_of, receivable_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    GroupPayment,
    Payer,
    SumOrigin,
)
from entraide.apps.contributions.payments import open_dues, record_parts, require_new_reference
from entraide.apps.contributions.slips import require_whole
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import Household, PartnerGroup
from entraide.apps.enrolment.sections import require_own_group, sections_of
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import AccountRole
from entraide.core.lump_sums import FamilyOwing, OwedOn, SharingRule, share_sum
from entraide.core.receipt_postings import contribution_paid_from_sum, group_sum_received

SUM_PREFIX = "PG"


def sum_party(lump_sum: GroupPayment) -> str:
    """Whose the advance is, in the books."""
    return f"group_sum:{lump_sum.uid}"


@command("receive_lump_sum", right=Right.RECORD_PAYMENT)
def receive_lump_sum(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    origin: SumOrigin,
    payer_name: str,
    amount_minor: int,
    treasury_account: Account,
    paid_on: date,
    group: PartnerGroup | None = None,
    external_reference: str = "",
) -> GroupPayment:
    """One sum is received for many families: its paper ``PG-…`` and its entry.

    Refused with ``PAYMENT_NOT_POSITIVE``, ``PAYER_MISSING``, ``DATE_IN_FUTURE``,
    ``SUM_REFERENCE_MISSING`` (everything but cash), ``EXTERNAL_REFERENCE_USED`` or
    ``GROUP_OF_OTHER_SECTION``.
    """
    if group is not None:
        require_own_group(group, actor, on)
    require_not_future(paid_on, on, "paid_on")
    if amount_minor <= 0:
        raise Refusal(
            "PAYMENT_NOT_POSITIVE", place="amount_minor", amount_minor=amount_minor,
            currency=mutual.currency,
        )  # fmt: skip
    if not payer_name.strip():
        raise Refusal("PAYER_MISSING", place="payer_name")
    reference = external_reference.strip()
    channel = CHANNEL_OF_ROLE[treasury_account.role]
    if not reference and channel != Channel.CASH:
        raise Refusal("SUM_REFERENCE_MISSING", place="external_reference")
    require_new_reference(mutual, channel, reference)
    _require_new_sum(mutual, treasury_account, reference)
    ensure_account(mutual, AccountRole.GROUP_ADVANCES)
    lump_sum = GroupPayment(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=SUM_PREFIX, on=on),
        group=group,
        origin=origin,
        payer_name=payer_name.strip(),
        treasury_account=treasury_account,
        external_reference=reference,
        paid_on=paid_on,
        amount_minor=amount_minor,
        received_by=actor,
    )
    entry = group_sum_received(
        document_number=lump_sum.document_number,
        occurred_on=paid_on,
        treasury=treasury_of(treasury_account),
        party=sum_party(lump_sum),
        amount_minor=amount_minor,
        label=lump_sum.payer_name,
    )
    lump_sum.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    lump_sum.save()
    return lump_sum


def require_own_sum(lump_sum: GroupPayment, actor: User, on: date) -> None:
    """Who works in sections shares the sum of a group that is wholly theirs, or one of no group
    that was received in their sections.

    ``GROUP_OF_OTHER_SECTION`` or ``LUMP_SUM_OF_OTHER_SECTION`` otherwise.
    """
    sections = sections_of(actor, lump_sum.mutual, on)
    if sections is None:
        return
    if lump_sum.group is not None:
        require_own_group(lump_sum.group, actor, on)
        return
    received_in = sections_of(lump_sum.received_by, lump_sum.mutual, on)
    if received_in is None or not received_in <= sections:
        raise Refusal("LUMP_SUM_OF_OTHER_SECTION", document_number=lump_sum.document_number)


def _require_new_sum(mutual: Mutual, account: Account, reference: str) -> None:
    if not reference:
        return
    earlier = GroupPayment.objects.filter(
        mutual=mutual,
        treasury_account__role=account.role,
        external_reference=reference,
        reversed_on__isnull=True,
    ).first()
    if earlier is not None:
        raise Refusal(
            "EXTERNAL_REFERENCE_USED",
            place="external_reference",
            reference=reference,
            document_number=earlier.document_number,
        )


@dataclass(frozen=True, slots=True)
class FamilyShare:
    """The part of a lump sum that pays for a family."""

    household: Household
    amount_minor: int


@command("share_lump_sum", right=Right.RECORD_PAYMENT)
def share_lump_sum(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    lump_sum: GroupPayment,
    shares: tuple[FamilyShare, ...],
) -> GroupPayment:
    """Parts of a lump sum pay the oldest dues of families: a receipt ``REC-…`` each.

    The rest stays the group's advance. Every fault is told at once, at ``shares[i]``:
    ``PAYMENT_NOT_POSITIVE``, ``OVERPAYMENT``, ``NOTHING_DUE``; or refused as a whole with
    ``SHARES_MISSING``, ``SHARED_TWICE``, ``LUMP_SUM_REVERSED``, ``LUMP_SUM_EXCEEDED``,
    ``SLIP_SHORT``, ``GROUP_OF_OTHER_SECTION``, ``LUMP_SUM_OF_OTHER_SECTION``.
    """
    require_own_sum(lump_sum, actor, on)
    lump_sum = _locked(lump_sum)
    if not shares:
        raise Refusal("SHARES_MISSING", place="shares")
    households = [share.household for share in shares]
    if len({household.pk for household in households}) < len(households):
        raise Refusal("SHARED_TWICE", place="shares")
    shared_minor = sum(share.amount_minor for share in shares)
    if shared_minor > lump_sum.rest_minor:
        raise Refusal(
            "LUMP_SUM_EXCEEDED",
            place="shares",
            amount_minor=shared_minor,
            remaining_minor=lump_sum.rest_minor,
            currency=mutual.currency,
        )
    if lump_sum.slip is not None:
        require_whole(lump_sum.slip, leaves=False)
    place = money_place(lump_sum)
    findings: list[Finding] = []
    for index, share in enumerate(shares):
        try:
            _pay(lump_sum, share, place, actor=actor, on=on)
        except Refusal as refusal:
            findings.append(
                Finding(
                    refusal.code,
                    place=f"shares[{index}]",
                    data={**refusal.data, "household": share.household.number},
                )
            )
    if findings:
        raise RefusedRows(tuple(findings))
    lump_sum.allocated_minor += shared_minor
    lump_sum.save(update_fields=["allocated_minor"])
    return lump_sum


def _pay(
    lump_sum: GroupPayment, share: FamilyShare, place: Account, *, actor: User, on: date
) -> ContributionPayment:
    mutual, household = lump_sum.mutual, share.household
    dues = open_dues(household, Payer.HOUSEHOLD)
    parts = allocate_payment(share.amount_minor, dues.values(), currency=mutual.currency)
    number = next_number(mutual=mutual, prefix="REC", on=on)
    entry = contribution_paid_from_sum(
        document_number=number,
        occurred_on=on,
        treasury=treasury_of(place),
        party=party_of(household.uid),
        sum_party=sum_party(lump_sum),
        amounts_minor=by_fund(parts),
        receivable=receivable_of(Payer.HOUSEHOLD),
        label=f"{household.number}, {lump_sum.document_number}",
    )
    payment = ContributionPayment.objects.create(
        mutual=mutual,
        document_number=number,
        household=household,
        payer_name=lump_sum.payer_name,
        channel=Channel.GROUP,
        treasury_account=place,
        paid_on=on,
        amount_minor=share.amount_minor,
        received_by=actor,
        group_payment=lump_sum,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )
    record_parts(payment, parts)
    return payment


def _locked(lump_sum: GroupPayment) -> GroupPayment:
    locked = (
        GroupPayment.objects.select_for_update(of=("self",))
        .select_related("treasury_account", "slip", "mutual")
        .get(pk=lump_sum.pk)
    )
    if locked.reversed_on is not None:
        raise Refusal(
            "LUMP_SUM_REVERSED", document_number=locked.document_number, day=locked.reversed_on
        )
    return locked


@command("reverse_lump_sum", right=Right.REVERSE)
def reverse_lump_sum(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    lump_sum: GroupPayment,
    reason: str,
) -> GroupPayment:
    """A lump sum entered wrongly is taken back; the receipts that it paid are reversed first.

    Refused with ``REASON_MISSING``, ``LUMP_SUM_REVERSED``, ``LUMP_SUM_SHARED``, or
    ``LUMP_SUM_ON_SLIP`` once its cash is on a slip.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    lump_sum = _locked(lump_sum)
    if lump_sum.allocated_minor:
        raise Refusal("LUMP_SUM_SHARED", document_number=lump_sum.document_number)
    if lump_sum.slip is not None:
        raise Refusal(
            "LUMP_SUM_ON_SLIP",
            document_number=lump_sum.document_number,
            slip=lump_sum.slip.document_number,
        )
    lump_sum.reversed_on = on
    lump_sum.save(update_fields=["reversed_on"])
    reverse_posted(mutual=mutual, entry=lump_sum.entry, actor=actor, on=on, reason=reason)
    return lump_sum


def proposed_shares(
    lump_sum: GroupPayment, households: Iterable[Household], rule: SharingRule
) -> dict[int, int]:
    """What each family would get of the rest by a rule, by household; nothing is recorded.

    Two queries whatever the number of families.
    """
    owing = owed_by(households)
    families = [
        FamilyOwing(str(pk), tuple(OwedOn(due.due_on, due.remaining_minor) for due in dues))
        for pk, dues in owing.items()
    ]
    shared = share_sum(lump_sum.rest_minor, families, rule)
    return {int(key): amount_minor for key, amount_minor in shared.items()}


def owed_by(households: Iterable[Household]) -> Mapping[int, list[OpenDue]]:
    """What families themselves still owe, by household, the oldest first. One query."""
    owed: dict[int, list[OpenDue]] = defaultdict(list)
    dues = ContributionDue.objects.filter(
        household__in=[household.pk for household in households],
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        paid_minor__lt=F("amount_minor"),
    ).order_by("due_on", "pk")
    for due in dues:
        owed[due.household_id].append(
            OpenDue(
                due.pk, due.kind, due.due_on, due.document_number, due.amount_minor,
                due.fund_share_minor, due.paid_minor,
            )
        )  # fmt: skip
    return owed
