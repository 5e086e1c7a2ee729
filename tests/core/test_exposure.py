"""Months of cover and earned contributions: sums are exact, whatever the amount and the days."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.exposure import (
    CoveredGroup,
    earned_by_month,
    earned_until,
    earning_period,
    person_months,
    person_months_at_risk,
    year_exposure,
)
from entraide.core.periods import Period

YEAR = Period(date(2021, 1, 1), date(2022, 1, 1))
amounts = st.integers(-(2**53), 2**53)
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(1, 1200))))


@given(amounts, periods())
def test_months_sum_to_the_amount(amount: int, period: Period) -> None:
    assert sum(earned_by_month(amount, period).values()) == amount


@given(amounts, periods(), days, days)
def test_earning_never_goes_back(amount: int, period: Period, one: date, other: date) -> None:
    first, second = sorted((one, other))
    sign = 1 if amount >= 0 else -1
    assert sign * earned_until(amount, period, first) <= sign * earned_until(amount, period, second)


@given(amounts, periods())
def test_nothing_before_and_everything_after(amount: int, period: Period) -> None:
    assert earned_until(amount, period, period.start) == 0
    assert earned_until(amount, period, period.until) == amount
    assert earned_until(amount, period, date.max) == amount


@given(amounts, periods(), st.integers(0, 1200))
def test_the_earned_part_is_the_nearest_unit(amount: int, period: Period, elapsed: int) -> None:
    elapsed = min(elapsed, period.days)
    exact = Fraction(amount * elapsed, period.days)
    earned = earned_until(amount, period, period.start + timedelta(days=elapsed))
    assert abs(earned - exact) <= Fraction(1, 2)


@given(amounts, periods())
def test_a_reversal_earns_the_opposite(amount: int, period: Period) -> None:
    there, back = earned_by_month(amount, period), earned_by_month(-amount, period)
    assert all(there[month] + back[month] == 0 for month in there)


def test_a_year_of_twelve_thousand_in_hundredths() -> None:
    """Case EP-1: openIMIS definition P9, uniform distribution over 365 inclusive days."""
    months = earned_by_month(1_200_000, YEAR)
    assert months[date(2021, 1, 1)] == 101_918
    assert months[date(2021, 2, 1)] == 92_055
    assert 1_200_000 - earned_until(1_200_000, YEAR, date(2021, 7, 1)) == 604_932


def test_the_whole_is_never_exceeded() -> None:
    """Case EP-2: the SQL that openIMIS runs earns 12 032.97 of 12 000 (100.27 %): not so here."""
    months = earned_by_month(1_200_000, YEAR)
    assert months[date(2021, 1, 1)] != 102_198
    assert sum(months.values()) == 1_200_000 != 1_203_297


def test_earning_waits_for_the_payment() -> None:
    assert earning_period(YEAR, date(2020, 12, 1)) == YEAR
    assert earning_period(YEAR, date(2021, 12, 31)).days == 1
    with pytest.raises(Refusal, match="PAID_AFTER_COVER"):
        earning_period(YEAR, date(2022, 1, 1))


@given(st.lists(st.tuples(periods(), st.integers(0, 5000), st.booleans()), max_size=6))
def test_years_of_a_cover_add_up(rows: list[tuple[Period, int, bool]]) -> None:
    groups = [CoveredGroup(*row) for row in rows]
    whole = person_months(groups, Period(date(1999, 1, 1), date(2070, 1, 1)))
    parts = sum(
        (
            person_months(groups, Period(date(year, 1, 1), date(year + 1, 1, 1)))
            for year in range(1999, 2070)
        ),
        Fraction(0),
    )
    assert parts == whole


@given(
    st.lists(st.tuples(periods(), st.integers(0, 5000), st.booleans()), max_size=6),
    st.integers(0, 24),
)
def test_at_risk_is_never_more_than_covered(
    rows: list[tuple[Period, int, bool]], waiting: int
) -> None:
    groups = [CoveredGroup(*row) for row in rows]
    within = Period(date(2000, 1, 1), date(2070, 1, 1))
    at_risk = person_months_at_risk(groups, within, waiting)
    assert 0 <= at_risk <= person_months(groups, within)
    if waiting == 0:
        assert at_risk == person_months(groups, within)


def test_full_months_count_one_whatever_their_length() -> None:
    february = CoveredGroup(Period.inclusive(date(2025, 2, 1), date(2025, 2, 28)), 10)
    march = CoveredGroup(Period.inclusive(date(2025, 3, 1), date(2025, 3, 31)), 10)
    assert person_months([february, march], Period(date(2025, 1, 1), date(2026, 1, 1))) == 20


def test_a_year_worked_by_hand() -> None:
    # 100 persons all year = 1200. 30 new from 16 April: 15/30 of April + 8 months = 255;
    # two months of waiting end on 16 June: 15/30 of June + 6 months = 195 at risk.
    groups = (
        CoveredGroup(Period.inclusive(date(2024, 3, 1), date(2026, 2, 28)), 100),
        CoveredGroup(Period.inclusive(date(2025, 4, 16), date(2025, 12, 31)), 30, is_new=True),
    )
    year = year_exposure(2025, groups, 2, Fraction(279))
    assert year.member_months_covered == 1455
    assert year.member_months_at_risk == 1395
    assert year.mean_members_at_risk == Fraction(465, 4)
    assert year.utilisation_per_person_year == Fraction(12, 5)


def test_without_anybody_at_risk_there_is_no_rate() -> None:
    assert year_exposure(2025, (), 0, Fraction(0)).utilisation_per_person_year is None
