"""Which claims a control looks at, and what its findings say of all the others.

One part is drawn at random, so that every claim may be looked at; the other falls on claims in
proportion to their size (amount, or amount × risk), so that the eye is where the money is. Both
are drawn from a seed: whoever knows it and the list draws the same claims again.

* how many: the smallest ``n`` with ``1 − (1 − q)ⁿ ≥ p`` (discovery sampling; H. Arkin, *Handbook
  of Sampling for Auditing and Accounting*, 1963);
* random part: each claim's permanent random number, the smallest first (E. Ohlsson, *Coordination
  of samples using permanent random numbers*, 1995);
* part by size: systematic (W. G. Madow, *On the theory of systematic sampling II*, 1949);
* what it says of all: D. G. Horvitz and D. J. Thompson, JASA 47 (1952); its variance after
  J. Hájek, *Asymptotic theory of rejective sampling*, 1964.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from entraide.core.control.distributions import normal_quantile

_HASH_SPAN = 1 << 256


def sample_size(fault_share: Fraction, probability: Fraction, *, population: int) -> int:
    """How many claims find at least one fault with this probability at this share of faults.

    Exact, and never more than there are. Both lie strictly between 0 and 1 (``ValueError``).
    """
    if not 0 < fault_share < 1 or not 0 < probability < 1:
        raise ValueError("a share of faults and a probability strictly between 0 and 1")
    unfound = 1 - probability
    # The logarithm gives the neighbourhood, fractions the exact place in it.
    near = max(0, int(math.log(unfound) / math.log(1 - fault_share)) - 2)
    count, left = near, (1 - fault_share) ** near
    while left > unfound:
        count += 1
        left *= 1 - fault_share
    return min(count, population)


def chance_to_find(fault_share: Fraction, count: int) -> Fraction:
    """With which probability so many claims find at least one fault at this share of faults."""
    return 1 - (1 - fault_share) ** max(0, count)


@dataclass(frozen=True, slots=True)
class Unit:
    """A claim that may be drawn. ``size`` at least 0: what the part by size follows."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A claim that was drawn, by which part, and with which chance that was bound to happen."""

    key: str
    at_random: bool
    by_size: bool
    chance: Fraction


def draw(
    units: Sequence[Unit], *, random_count: int, weighted_count: int, seed: str
) -> tuple[Drawn, ...]:
    """The sample, in the order of the keys. The two parts are drawn apart and may meet.

    The chance of a claim to be in either is ``1 − (1 − n ÷ N)(1 − πₖ)``. Keys occur once.
    """
    if len({unit.key for unit in units}) < len(units):
        raise ValueError("each unit has a key of its own")
    shuffled = sorted(units, key=lambda unit: (_number(seed, "order", unit.key), unit.key))
    at_random = {unit.key for unit in shuffled[: max(0, random_count)]}
    random_chance = Fraction(len(at_random), len(units)) if units else Fraction(0)
    chances = _chances_by_size(units, weighted_count)
    by_size = _systematic(shuffled, chances, seed)
    return tuple(
        Drawn(
            unit.key,
            unit.key in at_random,
            unit.key in by_size,
            1 - (1 - random_chance) * (1 - chances[unit.key]),
        )
        for unit in sorted(units, key=lambda unit: unit.key)
        if unit.key in at_random or unit.key in by_size
    )


def _number(seed: str, use: str, key: str = "") -> int:
    """A number drawn evenly from 0 to 2²⁵⁶, the same for the same words everywhere."""
    words = f"{seed}\x1f{use}\x1f{key}".encode()
    return int.from_bytes(hashlib.sha256(words).digest(), "big")


def _chances_by_size(units: Sequence[Unit], count: int) -> dict[str, Fraction]:
    """The chance of each unit in proportion to its size; those too large for it are certain."""
    chances = {unit.key: Fraction(0) for unit in units}
    open_ = [unit for unit in units if unit.size > 0]
    left = min(max(0, count), len(open_))
    while left:
        total = sum(unit.size for unit in open_)
        certain = [unit for unit in open_ if unit.size * left >= total]
        if not certain:
            chances |= {unit.key: Fraction(unit.size * left, total) for unit in open_}
            break
        for unit in certain:
            chances[unit.key] = Fraction(1)
        held = {unit.key for unit in certain}
        open_ = [unit for unit in open_ if unit.key not in held]
        left -= len(certain)
    return chances


def _systematic(
    shuffled: Sequence[Unit], chances: Mapping[str, Fraction], seed: str
) -> frozenset[str]:
    """Those in whose part of the line of chances one of the even steps falls."""
    start = Fraction(_number(seed, "start"), _HASH_SPAN)
    reached, taken = Fraction(0), set()
    for unit in shuffled:
        before, reached = reached, reached + chances[unit.key]
        # A step stands at start + k for every k: one falls in [before, reached[ or none does.
        if math.ceil(reached - start) > math.ceil(before - start):
            taken.add(unit.key)
    return frozenset(taken)


@dataclass(frozen=True, slots=True)
class Extrapolated:
    """What the findings of a sample say of the whole period, in minor units.

    ``found_minor`` is what the sample itself holds: the only amount that may be asked back.
    ``most_faulty_share``: with the confidence, no more than this part of the claims that may be
    drawn at random is at fault, when the random part found nothing; else None.
    """

    found_minor: int
    estimate_minor: int
    low_minor: int
    high_minor: int
    most_faulty_share: float | None


def extrapolated(
    findings: Sequence[tuple[int, Fraction]],
    *,
    random_count: int,
    is_random_clean: bool,
    confidence: float = 0.95,
) -> Extrapolated:
    """From amount at fault and chance of each claim looked at to the amount of all claims.

    The band never goes below what was found. With nothing found there is no spread to see: then
    the share ``1 − (1 − confidence)^(1/n)`` says what may still be there (the « rule of three »,
    J. A. Hanley and A. Lippman-Hand, JAMA 249, 1983).
    """
    found = sum(amount for amount, _chance in findings)
    raised = [float(amount / chance) for amount, chance in findings]  # not money: an estimate
    estimate = math.fsum(raised)
    half = normal_quantile(confidence) * math.sqrt(_variance(findings, raised))
    share = 1 - (1 - confidence) ** (1 / random_count) if random_count else None
    if all(chance == 1 for _amount, chance in findings):
        share = 0.0  # every claim was looked at: nothing is left to be supposed
    return Extrapolated(
        found,
        round(estimate),
        max(found, round(estimate - half)),
        max(found, round(estimate + half)),
        share if is_random_clean else None,
    )


def _variance(findings: Sequence[tuple[int, Fraction]], raised: Sequence[float]) -> float:
    """Hájek's: the certain ones bring no chance in, the others vary around their middle."""
    weights = [float(1 - chance) for _amount, chance in findings]  # not money
    open_ = [(weight, y) for weight, y in zip(weights, raised, strict=True) if weight > 0]
    if len(open_) < 2:
        return math.fsum(weight * y * y for weight, y in open_)
    middle = math.fsum(w * y for w, y in open_) / math.fsum(w for w, _y in open_)
    spread = math.fsum(w * (y - middle) ** 2 for w, y in open_)
    return spread * len(open_) / (len(open_) - 1)
