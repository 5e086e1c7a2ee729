"""Refunds that families do not come for: told by age, spoken of, paid otherwise, never lost (R052).

Nothing here looks at loans or arrears: what a family is owed is owed, whatever it owes elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.choices import UNCLAIMED_AFTER_DAYS
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.settlement.models import (
    BatchState,
    ContactMeans,
    ContactResult,
    PayeeKind,
    Payout,
    RefundContact,
    ReturnCode,
    SetAsideState,
    UnclaimedRefund,
)
from entraide.apps.settlement.payees import require_offered
from entraide.apps.settlement.returns import take_back
from entraide.apps.settlement.services import locked_batch
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.refund_postings import refund_set_aside

SET_ASIDE_PREFIX = "NR"


@dataclass(frozen=True, slots=True)
class WaitingRefund:
    """A refund that waits, its age in days, who was last spoken to, and whether it is set aside."""

    payout: Payout
    days: int
    contact: RefundContact | None
    set_aside: UnclaimedRefund | None
    is_over_term: bool


def waiting_payouts(mutual: Mutual) -> QuerySet[Payout]:
    """What was let go for families and did not reach them, the oldest first."""
    return (
        Payout.objects.filter(
            mutual=mutual,
            payee_kind=PayeeKind.HOUSEHOLD,
            batch__state=BatchState.AUTHORISED,
            paid_on__isnull=True,
            returned_on__isnull=True,
            amount_minor__gt=0,
        )
        .select_related("batch", "household", "household__group")
        .order_by("batch__authorised_on", "id")
    )


def told(mutual: Mutual, payouts: Iterable[Payout], on: date) -> list[WaitingRefund]:
    """The same with age, last contact and place. Two queries for any number."""
    rows = list(payouts)
    contacts = {
        each.payout_id: each
        for each in RefundContact.objects.filter(payout__in=[row.pk for row in rows])
        .select_related("recorded_by")
        .order_by("contacted_on", "id")
    }
    aside = {
        each.payout_id: each
        for each in UnclaimedRefund.objects.filter(
            payout__in=[row.pk for row in rows],
            state__in=(SetAsideState.PROPOSED, SetAsideState.APPROVED),
        ).select_related("proposed_by", "decided_by")
    }
    term = UNCLAIMED_AFTER_DAYS.of(mutual)
    return [
        WaitingRefund(row, days, contacts.get(row.pk), aside.get(row.pk), is_over_term=days >= term)
        for row in rows
        for days in [(on - (row.batch.authorised_on or on)).days]
    ]


def came_back(mutual: Mutual) -> QuerySet[Payout]:
    """Refunds that came back and stand in no other batch: to be prepared again."""
    return (
        Payout.objects.filter(
            mutual=mutual,
            payee_kind=PayeeKind.HOUSEHOLD,
            returned_on__isnull=False,
            claims__claim__state=ClaimState.APPROVED,
        )
        .select_related("batch", "household")
        .distinct()
        .order_by("returned_on", "id")
    )


def set_aside_minor(mutual: Mutual) -> int:
    """What stands in « non réclamés », in minor units."""
    rows = UnclaimedRefund.objects.filter(mutual=mutual, state=SetAsideState.APPROVED)
    total: int = rows.aggregate(total=Sum("amount_minor", default=0))["total"]
    return total


@command("record_refund_contact", right=Right.RECORD_PAYMENT)
def record_refund_contact(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payout: Payout,
    contacted_on: date,
    means: str,
    result: str,
    note: str = "",
) -> RefundContact:
    """A family was told, or could not be. Refused: ``REFUND_NOT_WAITING``, ``DATE_IN_FUTURE``,
    ``CONTACT_UNKNOWN`` (means or result)."""
    _require_waiting(payout)
    if contacted_on > on:
        raise Refusal("DATE_IN_FUTURE", place="contacted_on", day=contacted_on, on=on)
    if means not in ContactMeans.values or result not in ContactResult.values:
        raise Refusal("CONTACT_UNKNOWN", place="means")
    return RefundContact.objects.create(
        mutual=mutual, payout=payout, contacted_on=contacted_on, means=means, result=result,
        note=note.strip()[:300], recorded_by=actor,
    )  # fmt: skip


@command("reissue_refund", right=Right.PREPARE_BATCH)
def reissue_refund(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, payout: Payout, channel: str
) -> Payout:
    """The refund is to go another way: its claims wait for another batch by this channel.

    Refused: ``CHANNEL_UNKNOWN``, ``SAVINGS_NOT_SAFE``, ``REFUND_NOT_WAITING``.
    """
    require_offered(mutual, channel)
    locked_batch(payout.batch)  # whoever pays it at this moment is waited for
    _require_waiting(payout)
    payout = take_back(
        mutual=mutual, actor=actor, on=on, payout=payout, returned_on=on,
        code=ReturnCode.NOT_FETCHED.value,
    )  # fmt: skip
    Claim.objects.filter(payouts__payout=payout).update(channel=channel)
    return payout


@command("propose_set_aside", right=Right.PREPARE_BATCH)
def propose_set_aside(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, payout: Payout, reason: str
) -> UnclaimedRefund:
    """Nobody came within the term that the mutual set: to be written to « non réclamés».

    Refused: ``REASON_MISSING``, ``REFUND_NOT_WAITING``, ``UNCLAIMED_TOO_EARLY``,
    ``UNCLAIMED_NO_CONTACT`` (nobody was spoken to), ``SET_ASIDE_STANDS``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    locked_batch(payout.batch)
    _require_waiting(payout)
    term = UNCLAIMED_AFTER_DAYS.of(mutual)
    due_on = (payout.batch.authorised_on or on) + timedelta(days=term)
    if on < due_on:
        raise Refusal("UNCLAIMED_TOO_EARLY", on=due_on, days=term)
    if not payout.contacts.exists():
        raise Refusal("UNCLAIMED_NO_CONTACT")
    live = (SetAsideState.PROPOSED, SetAsideState.APPROVED)
    if payout.set_asides.filter(state__in=live).exists():
        raise Refusal("SET_ASIDE_STANDS", payout=payout.document_number)
    return UnclaimedRefund.objects.create(
        mutual=mutual,
        payout=payout,
        state=SetAsideState.PROPOSED,
        amount_minor=payout.amount_minor,
        reason=reason.strip()[:200],
        proposed_on=on,
        proposed_by=actor,
    )


