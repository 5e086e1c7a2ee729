"""Collection slips: cash receipts put together, and their deposit at the bank."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.allocation import deposit_entry
from entraide.apps.contributions.models import (
    Channel,
    CollectionSlip,
    ContributionPayment,
    PaymentAllocation,
)
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import FundCode


@command("prepare_slip", right=Right.PREPARE_SLIP)
def prepare_slip(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    receipts: tuple[ContributionPayment, ...],
) -> CollectionSlip:
    """A *bordereau de cotisations* ``BC-…``: cash receipts of one holder, to hand to the bank.

    All from one holder and one cash box. Refused with ``SLIP_EMPTY``, or with every receipt that
    cannot be on it, placed at ``receipts[i]``: ``RECEIPT_NOT_CASH``, ``RECEIPT_REVERSED``,
    ``RECEIPT_ON_SLIP``, ``RECEIPT_OTHER_HOLDER``, ``RECEIPT_OTHER_BOX``.
    """
    if not receipts:
        raise Refusal("SLIP_EMPTY", place="receipts")
    wanted = list(dict.fromkeys(receipt.pk for receipt in receipts))
    locked = {
        receipt.pk: receipt
        for receipt in ContributionPayment.objects.select_for_update().filter(pk__in=wanted)
    }
    chosen = [locked[key] for key in wanted]
    findings = tuple(
        finding
        for index, receipt in enumerate(chosen)
        if (finding := _slip_fault(receipt, chosen[0], f"receipts[{index}]")) is not None
    )
    if findings:
        raise RefusedRows(findings)
    slip = CollectionSlip.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix="BC", on=on),
        holder_id=chosen[0].received_by_id,
        cash_account_id=chosen[0].treasury_account_id,
        prepared_on=on,
        total_minor=sum(receipt.amount_minor for receipt in chosen),
    )
    ContributionPayment.objects.filter(pk__in=wanted).update(slip=slip)
    return slip


def _slip_fault(
    receipt: ContributionPayment, first: ContributionPayment, place: str
) -> Finding | None:
    faults = (
        ("RECEIPT_NOT_CASH", receipt.channel != Channel.CASH),
        ("RECEIPT_REVERSED", receipt.reversed_on is not None),
        ("RECEIPT_ON_SLIP", receipt.slip_id is not None),
        ("RECEIPT_OTHER_HOLDER", receipt.received_by_id != first.received_by_id),
        ("RECEIPT_OTHER_BOX", receipt.treasury_account_id != first.treasury_account_id),
    )
    for code, is_so in faults:
        if is_so:
            return Finding(code, place=place, data={"document_number": receipt.document_number})
    return None


@command("record_deposit", right=Right.RECORD_DEPOSIT)
def record_deposit(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    slip: CollectionSlip,
    bank_account: Account,
    deposited_on: date,
) -> CollectionSlip:
    """The cash of a slip reaches the bank; the entry bears the slip's number, as the statement.

    Each fund moves by what the slip's receipts brought it. Refused with
    ``SLIP_ALREADY_DEPOSITED``, ``SLIP_EMPTY``, ``DEPOSIT_BEFORE_SLIP`` or ``DATE_IN_FUTURE``.
    """
    require_not_future(deposited_on, on, "deposited_on")
    slip = CollectionSlip.objects.select_for_update().get(pk=slip.pk)
    if slip.deposited_on is not None:
        raise Refusal(
            "SLIP_ALREADY_DEPOSITED", document_number=slip.document_number, day=slip.deposited_on
        )
    if deposited_on < slip.prepared_on:
        raise Refusal("DEPOSIT_BEFORE_SLIP", place="deposited_on", prepared_on=slip.prepared_on)
    if slip.total_minor == 0:
        raise Refusal("SLIP_EMPTY", document_number=slip.document_number)
    draft = deposit_entry(
        _funds_of(slip),
        document_number=slip.document_number,
        occurred_on=deposited_on,
        source=treasury_of(slip.cash_account),
        destination=treasury_of(bank_account),
    )
    slip.entry = post_entry(mutual=mutual, entry=draft, actor=actor, on=on)
    slip.deposited_on, slip.deposit_account = deposited_on, bank_account
    slip.save(update_fields=["entry", "deposited_on", "deposit_account"])
    return slip


def _funds_of(slip: CollectionSlip) -> dict[FundCode, int]:
    sums = PaymentAllocation.objects.filter(payment__slip=slip).aggregate(
        mutual_fund=Sum("fund_share_minor"), running=Sum("running_share_minor")
    )
    return {FundCode.MUTUAL: sums["mutual_fund"], FundCode.RUNNING: sums["running"]}
