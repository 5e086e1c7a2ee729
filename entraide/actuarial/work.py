"""From members and claims to minutes, from minutes to people, from people to salaries.

More members mean more staff, and organisation levers mean fewer minutes: both must be visible.
Teams are sized by calendar year, on the hours of that year.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from entraide.actuarial.assumptions import (
    MONTHS_PER_YEAR,
    STOCK_DRIVERS,
    Assumptions,
    CostLine,
    Post,
)
from entraide.actuarial.claims_cost import yearly_drift
from entraide.actuarial.levers import LeverPaths, Series
from entraide.actuarial.population import Population
from entraide.actuarial.utilisation import CareUse


@dataclass(frozen=True, slots=True)
class TeamCost:
    """Roles and costs by year and month.

    ``hours`` are by (activity, role) and month; ``needed`` are unrounded people by role and year,
    ``posts`` the people paid; ``payroll`` by role and ``other_costs`` by line are monthly, in
    minor units.
    """

    hours: Mapping[tuple[str, str], Series]
    needed: Mapping[str, tuple[float, ...]]
    posts: Mapping[str, tuple[float, ...]]
    payroll: Mapping[str, Series]
    other_costs: Mapping[str, Series]


def driver_counts(
    plan: Assumptions, population: Population, care: CareUse, paths: LeverPaths
) -> dict[str, Series]:
    """How much of each driver every month brings (what stands is counted, not divided by 12)."""
    households = population.total("households")
    instalments = np.zeros(paths.months)
    for group, people in zip(plan.groups, population.groups, strict=True):
        if group.collects_monthly:
            instalments += people.households
    return {
        "new_household": population.total("new"),
        "renewed_household": population.total("renewed"),
        "household": households,
        "instalment_household": instalments,
        "partner_group": households / plan.membership.households_per_partner_group,
        "hospital_stay": care.hospital_stays,
        "claim": care.cases.sum(axis=0),
        "mutual": np.ones(paths.months),
    }


def hours_by_activity(
    plan: Assumptions, drivers: Mapping[str, Series], paths: LeverPaths
) -> dict[tuple[str, str], Series]:
    """Hours of each (activity, role) by month: driver × times × minutes ÷ 60."""
    hours: dict[tuple[str, str], Series] = {}
    for activity in plan.activities:
        times = drivers[activity.driver] * paths.follow(activity.times)
        if activity.driver in STOCK_DRIVERS:
            times = times / MONTHS_PER_YEAR
        for work in activity.work:
            key = (activity.name, work.role)
            done = times * paths.follow(work.minutes) / 60.0
            hours[key] = hours[key] + done if key in hours else done
    return hours


def _by_year(series: Series) -> Series:
    return np.asarray(series.reshape(-1, MONTHS_PER_YEAR))


def rounded_posts(needed: float, post: Post) -> float:
    """People to employ for a need: to the step, nearest (halves up) or up, never below the minimum.

    A need within a billionth of a step counts as that step: no person is hired for a float.
    """
    steps = needed / post.step
    whole = math.ceil(steps - 1e-9) if post.rounding == "up" else math.floor(steps + 0.5 + 1e-9)
    return max(whole * post.step, post.minimum)


def size_team(
    plan: Assumptions, hours: Mapping[tuple[str, str], Series], paths: LeverPaths
) -> tuple[dict[str, tuple[float, ...]], dict[str, tuple[float, ...]]]:
    """People needed (unrounded) and people employed, by role and year.

    The base year employs its real team. Roles sized by ratio follow the people of the role that
    they supervise.
    """
    years = paths.months // MONTHS_PER_YEAR
    per_person = plan.staff.productive_hours_per_year * (1.0 - plan.staff.meetings_share)
    needed: dict[str, tuple[float, ...]] = {}
    posts: dict[str, tuple[float, ...]] = {}
    for post in sorted(plan.posts, key=lambda each: each.sizing == "ratio"):  # ratios come last
        if post.sizing == "work":
            work = sum((h for (_, role), h in hours.items() if role == post.role), np.zeros(1))
            whole = np.broadcast_to(work, (paths.months,))
            need = _by_year(whole).sum(axis=1) / per_person
        elif post.sizing == "ratio":
            each = _by_year(paths.follow(post.persons_per_post)).mean(axis=1)
            need = np.asarray(posts[post.supervised_role]) / each
        else:
            need = _by_year(paths.follow(post.number)).mean(axis=1)
        needed[post.role] = tuple(float(value) for value in need)
        employed = [rounded_posts(value, post) for value in needed[post.role]]
        posts[post.role] = (post.posts_in_base_year, *employed[1:years])
    return needed, posts


def project_team(
    plan: Assumptions, population: Population, care: CareUse, paths: LeverPaths
) -> TeamCost:
    """Work, team, salaries and other running costs over the projected months."""
    drivers = driver_counts(plan, population, care, paths)
    hours = hours_by_activity(plan, drivers, paths)
    needed, posts = size_team(plan, hours, paths)
    staff = plan.staff
    years = np.arange(paths.months) // MONTHS_PER_YEAR
    wages = (1.0 + staff.wage_rise) ** years  # salaries rise each January
    cost_factor = staff.salary_months_per_year / MONTHS_PER_YEAR * (1.0 + staff.charges_rate)
    payroll = {
        post.role: np.repeat(posts[post.role], MONTHS_PER_YEAR)
        * post.gross_minor_per_month
        * cost_factor
        * wages
        for post in plan.posts
    }
    other = {
        line.name: _cost_of(line, drivers["household"], posts, paths) for line in plan.cost_lines
    }
    return TeamCost(hours, needed, posts, payroll, other)


def _cost_of(
    line: CostLine, households: Series, posts: Mapping[str, tuple[float, ...]], paths: LeverPaths
) -> Series:
    months = paths.months
    prices = yearly_drift(line.inflation, months)
    monthly = line.amount_minor / MONTHS_PER_YEAR
    if line.basis == "household":
        quantity = households
    elif line.basis == "post":
        quantity = np.repeat(posts[line.role], MONTHS_PER_YEAR)
    elif line.basis == "one_off":
        quantity = (np.arange(months) // MONTHS_PER_YEAR == line.year).astype(np.float64)
    else:
        quantity = np.ones(months)
    return np.asarray(quantity * monthly * prices * paths.follow(line.level))
