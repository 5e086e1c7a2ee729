"""Dated values: the one in force on a day, and who decided it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.parameters import Dated, DatedValue


def dated(*days: date) -> Dated[int]:
    return Dated("rate", (DatedValue(day, index, "AG") for index, day in enumerate(days)))


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2050, 1, 1)), min_size=1, max_size=8, unique=True),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
)
def test_the_value_in_force_is_the_last_begun(days: list[date], on: date) -> None:
    values = dated(*sorted(days))
    begun = [day for day in days if day <= on]
    if begun:
        assert values.at(on).effective_from == max(begun)
    else:
        with pytest.raises(Refusal, match="PARAMETER_NOT_YET"):
            values.at(on)


def test_a_value_holds_until_the_day_before_the_next() -> None:
    change_on = date(2024, 1, 1)
    values = dated(date(2020, 1, 1), change_on)
    assert values.at(change_on - timedelta(days=1)).value == 0
    assert values.at(change_on).value == 1


def test_no_value_days_out_of_order_and_no_source_are_refused() -> None:
    first, second = date(2020, 1, 1), date(2021, 1, 1)
    with pytest.raises(Refusal, match="PARAMETER_EMPTY"):
        Dated("rate", ())
    for days in ((second, first), (first, first)):
        with pytest.raises(Refusal, match="PARAMETER_DATES"):
            dated(*days)
    with pytest.raises(Refusal, match="PARAMETER_SOURCE"):
        Dated("rate", (DatedValue(first, 1, "  "),))


def test_equal_values_are_equal() -> None:
    one, same = dated(date(2020, 1, 1)), dated(date(2020, 1, 1))
    assert one == same
    assert hash(one) == hash(same)
    assert one != dated(date(2020, 1, 2))
    assert "rate" in repr(one)
