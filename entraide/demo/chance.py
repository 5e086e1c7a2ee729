"""Chance that can be repeated: each thing draws from a stream of its own, named by its place.

A household's luck does not depend on its neighbours nor on the last day of the demonstration, so
that a longer demonstration has the same past.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import TypeVar

Thing = TypeVar("Thing")


def stream(*place: object) -> random.Random:
    """The stream of random numbers of a place, e.g. ``stream(seed, mutual, household, "care")``."""
    return random.Random("/".join(str(part) for part in place))


def count(rng: random.Random, mean: float) -> int:
    """A Poisson number of events of a small mean, by inversion."""
    threshold, number, product = math.exp(-mean), 0, rng.random()
    while product > threshold:
        number += 1
        product *= rng.random()
    return number


def amount(rng: random.Random, mean: float, cv: float) -> float:
    """A lognormal amount of this mean and coefficient of variation."""
    variance = math.log(1 + cv * cv)
    return rng.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


def pick(rng: random.Random, weighted: Sequence[tuple[Thing, float]]) -> Thing:
    """One of the things, in proportion to its weight."""
    totals = list(accumulate(weight for _, weight in weighted))
    drawn = rng.random() * totals[-1]
    for (thing, _), total in zip(weighted, totals, strict=True):
        if drawn < total:
            return thing
    return weighted[-1][0]


def office_day(day: date) -> date:
    """The day itself, or the Monday after a week-end."""
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
