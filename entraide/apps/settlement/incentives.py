"""What incentive terms give on a batch and on a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from entraide.apps.care_control.committee import scores
from entraide.apps.care_control.provider_figures import paid_by_year
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.settlement.models import Payout, PayoutAddition, PayoutDiscount
from entraide.core.incentives import QualityMeasure, quality_bonus


def discounts_by_payout(payouts: Iterable[Payout]) -> dict[int, list[PayoutDiscount]]:
    """Key of a payout → the discount that it keeps. One query."""
    rows = PayoutDiscount.objects.filter(payout__in=[each.pk for each in payouts])
    return _by_payout(rows.select_related("term"))


def additions_by_payout(payouts: Iterable[Payout]) -> dict[int, list[PayoutAddition]]:
    """Key of a payout → the awards that it pays. One query."""
    rows = PayoutAddition.objects.filter(payout__in=[each.pk for each in payouts])
    return _by_payout(rows.select_related("award", "award__payout"))


def _by_payout(rows: QuerySet[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows.order_by("payout_id", "id"):
        found.setdefault(row.payout_id, []).append(row)
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
