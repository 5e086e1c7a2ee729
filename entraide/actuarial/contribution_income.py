"""Contributions of a plan: written at signing, collected as paid, earned over the cover.

``written`` is what the contracts signed in the month owe. Only the part that is expected to be
collected is *earned*, by equal months over the contract. The split between the mutual fund and
running costs is the one in force at signing and follows the contract.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions, Group
from entraide.actuarial.claims_cost import limited_expected_value
from entraide.actuarial.levers import LeverPaths, Series
from entraide.actuarial.population import GroupPopulation, Population, summed


@dataclass(frozen=True, slots=True)
class GroupIncome:
    """One group by month, in minor units (not rounded)."""

    name: str
    written: Series
    collected: Series
    collected_for_fund: Series
    earned: Series
    running_share: Series
    joining_fees: Series


@dataclass(frozen=True, slots=True)
class ContributionIncome:
    """The contributions of all groups."""

    groups: tuple[GroupIncome, ...]

    def total(self, name: str) -> Series:
        """Sum over groups of one series of :class:`GroupIncome`."""
        return summed([getattr(group, name) for group in self.groups])


def contribution_per_household_year(group: Group) -> float:
    """Mean yearly contribution of a household at the opening, in minor units."""
    if group.contribution_basis == "person":
        return group.contribution_minor_per_year * group.household_size
    if group.contribution_basis == "loan":
        return _loan_contribution(group)
    return group.contribution_minor_per_year


def _loan_contribution(group: Group) -> float:
    """E[rate × loan, between floor and cap]: floor + E[min(X, cap)] − E[min(X, floor)]."""
    mean = group.loan_rate * group.contribution_minor_per_year
    below_cap = limited_expected_value(mean, group.loan_cv, group.cap_minor)
    below_floor = limited_expected_value(mean, group.loan_cv, group.floor_minor)
    return group.floor_minor + below_cap - below_floor


def project_contributions(
    plan: Assumptions, population: Population, paths: LeverPaths
) -> ContributionIncome:
    """The contributions of every group over the projected months."""
    pairs = zip(plan.groups, population.groups, strict=True)
    return ContributionIncome(tuple(_group_income(group, people, paths) for group, people in pairs))


def _with_past(series: Series, past: float, length: int) -> Series:
    return np.concatenate([np.full(length, past), series])


def _spread(signed: Series, length: int, months: int) -> Series:
    """Equal monthly parts over the contract, of amounts by month of signing."""
    running = np.concatenate([[0.0], np.cumsum(signed)])
    parts = (running[length + 1 : length + 1 + months] - running[1 : 1 + months]) / length
    return np.asarray(parts, dtype=np.float64)


def _group_income(group: Group, people: GroupPopulation, paths: LeverPaths) -> GroupIncome:
    length, months = group.contract_months, paths.months
    # The amount given is the mean of the contracts in force at the opening, signed on average
    # (length + 1) / 2 months before it: the trend runs from there.
    signing_month = np.arange(-length, months, dtype=np.float64) + (length + 1) / 2
    trend = (1.0 + group.contribution_trend) ** (signing_month / MONTHS_PER_YEAR)
    price = 1.0 + _with_past(paths.price, 0.0, length)
    amount = contribution_per_household_year(group) * length / MONTHS_PER_YEAR
    due = people.signed.sum(axis=0) * amount * trend * price
    expected = due * group.collection_rate
    share = _with_past(paths.running_share, float(paths.running_share[0]), length)
    at_once = paths.follow(group.paid_at_once)
    at_once = _with_past(at_once, float(at_once[0]), length)
    collected = _collected(expected, at_once, group, months)
    for_fund = _collected(expected * (1.0 - share), at_once, group, months)
    return GroupIncome(
        group.name,
        written=due[length:],
        collected=collected,
        collected_for_fund=for_fund,
        earned=_spread(expected, length, months),
        running_share=_spread(expected * share, length, months),
        joining_fees=people.new * group.joining_fee_minor,
    )


def _collected(expected: Series, at_once: Series, group: Group, months: int) -> Series:
    length, delay = group.contract_months, group.collection_delay_months
    parts = expected[length:] * at_once[length:]
    parts = parts + _spread(expected * (1.0 - at_once), length, months)
    if not delay:
        return np.asarray(parts)
    return np.concatenate([np.full(min(delay, months), parts[0]), parts])[:months]
