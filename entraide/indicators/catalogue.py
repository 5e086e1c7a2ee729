"""Every figure of the product, once: code, unit, name, and the function that defines it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from inspect import cleandoc

from entraide.indicators.definitions import claims, contributions, funds, membership
from entraide.indicators.quantities import Combined, Flow, MonthlyMean, Quantity, Ratio
from entraide.indicators.schema import DIMENSIONS, Facts


class Unit(StrEnum):
    """What a figure counts. A rate is a fraction of one, shown as a percentage."""

    COUNT = "count"
    PERSONS = "persons"
    MONTHS = "months"
    YEARS = "years"
    DAYS = "days"
    MONEY = "money"  # minor units of the mutual's currency
    RATE = "rate"
    PER_YEAR = "per_year"  # times a person and a year


class Question(StrEnum):
    """The four questions of the report, in its order."""

    MEMBERSHIP = "membership"
    CONTRIBUTIONS = "contributions"
    CARE = "care"
    FUNDS = "funds"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure. ``name`` is English and the key of its translation; so is the definition."""

    function: Callable[[Facts], Quantity]
    name: str
    unit: Unit
    question: Question
    only_by: str = ""  # a figure that has a meaning for each value of a dimension only

    @property
    def code(self) -> str:
        """The name of its function."""
        return self.function.__name__

    @property
    def definition(self) -> str:
        """What it is, as the reader opens it: the docstring of its function."""
        return " ".join(cleandoc(self.function.__doc__ or "").split())

    @property
    def quantity(self) -> Quantity:
        """How it is made, whatever the day of reading."""
        return self.function(Facts(date(1970, 1, 1)))

    @property
    def parts(self) -> tuple[str, ...]:
        """The figures it is made of: numerator and denominator, or the terms; none for a flow."""
        quantity = self.quantity
        if isinstance(quantity, Ratio):
            return (quantity.numerator, quantity.denominator)
        if isinstance(quantity, MonthlyMean):
            return (quantity.of,)
        return quantity.of if isinstance(quantity, Combined) else ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it can be cut by: what its own table, or all its parts' tables, know."""
        quantity = self.quantity
        if isinstance(quantity, Flow):
            return tuple(name for name in DIMENSIONS if name in quantity.rows.columns)
        known = [set(BY_CODE[code].dimensions) for code in self.parts]
        return tuple(name for name in DIMENSIONS if all(name in each for each in known))


_MEMBERSHIP, _CONTRIBUTIONS = Question.MEMBERSHIP, Question.CONTRIBUTIONS
_CARE, _FUNDS = Question.CARE, Question.FUNDS
_M, _C, _S, _F = membership, contributions, claims, funds

