"""How often care is used: cases by line and month, from persons at risk and frequencies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions, CareLine
from entraide.actuarial.claims_cost import cost_per_case, yearly_drift
from entraide.actuarial.levers import LeverPaths, Series
from entraide.actuarial.population import Population


@dataclass(frozen=True, slots=True)
class CareUse:
    """Care lines × months: person-months at risk, cases, and their cost by month of care."""

    lines: tuple[CareLine, ...]
    at_risk: Series
    cases: Series
    incurred: Series

    @property
    def hospital_stays(self) -> Series:
        """Cases of the lines that are hospital stays."""
        stays = np.asarray([line.is_hospital_stay for line in self.lines], dtype=bool)
        return np.asarray(self.cases[stays].sum(axis=0))


def project_care(plan: Assumptions, population: Population, paths: LeverPaths) -> CareUse:
    """Cases and cost of every line: frequency × persons at risk × use × season × cost of a case."""
    lines, months = plan.care_lines, paths.months
    at_risk = np.zeros((len(lines), months))
    cases = np.zeros((len(lines), months))
    by_rank = population.persons_by_rank()
    ranks = np.asarray(plan.care.use_by_seniority)
    use = yearly_drift(plan.care.use_growth, months)
    for index, line in enumerate(lines):
        waiting = population.waiting_persons(line.waiting_months)
        past_waiting = 1.0 - line.waiting_share
        at_risk[index] = (by_rank.sum(axis=0) - waiting) * past_waiting
        weighted = (ranks @ by_rank - ranks[0] * waiting) * past_waiting
        season = np.asarray(line.season)
        factor = season[np.arange(months) % MONTHS_PER_YEAR] / season.mean()
        cases[index] = weighted * line.frequency / MONTHS_PER_YEAR * use * factor
    cases = _moved(lines, cases, paths)
    costs = [cost_per_case(line, plan.care, paths) for line in lines]
    incurred = cases * np.asarray(costs) if lines else np.zeros((0, months))
    return CareUse(lines, at_risk, cases, incurred)


def _moved(lines: tuple[CareLine, ...], cases: Series, paths: LeverPaths) -> Series:
    """Send the share that a lever moves to the public line of the same category, if there is one.

    No case disappears: what leaves one line arrives in another.
    """
    public = {line.category: i for i, line in enumerate(lines) if line.sector == "public"}
    result = cases.copy()
    for index, line in enumerate(lines):
        destination = public.get(line.category)
        if destination is None or destination == index:
            continue
        moving = cases[index] * paths.follow(line.moved_to_public)
        result[index] -= moving
        result[destination] += moving
    return result


def paid_by_month(incurred: Series, pattern: tuple[float, ...]) -> Series:
    """Claims paid in each month: the pattern says what share is paid 0, 1, 2 … months later.

    Care of before the opening is taken at the mean of the base year.
    """
    months = incurred.size
    past = float(incurred[:MONTHS_PER_YEAR].mean()) if months else 0.0
    whole = np.concatenate([np.full(len(pattern), past), incurred])
    paid = np.zeros(months)
    for delay, share in enumerate(pattern):
        begin = len(pattern) - delay
        paid += share * whole[begin : begin + months]
    return paid
