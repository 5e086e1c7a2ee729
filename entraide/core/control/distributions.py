"""Tails of the binomial and of the Poisson distribution, exact to the precision of floats."""

from __future__ import annotations

import math
from statistics import NormalDist

_STEPS = 200  # of a bisection: far beyond the precision of a float


def normal_quantile(confidence: float) -> float:
    """How many standard deviations on each side hold this part of a normal: 1.96 for 0.95."""
    _require_share(confidence, "confidence")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def binomial_tail(successes: int, trials: int, share: float) -> float:
    """The chance of at least so many successes in so many trials of this chance each."""
    if not 0 <= successes <= trials + 1 or not 0 <= share <= 1:
        raise ValueError("successes within trials, a share between 0 and 1")
    if successes == 0:
        return 1.0
    if share in (0.0, 1.0):
        return share if successes <= trials else 0.0
    chances = [_binomial_chance(each, trials, share) for each in range(successes, trials + 1)]
    return min(1.0, math.fsum(chances))


def _binomial_chance(successes: int, trials: int, share: float) -> float:
    ways = (
        math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    )
    failures = trials - successes
    return math.exp(ways + successes * math.log(share) + failures * math.log1p(-share))


def gamma_share(shape: float, at: float) -> float:
    """The regularised lower incomplete gamma function P(shape, at).

    By its series below ``shape + 1``, by Lentz's continued fraction above (M. Abramowitz and
    I. Stegun, *Handbook of Mathematical Functions*, 1964, 6.5.29 and 6.5.31).
    """
    if shape <= 0 or at < 0:
        raise ValueError("a positive shape and a value that is not negative")
    if at == 0:
        return 0.0
    scale = math.exp(shape * math.log(at) - at - math.lgamma(shape))
    if at < shape + 1:
        term = total = 1 / shape
        rank = shape
        while abs(term) > abs(total) * 1e-16:
            rank += 1
            term *= at / rank
            total += term
        return min(1.0, total * scale)
    return max(0.0, 1.0 - scale * _continued_fraction(shape, at))


def _continued_fraction(shape: float, at: float) -> float:
    tiny = 1e-300
    below = at + 1 - shape
    above = 1 / tiny
    inverse = 1 / below
    value = inverse
    rank, change = 0, 0.0
    while abs(change - 1) > 1e-15:
        rank += 1
        numerator = -rank * (rank - shape)
        below += 2
        inverse = numerator * inverse + below
        inverse = 1 / (inverse if abs(inverse) > tiny else tiny)
        above = below + numerator / above
        above = above if abs(above) > tiny else tiny
        change = inverse * above
        value *= change
    return value


def gamma_quantile(shape: float, share: float) -> float:
    """The value below which a gamma of this shape (and scale 1) lies with this chance."""
    _require_share(share, "share")
    low, high = 0.0, max(1.0, shape)
    while gamma_share(shape, high) < share:
        high *= 2
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if gamma_share(shape, middle) < share else (low, middle)
    return (low + high) / 2


def _require_share(value: float, name: str) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} lies strictly between 0 and 1")
