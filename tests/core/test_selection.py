"""A band that respects small numbers: Garwood's interval, and no rate under five persons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.selection import Selection, claim_frequency, poisson_interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390),
     (50, 37.11, 65.92), (100, 81.36, 121.63)],
)  # fmt: skip
def test_the_exact_interval_of_published_tables(count: int, low: float, high: float) -> None:
    """Table of Poisson confidence limits: Garwood 1936; also Ulm, Am. J. Epidemiol. 131 (1990)."""
    found = poisson_interval(count)
    assert found == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


@given(st.integers(0, 2_000))
def test_the_count_lies_inside_its_band(count: int) -> None:
    low, high = poisson_interval(count)
    assert low <= count <= high
    assert high - low <= 6 * (count + 1) ** 0.5 + 4


def test_a_few_claims_of_a_small_group_say_nothing() -> None:
    few = claim_frequency(claims=9, person_years=4, persons=4, mean=1.0)
    assert (few.says, few.rate) == (Selection.TOO_FEW, None)
    small = claim_frequency(claims=9, person_years=6, persons=6, mean=1.0)
    assert small.says is Selection.USUAL


def test_a_group_beyond_chance_is_told() -> None:
    assert claim_frequency(claims=60, person_years=30, persons=30, mean=1.0).says is Selection.MORE
    assert claim_frequency(claims=10, person_years=30, persons=30, mean=1.0).says is Selection.FEWER
    assert (
        claim_frequency(claims=60, person_years=30, persons=30, mean=None).says is Selection.USUAL
    )
