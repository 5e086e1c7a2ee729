"""Households month by month: contracts signed, renewed, lapsed, and persons at risk.

Each group is followed as cohorts by month of signing and by rank of the contract (first, second,
later): a contract covers ``contract_months`` from the month of signing; at its end the renewal
rate says who signs again. Newcomers come at the base pace. Households added by the growth lever
come on top; they are whole groups, which recruit at the base pace from their arrival, so that
those who lapse are replaced and the growth ends a little above its share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions, Group
from entraide.actuarial.levers import LeverPaths, Series

RANKS = 3  # first, second and later contracts


def summed(series: list[Series]) -> Series:
    """Series of equal shape, added up."""
    return np.asarray(np.sum(series, axis=0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class GroupPopulation:
    """One group. ``signed`` begins ``contract_months`` before the opening, with the contracts then
    in force; every other series begins with the first engine month."""

    name: str
    size: float
    contract_months: int
    signed: Series  # rank × (contract_months + months)
    new: Series
    renewed: Series
    lapsed: Series
    covered: Series  # rank × months, households under cover

    @property
    def households(self) -> Series:
        """Households under cover in each month."""
        return np.asarray(self.covered.sum(axis=0))

    def waiting_households(self, waiting_months: float) -> Series:
        """Newcomers in their waiting period, in household-months of each month."""
        before = self.contract_months
        waiting = np.zeros(self.new.size)
        for age in range(min(int(np.ceil(waiting_months)), before)):
            part = min(waiting_months - age, 1.0)
            waiting += part * self.signed[0, before - age : before - age + self.new.size]
        return waiting


@dataclass(frozen=True, slots=True)
class Population:
    """All groups of a plan over the months of a projection."""

    groups: tuple[GroupPopulation, ...]
    months: int

    def total(self, name: str) -> Series:
        """Sum over groups of ``new``, ``renewed``, ``lapsed`` or ``households``."""
        return summed([getattr(group, name) for group in self.groups])

    @property
    def persons(self) -> Series:
        """Persons under cover in each month (so also person-months)."""
        return summed([group.households * group.size for group in self.groups])

    def waiting_persons(self, waiting_months: float) -> Series:
        """Person-months inside the waiting period of a benefit."""
        return summed([g.waiting_households(waiting_months) * g.size for g in self.groups])

    def persons_by_rank(self) -> Series:
        """rank × months: persons in their first, second and later contract."""
        return summed([group.covered * group.size for group in self.groups])


def project_population(plan: Assumptions, paths: LeverPaths) -> Population:
    """The households of each group over ``paths.months`` months."""
    groups = tuple(_project_group(plan, group, paths) for group in plan.groups)
    return Population(groups, paths.months)


def _season_weight(group: Group, months: Series) -> Series:
    weights = np.asarray(group.signing_season)
    return np.asarray(weights[months.astype(int) % MONTHS_PER_YEAR] / weights.mean())


def _opening_contracts(group: Group, signed: Series) -> None:
    """Spread the opening households over the months of signing, and over the ranks."""
    length = group.contract_months
    weights = _season_weight(group, np.arange(-length, 0, dtype=np.float64))
    weights = weights / weights.sum() if weights.sum() else np.full(length, 1 / length)
    cohorts = group.households * weights
    newcomers = group.new_households_per_month * length
    first = min(newcomers / group.households, 1.0) if group.households else 0.0
    second = min(first * group.renewal_rate, 1.0 - first)
    signed[:, :length] = np.outer([first, second, 1.0 - first - second], cohorts)


def _project_group(plan: Assumptions, group: Group, paths: LeverPaths) -> GroupPopulation:
    months, length = paths.months, group.contract_months
    signed = np.zeros((RANKS, length + months))
    _opening_contracts(group, signed)
    response = plan.membership
    welcome = np.maximum(1.0 - response.newcomers_lost_per_price * paths.price, 0.0)
    faithful = np.maximum(1.0 - response.renewals_lost_per_price * paths.price, 0.0)
    renewal = np.clip(group.renewal_rate * faithful, 0.0, 1.0)
    season = _season_weight(group, np.arange(months, dtype=np.float64))
    added = np.diff(paths.added_households, prepend=0.0) * group.households
    pace = group.new_households_per_month * season * (1.0 + paths.added_households)
    new = np.maximum((pace + added) * welcome, 0.0)
    renewed, lapsed = np.zeros(months), np.zeros(months)
    for month in range(months):
        ending = signed[:, month]  # signed `length` months before this one
        again = ending * renewal[month]
        signed[:, length + month] = (new[month], again[0], again[1] + again[2])
        renewed[month] = again.sum()
        lapsed[month] = ending.sum() - renewed[month]
    covered = np.asarray(
        [
            signed[:, month + 1 : month + 1 + length].sum(axis=1)  # the last `length` signings
            for month in range(months)
        ]
    ).T
    return GroupPopulation(
        group.name, group.household_size, length, signed, new, renewed, lapsed, covered
    )
