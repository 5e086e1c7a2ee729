"""Commands on the money of contributions: receipts, their reversal, slips and deposits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.allocation import (
    OpenDue,
    PaidPart,
    allocate_payment,
    deposit_entry,
    payment_entry,
)
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import (
    Channel,
    CollectionSlip,
    ContributionDue,
    ContributionPayment,
    Payer,
    PaymentAllocation,
)
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.booklets import normal_paper_number
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import AccountRole, FundCode
from entraide.core.posting_rules import Treasury

PAID_AHEAD = timedelta(days=62)  # money may come so long before the form is signed
_AT_A_BANK = frozenset({AccountRole.BANK, AccountRole.MICROFINANCE})
ROLES_OF_CHANNEL: dict[str, frozenset[AccountRole]] = {
    Channel.CASH: frozenset({AccountRole.CASH}),
    Channel.BANK: _AT_A_BANK,
    Channel.MOBILE_MONEY: frozenset({AccountRole.MOBILE_MONEY}),
    Channel.LENDER: _AT_A_BANK | {AccountRole.MOBILE_MONEY},
    Channel.GROUP: _AT_A_BANK | {AccountRole.CASH, AccountRole.MOBILE_MONEY},
}


@command("record_contribution_payment", right=Right.RECORD_PAYMENT)
def record_contribution_payment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    amount_minor: int,
    channel: Channel,
    treasury_account: Account,
    paid_on: date,
    external_reference: str = "",
    payer: Payer = Payer.HOUSEHOLD,
    payer_name: str = "",
    paper_number: str = "",
) -> ContributionPayment:
    """Money received for a household: its receipt ``REC-…``, the dues it pays, its entry.

    The payer's oldest dues are paid first, the joining fee before all. ``paper_number`` is that
    of a collector's booklet; holes and doubles of booklets are listed, not refused: the money is
    there (:func:`~entraide.apps.contributions.registers.paper_receipt_faults`). Refused with
    ``OVERPAYMENT`` (and what remains), ``NOTHING_DUE``, ``PAYMENT_NOT_POSITIVE``,
    ``DATE_IN_FUTURE``, ``PAID_BEFORE_ENROLMENT``, ``CHANNEL_ACCOUNT_MISMATCH``,
    ``EXTERNAL_REFERENCE_MISSING`` (mobile money) or ``EXTERNAL_REFERENCE_USED`` (the same transfer
    was already recorded).
    """
    require_not_future(paid_on, on, "paid_on")
    treasury = _treasury_of(treasury_account, channel)
    reference = external_reference.strip()
    _require_new_reference(mutual, channel, reference)
    _require_enrolled(household, paid_on)
    dues = _open_dues(household, payer)
    parts = allocate_payment(amount_minor, dues.values(), currency=mutual.currency)
    number = next_number(mutual=mutual, prefix="REC", on=on)
    draft = payment_entry(
        parts,
        document_number=number,
        occurred_on=paid_on,
        treasury=treasury,
        party=party_of(household.uid),
        payer=payer,
        label=household.number,
    )
    payment = ContributionPayment.objects.create(
        mutual=mutual,
        document_number=number,
        household=household,
        payer=payer,
        payer_name=payer_name,
        channel=channel,
        treasury_account=treasury_account,
        external_reference=reference,
        paper_number=normal_paper_number(paper_number),
        paid_on=paid_on,
        amount_minor=amount_minor,
        received_by=actor,
        entry=post_entry(mutual=mutual, entry=draft, actor=actor, on=on),
    )
    _record_parts(payment, parts)
    return payment


def _treasury_of(account: Account, channel: str) -> Treasury:
    treasury = Treasury(AccountRole(account.role), account.key)
    if treasury.role not in ROLES_OF_CHANNEL[channel]:
        raise Refusal(
            "CHANNEL_ACCOUNT_MISMATCH",
            place="treasury_account",
            channel=str(channel),
            account=account.label_fr,
        )
    return treasury


def _require_enrolled(household: Household, paid_on: date) -> None:
    """Money may come some weeks before the form is signed, not years before."""
    first = household.memberships.order_by("enrolled_on").values_list("enrolled_on", flat=True)
    enrolled_on = first.first()
    if enrolled_on is not None and paid_on < enrolled_on - PAID_AHEAD:
        raise Refusal(
            "PAID_BEFORE_ENROLMENT", place="paid_on", day=paid_on, enrolled_on=enrolled_on
        )


def _require_new_reference(mutual: Mutual, channel: str, reference: str) -> None:
    if not reference:
        if channel == Channel.MOBILE_MONEY:
            raise Refusal("EXTERNAL_REFERENCE_MISSING", place="external_reference")
        return
    earlier = ContributionPayment.objects.filter(
        mutual=mutual, channel=channel, external_reference=reference, reversed_on__isnull=True
    ).first()
    if earlier is not None:
        raise Refusal(
            "EXTERNAL_REFERENCE_USED",
            place="external_reference",
            reference=reference,
            document_number=earlier.document_number,
        )


def _open_dues(household: Household, payer: str) -> dict[int, OpenDue]:
    """What a payer still owes for a household, its rows locked until the transaction ends."""
    records = list(
        ContributionDue.objects.select_for_update().filter(
            household=household, payer=payer, cancelled_on__isnull=True
        )
    )
    begun = [due.pk for due in records if 0 < due.paid_minor < due.amount_minor]
    fund_paid = _fund_paid(begun) if begun else {}
    return {
        due.pk: OpenDue(
            key=due.pk,
            kind=due.kind,
            due_on=due.due_on,
            document_number=due.document_number,
            amount_minor=due.amount_minor,
            fund_share_minor=due.fund_share_minor,
            paid_minor=due.paid_minor,
            fund_paid_minor=fund_paid.get(due.pk, 0),
        )
        for due in records
        if due.paid_minor < due.amount_minor
    }


def _fund_paid(due_ids: Sequence[int]) -> dict[int, int]:
    return dict(
        PaymentAllocation.objects.filter(due_id__in=due_ids, payment__reversed_on__isnull=True)
        .values_list("due_id")
        .annotate(total=Sum("fund_share_minor"))
    )


def _record_parts(payment: ContributionPayment, parts: Sequence[PaidPart]) -> None:
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(
            mutual_id=payment.mutual_id,
            payment=payment,
            due_id=part.key,
            amount_minor=part.amount_minor,
            fund_share_minor=part.fund_share_minor,
            running_share_minor=part.running_share_minor,
        )
        for part in parts
    )
    _move_paid({part.key: part.amount_minor for part in parts})


def _move_paid(change_minor_by_due: dict[int, int]) -> None:
    """Keep ``paid_minor`` equal to the allocations that stand."""
    dues = list(ContributionDue.objects.select_for_update().filter(pk__in=change_minor_by_due))
    for due in dues:
        due.paid_minor += change_minor_by_due[due.pk]
    ContributionDue.objects.bulk_update(dues, ["paid_minor"])


@command("reverse_payment", right=Right.REVERSE)
def reverse_payment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payment: ContributionPayment,
    reason: str,
) -> ContributionPayment:
    """A receipt is taken back: a reversal entry, and its dues are unpaid again.

    The money leaves the account it came into. A receipt on a slip not yet deposited leaves the
    slip. Refused with ``REASON_MISSING`` or ``PAYMENT_ALREADY_REVERSED``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    payment = ContributionPayment.objects.select_for_update().get(pk=payment.pk)
    if payment.reversed_on is not None:
        raise Refusal(
            "PAYMENT_ALREADY_REVERSED",
            document_number=payment.document_number,
            day=payment.reversed_on,
        )
    if payment.slip_id is not None:
        slip = CollectionSlip.objects.select_for_update().get(pk=payment.slip_id)
        if slip.deposited_on is None:
            slip.total_minor -= payment.amount_minor
            slip.save(update_fields=["total_minor"])
            payment.slip = None
    payment.reversed_on = on
    payment.save(update_fields=["reversed_on", "slip"])
    _move_paid({part.due_id: -part.amount_minor for part in payment.allocations.all()})
    reverse_posted(mutual=mutual, entry=payment.entry, actor=actor, on=on, reason=reason)
    return payment


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
        source=Treasury(AccountRole(slip.cash_account.role), slip.cash_account.key),
        destination=Treasury(AccountRole(bank_account.role), bank_account.key),
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
