"""The cost of a case at a provider, drawn toward its peers as far as its cases are few.

Bühlmann and Straub's credibility (H. Bühlmann and E. Straub, *Glaubwürdigkeit für Schadensätze*,
1970; formulas of H. Bühlmann and A. Gisler, *A Course in Credibility Theory*, Springer 2005,
ch. 4): with ``n`` cases the provider's own mean weighs ``Z = n ÷ (n + s² ÷ a)``, where ``s²`` is
the variance within providers and ``a`` that between them.

One absurd amount moves a mean and blows up ``s²``: the dearest cases of each provider count as the
dearest that remains (winsorised: J. W. Tukey, *The future of data analysis*, Annals of Mathematical
Statistics 33, 1962; for this model A. Gisler and P. Reinhard, *Robust credibility*, ASTIN Bulletin
23, 1993).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from entraide.core.control.bands import CONFIDENCE, Band, mean_weighted, variance_between
from entraide.core.control.distributions import normal_quantile

WINSORISED = 20  # of so many cases the dearest one, and at least one, counts as the next dearest
# Costs all alike do not prove that the next is like them: no provider's costs spread by less than
# this part of their mean (chosen), so that no band is without width.
LEAST_SPREAD = 0.1
# Reductions that say who bears a cost that rules accept: the family, another payer, the State.
# Whatever else takes something away says that it is no cost of the care: a price, a quantity or an
# act that rules or a person do not accept, or a line set aside before its price was looked at.
BORNE_BY_ANOTHER = frozenset(
    {
        "CEILING_HOUSEHOLD_YEAR",
        "CEILING_HOUSEHOLD_YEAR_OVERALL",
        "CEILING_PERSON_YEAR",
        "CEILING_PERSON_YEAR_OVERALL",
        "CEILING_PER_CASE",
        "COPAYMENT",
        "COPAYMENT_FIXED",
        "COPAYMENT_PER_UNIT",
        "DEDUCTIBLE",
        "DEDUCTIBLE_OVERALL",
        "LIMIT_AMOUNT",
        "OUT_OF_PATH",
        "PAID_BY_OTHER",
        "STATE_SHARE",
    }
)


@dataclass(frozen=True, slots=True)
class Costs:
    """The cases of one provider: how many, Σ of their costs, Σ of the squares, minor units."""

    count: int
    total_minor: int
    squares: int

    @classmethod
    def of(cls, amounts_minor: Sequence[int]) -> Costs:
        """The sums of single costs."""
        return cls(len(amounts_minor), sum(amounts_minor), sum(each**2 for each in amounts_minor))

    @classmethod
    def winsorised(cls, amounts_minor: Sequence[int]) -> Costs:
        """The sums of single costs, the dearest twentieth (at least one) lowered to the next."""
        ordered = sorted(amounts_minor)
        above = min(-(-len(ordered) // WINSORISED), len(ordered) - 1)
        if above < 1:
            return cls.of(ordered)
        kept = ordered[:-above]
        return cls.of(kept + kept[-1:] * above)

    @property
    def mean(self) -> float:
        """The mean cost of a case; 0 without a case."""
        return self.total_minor / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        """Σ (cost − mean)²: exact until the one division, so that equal costs give exactly 0."""
        if not self.count:
            return 0.0
        return (self.squares * self.count - self.total_minor**2) / self.count


@dataclass(frozen=True, slots=True)
class Collective:
    """What the providers of a level have in common: mean, variance within and between.

    ``error``: the variance of the estimate of the mean itself; 0 unknown.
    """

    mean: float
    within: float
    between: float
    error: float = 0.0


def collective(providers: Sequence[Costs]) -> Collective:
    """The three estimates of the model; ``between`` is 0 where chance explains all differences."""
    held = [each for each in providers if each.count]
    free = sum(each.count - 1 for each in held)
    within = math.fsum(each.deviation for each in held) / free if free else 0.0
    means, counts = [each.mean for each in held], [float(each.count) for each in held]  # not money
    within = max(within, (LEAST_SPREAD * mean_weighted(means, counts)) ** 2)
    between = variance_between(means, counts, within)
    error = within / math.fsum(counts) if held else 0.0
    if between:
        counts = [_weight(each.count, within, between) for each in held]
        error = between / math.fsum(counts)
    return Collective(mean_weighted(means, counts), within, between, error)


def _weight(count: int, within: float, between: float) -> float:
    return count / (count + within / between) if between else 0.0


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A provider's cost per case drawn toward its peers, with its band; ``weight`` is Z."""

    own_mean: float
    weight: float
    band: Band


def shrunk_cost(own: Costs, peers: Collective, *, confidence: float = CONFIDENCE) -> Shrunk:
    """The credibility estimate of one provider and its band.

    The variance of the estimate is ``a (1 − Z) + (1 − Z)² e``, with ``e`` that of the mean of the
    peers, which is estimated too (Bühlmann and Gisler, 2005, theorem 4.6).
    """
    weight = _weight(own.count, peers.within, peers.between)
    estimate = weight * own.mean + (1 - weight) * peers.mean
    half = normal_quantile(confidence) * math.sqrt(
        peers.between * (1 - weight) + peers.error * (1 - weight) ** 2
    )
    return Shrunk(own.mean, weight, Band(estimate, max(0.0, estimate - half), estimate + half))
