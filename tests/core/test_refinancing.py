from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.periods import Period, add_months
from entraide.core.refinancing import (
    months_begun,
    months_of,
    settled_contribution,
    unexpired_part,
)

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


@pytest.mark.requirement("R031", begun=True)
@pytest.mark.parametrize(
    ("day", "paid", "credit", "cancelled", "still_due"),
    [
        (date(2025, 7, 14), 12_000, 6_000, 0, 0),
        (date(2025, 7, 14), 5_000, 2_500, 3_500, 3_500),
        (date(2025, 7, 14), 0, 0, 6_000, 6_000),
        (date(2025, 7, 16), 5_000, 2_083, 2_917, 4_083),  # 5 000 left of the whole, 2 083.3 of it
        (date(2025, 1, 15), 5_000, 5_000, 7_000, 0),
        (date(2026, 1, 14), 5_000, 0, 0, 7_000),
    ],
)
def test_what_was_not_paid_is_cancelled_for_the_months_not_begun_and_stays_due_for_the_others(
    day: date, paid: int, credit: int, cancelled: int, still_due: int
) -> None:
    found = settled_contribution(YEAR, day, 12_000, paid)
    assert (found.credit_minor, found.cancelled_minor, found.still_due_minor) == (
        credit, cancelled, still_due,
    )  # fmt: skip


@given(
    st.integers(1, 36), st.integers(0, 1_100), st.integers(0, 10**9), st.integers(0, 10**9)
)  # fmt: skip
def test_the_months_begun_cost_the_same_whatever_was_paid(
    months: int, days: int, called: int, paid: int
) -> None:
    period = Period.of_months(date(2025, 1, 31), months)
    day = min(date.fromordinal(period.start.toordinal() + days), period.last)
    paid = min(paid, called)
    found = settled_contribution(period, day, called, paid)
    assert min(found.credit_minor, found.cancelled_minor, found.still_due_minor) >= 0
    assert found.credit_minor <= paid
    begun = called - unexpired_part(period, day, called).credit_minor
    assert paid - found.credit_minor + found.still_due_minor == begun


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
