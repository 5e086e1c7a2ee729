"""What is usual: hardly moved by wrong values, silent on small samples and on small differences."""

from __future__ import annotations

import pytest

from entraide.core.control.usual import MINIMUM_SAMPLE, usual_of


def test_a_tenth_of_wrong_values_moves_neither_the_middle_nor_the_limit_much() -> None:
    clean = [3800, 3900, 4000, 4100, 4200] * 9
    spoilt = [*clean, *[40_000] * 5]
    before, after = usual_of(clean), usual_of(spoilt)
    assert before is not None
    assert after is not None
    assert before.median == 4000
    assert after.limit < 10_000
    assert all(value <= before.limit for value in clean)
    assert after.limit < 40_000


def test_by_hand_with_the_published_constant() -> None:
    # Median 10, absolute deviations 0,1,2 …: MAD 5; 10 + 3.5 × 5 ÷ 0.6745 = 35.9…
    values = list(range(21))
    found = usual_of(values)
    assert found is not None
    assert (found.count, found.median, found.limit) == (21, 10, 36)


def test_equal_prices_make_no_small_difference_unusual() -> None:
    found = usual_of([4000] * 30 + [4500])
    assert found is not None
    assert found.limit == 8000
    quantities = usual_of([100] * 40, at_least_times=4)
    assert quantities is not None
    assert quantities.limit == 400


@pytest.mark.parametrize("count", [0, 1, MINIMUM_SAMPLE - 1])
def test_a_small_sample_says_nothing(count: int) -> None:
    assert usual_of([4000] * count) is None
