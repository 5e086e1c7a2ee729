"""The contribution built up from risks, and the safety margin that a pool of a given size needs.

Structure of the BIT-STEP and CIDR guides: pure contribution (« cotisation pure ») per care, then
a safety margin on it, then running costs on both, then a surplus on the subtotal. Every rate
names its base: a loading on the *gross* contribution would give another price.

The margin comes from a compound Poisson risk: per person and year, care of frequency ``f`` and
mean cost to the mutual ``m`` with coefficient of variation ``v`` has variance ``f m² (1 + v²)``.
All amounts are Decimals of the currency's unit; nothing is rounded here, and nothing is posted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from statistics import NormalDist

from entraide.core.errors import Refusal

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class CareRisk:
    """One kind of care: cases per person-year at risk, mean bill, share the mutual pays.

    ``variation`` is the coefficient of variation of the amount paid per case (standard deviation
    ÷ mean).
    """

    name: str
    frequency: Decimal
    unit_cost: Decimal
    covered_rate: Decimal
    variation: Decimal = Decimal(0)

    @property
    def cost_to_mutual(self) -> Decimal:
        """What the mutual pays per case on average."""
        return self.unit_cost * self.covered_rate

    @property
    def pure(self) -> Decimal:
        """Expected cost per person and year."""
        return self.frequency * self.cost_to_mutual

    @property
    def variance(self) -> Decimal:
        """Variance of the cost per person and year, Poisson frequency."""
        return self.frequency * self.cost_to_mutual**2 * (1 + self.variation**2)


@dataclass(frozen=True, slots=True)
class Loadings:
    """What is added to the pure contribution, in percent of the base that each name says."""

    safety_pct_of_pure: Decimal
    operating_pct_of_pure_plus_safety: Decimal
    surplus_pct_of_subtotal: Decimal


@dataclass(frozen=True, slots=True)
class ContributionBuildUp:
    """The contribution of one person for a year, part by part."""

    pure: Decimal
    safety: Decimal
    operating: Decimal
    surplus: Decimal

    @property
    def contribution_year(self) -> Decimal:
        """The whole price of a year."""
        return self.pure + self.safety + self.operating + self.surplus

    @property
    def per_month(self) -> Decimal:
        """A twelfth of it."""
        return self.contribution_year / 12


def pure_contribution(risks: Sequence[CareRisk]) -> Decimal:
    """Expected cost of all care per person and year."""
    return sum((risk.pure for risk in risks), Decimal(0))


def contribution_build_up(risks: Sequence[CareRisk], loadings: Loadings) -> ContributionBuildUp:
    """Pure contribution, safety margin, running costs, surplus: each on the parts before it."""
    pure = pure_contribution(risks)
    safety = pure * loadings.safety_pct_of_pure / _HUNDRED
    operating = (pure + safety) * loadings.operating_pct_of_pure_plus_safety / _HUNDRED
    surplus = (pure + safety + operating) * loadings.surplus_pct_of_subtotal / _HUNDRED
    return ContributionBuildUp(pure, safety, operating, surplus)


def normal_quantile(confidence: Decimal) -> Decimal:
    """z such that a standard normal variable stays under it with this probability (0 < p < 1)."""
    return Decimal(repr(NormalDist().inv_cdf(float(confidence))))


def _relative_variance(risks: Sequence[CareRisk]) -> Decimal:
    """Variance of one person's yearly cost ÷ its mean squared."""
    pure = pure_contribution(risks)
    if not pure:
        raise Refusal("PURE_CONTRIBUTION_ZERO", place="services")
    return sum((risk.variance for risk in risks), Decimal(0)) / pure**2


def safety_margin(risks: Sequence[CareRisk], confidence: Decimal, members: int) -> Decimal:
    """The margin, as a share of the pure contribution, that ``members`` persons need.

    With it, the pool's pure and margin cover the year's care with this probability (normal
    approximation; small pools with rare, heavy care need more than it says). Refused with
    ``PURE_CONTRIBUTION_ZERO`` when there is no risk to measure.
    """
    return normal_quantile(confidence) * (_relative_variance(risks) / members).sqrt()


def members_needed(risks: Sequence[CareRisk], confidence: Decimal, margin_rate: Decimal) -> int:
    """The smallest number of members for which ``margin_rate`` is margin enough."""
    z = normal_quantile(confidence)
    exact = z**2 * _relative_variance(risks) / margin_rate**2
    return int(exact.to_integral_value(rounding=ROUND_CEILING))
