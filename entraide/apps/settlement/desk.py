"""Refunds given at an agency or at home: from the agent's own cash, against a signature (R055).

Cash for refunds is not that of contributions: it is given to the agent beforehand, and each refund
leaves it, except one that a cashier gives at the office out of the till of its batch. What is left
is counted, never below nothing. Nobody gives cash to a family without naming who received it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.enrolment.selectors import find_persons
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_balance
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, require_right
from entraide.apps.settlement.holdings import require_room
from entraide.apps.settlement.models import (
    FloatMovement,
    Payout,
    PayoutPlace,
    PayoutReceipt,
)
from entraide.apps.settlement.receivers import (
    Proof,
    Receiver,
    keep_receiver,
    prepared_proof,
    require_told,
)
from entraide.apps.settlement.services import make_payment, require_fitting_place
from entraide.apps.settlement.unclaimed import waiting_payouts
from entraide.core import posting_rules
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.ledger import TREASURY_ROLES, AccountRole, FundCode
from entraide.core.posting_rules import Treasury
from entraide.core.settlement_channels import IN_HAND, is_in_hand, places_of

MOST_MEANT = 200  # persons that a name may mean
FLOAT_PREFIX = "AVC"


@dataclass(frozen=True, slots=True)
class HeldFloat:
    """The cash that one person holds for refunds in one box, in minor units."""

    holder: User
    cash_account: Account
    amount_minor: int


@command("move_float", right=Right.RECORD_DEPOSIT)
def move_float(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    holder: User,
    cash_account: Account,
    other_account: Account,
    amount_minor: int,
    is_given_back: bool = False,
    seen_overdraft_minor: int | None = None,
) -> FloatMovement:
    """Cash goes into a person's hands for refunds, or comes back from them, ``AVC-…``.

    Refused, all at once, with ``FLOAT_NOT_CASH`` (the box is no cash account), ``NOT_A_TREASURY``,
    ``AMOUNT_NOT_ABOVE_ZERO``, ``FLOAT_TOO_SMALL`` (more given back than is held), or ``FORBIDDEN``
    when the holder may give no refund; ``SAME_TREASURY`` for one account on both sides;
    ``REFUND_MORE_THAN_HELD``: a box of cash and a wallet give what they hold and did not promise;
    ``ACCOUNT_OVERDRAWS``: a bank lends what was confirmed (``seen_overdraft_minor``; None: nobody
    was asked).
    """
    faults = []
    if cash_account.role != AccountRole.CASH:
        faults.append(Finding("FLOAT_NOT_CASH", place="cash_account"))
    if other_account.role not in TREASURY_ROLES:
        faults.append(Finding("FLOAT_SOURCE", place="other_account"))
    if amount_minor <= 0:
        faults.append(Finding("AMOUNT_NOT_ABOVE_ZERO", place="amount_minor"))
    if faults:
        raise RefusedRows(tuple(faults))
    require_right(holder, mutual, Right.GIVE_REFUND, on)
    _lock_float(holder)
    if is_given_back:
        _require_enough(mutual, holder, cash_account, amount_minor, place="amount_minor")
    else:
        require_room(mutual, other_account, amount_minor, on, seen_overdraft_minor)
    box = Treasury(AccountRole(cash_account.role), cash_account.key)
    other = Treasury(AccountRole(other_account.role), other_account.key)
    number = next_number(mutual=mutual, prefix=FLOAT_PREFIX, on=on)
    entry = posting_rules.cash_deposited(
        document_number=number,
        occurred_on=on,
        source=box if is_given_back else other,
        destination=other if is_given_back else box,
        amounts_minor={FundCode.MUTUAL: amount_minor},
        label=str(holder)[:200],
    )
    return FloatMovement.objects.create(
        mutual=mutual,
        document_number=number,
        holder=holder,
        cash_account=cash_account,
        other_account=other_account,
        is_given_back=is_given_back,
        amount_minor=amount_minor,
        moved_on=on,
        recorded_by=actor,
        entry=post_entry(mutual=mutual, entry=entry, actor=actor, on=on),
    )


@command("hand_over_refund", right=Right.GIVE_REFUND)
def hand_over_refund(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payout: Payout,
    cash_account: Account,
    receiver: Receiver,
    proof: Proof,
    place: str = "",
    is_from_till: bool = False,
    minutes: int | None = None,
) -> Payout:
    """Somebody of the family got its money and signed, and the agent's cash is less by as much.

    ``place`` is where (empty: as the means of payment says). ``is_from_till``: out of the cash box
    of the batch instead of an agent's cash, at the office and by a cashier only. Refused with
    ``REFUND_NOT_IN_HAND`` (a transfer, or a provider's), ``PAYOUT_PLACE_NOT_OF_CHANNEL``,
    ``TILL_AT_OFFICE``, what :func:`~entraide.apps.settlement.receivers.require_told` finds, what a
    picture is refused with, ``PROOF_SERVED``, ``SLIP_SERVED``, ``FLOAT_TOO_SMALL``, and as a
    payment is: never by who authorised, prepared, approved or entered.
    """
    if payout.household is None or not is_in_hand(payout.channel):
        raise Refusal("REFUND_NOT_IN_HAND", payout=payout.document_number)
    place = place or places_of(payout.channel)[0]
    require_fitting_place(payout, place)
    require_told(payout.household, receiver, proof, actor, on)
    picture = prepared_proof(proof)
    _lock_float(actor)
    if is_from_till:
        _require_till(mutual, actor, payout, cash_account, place, on)
    else:
        _require_enough(mutual, actor, cash_account, payout.amount_minor, place="cash_account")
    paid = make_payment(
        mutual=mutual,
        actor=actor,
        on=on,
        payout=payout,
        paid_on=on,
        place=place,
        minutes=minutes,
        from_account=None if is_from_till else cash_account,
    )
    receipt = PayoutReceipt.objects.create(
        mutual=mutual,
        payout=paid,
        received_by=receiver.told[:160],
        witness=proof.witness.strip()[:160],
        proof_kind=proof.kind,
        proof=picture,
        recorded_by=actor,
    )
    keep_receiver(receipt, receiver, proof)
    return paid


def _require_till(
    mutual: Mutual, actor: User, payout: Payout, cash_account: Account, place: str, on: date
) -> None:
    """``TILL_AT_OFFICE`` unless the box is that of the batch and the money is given at the office;
    ``FORBIDDEN`` for whoever keeps no till."""
    require_right(actor, mutual, Right.RECORD_PAYOUT, on)
    box = payout.batch.treasury_account
    if place != PayoutPlace.OFFICE or box != cash_account or box.role != AccountRole.CASH:
        raise Refusal("TILL_AT_OFFICE", place="cash_account")
    Account.objects.select_for_update().get(pk=box.pk)
    held = till_minor(mutual, box, on)
    if payout.amount_minor > held:
        raise Refusal(
            "FLOAT_TOO_SMALL", place="cash_account", held_minor=held, currency=mutual.currency,
            asked_minor=payout.amount_minor,
        )  # fmt: skip


def _lock_float(holder: User) -> None:
    """Two payments of one agent at once: the second sees what the first left."""
    User.objects.select_for_update(of=("self",)).get(pk=holder.pk)


def _require_enough(
    mutual: Mutual, holder: User, cash_account: Account, amount_minor: int, *, place: str
) -> None:
    held = float_minor(mutual, holder, cash_account)
    if amount_minor > held:
        raise Refusal(
            "FLOAT_TOO_SMALL", place=place, held_minor=held, currency=mutual.currency,
            asked_minor=amount_minor,
        )  # fmt: skip


def float_minor(mutual: Mutual, holder: User, cash_account: Account) -> int:
    """What a person holds for refunds in a box: given, less given back, less refunds paid."""
    own = FloatMovement.objects.filter(mutual=mutual, holder=holder, cash_account=cash_account)
    moved = own.aggregate(
        given=Sum("amount_minor", filter=Q(is_given_back=False), default=0),
        back=Sum("amount_minor", filter=Q(is_given_back=True), default=0),
    )
    paid = Payout.objects.filter(
        mutual=mutual, paid_by=holder, from_account=cash_account, returned_on__isnull=True
    ).aggregate(total=Sum("amount_minor", default=0))
    left: int = moved["given"] - moved["back"] - paid["total"]
    return left


def till_minor(mutual: Mutual, box: Account, on: date) -> int:
    """What lies in a box and in nobody's hands: what the books hold there of the mutual fund, less
    what was given to people for refunds out of the same account."""
    held = treasury_balance(mutual, on, account=box, fund=FundCode.MUTUAL)
    carried = sum(each.amount_minor for each in floats(mutual) if each.cash_account == box)
    return held - carried


def floats(mutual: Mutual) -> list[HeldFloat]:
    """Who was ever given cash for refunds, with what is left, by name."""
    movements = FloatMovement.objects.filter(mutual=mutual).select_related("holder", "cash_account")
    pairs = {(row.holder_id, row.cash_account_id): row for row in movements}
    held = [
        HeldFloat(row.holder, row.cash_account, float_minor(mutual, row.holder, row.cash_account))
        for row in pairs.values()
    ]
    return sorted(held, key=lambda each: (str(each.holder), each.cash_account.number))


def floats_of(mutual: Mutual, holder: User) -> list[HeldFloat]:
    """The boxes from which a person may give refunds, with what is left in each."""
    return [each for each in floats(mutual) if each.holder == holder]


def due_at_desk(mutual: Mutual, words: str = "") -> QuerySet[Payout]:
    """What waits to be given into a hand, the oldest first: of the sections in sight.

    ``words``: the number of the payment, of a family or of a card, or a name as the search of
    members understands it.
    """
    rows = waiting_payouts(mutual).filter(channel__in=[each.value for each in IN_HAND])
    if not words:
        return rows
    homes = {person.household_id for person in find_persons(mutual, words, limit=MOST_MEANT)}
    return rows.filter(
        Q(household__in=homes)
        | Q(household__number__iexact=words)
        | Q(document_number__iexact=words)
    )
