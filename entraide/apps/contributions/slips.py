"""Collection slips: cash receipts put together, and their deposit at the bank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import F, Q, Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.allocation import deposit_entry
from entraide.apps.contributions.models import (
    BankDeposit,
    CashHandover,
    CashShortage,
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    HandoverState,
    PaymentAllocation,
    SettlementKind,
    ShortageSettlement,
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
from entraide.core.ledger import AccountRole, FundCode

DEPOSIT_PREFIX = "VB"
OnSlip = TypeVar("OnSlip", ContributionPayment, GroupPayment, ShortageSettlement)


@command("prepare_slip", right=Right.PREPARE_SLIP)
def prepare_slip(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    receipts: tuple[ContributionPayment, ...] = (),
    lump_sums: tuple[GroupPayment, ...] = (),
    repayments: tuple[ShortageSettlement, ...] = (),
) -> CollectionSlip:
    """A *bordereau de cotisations* ``BC-…``: cash receipts of one holder, to hand to the bank.

    All from one holder and one cash box; lump sums of groups and missing cash paid
    back go with them.
    Refused with ``SLIP_EMPTY``, or with every receipt that cannot be on it, placed at
    ``receipts[i]`` (lump sums and repayments after them): ``RECEIPT_NOT_CASH``,
    ``RECEIPT_REVERSED``, ``RECEIPT_ON_SLIP``, ``RECEIPT_OTHER_HOLDER``, ``RECEIPT_OTHER_BOX``.
    """
    if not receipts and not lump_sums and not repayments:
        raise Refusal("SLIP_EMPTY", place="receipts")
    chosen = [
        *_locked(ContributionPayment, receipts),
        *_locked(GroupPayment, lump_sums),
        *_locked(ShortageSettlement, repayments),
    ]
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
    for each in chosen:
        each.slip = slip
        each.save(update_fields=["slip"])
    return slip


def _locked(model: type[OnSlip], wanted: Sequence[OnSlip]) -> list[OnSlip]:
    """These records, locked and as they stand now, each once, in the order asked."""
    keys = list(dict.fromkeys(each.pk for each in wanted))
    rows = model._default_manager.select_for_update(of=("self",)).select_related("treasury_account")
    locked = {each.pk: each for each in rows.filter(pk__in=keys)}
    return [locked[key] for key in keys]


def _slip_fault(receipt: Any, first: Any, place: str) -> Finding | None:
    is_cash = receipt.treasury_account is not None and (
        receipt.treasury_account.role == AccountRole.CASH
    )
    is_kept_back = getattr(receipt, "kind", "") == SettlementKind.DEDUCTED
    is_of_sum = getattr(receipt, "group_payment_id", None) is not None  # its money is the sum's
    faults = (
        ("RECEIPT_NOT_CASH", not is_cash or is_of_sum or is_kept_back),
        ("RECEIPT_REVERSED", getattr(receipt, "reversed_on", None) is not None),
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
    amount_minor: int | None = None,
) -> CollectionSlip:
    """The cash of a slip reaches the bank; the entry bears the slip's number, as the statement.

    Each fund moves by what the slip's receipts brought it, less what is booked as missing.
    ``amount_minor`` is what the bank counted, when it is asked. Refused with
    ``SLIP_ALREADY_DEPOSITED``, ``SLIP_EMPTY``, ``SLIP_HANDED_OVER``, ``DEPOSIT_IN_CASH``
    (it stays cash: hand it over), ``DATE_IN_FUTURE``, ``DEPOSIT_BEFORE_SLIP`` or
    ``DEPOSIT_AMOUNT_DIFFERS``: a part of a slip is deposited once the slip is split, or what lacks
    is booked as missing.
    """
    [slip] = _to_deposit([slip], bank_account, deposited_on, on, amount_minor)
    draft = deposit_entry(
        funds_of_slips([slip]),
        document_number=slip.document_number,
        occurred_on=deposited_on,
        source=treasury_of(slip.cash_account),
        destination=treasury_of(bank_account),
    )
    slip.entry = post_entry(mutual=mutual, entry=draft, actor=actor, on=on)
    slip.deposited_on, slip.deposit_account = deposited_on, bank_account
    slip.save(update_fields=["entry", "deposited_on", "deposit_account"])
    return slip


@command("deposit_slips", right=Right.RECORD_DEPOSIT)
def deposit_slips(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    slips: tuple[CollectionSlip, ...],
    bank_account: Account,
    deposited_on: date,
    amount_minor: int | None = None,
) -> BankDeposit:
    """Several slips taken to the bank at once: one deposit ``VB-…``, one line of the statement.

    All from one cash box. Refused as :func:`record_deposit`, with ``DEPOSIT_OF_ONE_SLIP`` (it
    bears the slip's own number) or ``DEPOSIT_OTHER_BOX``.
    """
    if len({slip.pk for slip in slips}) < 2:
        raise Refusal("DEPOSIT_OF_ONE_SLIP", place="slips")
    chosen = _to_deposit(slips, bank_account, deposited_on, on, amount_minor)
    for slip in chosen:
        if slip.cash_account_id != chosen[0].cash_account_id:
            raise Refusal("DEPOSIT_OTHER_BOX", place="slips", document_number=slip.document_number)
    number = next_number(mutual=mutual, prefix=DEPOSIT_PREFIX, on=on)
    draft = deposit_entry(
        funds_of_slips(chosen),
        document_number=number,
        occurred_on=deposited_on,
        source=treasury_of(chosen[0].cash_account),
        destination=treasury_of(bank_account),
        label=", ".join(slip.document_number for slip in chosen)[:200],
    )
    deposit = BankDeposit.objects.create(
        mutual=mutual,
        document_number=number,
        bank_account=bank_account,
        deposited_on=deposited_on,
        total_minor=sum(slip.held_minor for slip in chosen),
        recorded_by=actor,
        entry=post_entry(mutual=mutual, entry=draft, actor=actor, on=on),
    )
    for slip in chosen:
        slip.deposited_on, slip.deposit_account, slip.deposit = deposited_on, bank_account, deposit
        slip.save(update_fields=["deposited_on", "deposit_account", "deposit"])
    return deposit


def _to_deposit(
    slips: Iterable[CollectionSlip],
    bank_account: Account,
    deposited_on: date,
    on: date,
    amount_minor: int | None,
) -> list[CollectionSlip]:
    """These slips, locked, when their cash may reach the bank on that day."""
    require_not_future(deposited_on, on, "deposited_on")
    if bank_account.role == AccountRole.CASH:
        raise Refusal("DEPOSIT_IN_CASH", place="bank_account", account=bank_account.label_fr)
    locked = list(
        CollectionSlip.objects.select_for_update(of=("self",))
        .select_related("cash_account")
        .filter(pk__in=[slip.pk for slip in slips])
        .order_by("pk")
    )
    for slip in locked:
        if slip.deposited_on is not None:
            raise Refusal(
                "SLIP_ALREADY_DEPOSITED",
                document_number=slip.document_number,
                day=slip.deposited_on,
            )
        if deposited_on < slip.prepared_on:
            raise Refusal("DEPOSIT_BEFORE_SLIP", place="deposited_on", prepared_on=slip.prepared_on)
        if slip.held_minor == 0:
            raise Refusal("SLIP_EMPTY", document_number=slip.document_number)
        require_at_hand(slip)
    total_minor = sum(slip.held_minor for slip in locked)
    if amount_minor is not None and amount_minor != total_minor:
        raise Refusal(
            "DEPOSIT_AMOUNT_DIFFERS",
            place="amount",
            amount_minor=amount_minor,
            total_minor=total_minor,
            currency=locked[0].mutual.currency,
        )
    return locked


def require_at_hand(slip: CollectionSlip) -> None:
    """Refuse with ``SLIP_HANDED_OVER`` a slip whose cash is between two people."""
    handover = CashHandover.objects.filter(
        lines__slip=slip, state__in=(HandoverState.GIVEN, HandoverState.DISPUTED)
    ).first()
    if handover is not None:
        raise Refusal(
            "SLIP_HANDED_OVER",
            document_number=slip.document_number,
            handover=handover.document_number,
            receiver=str(handover.receiver),
        )


def require_whole(slip: CollectionSlip, *, leaves: bool = True) -> None:
    """Refuse with ``SLIP_SHORT`` to change what is on a slip of which cash is missing: its
    shortage was shared between the funds as the slip stood.

    When nothing ``leaves`` it and only funds change, a slip that is missing whole may change.
    """
    if slip.missing_minor and slip.deposited_on is None and (leaves or slip.held_minor):
        raise Refusal("SLIP_SHORT", document_number=slip.document_number)


@command("split_slip", right=Right.PREPARE_SLIP)
def split_slip(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    slip: CollectionSlip,
    receipts: tuple[ContributionPayment, ...],
) -> CollectionSlip:
    """Some receipts leave a slip for a new one: their cash goes another way, or is missing.

    Holder and box stay. Refused with ``SLIP_EMPTY`` (no receipt chosen), ``SLIP_SPLIT_WHOLE``,
    ``RECEIPT_NOT_ON_SLIP``, ``SLIP_ALREADY_DEPOSITED``, ``SLIP_HANDED_OVER`` or ``SLIP_SHORT``.
    """
    slip = CollectionSlip.objects.select_for_update().get(pk=slip.pk)
    if slip.deposited_on is not None:
        raise Refusal(
            "SLIP_ALREADY_DEPOSITED", document_number=slip.document_number, day=slip.deposited_on
        )
    require_at_hand(slip)
    require_whole(slip)
    chosen = _locked(ContributionPayment, receipts)
    for receipt in chosen:
        if receipt.slip_id != slip.pk:
            raise Refusal(
                "RECEIPT_NOT_ON_SLIP", place="receipts", document_number=receipt.document_number
            )
    moved_minor = sum(receipt.amount_minor for receipt in chosen)
    if moved_minor == 0:
        raise Refusal("SLIP_EMPTY", place="receipts")
    if moved_minor == slip.total_minor:
        raise Refusal("SLIP_SPLIT_WHOLE", place="receipts", document_number=slip.document_number)
    new = CollectionSlip.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix="BC", on=on),
        holder=slip.holder,
        cash_account=slip.cash_account,
        prepared_on=on,
        total_minor=moved_minor,
    )
    slip.total_minor -= moved_minor
    slip.save(update_fields=["total_minor"])
    ContributionPayment.objects.filter(pk__in=[each.pk for each in chosen]).update(slip=new)
    return new


def funds_of_slips(slips: Iterable[CollectionSlip]) -> dict[FundCode, int]:
    """What the cash of slips is of each fund; the rest of lump sums is of none yet.

    Cash booked as missing is no longer there; missing cash paid back is, on the slip it is on.
    """
    keys = [slip.pk for slip in slips]
    parts = PaymentAllocation.objects.filter(
        Q(payment__slip__in=keys)
        | Q(payment__group_payment__slip__in=keys, payment__reversed_on__isnull=True)
    )
    sums = parts.aggregate(
        mutual_fund=Sum("fund_share_minor", default=0),
        running=Sum("running_share_minor", default=0),
    )
    rest = GroupPayment.objects.filter(slip__in=keys, reversed_on__isnull=True).aggregate(
        total=Sum(F("amount_minor") - F("allocated_minor"), default=0)
    )["total"]
    held = {
        FundCode.MUTUAL: sums["mutual_fund"],
        FundCode.RUNNING: sums["running"],
        FundCode.OTHER: rest,
    }
    for sign, rows in (
        (-1, CashShortage.objects.filter(slip__in=keys)),
        (1, ShortageSettlement.objects.filter(slip__in=keys)),
    ):
        columns = rows.aggregate(
            **{fund.value: Sum(f"{fund.value}_minor", default=0) for fund in FundCode}
        )
        for fund in FundCode:
            held[fund] += sign * columns[fund.value]
    return held
