"""What stands on payouts: claims, what is kept back, discounts, awards; and how they give it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from entraide.apps.claims.models import Claim
from entraide.apps.settlement.batch_terms import BatchTerm
from entraide.apps.settlement.models import (
    Payout,
    PayoutAddition,
    PayoutClaim,
    PayoutDiscount,
    RecoveryDeduction,
)
from entraide.apps.settlement.payees import keep_destinations
from entraide.apps.settlement.recoveries import Outstanding
from entraide.core import settlement

ITEMS = (PayoutClaim, RecoveryDeduction, PayoutDiscount, PayoutAddition)
"""Every table of what a payout pays, keeps back or adds."""


def write_payouts(
    payouts: Sequence[Payout],
    drafts: Sequence[settlement.PayoutDraft],
    claims: Iterable[Claim],
    owed: Iterable[Outstanding],
    terms: Iterable[BatchTerm],
) -> None:
    """The payouts of a batch, each as its draft says, with all that stands on it."""
    Payout.objects.bulk_create(payouts)
    if payouts:
        keep_destinations(payouts[0].mutual, list(payouts))
    ids = {claim.document_number: claim.pk for claim in claims}
    recoveries = {each.recovery.document_number: each.recovery for each in owed}
    by_key = {each.item.key: each for each in terms}
    rows: dict[type, list[object]] = {model: [] for model in ITEMS}
    for payout, draft in zip(payouts, drafts, strict=True):
        on_it = {"mutual_id": payout.mutual_id, "payout": payout}
        for item in draft.items:
            key, amount = item.claim_key, item.amount_minor
            row: object
            if key in ids:
                row = PayoutClaim(**on_it, claim_id=ids[key], amount_minor=amount)
            elif key in recoveries:
                row = RecoveryDeduction(**on_it, recovery=recoveries[key], amount_minor=-amount)
            elif (award := by_key[key].award) is not None:
                row = PayoutAddition(**on_it, award=award, amount_minor=amount)
            else:
                row = _discount(payout, by_key[key], -amount)
            rows[type(row)].append(row)
    for model in ITEMS:
        model.objects.bulk_create(rows[model])  # type: ignore[attr-defined]


def _discount(payout: Payout, term: BatchTerm, amount_minor: int) -> PayoutDiscount:
    assert term.term is not None, "a discount has its term"
    assert term.discount is not None, "a discount has its amounts"
    return PayoutDiscount(
        mutual_id=payout.mutual_id, payout=payout, term=term.term,
        base_minor=term.discount.base_minor, amount_minor=amount_minor,
    )  # fmt: skip


def give_items_up(payouts: QuerySet[Payout]) -> None:
    """What stands on payouts that are given up or came back waits for others."""
    for model in ITEMS:
        model.objects.filter(payout__in=payouts).update(is_cancelled=True)  # type: ignore[attr-defined]
