"""Adhésions: who is covered, who comes, who stays, who leaves."""

from __future__ import annotations

from ibis import _

from entraide.indicators.quantities import Flow, MonthlyMean, Over, Ratio
from entraide.indicators.schema import Facts


def households_covered(facts: Facts) -> Flow:
    """Families with at least one person under a paid-up cover on the last day of the period."""
    rows = facts.cover_month
    return Flow(rows.filter(rows.is_on_last_day), "month", _.household.nunique(), Over.LAST)


def persons_covered(facts: Facts) -> Flow:
    """Persons under a paid-up cover on the last day of the period, members and dependants."""
    rows = facts.cover_month
    return Flow(rows.filter(rows.is_on_last_day), "month", _.person.nunique(), Over.LAST)


def persons_covered_months(facts: Facts) -> Flow:
    """Months under cover of all persons together. A month counts by its days under a cover that is
    not suspended for arrears, divided by the days of that month: a full month is exactly 1."""
    months = _.days.cast("float64") / _.days_of_month
    return Flow(facts.cover_month, "month", months.sum())


def mean_members(facts: Facts) -> MonthlyMean:
    """Person-months under cover ÷ months of the period."""
    return MonthlyMean("persons_covered_months")


def mean_household_size(facts: Facts) -> Ratio:
    """Persons covered ÷ families covered, on the last day of the period."""
    return Ratio("persons_covered", "households_covered", is_rate=False)


def new_households(facts: Facts) -> Flow:
    """Families whose first cover begins in the period."""
    rows = facts.membership
    return Flow(rows.filter(rows.is_first), "starts_on", _.household.nunique())


def covers_ended(facts: Facts) -> Flow:
    """Covers of families that came to their end in the period, at their term or before it. They
    are the cohort that could renew."""
    rows = facts.membership
    return Flow(rows.filter(rows.ends_on <= facts.on), "ends_on", _.uid.count())


def covers_renewed(facts: Facts) -> Flow:
    """Covers ended in the period that the family has followed with another, to date."""
    rows = facts.membership
    is_kept = (rows.ends_on <= facts.on) & rows.is_followed
    return Flow(rows.filter(is_kept), "ends_on", _.uid.count())


def covers_left(facts: Facts) -> Flow:
    """Covers ended in the period that no other cover of the family follows, to date."""
    rows = facts.membership
    is_left = (rows.ends_on <= facts.on) & ~rows.is_followed
    return Flow(rows.filter(is_left), "ends_on", _.uid.count())


def renewal_rate(facts: Facts) -> Ratio:
    """Covers renewed ÷ covers ended, of one cohort: those that ended in the period. A family that
    still has time to renew counts as not renewed."""
    return Ratio("covers_renewed", "covers_ended")
