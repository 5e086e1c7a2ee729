"""What incentive terms give on a batch and on a year: computed, shown, not yet posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.care_control.committee import scores
from entraide.apps.care_control.provider_figures import paid_by_year
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.providers.incentives import incentives_on
from entraide.apps.settlement.models import Payout, PayoutClaim, SettlementBatch
from entraide.core.incentives import (
    Discount,
    Incentive,
    QualityMeasure,
    prompt_discount,
    quality_bonus,
)


@dataclass(frozen=True, slots=True)
class DiscountShown:
    """A provider's payment of a batch, the term, and the discount if it is paid on ``on``."""

    payout: Payout
    term: IncentiveTerm
    discount: Discount
    on: date


def discounts_of(batch: SettlementBatch, on: date) -> list[DiscountShown]:
    """The discounts for prompt payment of a batch: of a payment made, on its day; else on ``on``.

    Two queries, and two more for each provider with a term.
    """
    payouts = batch.payouts.filter(provider__isnull=False).select_related("provider")
    found = []
    for payout in payouts.order_by("id"):
        day = payout.paid_on or on
        terms = incentives_on(batch.mutual, day, Incentive.PROMPT_DISCOUNT)
        term = terms.filter(agreement__provider=payout.provider_id).last()
        if term is None or term.within_days is None:
            continue
        rows = PayoutClaim.objects.filter(payout=payout, is_cancelled=False)
        claims = rows.values_list("claim__received_on", "amount_minor")
        discount = prompt_discount(claims, day, term.within_days, term.rate)
        found.append(DiscountShown(payout, term, discount, day))
    return found


def bonus_of(term: IncentiveTerm, year: int) -> int | None:
    """The bonus of a whole year, on what was paid for its care; None where too few families were
    asked. 0 below the threshold, or where the term did not hold on the last day of the year."""
    last = date(year, 12, 31)
    if term.effective_from > last or (term.effective_until and term.effective_until <= last):
        return 0
    provider = term.agreement.provider
    score = scores(term.mutual, date(year, 1, 1), date(year + 1, 1, 1)).get(provider.pk)
    if score is None or term.threshold is None:
        return None
    is_welcome = term.measure == QualityMeasure.WELCOME
    good = score.good_welcome if is_welcome else score.good_treatment
    paid = paid_by_year(term.mutual, provider).get(year, 0)
    return quality_bonus(good, score.asked, term.threshold, paid, term.rate)
