"""Bands against published tables, limits against sums done by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.control.bands import (
    funnel,
    peer_limit,
    rate_band,
    share_band,
    variance_between,
)
from entraide.core.control.distributions import (
    binomial_tail,
    gamma_quantile,
    gamma_share,
    normal_quantile,
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (Wilson's), 95 %.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_shares_have_the_published_band(
    successes: int, trials: int, low: float, high: float
) -> None:
    band = share_band(successes, trials, confidence=0.95)
    assert (round(band.low, 4), round(band.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Exact limits of a Poisson count at 95 %: F. Garwood, Biometrika 28 (1936); the table is in
    # E. S. Pearson and H. O. Hartley, Biometrika Tables for Statisticians, table 40.
    [(0, 0.0, 3.69), (1, 0.0253, 5.57), (5, 1.62, 11.67), (10, 4.80, 18.39), (50, 37.11, 65.92)],
)
def test_counts_have_the_published_band(count: int, low: float, high: float) -> None:
    band = rate_band(count, 1, confidence=0.95)
    assert band.low == pytest.approx(low, abs=0.005)
    assert band.high == pytest.approx(high, abs=0.005)
    doubled = rate_band(count, 2, confidence=0.95)
    assert doubled.high == pytest.approx(band.high / 2)


def test_without_cases_everything_remains_possible() -> None:
    nothing = share_band(0, 0)
    assert (nothing.low, nothing.high) == (0, 1)
    assert rate_band(0, 0).high == math.inf
    with pytest.raises(ValueError, match="successes"):
        share_band(3, 2)
    with pytest.raises(ValueError, match="negative"):
        rate_band(-1, 2)


@given(trials=st.integers(1, 2_000), data=st.data(), confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_a_band_holds_its_estimate_and_narrows_with_cases(
    trials: int, data: st.DataObject, confidence: float
) -> None:
    successes = data.draw(st.integers(0, trials))
    band = share_band(successes, trials, confidence=confidence)
    assert 0 <= band.low <= band.estimate <= band.high <= 1
    more = share_band(successes * 4, trials * 4, confidence=confidence)
    assert more.high - more.low < band.high - band.low
    mirrored = share_band(trials - successes, trials, confidence=confidence)
    assert mirrored.low == pytest.approx(1 - band.high, abs=1e-12)


@given(count=st.integers(0, 3_000))
def test_the_limits_of_a_count_are_where_its_tails_are_half_the_rest(count: int) -> None:
    band = rate_band(count, 1, confidence=0.95)
    # P(X ≥ count) at the low limit, P(X ≤ count) at the high one: 2.5 % each.
    if count:
        assert gamma_share(count, band.low) == pytest.approx(0.025, rel=1e-6)
    assert 1 - gamma_share(count + 1, band.high) == pytest.approx(0.025, rel=1e-6)


@given(shape=st.floats(0.1, 500), share=st.floats(0.001, 0.999))
def test_the_quantile_of_a_gamma_undoes_its_share(shape: float, share: float) -> None:
    assert gamma_share(shape, gamma_quantile(shape, share)) == pytest.approx(share, rel=1e-6)


def test_tails_by_hand() -> None:
    assert binomial_tail(2, 3, 0.5) == pytest.approx(0.5)
    assert binomial_tail(0, 3, 0.2) == 1
    assert binomial_tail(3, 3, 0.2) == pytest.approx(0.008)
    assert (binomial_tail(1, 3, 0), binomial_tail(3, 3, 1), binomial_tail(4, 3, 1)) == (0, 1, 0)
    assert gamma_share(1, 2) == pytest.approx(1 - math.exp(-2))
    assert gamma_share(1, 0) == 0
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    with pytest.raises(ValueError, match="successes"):
        binomial_tail(5, 3, 0.5)
    with pytest.raises(ValueError, match="positive shape"):
        gamma_share(0, 1)
    with pytest.raises(ValueError, match="confidence"):
        normal_quantile(1)


@given(trials=st.integers(0, 40), data=st.data())
def test_a_tail_is_the_sum_of_exact_fractions(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    share = Fraction(data.draw(st.integers(1, 19)), 20)
    exact = sum(
        math.comb(trials, k) * share**k * (1 - share) ** (trials - k)
        for k in range(successes, trials + 1)
    )
    assert binomial_tail(successes, trials, float(share)) == pytest.approx(float(exact), rel=1e-9)


def test_the_spread_between_peers_by_hand() -> None:
    # Weights 10 and 10, values 1 and 3: mean 2, Σ w (v − m)² = 20, scale 20 − 200/20 = 10.
    assert variance_between([1, 3], [10, 10], within=5) == pytest.approx((20 - 5) / 10)
    assert variance_between([1, 3], [10, 10], within=25) == 0
    assert variance_between([1, 3], [10, 0], within=1) == 0


def test_one_neighbour_is_no_measure() -> None:
    assert peer_limit([0.3], [50], 0.2) is None
    assert peer_limit([0.3, 0.9], [50, 0], 0.2) is None
    alike = peer_limit([0.3, 0.3], [50, 50], 0.21)
    assert alike is not None
    assert (alike.spread, alike.peers) == (0, 2)
    assert alike.limit == pytest.approx(0.36)  # a fifth above what all do


def test_outside_the_funnel_is_where_the_band_leaves_the_share_of_the_peers_out() -> None:
    for trials in (5, 20, 100, 1000):
        [point] = funnel(0.3, [trials])
        for successes in range(trials + 1):
            band = share_band(successes, trials)
            is_outside = not point.low <= successes / trials <= point.high
            assert is_outside == (not band.low <= 0.3 <= band.high)
    assert funnel(0.3, [0])[0].high == 1
