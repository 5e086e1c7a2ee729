"""Cost per case drawn toward peers: sums by hand and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.control.credibility import Collective, Costs, collective, shrunk_cost


def test_the_model_by_hand() -> None:
    # Two providers, four cases each: means 10 and 20, Σ (cost − mean)² = 16 each.
    # s² = (16 + 16) ÷ 6; a = (Σ n (mean − 15)² − s²) ÷ (8 − 32/8).
    providers = [Costs.of([8, 8, 12, 12]), Costs.of([18, 18, 22, 22])]
    found = collective(providers)
    within = 32 / 6
    between = (4 * 25 + 4 * 25 - within) / 4
    assert (found.mean, found.within) == (pytest.approx(15), pytest.approx(within))
    assert found.between == pytest.approx(between)
    first = shrunk_cost(providers[0], found)
    weight = 4 / (4 + within / between)
    assert first.weight == pytest.approx(weight)
    assert first.band.estimate == pytest.approx(weight * 10 + (1 - weight) * 15)
    error = between / (2 * weight)  # of the mean of all, two providers of the same weight
    half = 2.5758293 * (between * (1 - weight) + (1 - weight) ** 2 * error) ** 0.5
    assert first.band.high - first.band.estimate == pytest.approx(half)


def test_where_chance_explains_all_everybody_has_the_mean_of_all() -> None:
    providers = [Costs.of([0, 100]), Costs.of([1, 99]), Costs.of([2, 98])]
    found = collective(providers)
    assert found.between == 0
    alone = shrunk_cost(providers[0], found)
    assert (alone.weight, alone.band.estimate) == (0, 50)
    assert alone.band.high > 50, "that all are alike does not make the mean certain"
    assert collective([]) == Collective(0.0, 0.0, 0.0)
    assert shrunk_cost(Costs.of([]), Collective(7.0, 2.0, 1.0)).band.estimate == 7


def test_costs_all_alike_have_a_band_all_the_same() -> None:
    alike = [Costs.of([4_000] * 6), Costs.of([4_000] * 9)]
    band = shrunk_cost(alike[0], collective(alike)).band
    # Spread of a tenth: 400, of fifteen cases.
    assert band.high - band.estimate == pytest.approx(2.5758293 * 400 / 15**0.5)
    assert band.low < 4_000


def test_the_dearest_twentieth_counts_as_the_next_dearest() -> None:
    assert Costs.winsorised([5, 1, 650_000]) == Costs.of([1, 5, 5])
    assert Costs.winsorised(range(1, 41)) == Costs.of([*range(1, 39), 38, 38])
    assert Costs.winsorised([9]) == Costs.of([9])
    assert Costs.winsorised([]) == Costs.of([])


costs = st.lists(st.integers(0, 500_000), min_size=1, max_size=30)


@given(st.lists(costs, min_size=2, max_size=8))
def test_an_estimate_lies_between_the_own_mean_and_that_of_all(all_costs: list[list[int]]) -> None:
    providers = [Costs.of(each) for each in all_costs]
    found = collective(providers)
    for each in providers:
        shrunk = shrunk_cost(each, found)
        low, high = sorted((each.mean, found.mean))
        assert low - 1e-6 <= shrunk.band.estimate <= high + 1e-6
        assert 0 <= shrunk.weight <= 1
        assert 0 <= shrunk.band.low <= shrunk.band.estimate + 1e-6


@given(costs, st.integers(1, 1_000_000))
def test_amounts_all_moved_alike_keep_their_spread(amounts: list[int], more: int) -> None:
    moved = Costs.of([each + more for each in amounts])
    assert moved.deviation == pytest.approx(Costs.of(amounts).deviation, rel=1e-9, abs=1e-6)
    assert moved.mean == pytest.approx(Costs.of(amounts).mean + more)
