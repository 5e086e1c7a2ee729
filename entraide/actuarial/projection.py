"""The monthly projection of a business plan: members, contributions, care, work, results.

The engine computes in floating point because nothing here is posted: a plan estimates. Yearly
amounts are rounded once, half up, to minor units, and every ratio divides those rounded amounts, so
that a finance officer who divides the printed figures finds the printed ratio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions
from entraide.actuarial.contribution_income import ContributionIncome, project_contributions
from entraide.actuarial.levers import LeverPaths, LeverSettings, Series, lever_paths
from entraide.actuarial.population import Population, project_population
from entraide.actuarial.utilisation import CareUse, paid_by_month, project_care
from entraide.actuarial.work import TeamCost, project_team
from entraide.core.errors import Finding, Refusal
from entraide.core.money import MAXIMUM_MINOR, round_half_up

SHORTEST_HORIZON, LONGEST_HORIZON = 12, 120


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with what it divides, in minor units; absent (None) over a zero denominator."""

    numerator_minor: int
    denominator_minor: int

    @property
    def value(self) -> float | None:
        """Numerator ÷ denominator."""
        if self.denominator_minor == 0:
            return None
        return self.numerator_minor / self.denominator_minor


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One calendar year of a plan. Amounts in minor units; households and persons are means.

    ``contribution_written`` is what new contracts owe; ``contribution_earned`` the part expected
    to be collected, spread over the cover = ``fund_share + running_share``. ``running_costs =
    payroll + other_costs``. ``funding_gap`` = running costs − running share − other income, when
    positive. ``claims_incurred`` counts by month of care, ``claims_paid`` by month of payment.
    """

    year: int
    households_mean: float
    households_end: float
    persons_mean: float
    persons_covered_months: float
    new_households: float
    renewed_households: float
    lapsed_households: float
    cases: float
    contribution_written_minor: int
    contribution_collected_minor: int
    contribution_earned_minor: int
    fund_share_minor: int
    running_share_minor: int
    fund_share_collected_minor: int
    claims_incurred_minor: int
    claims_paid_minor: int
    payroll_minor: int
    other_costs_minor: int
    running_costs_minor: int
    other_income_minor: int
    funding_gap_minor: int
    fund_balance_minor: int
    mean_monthly_claims_minor: int
    posts: Mapping[str, float]
    posts_needed: Mapping[str, float]

    @property
    def claims_ratio(self) -> Ratio:
        """RSP: claims incurred ÷ fund share of earned contributions."""
        return Ratio(self.claims_incurred_minor, self.fund_share_minor)

    @property
    def cash_claims_ratio(self) -> Ratio:
        """Claims paid ÷ fund share collected: the former way of counting."""
        return Ratio(self.claims_paid_minor, self.fund_share_collected_minor)

    @property
    def gross_claims_ratio(self) -> Ratio:
        """Claims incurred ÷ earned contributions."""
        return Ratio(self.claims_incurred_minor, self.contribution_earned_minor)

    @property
    def autonomy_rate(self) -> Ratio:
        """Running share ÷ running costs."""
        return Ratio(self.running_share_minor, self.running_costs_minor)

    @property
    def net_autonomy_rate(self) -> Ratio:
        """(Earned − claims incurred) ÷ running costs: what is left once care is paid."""
        left = self.contribution_earned_minor - self.claims_incurred_minor
        return Ratio(left, self.running_costs_minor)

    @property
    def reserve_months(self) -> Ratio:
        """Fund balance at the end ÷ mean monthly claims of the year: a number of months."""
        return Ratio(self.fund_balance_minor, self.mean_monthly_claims_minor)

    @property
    def contribution_per_household(self) -> float | None:
        """Earned contributions ÷ mean households, in minor units."""
        return self._per_household(self.contribution_earned_minor)

    @property
    def running_costs_per_household(self) -> float | None:
        """Running costs ÷ mean households, in minor units."""
        return self._per_household(self.running_costs_minor)

    def _per_household(self, amount_minor: int) -> float | None:
        return amount_minor / self.households_mean if self.households_mean else None


RATIOS = (
    "claims_ratio",
    "gross_claims_ratio",
    "cash_claims_ratio",
    "autonomy_rate",
    "net_autonomy_rate",
    "reserve_months",
)


@dataclass(frozen=True, slots=True)
class Projection:
    """A plan over its base year and ``horizon_months`` more, down to the lines that make it.

    Arrays are monthly, in minor units where they are amounts. ``findings`` holds ``NOT_REALISTIC``
    for each lever outside its bounds.
    """

    horizon_months: int
    paths: LeverPaths
    population: Population
    contributions: ContributionIncome
    care: CareUse
    team: TeamCost
    claims_paid: Series
    other_income: Series
    fund_balance: Series
    years: tuple[YearFigures, ...]
    findings: tuple[Finding, ...]

    def year(self, plan_year: int) -> YearFigures:
        """Figures of plan year 1, 2 …; 0 is the base year."""
        return self.years[plan_year]


def project(
    assumptions: Assumptions, horizon_months: int = 48, levers: LeverSettings | None = None
) -> Projection:
    """The base year and ``horizon_months`` after it, under the settings of the levers.

    Whole years, from 12 to 120 months after the base year, else ``HORIZON_OUT_OF_RANGE``. A lever
    outside its bounds is projected and reported; an unknown lever is refused, and so are amounts
    beyond any currency (``PLAN_TOO_LARGE``).
    """
    whole = horizon_months % MONTHS_PER_YEAR == 0
    if not whole or not SHORTEST_HORIZON <= horizon_months <= LONGEST_HORIZON:
        raise Refusal(
            "HORIZON_OUT_OF_RANGE",
            place="horizon_months",
            months=horizon_months,
            low=SHORTEST_HORIZON,
            high=LONGEST_HORIZON,
        )
    settings = levers or LeverSettings()
    findings = settings.check(assumptions)
    months = MONTHS_PER_YEAR + horizon_months
    paths = lever_paths(assumptions, settings, months)
    population = project_population(assumptions, paths)
    contributions = project_contributions(assumptions, population, paths)
    care = project_care(assumptions, population, paths)
    team = project_team(assumptions, population, care, paths)
    incurred = care.incurred.sum(axis=0)
    paid = paid_by_month(incurred, assumptions.care.payment_pattern)
    income = _other_income(assumptions, contributions, months)
    balance = _fund_balance(assumptions, contributions.total("collected_for_fund"), paid)
    years = tuple(
        _year_figures(
            assumptions, index, population, contributions, care, team, (paid, income, balance)
        )
        for index in range(months // MONTHS_PER_YEAR)
    )
    return Projection(
        horizon_months,
        paths,
        population,
        contributions,
        care,
        team,
        paid,
        income,
        balance,
        years,
        findings,
    )


def _other_income(plan: Assumptions, contributions: ContributionIncome, months: int) -> Series:
    """Income lines by year, and joining fees, which pay running costs and are no contribution."""
    years = np.arange(months) // MONTHS_PER_YEAR
    total = contributions.total("joining_fees").copy()
    for line in plan.income_lines:
        total += line.amount_minor_per_year / MONTHS_PER_YEAR * (1.0 + line.yearly_change) ** years
    return np.asarray(total)


def _fund_balance(plan: Assumptions, collected: Series, paid: Series) -> Series:
    """Balance of the mutual fund at each month's end; a positive balance earns its return."""
    monthly_return = (1.0 + plan.reserve.yearly_return) ** (1 / MONTHS_PER_YEAR) - 1.0
    balance = plan.reserve.opening_balance_minor
    balances = np.zeros(collected.size)
    for month, change in enumerate((collected - paid).tolist()):
        balance += max(balance, 0.0) * monthly_return + change
        balances[month] = balance
    return balances


