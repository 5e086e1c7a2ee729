"""Is a group iller than the mutual? Claims per person, with a band that respects small numbers.

The number of claims of a group is taken as a Poisson count. Its 95 % interval is the exact one of
Garwood (F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936, pp.
437-442), here by bisection on the Poisson distribution itself. A group stands out only where the
mutual's own frequency lies outside that interval; under five persons no rate is told at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log

SMALLEST = 5  # persons under which a rate says nothing of a group
_TAIL = 0.025  # on each side of a 95 % interval
_STEPS = 60


class Selection(StrEnum):
    """What the figures of a group allow to say."""

    TOO_FEW = "too_few"  # under five persons: no rate
    USUAL = "usual"  # the mutual's mean lies inside the group's band
    MORE = "more"  # more claims per person than the mutual, beyond chance
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Frequency:
    """Claims per person and year of a group, its band, and what it allows to say.

    Rates are claims per person-year; ``rate``, ``low`` and ``high`` are None where there are too
    few persons. They are estimates, not amounts.
    """

    claims: int
    person_years: float
    rate: float | None
    low: float | None
    high: float | None
    says: Selection


def claim_frequency(
    *, claims: int, person_years: float, persons: int, mean: float | None
) -> Frequency:
    """The frequency of a group beside the ``mean`` of its mutual (claims per person-year).

    ``persons`` are those covered now, ``person_years`` their time at risk behind the claims.
    """
    if persons < SMALLEST or person_years <= 0:
        return Frequency(claims, person_years, None, None, None, Selection.TOO_FEW)
    low, high = poisson_interval(claims)
    low, high = low / person_years, high / person_years
    says = Selection.USUAL
    if mean is not None and mean < low:
        says = Selection.MORE
    elif mean is not None and mean > high:
        says = Selection.FEWER
    return Frequency(claims, person_years, claims / person_years, low, high, says)


def poisson_interval(count: int) -> tuple[float, float]:
    """The exact 95 % interval of the mean of a Poisson count (Garwood 1936).

    Of 0: from 0 to 3.69; of 10: from 4.80 to 18.39.
    """
    top = count + 10 * (count + 1) ** 0.5 + 20
    low = 0.0 if count == 0 else _bisect(lambda mean: 1 - _at_most(count - 1, mean), _TAIL, top)
    high = _bisect(lambda mean: -_at_most(count, mean), -_TAIL, top)
    return low, high


def _bisect(rising: Callable[[float], float], wanted: float, top: float) -> float:
    low, high = 0.0, top
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(count: int, mean: float) -> float:
    """The probability of at most ``count`` under a Poisson law of this mean."""
    if mean <= 0:
        return 1.0
    first = max(0, int(mean - 12 * mean**0.5 - 12))  # terms below are nothing
    return min(1.0, sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(first, count + 1)))
