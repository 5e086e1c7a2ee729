"""Care beside the tariff: values worked by hand, and when a gap becomes an alert."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.risk_gaps import (
    Alert,
    Measure,
    Seen,
    Tally,
    alerts,
    rolling,
    together,
)

FIFTH = Decimal("0.20")


def month(cases: int, amount_minor: int, expected: object = 10, cost: int = 1000) -> Seen:
    """A month of 120 persons (ten years) of whom the tariff expects so many cases of that cost."""
    tally = Tally(cases, amount_minor, Decimal(10), Decimal(8))
    cases_expected = Decimal(str(expected))
    return Seen(tally, tally, cases_expected, cases_expected * cost)


@pytest.mark.requirement("R065")
def test_each_measure_is_divided_and_compared_as_on_paper() -> None:
    seen = month(12, 13_200)
    assert seen.shown.value(Measure.FREQUENCY) == Decimal("1.5")  # 12 ÷ 8 at risk
    assert seen.expected(Measure.FREQUENCY) == Decimal("1.25")  # 10 ÷ 8
    assert seen.gap(Measure.FREQUENCY) == Decimal("0.2")
    assert seen.shown.value(Measure.AVERAGE_COST) == 1_100
    assert seen.gap(Measure.AVERAGE_COST) == Decimal("0.1")
    assert seen.shown.value(Measure.COST_PER_PERSON) == 1_320  # 13 200 ÷ 10
    assert seen.expected(Measure.COST_PER_PERSON) == 1_000
    assert seen.gap(Measure.COST_PER_PERSON) == Decimal("0.32")  # 1,2 × 1,1 − 1


def test_without_expectation_or_case_nothing_is_compared() -> None:
    alone = Seen(actual=Tally(3, 3_000, Decimal(10), Decimal(10)))
    assert not alone.has_expectation
    assert alone.shown.value(Measure.FREQUENCY) == Decimal("0.3")
    assert [alone.gap(measure) for measure in Measure] == [None] * 3
    none = month(0, 0)
    assert none.shown.value(Measure.AVERAGE_COST) is None
    assert none.gap(Measure.FREQUENCY) == -1
    assert none.gap(Measure.AVERAGE_COST) is None
    assert Seen().shown.value(Measure.COST_PER_PERSON) is None


def test_only_the_part_that_the_tariff_speaks_of_is_compared() -> None:
    silent = Seen(actual=Tally(50, 90_000, Decimal(10), Decimal(10)))
    both = month(10, 10_000) + silent
    assert both.actual.cases == 60
    assert both.shown.cases == 10
    assert both.gap(Measure.FREQUENCY) == 0


@pytest.mark.requirement("R065")
def test_an_alert_bears_the_figure_of_the_twelve_months_that_the_board_shows() -> None:
    cheap, dear = month(10, 9_000), month(10, 13_000)
    two_dear = [cheap] * 10 + [dear] * 2  # 116 000 for 120 000 expected: below the tariff
    assert rolling(two_dear)[-1].gap(Measure.AVERAGE_COST) < 0  # type: ignore[operator]
    assert alerts(two_dear, FIFTH) == ()
    [told, _per_person] = alerts([cheap] * 2 + [dear] * 12, FIFTH)
    assert told.gap == rolling([dear] * 12)[-1].gap(Measure.AVERAGE_COST) == Decimal("0.3")


@pytest.mark.requirement("R065")
def test_an_alert_needs_two_months_running_above_the_threshold() -> None:
    usual, high = month(10, 10_000), month(13, 13_000)
    assert alerts([usual, high], FIFTH) == ()
    found = alerts([high, high], FIFTH)
    assert [(each.measure, each.gap, each.months) for each in found] == [
        (Measure.FREQUENCY, Decimal("0.3"), 2),
        (Measure.COST_PER_PERSON, Decimal("0.3"), 2),
    ]
    assert alerts([high, high, usual], FIFTH) == ()
    assert alerts([high, usual, high], FIFTH) == ()
    assert alerts([high], FIFTH) == ()
    assert alerts([month(12, 12_000)] * 2, FIFTH) == ()  # at the threshold, not above
    low = month(5, 5_000)
    assert alerts([low] * 3, FIFTH) == ()  # below the tariff: care may still come
    dear = month(10, 13_000)
    assert [each.measure for each in alerts([dear] * 3, FIFTH)] == [
        Measure.AVERAGE_COST, Measure.COST_PER_PERSON,
    ]  # fmt: skip


def test_months_with_few_expected_cases_speak_over_twelve() -> None:
    few = month(2, 2_000, expected=1)
    found = alerts([few] * 12, FIFTH)
    assert found[0] == Alert(Measure.FREQUENCY, Decimal(1), 2, False)  # 24 for 12
    assert alerts([few] * 24, FIFTH)[0].months == 13  # whole years alone are counted
    assert alerts([few] * 4, FIFTH) == ()  # four cases expected in all: nothing is told
    jump = [month(1, 1_000, expected=1)] * 11 + [month(9, 9_000, expected=1)]
    assert alerts(jump, FIFTH) == ()  # the twelve before were at the tariff


def test_what_a_number_of_cases_may_owe_to_chance_is_said() -> None:
    assert month(13, 13_000).may_be_chance  # Garwood, 13 cases: 6,9 to 22,2; 10 lies inside
    assert not month(20, 20_000).may_be_chance  # 12,2 to 30,9
    assert not Seen(actual=Tally(20, 0)).may_be_chance
    found = alerts([month(13, 13_000)] * 2, FIFTH)
    assert all(each.may_be_chance for each in found)
    dear = alerts([month(10, 13_000)] * 2, FIFTH)
    assert [each.may_be_chance for each in dear] == [False, True]  # the mean cost is not counted


_MONTHS = st.lists(
    st.builds(
        month, st.integers(0, 60), st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 5000)
    ),
    min_size=1, max_size=24,
)  # fmt: skip


@given(_MONTHS)
def test_twelve_months_are_the_sum_of_the_twelve(months: list[Seen]) -> None:
    for place, seen in enumerate(rolling(months)):
        assert seen == together(months[max(0, place - 11) : place + 1])


@given(_MONTHS, st.decimals("0.01", "0.99", places=2))
def test_a_higher_threshold_never_alerts_more(months: list[Seen], threshold: Decimal) -> None:
    strict = {each.measure for each in alerts(months, threshold)}
    lax = {each.measure for each in alerts(months, threshold / 2)}
    assert strict <= lax


@given(_MONTHS)
def test_care_as_expected_gives_no_alert(months: list[Seen]) -> None:
    exact = [
        replace(
            each,
            compared=replace(
                each.compared, cases=int(each.expected_cases), amount_minor=int(each.expected_minor)
            ),
        )
        for each in months
    ]
    assert alerts(exact, Decimal("0.01")) == ()