def _minor(amount: float, year: int, name: str) -> int:
    if not abs(amount) <= MAXIMUM_MINOR:  # also catches what is no number
        raise Refusal("PLAN_TOO_LARGE", place=f"{year}.{name}")
    return round_half_up(Decimal(repr(float(amount))))


def _year_figures(
    plan: Assumptions,
    index: int,
    population: Population,
    contributions: ContributionIncome,
    care: CareUse,
    team: TeamCost,
    flows: tuple[Series, Series, Series],
) -> YearFigures:
    year = slice(index * MONTHS_PER_YEAR, (index + 1) * MONTHS_PER_YEAR)

    def minor(name: str, amount: float) -> int:
        return _minor(amount, plan.base_year + index, name)

    def amount(name: str) -> int:
        return minor(f"contribution_{name}", contributions.total(name)[year].sum())

    paid, income, balance = (flow[year] for flow in flows)
    households = population.total("households")[year]
    persons = population.persons[year]
    earned, running = amount("earned"), amount("running_share")
    incurred = minor("claims_incurred", care.incurred[:, year].sum())
    payroll = sum(minor("payroll", series[year].sum()) for series in team.payroll.values())
    other_costs = sum(
        minor("other_costs", series[year].sum()) for series in team.other_costs.values()
    )
    other_income = minor("other_income", income.sum())
    return YearFigures(
        year=plan.base_year + index,
        households_mean=float(households.mean()),
        households_end=float(households[-1]),
        persons_mean=float(persons.mean()),
        persons_covered_months=float(persons.sum()),
        new_households=float(population.total("new")[year].sum()),
        renewed_households=float(population.total("renewed")[year].sum()),
        lapsed_households=float(population.total("lapsed")[year].sum()),
        cases=float(care.cases[:, year].sum()),
        contribution_written_minor=amount("written"),
        contribution_collected_minor=amount("collected"),
        contribution_earned_minor=earned,
        fund_share_minor=earned - running,
        running_share_minor=running,
        fund_share_collected_minor=amount("collected_for_fund"),
        claims_incurred_minor=incurred,
        claims_paid_minor=minor("claims_paid", paid.sum()),
        payroll_minor=payroll,
        other_costs_minor=other_costs,
        running_costs_minor=payroll + other_costs,
        other_income_minor=other_income,
        funding_gap_minor=max(payroll + other_costs - running - other_income, 0),
        fund_balance_minor=minor("fund_balance", balance[-1]),
        mean_monthly_claims_minor=minor("claims_incurred", incurred / MONTHS_PER_YEAR),
        posts={role: people[index] for role, people in team.posts.items()},
        posts_needed={role: people[index] for role, people in team.needed.items()},
    )