CATALOGUE: tuple[Indicator, ...] = (
    Indicator(_M.households_covered, "Families covered", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.persons_covered, "Persons covered", Unit.PERSONS, _MEMBERSHIP),
    Indicator(_M.persons_covered_months, "Person-months covered", Unit.MONTHS, _MEMBERSHIP),
    Indicator(_M.mean_members, "Mean number of persons covered", Unit.PERSONS, _MEMBERSHIP),
    Indicator(_M.mean_household_size, "Mean size of a family", Unit.PERSONS, _MEMBERSHIP),
    Indicator(_M.new_households, "New families", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.covers_ended, "Covers ended", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.covers_renewed, "Covers renewed", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.covers_left, "Covers not renewed", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.renewal_rate, "Renewal rate", Unit.RATE, _MEMBERSHIP),
    Indicator(_M.covers_lapsed, "Covers lapsed", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.covers_exited, "Exits before the term", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_to_renew, "Families that could renew", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_kept, "Families kept", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.retention_rate, "Rate of keeping", Unit.RATE, _MEMBERSHIP),
    Indicator(_M.households_at_start, "Families covered at the start", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_first_covered, "Families covered first", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_reopened, "Families covered again", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_suspended, "Families suspended", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_lapsed, "Families come to term", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_exited, "Families gone before term", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.households_gained, "Families gained", Unit.COUNT, _MEMBERSHIP),
    Indicator(_M.growth_rate, "Growth rate", Unit.RATE, _MEMBERSHIP),
    Indicator(_C.contribution_written, "Contributions written", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.contribution_collected, "Contributions received", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.contribution_earned, "Contributions earned", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.fund_share, "Fund share of earned contributions", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(
        _C.running_share, "Running share of earned contributions", Unit.MONEY, _CONTRIBUTIONS
    ),
    Indicator(_C.own_running_share, "Running share without subsidies", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.fund_share_collected, "Fund share received", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.contribution_due, "Contributions fallen due", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.collected_on_due, "Received of what fell due", Unit.MONEY, _CONTRIBUTIONS),
    Indicator(_C.collection_rate, "Collection rate", Unit.RATE, _CONTRIBUTIONS),
    Indicator(
        _C.contribution_per_person, "Contribution earned per person", Unit.MONEY, _CONTRIBUTIONS
    ),
    Indicator(_S.claims_count, "Number of claims", Unit.COUNT, _CARE),
    Indicator(
        _S.claims_incurred,
        "Care incurred, without provision for care not yet received",
        Unit.MONEY,
        _CARE,
    ),
    Indicator(_S.claims_paid, "Care paid", Unit.MONEY, _CARE),
    Indicator(_S.persons_covered_years, "Person-years covered", Unit.YEARS, _CARE),
    Indicator(_S.utilisation_rate, "Rate of use", Unit.PER_YEAR, _CARE),
    Indicator(_S.average_cost, "Mean cost of a claim", Unit.MONEY, _CARE),
    Indicator(_S.cases, "Cases", Unit.COUNT, _CARE, only_by="category"),
    Indicator(
        _S.person_years_at_risk, "Person-years at risk", Unit.YEARS, _CARE, only_by="category"
    ),
    Indicator(
        _S.category_frequency, "Frequency of a category", Unit.PER_YEAR, _CARE, only_by="category"
    ),
    Indicator(_S.category_average_cost, "Mean cost of a case", Unit.MONEY, _CARE, "category"),
    Indicator(_S.claims_per_person, "Care incurred per person", Unit.MONEY, _CARE),
    Indicator(
        _S.cost_in_contributions, "Cost of a claim in contributions of a person", Unit.YEARS, _CARE
    ),
    Indicator(_S.claims_ratio, "RSP (claims ratio)", Unit.RATE, _CARE),
    Indicator(_S.gross_claims_ratio, "Gross claims ratio", Unit.RATE, _CARE),
    Indicator(_S.cash_claims_ratio, "Cash claims ratio", Unit.RATE, _CARE),
    Indicator(_S.claims_decided, "Claims decided", Unit.COUNT, _CARE),
    Indicator(_S.claims_refused, "Claims refused", Unit.COUNT, _CARE),
    Indicator(_S.rejection_rate, "Rejection rate", Unit.RATE, _CARE),
    Indicator(_S.claims_received, "Claims received", Unit.COUNT, _CARE),
    Indicator(_S.claims_decided_by_rules, "Claims decided by the rules alone", Unit.COUNT, _CARE),
    Indicator(_S.straight_through_rate, "Share decided without a hand", Unit.RATE, _CARE),
    Indicator(_S.claims_settled, "Claims settled", Unit.COUNT, _CARE),
    Indicator(
        _S.claims_settled_in_time, "Claims settled within the promised days", Unit.COUNT, _CARE
    ),
    Indicator(
        _S.promptness_rate, "Share of claims settled within the promised days", Unit.RATE, _CARE
    ),
    Indicator(_S.payment_delay_median, "Payment delay, median", Unit.DAYS, _CARE),
    Indicator(_S.payment_delay_p90, "Payment delay exceeded by one claim in ten", Unit.DAYS, _CARE),
    Indicator(_F.running_costs, "Running costs", Unit.MONEY, _FUNDS),
    Indicator(_F.staff_costs, "of which salaries", Unit.MONEY, _FUNDS),
    Indicator(_F.other_income, "Other income", Unit.MONEY, _FUNDS),
    Indicator(_F.autonomy_rate, "Autonomy rate", Unit.RATE, _FUNDS),
    Indicator(_F.left_after_care, "Left once care is paid", Unit.MONEY, _FUNDS),
    Indicator(_F.net_autonomy_rate, "Net autonomy rate", Unit.RATE, _FUNDS),
    Indicator(_F.funding_gap, "Funding gap", Unit.MONEY, _FUNDS),
    Indicator(_F.fund_balance, "Balance of the mutual fund", Unit.MONEY, _FUNDS),
    Indicator(_F.running_balance, "Balance of the running fund", Unit.MONEY, _FUNDS),
    Indicator(_F.mean_monthly_claims, "Care incurred in a mean month", Unit.MONEY, _FUNDS),
    Indicator(_F.reserve_months, "Months of reserve", Unit.MONTHS, _FUNDS),
)

BY_CODE: Mapping[str, Indicator] = {indicator.code: indicator for indicator in CATALOGUE}
