"""Half-open periods, months and ages."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months, age_on, days_in_month, month_start

days = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(1, 1500))))


@given(days, st.integers(-600, 600))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, days_in_month(moved))


def test_the_last_day_of_january_plus_a_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert month_start(date(2024, 2, 29)) == date(2024, 2, 1)


@given(days, days)
def test_an_age_grows_by_one_on_the_birthday(birth_on: date, on: date) -> None:
    if on < birth_on:
        return
    age = age_on(birth_on, on)
    assert add_months(birth_on, 12 * age) <= on
    assert on <= add_months(birth_on, 12 * (age + 1))


def test_born_on_29_february() -> None:
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18


@given(periods())
def test_the_end_is_outside(period: Period) -> None:
    assert period.start in period
    assert period.last in period
    assert period.until not in period
    assert Period.inclusive(period.start, period.last) == period
    assert period.days == sum(part.days for part in period.months())


@given(periods(), periods())
def test_an_overlap_is_the_days_of_both(one: Period, other: Period) -> None:
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    for day in (one.start, one.last, other.start, other.last):
        both = day in one and day in other
        assert both == (shared is not None and day in shared)


@given(days, st.integers(1, 60))
def test_full_calendar_months_count_as_whole(day: date, months: int) -> None:
    assert Period.of_months(month_start(day), months).in_months() == months


@given(periods(), st.integers(1, 1499))
def test_months_add_up_over_a_cut(period: Period, cut: int) -> None:
    middle = period.start + timedelta(days=cut)
    if middle not in period or middle == period.start:
        return
    parts = Period(period.start, middle).in_months() + Period(middle, period.until).in_months()
    assert parts == period.in_months()


def test_half_of_february() -> None:
    assert Period(date(2023, 2, 1), date(2023, 2, 15)).in_months() == Fraction(1, 2)
    assert Period.month(date(2024, 2, 10)).days == 29


def test_an_empty_period_is_refused() -> None:
    for until in (date(2024, 1, 1), date(2023, 12, 31)):
        with pytest.raises(Refusal, match="PERIOD_EMPTY"):
            Period(date(2024, 1, 1), until)


def test_what_is_no_day_is_in_no_period() -> None:
    assert "2024-01-01" not in Period.month(date(2024, 1, 1))
