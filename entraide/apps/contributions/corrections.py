"""A receipt that was wrong: taken back with its money, or moved to the family it was for.

The money of a receipt lies where its slip took it. What is taken back leaves that place, and what
is moved to another family stays there: the books never say that a box holds less than nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Sum

from entraide.apps.access.models import User
from entraide.apps.contributions.advances import give_back
from entraide.apps.contributions.allocation import PaidPart, allocate_payment, by_fund
from entraide.apps.contributions.dues import party_of, receivable_of
from entraide.apps.contributions.models import (
    CashRefund,
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    PaymentReassignment,
)
from entraide.apps.contributions.payments import (
    move_paid,
    open_dues,
    record_parts,
    require_enrolled,
)
from entraide.apps.contributions.person_corrections import take_off_given_back
from entraide.apps.contributions.slips import require_at_hand, require_whole
from entraide.apps.enrolment.history import Act
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.selectors import SIGNED, treasury_balance
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import Entry as EntryDraft
from entraide.core.ledger import EntryKind, FundCode, Side
from entraide.core.receipt_postings import contribution_reassigned

REASSIGNMENT_PREFIX = "RAF"
REFUND_PREFIX = "RMB"


def money_place(received: ContributionPayment | GroupPayment) -> Account:
    """Where the money of a receipt lies now: its slip's box or bank, else where it came in.

    That of a receipt paid by a lump sum lies with the sum.
    """
    if isinstance(received, ContributionPayment) and received.group_payment is not None:
        return money_place(received.group_payment)
    slip = received.slip
    if slip is None:
        return received.treasury_account
    return slip.deposit_account or slip.cash_account


def parts_standing(payment: ContributionPayment) -> tuple[PaidPart, ...]:
    """What a receipt pays now, by due: reassigned parts left out. One query."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    rows = payment.allocations.order_by("pk")
    for due_id, fund, running in rows.values_list(
        "due_id", "fund_share_minor", "running_share_minor"
    ):
        sums[due_id][0] += fund
        sums[due_id][1] += running
    return tuple(
        PaidPart(due_id, fund + running, fund, running)
        for due_id, (fund, running) in sums.items()
        if fund + running
    )


