"""Confidence bands that stay honest with few cases, and the limit that peers set.

A share of three cases out of four says little: its band is wide, and nobody is suspected by it.

* shares: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*,
  JASA 22 (1927); recommended for small numbers by R. G. Newcombe, *Statistics in Medicine* 17
  (1998), whose table the tests hold;
* counts: F. Garwood, *Fiducial limits for the Poisson distribution*, Biometrika 28 (1936);
* spread between peers: R. DerSimonian and N. Laird, *Meta-analysis in clinical trials*, 1986 (the
  estimator of moments), as D. J. Spiegelhalter, *Funnel plots for comparing institutional
  performance*, Statistics in Medicine 24 (2005), uses it against over-dispersion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from entraide.core.control.distributions import gamma_quantile, normal_quantile

CONFIDENCE = 0.99  # of a provider's band: by chance alone one in two hundred lies wholly above
FEWEST_PEERS = 2
TOLERANCE = 1.2  # a difference of less than a fifth is not worth a visit
SPREADS = 2.0  # standard deviations between peers that are still usual


@dataclass(frozen=True, slots=True)
class Band:
    """An estimate and the bounds between which the truth lies with the confidence asked."""

    estimate: float
    low: float
    high: float

    def is_above(self, limit: float) -> bool:
        """Whether the whole band lies above a limit."""
        return self.low > limit


def share_band(successes: int, trials: int, *, confidence: float = CONFIDENCE) -> Band:
    """A share with Wilson's band; without a trial everything remains possible."""
    if not 0 <= successes <= trials:
        raise ValueError("successes lie between 0 and trials")
    z = normal_quantile(confidence)
    if trials == 0:
        return Band(0.0, 0.0, 1.0)
    share, squared = successes / trials, z * z
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    half = z * math.sqrt(share * (1 - share) / trials + squared / (4 * trials * trials))
    half /= 1 + squared / trials
    # At the ends the bound is the end itself: rounding shall not put it a hair away.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return Band(share, low, high)


def rate_band(count: int, exposure: float, *, confidence: float = CONFIDENCE) -> Band:
    """A count for each unit of exposure (drugs per consultation) with Garwood's exact band."""
    if count < 0 or exposure < 0:
        raise ValueError("neither counts nor exposure are negative")
    if exposure == 0:
        return Band(0.0, 0.0, math.inf)
    half = (1 - confidence) / 2
    low = gamma_quantile(count, half) if count else 0.0
    high = gamma_quantile(count + 1, 1 - half)
    return Band(count / exposure, low / exposure, high / exposure)


def mean_weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    """The mean of values by their weights; 0 without weight."""
    total = math.fsum(weights)
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / total if total else 0.0


def variance_between(values: Sequence[float], weights: Sequence[float], within: float) -> float:
    """The variance between peers beyond that which ``within`` (of one unit of weight) explains.

    The estimator of moments, never below 0; 0 for less than two peers.
    """
    held = [(v, w) for v, w in zip(values, weights, strict=True) if w > 0]
    total = math.fsum(w for _v, w in held)
    if len(held) < 2:
        return 0.0
    mean = mean_weighted([v for v, _w in held], [w for _v, w in held])
    seen = math.fsum(w * (v - mean) ** 2 for v, w in held)
    scale = total - math.fsum(w * w for _v, w in held) / total
    return max(0.0, (seen - (len(held) - 1) * within) / scale)


@dataclass(frozen=True, slots=True)
class PeerLimit:
    """What peers do: their mean, the spread between them, and above what one is unusual."""

    mean: float
    spread: float  # one standard deviation between peers
    limit: float
    peers: int


def peer_limit(
    values: Sequence[float], weights: Sequence[float], within: float, *, most: float = math.inf
) -> PeerLimit | None:
    """The limit that the others set: two spreads above their mean, and at least a fifth above it.

    ``most``: above which no value can lie, nor the limit: 1 for a share. No band lies above a limit
    of 1: there nobody can be told as unusual.
    None for fewer than :data:`FEWEST_PEERS` with a weight: nobody is measured by one neighbour.
    """
    held = sum(1 for weight in weights if weight > 0)
    if held < FEWEST_PEERS:
        return None
    mean = mean_weighted(values, weights)
    spread = math.sqrt(variance_between(values, weights, within))
    limit = min(most, max(mean + SPREADS * spread, mean * TOLERANCE))
    return PeerLimit(mean, spread, limit, held)


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """Between which shares a provider of so many cases lies when it does as its peers do."""

    trials: int
    low: float
    high: float


def funnel(
    share: float, trials: Sequence[int], *, confidence: float = CONFIDENCE
) -> tuple[FunnelPoint, ...]:
    """The limits of a funnel plot around the peers' share, for each number of cases.

    Wilson's band solved for the share seen, so that a point outside the funnel is exactly one
    whose band excludes the peers' share.
    """
    z = normal_quantile(confidence)
    points = []
    for count in trials:
        half = z * math.sqrt(share * (1 - share) / count) if count else 1.0
        points.append(FunnelPoint(count, max(0.0, share - half), min(1.0, share + half)))
    return tuple(points)
