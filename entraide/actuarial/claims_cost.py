"""What a case costs the mutual: its share of the bill, at most the ceiling, over the months."""

from __future__ import annotations

import math

import numpy as np

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Care, CareLine
from entraide.actuarial.levers import LeverPaths, Series

MIDDLE_OF_BASE_YEAR = (MONTHS_PER_YEAR - 1) / 2  # base amounts are means of the base year


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def limited_expected_value(mean: float, cv: float, limit: float) -> float:
    """E[min(X, limit)] of a lognormal X with this mean and coefficient of variation.

    Without variation it is ``min(mean, limit)``. With σ² = ln(1 + cv²) and μ = ln mean − σ²/2:
    mean·Φ((ln u − μ − σ²)/σ) + u·(1 − Φ((ln u − μ)/σ)) (Klugman, Panjer & Willmot, Loss Models).
    """
    if mean <= 0.0 or limit <= 0.0:
        return 0.0
    if cv < 1e-9:
        return min(mean, limit)
    sigma = math.sqrt(math.log1p(cv * cv))
    z = (math.log(limit) - math.log(mean) + sigma * sigma / 2) / sigma
    value = mean * _normal_cdf(z - sigma) + limit * (1.0 - _normal_cdf(z))
    return min(value, mean, limit)


def yearly_drift(yearly_change: float, months: int) -> Series:
    """The factor of each engine month, centred so that the base year has mean 1 (nearly)."""
    month = np.arange(months, dtype=np.float64) - MIDDLE_OF_BASE_YEAR
    return np.asarray((1.0 + yearly_change) ** (month / MONTHS_PER_YEAR))


def cost_per_case(line: CareLine, care: Care, paths: LeverPaths) -> Series:
    """Expected amount paid for one case in each month, in minor units.

    The order is that of adjudication: the member's share first, then the ceiling per case.
    Bills rise with inflation; ceilings only by ``ceiling_growth``, so an unchanged ceiling takes
    a growing part of the rise.
    """
    bill = line.bill_minor * yearly_drift(care.inflation, paths.months)
    ceiling = line.ceiling_minor_per_case * yearly_drift(care.ceiling_growth, paths.months)
    paid = bill * paths.follow(line.share_paid)
    return np.asarray(
        [
            limited_expected_value(mean, line.bill_cv, limit)
            for mean, limit in zip(paid.tolist(), ceiling.tolist(), strict=True)
        ]
    )
