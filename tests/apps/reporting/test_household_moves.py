"""Families at the start of a month + those that came − those that left = families at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.apps.reporting.household_moves import move_table
from entraide.apps.reporting.registers import Belonging, CoverRow
from entraide.core.periods import Period, add_months

COMING, LEAVING = ("new", "reopened"), ("suspended", "lapsed", "exited")
JANUARY = date(2024, 1, 1)
MONTHS = [add_months(JANUARY, rank) for rank in range(30)]
COVER = CoverRow(
    1, "c", 1, 1, JANUARY, JANUARY, JANUARY, JANUARY, False,
    Belonging("essentielle", "", "", "Bè"),
)  # fmt: skip
days = st.integers(0, 800).map(lambda after: JANUARY + timedelta(days=after))


def month_end(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def covered_months(covers: list[CoverRow], stretches: dict[int, list[Period]]) -> set[date]:
    """By the definition, day by day: the last day is under a cover that is not suspended."""
    return {
        month
        for month in MONTHS
        for cover in covers
        if cover.starts_on <= month_end(month) < cover.ends_on
        and not any(month_end(month) in each for each in stretches.get(cover.pk, ()))
    }


@st.composite
def histories(draw: Any) -> tuple[list[CoverRow], dict[int, list[Period]]]:
    """Some families, each with covers one after the other, with gaps, early ends, suspensions."""
    covers: list[CoverRow] = []
    stretches: dict[int, list[Period]] = {}
    for household in range(1, draw(st.integers(1, 4)) + 1):
        starts_on = draw(days)
        for _ in range(draw(st.integers(1, 3))):
            pk = len(covers) + 1
            term_on = starts_on + timedelta(days=draw(st.integers(1, 400)))
            ends_on = term_on - timedelta(days=draw(st.sampled_from([0, 0, 5, 90])))
            covers.append(
                replace(
                    COVER, pk=pk, household_id=household, starts_on=starts_on,
                    ends_on=max(ends_on, starts_on), term_on=term_on,
                )
            )  # fmt: skip
            if draw(st.booleans()):
                late_on = draw(days)
                late_for = timedelta(days=draw(st.integers(1, 200)))
                stretches[pk] = [Period(late_on, late_on + late_for)]
            starts_on = term_on + timedelta(days=draw(st.sampled_from([0, 0, 20, 100])))
    return covers, stretches


@pytest.mark.requirement("R023")
@given(histories())
def test_each_month_adds_up(history: tuple[list[CoverRow], dict[int, list[Period]]]) -> None:
    covers, stretches = history
    households = sorted({cover.household_id for cover in covers})
    covered = {
        key: covered_months([each for each in covers if each.household_id == key], stretches)
        for key in households
    }
    registers: Any = SimpleNamespace(
        covers=covers, household_keys={key: f"h{key}" for key in households}
    )
    rows = move_table(registers, covered, stretches).to_pylist()
    moves = {month: Counter[str]() for month in [*MONTHS, add_months(MONTHS[-1], 1)]}
    for row in rows:
        moves[row["month"]][row["move"]] += 1
    before = 0
    for month in MONTHS:
        came = sum(moves[month][each] for each in COMING)
        left = sum(moves[month][each] for each in LEAVING)
        after = sum(month in each for each in covered.values())
        assert before + came - left == after
        before = after
    # Nobody is new twice, and nobody comes back who was never there.
    new = Counter(row["household"] for row in rows if row["move"] == "new")
    assert set(new.values()) <= {1}