@command("approve_set_aside", right=Right.AUTHORISE_BATCH)
def approve_set_aside(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, set_aside: UnclaimedRefund
) -> UnclaimedRefund:
    """Another person writes it to « non réclamés », ``NR-…``: owed as before, in its own account.

    Refused: ``SET_ASIDE_DECIDED``, ``SEPARATION_OF_DUTIES``.
    """
    held, payout = _to_decide(set_aside, actor)
    assert payout.household is not None, "only families' refunds are set aside"
    ensure_account(mutual, AccountRole.UNCLAIMED_REFUNDS)
    held.document_number = next_number(mutual=mutual, prefix=SET_ASIDE_PREFIX, on=on)
    entry = refund_set_aside(
        document_number=held.document_number,
        occurred_on=on,
        party=f"household:{payout.household.uid}",
        amount_minor=held.amount_minor,
        label=f"{payout.document_number}, {held.reason}"[:200],
    )
    held.entry = post_entry(mutual=mutual, entry=entry, actor=actor, on=on)
    held.state, held.decided_on, held.decided_by = SetAsideState.APPROVED, on, actor
    held.save(update_fields=["document_number", "entry", "state", "decided_on", "decided_by"])
    return held


@command("refuse_set_aside", right=Right.AUTHORISE_BATCH)
def refuse_set_aside(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    set_aside: UnclaimedRefund,
    reason: str,
) -> UnclaimedRefund:
    """It goes on waiting, and why. Refused: ``REASON_MISSING`` and as approval is."""
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held, _payout = _to_decide(set_aside, actor)
    held.state, held.decided_on, held.decided_by = SetAsideState.REFUSED, on, actor
    held.decision = reason.strip()[:200]
    held.save(update_fields=["state", "decided_on", "decided_by", "decision"])
    return held


def _to_decide(set_aside: UnclaimedRefund, actor: User) -> tuple[UnclaimedRefund, Payout]:
    locked_batch(set_aside.payout.batch)
    held = (
        UnclaimedRefund.objects.select_for_update(of=("self",))
        .select_related("payout", "payout__household", "proposed_by")
        .get(pk=set_aside.pk)
    )
    if held.state != SetAsideState.PROPOSED:
        raise Refusal("SET_ASIDE_DECIDED", payout=held.payout.document_number)
    require_other_person(actor, held.proposed_by, step="propose_set_aside")
    return held, held.payout


def _require_waiting(payout: Payout) -> None:
    if not waiting_payouts(payout.mutual).filter(pk=payout.pk).exists():
        raise Refusal("REFUND_NOT_WAITING", payout=payout.document_number)
