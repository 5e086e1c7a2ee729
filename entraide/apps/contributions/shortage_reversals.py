"""A settlement of missing cash recorded by mistake is taken back: its holder owes it again."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.contributions.models import (
    CashShortage,
    CollectionSlip,
    SettlementKind,
    ShortageSettlement,
)
from entraide.apps.contributions.shortages import reason_faults, refuse, require_not_own
from entraide.apps.contributions.slips import require_at_hand, require_whole
from entraide.apps.ledger.services import reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Refusal

# Who received cash would keep it, and who decided a loss would undo it, with nobody else looking.
SEPARATED_KINDS = frozenset({SettlementKind.REPAID, SettlementKind.WRITTEN_OFF})


@command("reverse_settlement", right=Right.REVERSE)
def reverse_settlement(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    settlement: ShortageSettlement,
    reason: str,
) -> ShortageSettlement:
    """Take back what was paid back, kept back or written off: a reversal entry, owed again.

    Cash that is on a slip not yet deposited leaves the slip. Refused with ``REASON_MISSING``,
    ``SHORTAGE_OWN`` (of the actor), ``SEPARATION_OF_DUTIES`` (the actor received the cash, or
    wrote it off), ``SETTLEMENT_REVERSED``, ``SETTLEMENT_DEPOSITED`` (the bank has the money: it
    was really paid), ``SLIP_HANDED_OVER`` or ``SLIP_SHORT``.
    """
    refuse(reason_faults(reason))
    shortage = CashShortage.objects.select_for_update(of=("self",)).select_related("holder")
    shortage_now = shortage.get(pk=settlement.shortage_id)
    require_not_own(actor, shortage_now.holder)
    settlement = ShortageSettlement.objects.select_for_update(of=("self",)).get(pk=settlement.pk)
    if settlement.reversed_on is not None:
        raise Refusal(
            "SETTLEMENT_REVERSED",
            document_number=settlement.document_number,
            day=settlement.reversed_on,
        )
    if settlement.kind in SEPARATED_KINDS:
        require_other_person(actor, settlement.received_by, step="settle_shortage")
    _leave_slip(settlement)
    reverse_posted(mutual=mutual, entry=settlement.entry, actor=actor, on=on, reason=reason.strip())
    settlement.reversed_on, settlement.reversed_by = on, actor
    settlement.reversal_reason = reason.strip()
    settlement.save(update_fields=["reversed_on", "reversed_by", "reversal_reason", "slip"])
    shortage_now.settled_minor -= settlement.amount_minor
    shortage_now.save(update_fields=["settled_minor"])
    return settlement


def _leave_slip(settlement: ShortageSettlement) -> None:
    if settlement.slip_id is None:
        return
    slip = CollectionSlip.objects.select_for_update().get(pk=settlement.slip_id)
    if slip.deposited_on is not None:
        raise Refusal(
            "SETTLEMENT_DEPOSITED",
            document_number=settlement.document_number,
            slip=slip.document_number,
            day=slip.deposited_on,
        )
    require_at_hand(slip)
    require_whole(slip)
    slip.total_minor -= settlement.amount_minor
    slip.save(update_fields=["total_minor"])
    settlement.slip = None
