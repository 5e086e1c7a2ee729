"""Does a projected plan hold: targets missed, the fund's lowest point, what would break even."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from entraide.actuarial.assumptions import Assumptions
from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.projection import Projection, YearFigures, project


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio of :class:`YearFigures` held between bounds in every year from plan year on."""

    ratio: str
    low: float | None
    high: float | None
    from_year: int = 1


@dataclass(frozen=True, slots=True)
class Miss:
    """A target missed in a year; ``value`` is None when the ratio is absent."""

    target: Target
    year: int
    value: float | None


# The workshop's targets: half of the running costs from the fourth year, RSP of 85 to 95 % always.
USUAL_TARGETS = (
    Target("autonomy_rate", 0.50, None, from_year=4),
    Target("claims_ratio", 0.85, 0.95),
)


def targets_missed(
    projection: Projection, targets: tuple[Target, ...] = USUAL_TARGETS
) -> tuple[Miss, ...]:
    """Each target in each year that misses it; the base year is never judged."""
    misses: list[Miss] = []
    for target in targets:
        for figures in projection.years[max(target.from_year, 1) :]:
            value = getattr(figures, target.ratio).value
            low = target.low is None or (value is not None and value >= target.low)
            high = target.high is None or (value is not None and value <= target.high)
            if not (low and high):
                misses.append(Miss(target, figures.year, value))
    return tuple(misses)


def first_month_below_zero(projection: Projection) -> int | None:
    """The first engine month (0 = January of the base year) that ends with a fund below zero."""
    below = np.flatnonzero(projection.fund_balance < 0)
    return int(below[0]) if below.size else None


def lowest_balance_minor(projection: Projection) -> int:
    """The lowest month-end balance of the mutual fund, in whole minor units."""
    return round(float(projection.fund_balance.min()))


def break_even_contribution(
    figures: YearFigures, *, autonomy: float = 0.50, claims_ratio: float = 0.90
) -> tuple[Decimal | None, Decimal | None]:
    """By what the contributions of a year would have to be multiplied: for running costs, for care.

    First so that the running share pays ``autonomy`` of running costs, then so that care takes
    ``claims_ratio`` of the fund share; members, costs and split stay as they are. None without
    contributions.
    """
    return (
        _factor(figures.running_costs_minor, autonomy, figures.running_share_minor),
        _factor(figures.claims_incurred_minor, 1.0 / claims_ratio, figures.fund_share_minor),
    )


def _factor(cost_minor: int, share: float, income_minor: int) -> Decimal | None:
    if income_minor == 0:
        return None
    return Decimal(cost_minor) * Decimal(repr(share)) / Decimal(income_minor)


def with_size(plan: Assumptions, factor: float) -> Assumptions:
    """The same plan with all groups ``factor`` times as large; posts and fixed costs stay."""
    groups = tuple(
        replace(
            group,
            households=group.households * factor,
            new_households_per_month=group.new_households_per_month * factor,
        )
        for group in plan.groups
    )
    return replace(plan, groups=groups)


def break_even_households(
    plan: Assumptions,
    *,
    plan_year: int = 4,
    autonomy: float = 0.50,
    levers: LeverSettings | None = None,
    largest_factor: float = 50.0,
) -> float | None:
    """Mean households of a plan year at which the autonomy rate reaches its target, or None.

    Sizes from a tenth to ``largest_factor`` times the plan's are tried on a geometric scale, and
    the first that reaches the target is refined. Teams grow by whole people, so the rate does not
    rise evenly: just above the size returned it may fall back for a moment. None says that growth
    alone never reaches it: each household costs more than it brings.
    """

    def figures(factor: float) -> YearFigures:
        return project(with_size(plan, factor), max(12, 12 * plan_year), levers).years[plan_year]

    def reached(factor: float) -> bool:
        value = figures(factor).autonomy_rate.value
        return value is not None and value >= autonomy

    scale = np.geomspace(0.1, largest_factor, 40).tolist()
    first = next((index for index, factor in enumerate(scale) if reached(factor)), None)
    if first is None:
        return None
    high = scale[first]
    if first > 0:
        high = _refined(reached, scale[first - 1], high)
    return figures(high).households_mean


def _refined(reached: Callable[[float], bool], low: float, high: float) -> float:
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
