"""A shortage comes to its end: paid back, kept back from a salary, or written off.

All or a part at a time. Only somebody else than the holder and who established it writes it off.
"""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.contributions.models import CashShortage, SettlementKind, ShortageSettlement
from entraide.apps.contributions.shortages import (
    amount_faults,
    columns,
    day_faults,
    party_of_holder,
    reason_faults,
    refuse,
    require_not_own,
)
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.opening import ensure_account
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core import shortages
from entraide.core.errors import Finding
from entraide.core.ledger import AccountRole, Entry, FundCode

SETTLEMENT_PREFIX = "RMQ"


@command("receive_repayment", right=Right.RECORD_PAYMENT)
def receive_repayment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    shortage: CashShortage,
    amount_minor: int,
    treasury_account: Account,
    paid_on: date,
) -> ShortageSettlement:
    """The holder pays back all or a part: ``RMQ-…``. Cash is then on the receiver, as a receipt's.

    Refused with ``SHORTAGE_OWN`` (nobody receives their own), ``NOT_A_TREASURY_ROLE``,
    ``AMOUNT_NOT_ABOVE_ZERO``, ``SHORTAGE_SETTLED_BEYOND``, ``DATE_IN_FUTURE`` or
    ``SETTLED_BEFORE_FOUND``.
    """
    treasury = treasury_of(treasury_account)
    shortage = _locked(shortage)
    require_not_own(actor, shortage.holder)
    parts = _settled_parts(shortage, amount_minor, paid_on, on)
    number = next_number(mutual=mutual, prefix=SETTLEMENT_PREFIX, on=on)
    entry = shortages.shortage_repaid(
        document_number=number,
        occurred_on=paid_on,
        treasury=treasury,
        party=party_of_holder(shortage.holder),
        amounts_minor=parts,
        label=_label(shortage),
    )
    return _settle(
        shortage, SettlementKind.REPAID, parts, entry, actor=actor, on=on, account=treasury_account
    )


@command("deduct_shortage", right=Right.POST_OPERATION)
def deduct_shortage(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    shortage: CashShortage,
    amount_minor: int,
    treasury_account: Account,
    paid_on: date,
    reason: str,
) -> ShortageSettlement:
    """All or a part is kept back from the holder's salary, which ``treasury_account`` pays.

    ``reason`` names the paper: the pay slip, the holder's consent. Refused as
    :func:`receive_repayment`, or with ``REASON_MISSING``.
    """
    treasury = treasury_of(treasury_account)
    shortage = _locked(shortage)
    require_not_own(actor, shortage.holder)
    parts = _settled_parts(shortage, amount_minor, paid_on, on, reason_faults(reason))
    number = next_number(mutual=mutual, prefix=SETTLEMENT_PREFIX, on=on)
    entry = shortages.shortage_deducted(
        document_number=number,
        occurred_on=paid_on,
        treasury=treasury,
        party=party_of_holder(shortage.holder),
        amounts_minor=parts,
        label=_label(shortage),
    )
    return _settle(
        shortage, SettlementKind.DEDUCTED, parts, entry,
        actor=actor, on=on, account=treasury_account, reason=reason,
    )  # fmt: skip


@command("write_off_shortage", right=Right.WRITE_OFF)
def write_off_shortage(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    shortage: CashShortage,
    amount_minor: int,
    reason: str,
) -> ShortageSettlement:
    """Nobody will pay all or a part back: a loss, with its reason.

    Refused with ``SHORTAGE_OWN``, ``SEPARATION_OF_DUTIES`` (the actor established it),
    ``REASON_MISSING``, ``AMOUNT_NOT_ABOVE_ZERO`` or ``SHORTAGE_SETTLED_BEYOND``.
    """
    shortage = _locked(shortage)
    require_not_own(actor, shortage.holder)
    require_other_person(actor, shortage.established_by, step="establish_shortage")
    parts = _settled_parts(shortage, amount_minor, on, on, reason_faults(reason))
    number = next_number(mutual=mutual, prefix=SETTLEMENT_PREFIX, on=on)
    ensure_account(mutual, AccountRole.CASH_LOSSES)
    entry = shortages.shortage_written_off(
        document_number=number,
        occurred_on=on,
        party=party_of_holder(shortage.holder),
        amounts_minor=parts,
        label=_label(shortage),
    )
    return _settle(
        shortage, SettlementKind.WRITTEN_OFF, parts, entry, actor=actor, on=on, reason=reason
    )


def _locked(shortage: CashShortage) -> CashShortage:
    rows = CashShortage.objects.select_for_update(of=("self",))
    return rows.select_related("holder", "established_by", "mutual").get(pk=shortage.pk)


def _label(shortage: CashShortage) -> str:
    return f"{shortage.document_number}, {shortage.holder}"


def _settled_parts(
    shortage: CashShortage,
    amount_minor: int,
    day: date,
    on: date,
    more: list[Finding] | None = None,
) -> dict[FundCode, int]:
    """The part of each fund in a settlement, of what the shortage still lacks there."""
    findings = [*amount_faults(amount_minor), *day_faults(day, on, "paid_on"), *(more or [])]
    if amount_minor > shortage.remaining_minor:
        data = {
            "amount_minor": amount_minor,
            "remaining_minor": shortage.remaining_minor,
            "currency": shortage.mutual.currency,
        }
        findings.append(Finding("SHORTAGE_SETTLED_BEYOND", place="amount", data=data))
    if day < shortage.found_on:
        data = {"found_on": shortage.found_on}
        findings.append(Finding("SETTLED_BEFORE_FOUND", place="paid_on", data=data))
    refuse(findings)
    lacking = shortage.by_fund()
    for earlier in shortage.settlements.filter(reversed_on__isnull=True):
        for fund, settled in earlier.by_fund().items():
            lacking[fund] -= settled
    return shortages.part_of_funds(amount_minor, lacking)


def _settle(
    shortage: CashShortage,
    kind: SettlementKind,
    parts: dict[FundCode, int],
    entry: Entry,
    *,
    actor: User,
    on: date,
    account: Account | None = None,
    reason: str = "",
) -> ShortageSettlement:
    mutual, amount_minor = shortage.mutual, sum(parts.values())
    settlement = ShortageSettlement.objects.create(
        mutual=mutual,
        document_number=entry.document_number,
        shortage=shortage,
        kind=kind,
        treasury_account=account,
        paid_on=entry.occurred_on,
        reason=reason.strip(),
        received_by=actor,
        amount_minor=amount_minor,
        **columns(parts),
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )
    shortage.settled_minor += amount_minor
    shortage.save(update_fields=["settled_minor"])
    return settlement
