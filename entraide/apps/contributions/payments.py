"""Receiving a contribution: its receipt, the dues it pays, its entry in the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import BigIntegerField, CharField, Sum

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.access.prepared_writes import PreparedAddition, PreparedInsert
from entraide.apps.contributions.allocation import (
    OpenDue,
    PaidPart,
    allocate_payment,
    payment_entry,
)
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    Payer,
    PaymentAllocation,
    PaymentReassignment,
    ReceiptRange,
)
from entraide.apps.contributions.ranges import paper_range_of, range_for_number, require_new_leaf
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.booklets import normal_paper_number
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.paper_numbers import require_one_alphabet
from entraide.core.posting_rules import Treasury

PAID_AHEAD = timedelta(days=62)  # money may come so long before the form is signed
_AT_A_BANK = frozenset({AccountRole.BANK, AccountRole.MICROFINANCE})
ROLES_OF_CHANNEL: dict[str, frozenset[AccountRole]] = {
    Channel.CASH: frozenset({AccountRole.CASH}),
    Channel.BANK: _AT_A_BANK,
    Channel.MOBILE_MONEY: frozenset({AccountRole.MOBILE_MONEY}),
    Channel.LENDER: _AT_A_BANK | {AccountRole.MOBILE_MONEY},
    Channel.GROUP: _AT_A_BANK | {AccountRole.CASH, AccountRole.MOBILE_MONEY},
    Channel.OPENING: frozenset(),  # never received at a desk
}


_NEW_PAYMENT = PreparedInsert(ContributionPayment)
_NEW_PARTS = PreparedInsert(PaymentAllocation)
_PAID = PreparedAddition(ContributionDue, "paid_minor")


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
    receipt_number: str = "",
    double_confirmed: bool = False,
) -> ContributionPayment:
    """Money received for a household: its receipt ``REC-…``, the dues it pays, its entry.

    ``receipt_number`` is that of a receipt already written without network
    (``ranges.range_for_number`` may refuse it); without it the next of the mutual's book.

    The payer's oldest dues are paid first, the joining fee before all. ``paper_number``, of a
    collector's booklet, is refused with ``PAPER_NUMBER_USED`` when another receipt bears it,
    unless ``double_confirmed`` says that the leaf does: doubles and holes are listed
    (``registers.paper_receipt_faults``). Refused with
    ``OVERPAYMENT`` (and what remains), ``NOTHING_DUE``, ``PAYMENT_NOT_POSITIVE``,
    ``DATE_IN_FUTURE``, ``PAID_BEFORE_ENROLMENT``, ``CHANNEL_ACCOUNT_MISMATCH``,
    ``EXTERNAL_REFERENCE_MISSING`` (mobile money) or ``EXTERNAL_REFERENCE_USED`` (the same transfer
    was already recorded).
    """
    require_not_future(paid_on, on, "paid_on")
    treasury, reference = _treasury_of(treasury_account, channel), external_reference.strip()
    require_new_reference(mutual, channel, reference)
    require_enrolled(household, paid_on)
    owed = open_dues(household, payer).values()
    parts = allocate_payment(amount_minor, owed, currency=mutual.currency)
    if receipt_number:
        held, number = range_for_number(mutual, actor, receipt_number, paid_on)
    else:
        held = _leaf(mutual, paper_number, double_confirmed=double_confirmed)
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
    payment = _NEW_PAYMENT.one(ContributionPayment(
        mutual=mutual,
        document_number=number,
        household=household,
        payer=payer,
        payer_name=payer_name,
        channel=channel,
        treasury_account=treasury_account,
        external_reference=reference,
        paper_number=normal_paper_number(paper_number),
        receipt_range=held,
        paid_on=paid_on,
        amount_minor=amount_minor,
        received_by=actor,
        entry=post_entry(mutual=mutual, entry=draft, actor=actor, on=on),
    ))  # fmt: skip
    record_parts(payment, parts)
    return payment


def _leaf(mutual: Mutual, paper_number: str, *, double_confirmed: bool) -> ReceiptRange | None:
    """The booklet that a leaf belongs to; a number used before only when somebody confirms it."""
    require_one_alphabet(paper_number, "paper_number")
    if not double_confirmed:
        require_new_leaf(mutual, paper_number)
    return paper_range_of(mutual, paper_number)


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


_ENROLLED_ON: Prepared[tuple[date]] = Prepared(
    lambda household: (
        Membership.objects.filter(household=household)
        .order_by("enrolled_on")
        .values_list("enrolled_on")[:1]
    ),
    household=BigIntegerField(),
)
_STANDING_DUES: Prepared[ContributionDue] = Prepared(
    lambda household, payer: ContributionDue.objects.select_for_update().filter(
        household=household, payer=payer, cancelled_on__isnull=True
    ),
    household=BigIntegerField(),
    payer=CharField(),
)


def require_enrolled(household: Household, paid_on: date) -> None:
    """Money may come some weeks before the form is signed, not years: ``PAID_BEFORE_ENROLMENT``."""
    first = _ENROLLED_ON.first(household=household)
    if first is not None and paid_on < first[0] - PAID_AHEAD:
        [enrolled_on] = first
        raise Refusal(
            "PAID_BEFORE_ENROLMENT", place="paid_on", day=paid_on, enrolled_on=enrolled_on
        )


def require_new_reference(mutual: Mutual, channel: str, reference: str) -> None:
    """A transfer is recorded once: ``EXTERNAL_REFERENCE_MISSING``, ``EXTERNAL_REFERENCE_USED``."""
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


def open_dues(household: Household, payer: str) -> dict[int, OpenDue]:
    """What a payer still owes for a household, its rows locked until the transaction ends."""
    records = _STANDING_DUES.all(household=household, payer=payer)
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


def record_parts(
    payment: ContributionPayment,
    parts: Sequence[PaidPart],
    reassignment: PaymentReassignment | None = None,
) -> None:
    """Record what a payment pays (``key``: the due's primary key) and move the dues with it."""
    _NEW_PARTS.all(
        [
            PaymentAllocation(
                mutual_id=payment.mutual_id,
                payment=payment,
                due_id=part.key,
                amount_minor=part.amount_minor,
                fund_share_minor=part.fund_share_minor,
                running_share_minor=part.running_share_minor,
                reassignment=reassignment,
            )
            for part in parts
        ]
    )
    move_paid({part.key: part.amount_minor for part in parts})


def move_paid(change_minor_by_due: dict[int, int]) -> None:
    """Keep ``paid_minor`` equal to the allocations that stand."""
    _PAID.all(change_minor_by_due)