@command("reverse_payment", right=Right.REVERSE)
def reverse_payment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payment: ContributionPayment,
    reason: str,
    refund_account: Account | None = None,
    given_to: str = "",
) -> ContributionPayment:
    """A receipt is taken back: a reversal entry, and its dues are unpaid again.

    The money leaves the account it came into. A receipt on a slip not yet deposited leaves the
    slip. Once the slip is at the bank, the money must really be given back: from
    ``refund_account`` to ``given_to``, with a voucher ``RMB-…``. Refused with ``REASON_MISSING``,
    ``PAYMENT_ALREADY_REVERSED``, ``PAYMENT_DEPOSITED`` (say what gives the money back, or move the
    receipt to its family), ``REFUND_NOT_NEEDED``, ``REFUND_RECEIVER_MISSING``,
    ``REFUND_MORE_THAN_HELD``, ``SLIP_HANDED_OVER`` or ``SLIP_SHORT``. What a lump sum paid goes
    back to its rest.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    payment = _standing(payment)
    parts = parts_standing(payment)
    slip = _locked_slip(payment)
    if slip is not None:
        require_whole(slip)
    is_deposited = slip is not None and slip.deposited_on is not None
    is_refund = is_deposited and payment.group_payment_id is None
    if is_refund:
        source = _refund_source(mutual, on, payment, refund_account, given_to)
    elif refund_account is not None:
        raise Refusal("REFUND_NOT_NEEDED", place="refund_account")
    else:
        source = money_place(payment)
    _leave_slip(payment, slip)
    payment.reversed_on = on
    payment.save(update_fields=["reversed_on", "slip"])
    move_paid({part.key: -part.amount_minor for part in parts})
    number = next_number(mutual=mutual, prefix=REFUND_PREFIX, on=on) if is_refund else ""
    voucher = None
    if source.pk != payment.treasury_account_id:
        voucher = _brought_back(payment, source, number, actor=actor, on=on, reason=reason)
    for moved in payment.reassignments.select_related("entry").order_by("-pk"):
        reverse_posted(mutual=mutual, entry=moved.entry, actor=actor, on=on, reason=reason)
    reversal = reverse_posted(
        mutual=mutual,
        entry=payment.entry,
        actor=actor,
        on=on,
        reason=reason,
        # Given back from the very box it came into: the reversal itself is the voucher.
        document_number="" if voucher is not None else number,
    )
    if is_refund:
        CashRefund.objects.create(
            mutual=mutual,
            document_number=number,
            payment=payment,
            account=source,
            given_to=given_to.strip(),
            amount_minor=payment.amount_minor,
            refunded_on=on,
            refunded_by=actor,
            entry=voucher or reversal,
        )
    if payment.household is not None:
        take_off_given_back(payment, payment.household, Act(actor, on, reason=reason))
    return payment


def _leave_slip(payment: ContributionPayment, slip: CollectionSlip | None) -> None:
    """A receipt taken back leaves a slip not yet deposited; one of a lump sum, or of an advance
    carried over, goes back to it."""
    if payment.group_payment is not None:
        whole = payment.group_payment
        whole.allocated_minor -= payment.amount_minor
        whole.save(update_fields=["allocated_minor"])
    elif payment.opening_advance_id is not None:
        give_back(payment)
    elif slip is not None and slip.deposited_on is None:
        slip.total_minor -= payment.amount_minor
        slip.save(update_fields=["total_minor"])
        payment.slip = None


def _standing(payment: ContributionPayment) -> ContributionPayment:
    """The receipt, locked; ``PAYMENT_ALREADY_REVERSED`` when it was taken back."""
    locked = ContributionPayment.objects.select_for_update().get(pk=payment.pk)
    if locked.reversed_on is not None:
        raise Refusal(
            "PAYMENT_ALREADY_REVERSED",
            document_number=locked.document_number,
            day=locked.reversed_on,
        )
    return locked


def _locked_slip(payment: ContributionPayment) -> CollectionSlip | None:
    """The slip on which the money of a receipt travels, locked; ``SLIP_HANDED_OVER`` when its
    cash is between two people."""
    bearer: ContributionPayment | GroupPayment = payment
    if payment.group_payment_id is not None:
        bearer = GroupPayment.objects.select_for_update().get(pk=payment.group_payment_id)
        payment.group_payment = bearer
    if bearer.slip_id is None:
        return None
    bearer.slip = CollectionSlip.objects.select_for_update().get(pk=bearer.slip_id)
    require_at_hand(bearer.slip)
    return bearer.slip


def _refund_source(
    mutual: Mutual,
    on: date,
    payment: ContributionPayment,
    account: Account | None,
    given_to: str,
) -> Account:
    slip = payment.slip
    assert slip is not None, "only a receipt of a slip is deposited"
    if account is None:
        raise Refusal(
            "PAYMENT_DEPOSITED",
            place="refund_account",
            document_number=payment.document_number,
            slip=slip.document_number,
            day=slip.deposited_on,
        )
    if not given_to.strip():
        raise Refusal("REFUND_RECEIVER_MISSING", place="given_to")
    treasury_of(account)
    held_minor = treasury_balance(mutual, on, account=account)
    if held_minor < payment.amount_minor:
        raise Refusal(
            "REFUND_MORE_THAN_HELD",
            place="refund_account",
            account=account.label_fr,
            held_minor=held_minor,
            amount_minor=payment.amount_minor,
            currency=mutual.currency,
        )
    return account


def _brought_back(
    payment: ContributionPayment,
    source: Account,
    number: str,
    *,
    actor: User,
    on: date,
    reason: str,
) -> Entry:
    """The money of a receipt comes back into the box that its reversals take it out of: in each
    fund what the entries of the receipt left there.

    A receipt of a lump sum took from the advances what it gave the funds: both come back, and
    neither place holds more or less than before.
    """
    mutual, box = payment.mutual, payment.treasury_account
    entries = [payment.entry_id, *payment.reassignments.values_list("entry_id", flat=True)]
    left = Posting.objects.filter(entry_id__in=entries, account=box).order_by()
    here, there = treasury_of(box), treasury_of(source)
    postings = []
    for fund, total in left.values_list("fund").annotate(total=Sum(SIGNED)).order_by("fund"):
        if total:
            side = Side.DEBIT if total > 0 else Side.CREDIT
            postings.append(here.posting(FundCode(fund), side, abs(total)))
            postings.append(there.posting(FundCode(fund), side.opposite, abs(total)))
    entry = EntryDraft(
        number or next_number(mutual=mutual, prefix=REFUND_PREFIX, on=on),
        there.journal,
        EntryKind.CASH_DEPOSITED,
        on,
        tuple(postings),
        reason[:200],
    )
    return post_entry(mutual=mutual, entry=entry, actor=actor, on=on)


@command("reassign_payment", right=Right.REVERSE)
def reassign_payment(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payment: ContributionPayment,
    household: Household,
    reason: str,
) -> ContributionPayment:
    """A receipt was written for the wrong family: the money stays, what it pays moves.

    The receipt keeps its number, its day and its slip; the first family owes again what it paid,
    the second has paid its oldest dues. Refused with ``REASON_MISSING``,
    ``PAYMENT_ALREADY_REVERSED``, ``ADVANCE_IS_OF_FAMILY`` (nothing was received: its advance paid),
    ``REASSIGNED_TO_SAME_FAMILY``, ``SLIP_SHORT``, and as
    a new payment of the second family would be: ``NOTHING_DUE``, ``OVERPAYMENT``,
    ``PAID_BEFORE_ENROLMENT``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    payment = _standing(payment)
    if (slip := _locked_slip(payment)) is not None:
        require_whole(slip, leaves=False)
    if payment.opening_advance_id is not None:
        raise Refusal("ADVANCE_IS_OF_FAMILY", document_number=payment.document_number)
    if payment.household_id == household.pk:
        raise Refusal("REASSIGNED_TO_SAME_FAMILY", place="household", household=household.number)
    require_enrolled(household, payment.paid_on)
    before = payment.household
    assert before is not None, "a contribution is received for a household"
    taken = parts_standing(payment)
    given = allocate_payment(
        payment.amount_minor,
        open_dues(household, payment.payer).values(),
        currency=mutual.currency,
    )
    number = next_number(mutual=mutual, prefix=REASSIGNMENT_PREFIX, on=on)
    entry = contribution_reassigned(
        document_number=number,
        occurred_on=on,
        treasury=treasury_of(money_place(payment)),
        from_party=party_of(before.uid),
        to_party=party_of(household.uid),
        taken_minor=by_fund(taken),
        given_minor=by_fund(given),
        receivable=receivable_of(payment.payer),
        label=reason[:200],
    )
    moved = PaymentReassignment.objects.create(
        mutual=mutual,
        document_number=number,
        payment=payment,
        from_household=before,
        to_household=household,
        reason=reason.strip(),
        reassigned_on=on,
        reassigned_by=actor,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )
    payment.household = household
    payment.save(update_fields=["household"])
    record_parts(payment, [_negative(part) for part in taken], moved)
    record_parts(payment, given, moved)
    take_off_given_back(payment, before, Act(actor, on, reason=reason))
    return payment


def _negative(part: PaidPart) -> PaidPart:
    return PaidPart(part.key, -part.amount_minor, -part.fund_share_minor, -part.running_share_minor)
