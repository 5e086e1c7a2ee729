"""How likely consecutive numbers are by chance, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction


def chance_of_run(total: int, marked: int, length: int) -> float:
    """The chance that ``marked`` of ``total`` places in a row, taken at random, hold a run of at
    least ``length`` neighbours.

    One minus the share of arrangements without: the unmarked leave ``total − marked + 1`` gaps,
    each filled with fewer than ``length`` marks, counted by inclusion and exclusion (A. M. Mood,
    *The distribution theory of runs*, 1940).
    """
    if not 0 <= marked <= total or length < 1:
        raise ValueError("marks within the places, a run of at least one")
    gaps = total - marked + 1
    without = sum(
        (-1) ** full * math.comb(gaps, full) * math.comb(total - length * full, gaps - 1)
        for full in range(marked // length + 1)
        if full <= gaps
    )
    return float(1 - Fraction(without, math.comb(total, marked)))  # not money


def longest_run(numbers: Iterable[int]) -> list[int]:
    """The longest chain of numbers that follow each other; the first of several as long."""
    longest: list[int] = []
    current: list[int] = []
    for number in sorted(set(numbers)):
        current = [*current, number] if current and number == current[-1] + 1 else [number]
        if len(current) > len(longest):
            longest = current
    return longest
