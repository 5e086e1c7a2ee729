"""The arithmetic on arrays is that of the core, to the unit."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.apps.reporting.cover_facts import without
from entraide.apps.reporting.month_grid import ages, earned, months_later, spread
from entraide.core.exposure import earned_by_month
from entraide.core.money import MAXIMUM_MINOR
from entraide.core.periods import Period, add_months, age_on, month_start

days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
periods = st.builds(
    lambda start, length: Period(start, start + timedelta(days=length)),
    days,
    st.integers(1, 800),
)


def _array(values: list[date]) -> np.ndarray:
    return np.array(values, dtype="M8[D]")


@given(st.lists(periods, min_size=1, max_size=5))
def test_months_are_cut_as_the_core_cuts_them(rows: list[Period]) -> None:
    parts = spread(_array([row.start for row in rows]), _array([row.until for row in rows]))
    expected = [(place, part) for place, row in enumerate(rows) for part in row.months()]
    assert parts.row.tolist() == [place for place, _ in expected]
    assert parts.days.tolist() == [part.days for _, part in expected]
    assert parts.month.tolist() == [month_start(part.start) for _, part in expected]
    assert parts.reaches_the_end.tolist() == [
        part.until == add_months(month_start(part.start), 1) for _, part in expected
    ]


@given(periods, st.integers(0, MAXIMUM_MINOR))
def test_months_earn_what_the_core_says(cover: Period, amount_minor: int) -> None:
    starts, untils = _array([cover.start]), _array([cover.until])
    parts = spread(starts, untils)
    found = earned(np.array([amount_minor]), starts, untils, parts)
    assert dict(zip(parts.month.tolist(), found.tolist(), strict=True)) == earned_by_month(
        amount_minor, cover
    )
    assert found.sum() == amount_minor


@given(days, days)
def test_ages_are_those_of_the_core(born: date, on: date) -> None:
    assert ages(_array([born]), _array([on])).tolist() == [max(age_on(born, on), 0)]


@given(days, st.integers(0, 24))
def test_months_later_are_those_of_the_core(day: date, months: int) -> None:
    assert months_later(_array([day]), months).tolist() == [add_months(day, months)]


@given(periods, st.lists(periods, max_size=4))
def test_what_is_left_of_a_cover(cover: Period, stretches: list[Period]) -> None:
    left = list(without(cover, stretches))
    kept = {day for part in left for day in _days(part)}
    assert kept == {day for day in _days(cover) if not any(day in stretch for stretch in stretches)}
    assert sum(part.days for part in left) == len(kept), "no day twice"


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=place) for place in range(period.days)]


@pytest.mark.parametrize("count", [0])
def test_nothing_gives_nothing(count: int) -> None:
    nothing = _array([])
    assert len(spread(nothing, nothing).row) == count
