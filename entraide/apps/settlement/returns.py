"""A payment that came back: its claims are payable again, and nothing it kept back is forgotten."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.ledger.services import reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.apps.settlement.awards import take_lapse_back
from entraide.apps.settlement.models import BatchState, Payout, PayoutReceipt, ReturnCode
from entraide.apps.settlement.payout_items import give_items_up
from entraide.apps.settlement.services import close_when_answered, locked_batch
from entraide.apps.settlement.set_asides import reinstate
from entraide.core.errors import Refusal


@command("return_payout", right=Right.RECORD_PAYOUT)
def return_payout(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    payout: Payout,
    returned_on: date,
    code: str,
    reason: str = "",
) -> Payout:
    """The bank or operator did not pay, or the payee was not reached: see :func:`take_back`.

    ``PAYOUT_SIGNED_FOR`` for cash that somebody signed for: no bank sends that back.
    """
    locked_batch(payout.batch)  # who signs for it at this moment is waited for
    if receipt_of(payout) is not None:
        raise Refusal("PAYOUT_SIGNED_FOR", payout=payout.document_number)
    return take_back(
        mutual=mutual, actor=actor, on=on, payout=payout, returned_on=returned_on, code=code,
        reason=reason,
    )  # fmt: skip


@command("reverse_payout", right=Right.REVERSE)
def reverse_payout(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, payout: Payout, reason: str
) -> Payout:
    """A payment was recorded by mistake. Refused: ``REASON_MISSING``, ``PAYOUT_NOT_MADE``,
    ``SEPARATION_OF_DUTIES`` for who gave cash against a signature, and as :func:`take_back`
    does."""
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    locked_batch(payout.batch)
    receipt = receipt_of(payout)
    if receipt is not None:
        require_other_person(actor, receipt.recorded_by, step="pay")
    payout.refresh_from_db(fields=["paid_on"])
    if payout.paid_on is None:
        raise Refusal("PAYOUT_NOT_MADE", payout=payout.document_number)
    return take_back(
        mutual=mutual, actor=actor, on=on, payout=payout, returned_on=on,
        code=ReturnCode.MISTAKE.value, reason=reason,
    )  # fmt: skip


def take_back(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    payout: Payout,
    returned_on: date,
    code: str,
    reason: str = "",
) -> Payout:
    """The payout stands as returned; its entry, where it was posted, is reversed; its claims wait
    for another batch, by another means perhaps; what it kept back is owed again.

    Refused with ``RETURN_CODE_UNKNOWN``, ``BATCH_NOT_AUTHORISED``, ``PAYOUT_RETURNED``,
    ``DATE_IN_FUTURE``, ``RETURNED_BEFORE`` the day it was paid or authorised, or
    ``LAPSE_IN_BATCH``.
    """
    if code not in ReturnCode.values:
        raise Refusal("RETURN_CODE_UNKNOWN", place="code", value=code)
    batch = locked_batch(payout.batch)
    payout = (
        Payout.objects.select_for_update(of=("self",)).select_related("entry").get(pk=payout.pk)
    )
    if batch.state not in (BatchState.AUTHORISED, BatchState.PAID) or batch.authorised_on is None:
        raise Refusal("BATCH_NOT_AUTHORISED", batch=batch.document_number)
    if payout.returned_on is not None:
        raise Refusal("PAYOUT_RETURNED", payout=payout.document_number, on=payout.returned_on)
    if returned_on > on:
        raise Refusal("DATE_IN_FUTURE", place="returned_on", day=returned_on, on=on)
    began_on = payout.paid_on or batch.authorised_on
    if returned_on < began_on:
        raise Refusal("RETURNED_BEFORE", place="returned_on", on=began_on)
    reinstate(payout, actor, on)
    take_lapse_back(payout, actor, on)
    if payout.entry is not None:
        reverse_posted(mutual=mutual, entry=payout.entry, actor=actor, on=on, reason=reason.strip())
    payout.returned_on, payout.returned_by = returned_on, actor
    payout.return_code, payout.return_reason = code, reason.strip()[:200]
    payout.save(update_fields=["returned_on", "returned_by", "return_code", "return_reason"])
    claims = list(payout.claims.values_list("claim_id", flat=True))
    give_items_up(Payout.objects.filter(pk=payout.pk))
    Claim.objects.filter(pk__in=claims).update(state=ClaimState.APPROVED, paid_on=None)
    close_when_answered(batch)
    return payout


def receipt_of(payout: Payout) -> PayoutReceipt | None:
    """Who signed for cash, or None where nothing was signed."""
    return PayoutReceipt.objects.filter(payout=payout).select_related("recorded_by").first()
