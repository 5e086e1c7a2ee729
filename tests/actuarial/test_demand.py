"""Readiness to pay from take-it-or-leave-it answers."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.actuarial.demand import PriceAnswer, best_price, falling_shares, lower_bound_mean
from entraide.core.errors import Refusal

D = Decimal


def answers(*pairs: tuple[int, str]) -> list[PriceAnswer]:
    return [PriceAnswer(D(price), D(share)) for price, share in pairs]


def test_turnbull_of_four_prices() -> None:
    """Case K-TURN: 0.85 × 1000 + 0.60 × 1000 + 0.40 × 1000 + 0.10 × 2000."""
    asked = answers((1000, "0.85"), (2000, "0.6"), (3000, "0.4"), (5000, "0.1"))
    assert lower_bound_mean(asked) == 2050
    assert [one.revenue_per_capita for one in asked] == [850, 1200, 1200, 500]
    assert best_price(asked) == 2000  # of equals the lower: more families can join


def test_a_share_that_rises_is_pooled_with_the_one_before() -> None:
    asked = answers((1000, "0.5"), (2000, "0.7"), (3000, "0.2"))
    assert falling_shares(asked) == [D("0.6"), D("0.6"), D("0.2")]
    assert lower_bound_mean(asked) == 1400


def test_prices_must_rise() -> None:
    with pytest.raises(Refusal, match="PRICES_NOT_ASCENDING") as refused:
        lower_bound_mean(answers((2000, "0.5"), (2000, "0.4")))
    assert refused.value.place == "bids[1]"


shares = st.decimals("0", "1", places=2)


@given(st.lists(shares, min_size=1, max_size=12))
def test_pooled_shares_fall_and_keep_their_sum(stated: list[Decimal]) -> None:
    asked = [PriceAnswer(D(100 * (index + 1)), share) for index, share in enumerate(stated)]
    pooled = falling_shares(asked)
    slack = D("1e-20")
    assert all(low <= high + slack for high, low in pairwise(pooled))
    assert abs(sum(pooled) - sum(stated)) < slack
    assert 0 <= lower_bound_mean(asked) <= asked[-1].price
