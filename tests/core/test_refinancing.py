from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.periods import Period, add_months
from entraide.core.refinancing import months_begun, months_of, unexpired_part

YEAR = Period(date(2025, 1, 15), date(2026, 1, 15))


@pytest.mark.requirement("R031", begun=True)
@pytest.mark.parametrize(
    ("day", "left", "credit"),
    [
        (date(2025, 1, 15), 12, 12_000),
        (date(2025, 1, 16), 11, 11_000),
        (date(2025, 2, 15), 11, 11_000),
        (date(2025, 7, 14), 6, 6_000),
        (date(2025, 7, 16), 5, 5_000),
        (date(2025, 12, 16), 0, 0),
        (date(2026, 1, 14), 0, 0),
    ],
)
def test_the_months_not_begun_are_given_back(day: date, left: int, credit: int) -> None:
    part = unexpired_part(YEAR, day, 12_000)
    assert (part.months_total, part.months_left, part.credit_minor) == (12, left, credit)


def test_the_one_rounding_is_half_up() -> None:
    period = Period.of_months(date(2025, 1, 1), 4)
    assert unexpired_part(period, date(2025, 1, 2), 10).credit_minor == 8  # 7.5
    assert unexpired_part(period, date(2025, 3, 2), 10).credit_minor == 3  # 2.5


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(1, 36),
    st.integers(0, 10**9),
    st.integers(0, 1_200),
)
def test_never_more_than_was_paid_and_never_more_with_time(
    start: date, months: int, contribution: int, days: int
) -> None:
    period = Period.of_months(start, months)
    assert months_of(period) == months
    day = min(date.fromordinal(start.toordinal() + days), period.last)
    later = min(add_months(day, 1), period.last)
    now, then = (unexpired_part(period, each, contribution) for each in (day, later))
    assert 0 <= then.credit_minor <= now.credit_minor <= contribution
    assert months_begun(period, period.until) == months
