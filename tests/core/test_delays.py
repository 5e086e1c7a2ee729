"""Delays by step: the middle and one in ten above, by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from entraide.core.delays import ClaimDates, Step, quantile, step_delays

DAY = date(2025, 3, 10)


def _paid(days: int) -> ClaimDates:
    on = date.fromordinal(DAY.toordinal() + days)
    return ClaimDates(date(2025, 3, 1), DAY, DAY, DAY, DAY, DAY, on)


def test_quantiles_lie_between_neighbours_in_proportion() -> None:
    assert quantile([4, 1, 3, 2], Fraction(1, 2)) == Fraction(5, 2)
    assert quantile([0, 10], Fraction(9, 10)) == 9
    assert quantile([7], Fraction(9, 10)) == 7
    with pytest.raises(ValueError, match="at least one"):
        quantile([], Fraction(1, 2))


def test_each_step_counts_the_claims_that_went_through_it() -> None:
    waiting = ClaimDates(DAY, DAY, DAY)
    told = {
        each.step: each
        for each in step_delays(
            [*(_paid(days) for days in (0, 10, 20, 30, 40)), waiting],
            {Step.RECEPTION_TO_PAYMENT: 20},
        )
    }
    whole = told[Step.RECEPTION_TO_PAYMENT]
    assert (whole.count, whole.median_days, whole.p90_days) == (5, 20, 36)
    assert (whole.target_days, whole.within) == (20, 3)
    assert told[Step.CARE_TO_RECEPTION].count == 6
    assert told[Step.DECISION_TO_APPROVAL].count == 5
    early = ClaimDates(DAY, DAY, date(2025, 3, 9))
    assert early.days(Step.RECEPTION_TO_RECORD) == 0
    assert early.days(Step.BATCH_TO_PAYMENT) is None
