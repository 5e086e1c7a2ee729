"""Cash that goes from one person to another: the giver records, the receiver counts.

Until the receiver has confirmed, the giver answers for the money. A receiver who counts another
amount says so and why; the money stays the giver's affair until it is whole, taken back, or what
lacks is booked as missing (:mod:`~entraide.apps.contributions.shortages`).
"""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.contributions.allocation import deposit_entry
from entraide.apps.contributions.models import (
    CashHandover,
    CollectionSlip,
    HandoverSlip,
    HandoverState,
)
from entraide.apps.contributions.slips import funds_of_slips, require_at_hand
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.operations import treasury_of
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right, may
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole

HANDOVER_PREFIX = "REM"


@command("hand_over_cash", right=Right.PREPARE_SLIP)
def hand_over_cash(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    slips: tuple[CollectionSlip, ...],
    receiver: User,
    given_on: date,
    to_account: Account | None = None,
) -> CashHandover:
    """The cash of one's slips is given to another person, who will count it: ``REM-…``.

    ``to_account`` is the receiver's cash box when it is another one. Refused with
    ``HANDOVER_EMPTY``, ``HANDOVER_TO_SELF``, ``HANDOVER_RECEIVER`` (may not hold cash),
    ``HANDOVER_NOT_HOLDER``, ``HANDOVER_OTHER_BOX``, ``HANDOVER_NOT_CASH``,
    ``SLIP_ALREADY_DEPOSITED``, ``SLIP_HANDED_OVER``, ``DEPOSIT_BEFORE_SLIP`` or
    ``DATE_IN_FUTURE``.
    """
    require_not_future(given_on, on, "given_on")
    if receiver.pk == actor.pk:
        raise Refusal("HANDOVER_TO_SELF", place="receiver")
    if not may(receiver, mutual, Right.PREPARE_SLIP, on):
        raise Refusal("HANDOVER_RECEIVER", place="receiver", person=str(receiver))
    chosen = list(
        CollectionSlip.objects.select_for_update(of=("self",))
        .select_related("cash_account", "holder")
        .filter(pk__in=[slip.pk for slip in slips])
        .order_by("pk")
    )
    if not chosen or not sum(slip.held_minor for slip in chosen):
        raise Refusal("HANDOVER_EMPTY", place="slips")
    for slip in chosen:
        _require_given(slip, chosen[0], actor, given_on)
    source = chosen[0].cash_account
    destination = to_account or source
    if destination.role != AccountRole.CASH:
        raise Refusal("HANDOVER_NOT_CASH", place="to_account", account=destination.label_fr)
    handover = CashHandover.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=HANDOVER_PREFIX, on=on),
        giver=actor,
        receiver=receiver,
        from_account=source,
        to_account=destination,
        total_minor=sum(slip.held_minor for slip in chosen),
        given_on=given_on,
    )
    HandoverSlip.objects.bulk_create(
        HandoverSlip(mutual=mutual, handover=handover, slip=slip, amount_minor=slip.held_minor)
        for slip in chosen
    )
    return handover


def _require_given(slip: CollectionSlip, first: CollectionSlip, actor: User, on: date) -> None:
    number = slip.document_number
    if slip.deposited_on is not None:
        raise Refusal("SLIP_ALREADY_DEPOSITED", document_number=number, day=slip.deposited_on)
    if slip.holder_id != actor.pk:
        raise Refusal("HANDOVER_NOT_HOLDER", document_number=number, holder=str(slip.holder))
    if slip.cash_account_id != first.cash_account_id:
        raise Refusal("HANDOVER_OTHER_BOX", place="slips", document_number=number)
    if on < slip.prepared_on:
        raise Refusal("HANDOVER_BEFORE_SLIP", place="given_on", prepared_on=slip.prepared_on)
    require_at_hand(slip)


@command("answer_handover", right=Right.PREPARE_SLIP)
def answer_handover(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    handover: CashHandover,
    counted_minor: int,
    explanation: str = "",
) -> CashHandover:
    """The receiver has counted. The whole amount confirms: the slips are theirs from now on.

    Another amount disputes, and needs an explanation; the giver still answers for the money, and
    the receiver may count again. Refused with ``HANDOVER_CLOSED``, ``HANDOVER_OTHER_RECEIVER``,
    ``COUNT_NEGATIVE`` or ``DIFFERENCE_UNEXPLAINED``.
    """
    handover = _open(handover)
    if handover.receiver_id != actor.pk:
        raise Refusal("HANDOVER_OTHER_RECEIVER", receiver=str(handover.receiver))
    if counted_minor < 0:
        raise Refusal("COUNT_NEGATIVE", place="counted")
    is_whole = counted_minor == handover.expected_minor
    if not is_whole and not explanation.strip():
        raise Refusal(
            "DIFFERENCE_UNEXPLAINED",
            place="explanation",
            counted_minor=counted_minor,
            total_minor=handover.expected_minor,
            currency=mutual.currency,
        )
    handover.counted_minor = counted_minor
    handover.explanation = explanation.strip() or handover.explanation
    handover.answered_on = on
    handover.state = HandoverState.CONFIRMED if is_whole else HandoverState.DISPUTED
    if is_whole:
        _take(handover, actor, on)
    handover.save()
    return handover


def _take(handover: CashHandover, actor: User, on: date) -> None:
    """The slips change hands, and their money changes box when the two keep different ones."""
    keys = handover.lines.values_list("slip_id", flat=True)
    slips = list(CollectionSlip.objects.select_for_update().filter(pk__in=list(keys)))
    if handover.to_account_id != handover.from_account_id:
        entry = deposit_entry(
            funds_of_slips(slips),
            document_number=handover.document_number,
            occurred_on=handover.given_on,
            source=treasury_of(handover.from_account),
            destination=treasury_of(handover.to_account),
        )
        handover.entry = post_entry(mutual=handover.mutual, entry=entry, actor=actor, on=on)
    for slip in slips:
        slip.holder, slip.cash_account = handover.receiver, handover.to_account
        slip.save(update_fields=["holder", "cash_account"])


@command("withdraw_handover", right=Right.PREPARE_SLIP)
def withdraw_handover(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    handover: CashHandover,
) -> CashHandover:
    """The giver takes the cash back: nothing was handed over. ``HANDOVER_CLOSED``,
    ``HANDOVER_OTHER_GIVER``."""
    handover = _open(handover)
    if handover.giver_id != actor.pk:
        raise Refusal("HANDOVER_OTHER_GIVER", giver=str(handover.giver))
    handover.state, handover.answered_on = HandoverState.WITHDRAWN, on
    handover.save(update_fields=["state", "answered_on"])
    return handover


def _open(handover: CashHandover) -> CashHandover:
    locked = CashHandover.objects.select_for_update().get(pk=handover.pk)
    if not locked.is_open:
        raise Refusal(
            "HANDOVER_CLOSED", document_number=locked.document_number, day=locked.answered_on
        )
    return locked
