"""Adhésions: who is covered, who comes, who stays, who leaves."""

from __future__ import annotations

from datetime import timedelta

import ibis
from ibis import _

from entraide.indicators.quantities import Combined, Flow, MonthlyMean, Number, Over, Ratio
from entraide.indicators.schema import Facts, Move


def households_covered(facts: Facts) -> Flow:
    """Families with at least one person under a paid-up cover on the last day of the period."""
    rows = facts.cover_month
    return Flow(rows.filter(rows.is_on_last_day), "month", _.household.nunique(), Over.LAST)


def persons_covered(facts: Facts) -> Flow:
    """Persons under a paid-up cover on the last day of the period, members and dependants, whether
    their files are complete or not."""
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


def covers_lapsed(facts: Facts) -> Flow:
    """Covers that came to their term in the period and that no other cover of the family follows,
    to date."""
    rows = facts.membership
    is_lapsed = (rows.ends_on <= facts.on) & ~rows.is_followed & ~rows.is_early
    return Flow(rows.filter(is_lapsed), "ends_on", _.uid.count())


def covers_exited(facts: Facts) -> Flow:
    """Covers that ended in the period before their term and that no other cover of the family
    follows, to date: resignations, moves, deaths, exclusions."""
    rows = facts.membership
    is_exit = (rows.ends_on <= facts.on) & ~rows.is_followed & rows.is_early
    return Flow(rows.filter(is_exit), "ends_on", _.uid.count())


def households_to_renew(facts: Facts) -> Flow:
    """Families whose cover ended in the period and whose days to renew are over on the day of
    reading: the cohort of the rate of keeping. The mutual sets how many days."""
    rows = facts.membership
    is_over = rows.ends_on <= facts.on - timedelta(days=facts.renewal_days)
    return Flow(rows.filter(is_over), "ends_on", _.household.nunique())


def households_kept(facts: Facts) -> Flow:
    """Families of that cohort whose next cover began within the days to renew."""
    rows = facts.membership
    is_over = rows.ends_on <= facts.on - timedelta(days=facts.renewal_days)
    is_kept = rows.is_followed & (rows.days_to_next <= facts.renewal_days)
    return Flow(rows.filter(is_over & is_kept), "ends_on", _.household.nunique())


def retention_rate(facts: Facts) -> Ratio:
    """Families kept ÷ families whose cover ended in the period and whose days to renew are over.
    Both parts are of one cohort: the rate never exceeds 100%."""
    return Ratio("households_kept", "households_to_renew")


def households_at_start(facts: Facts) -> Flow:
    """Families with at least one person under a paid-up cover on the eve of the period."""
    rows = facts.cover_month
    eve = rows.filter(rows.is_on_last_day)
    next_month = (eve.month + ibis.interval(months=1)).cast("date")
    return Flow(eve.mutate(month=next_month), "month", _.household.nunique(), Over.FIRST)


def households_gained(facts: Facts) -> Combined:
    """Families covered at the end of the period less those on its eve."""

    def difference(now: Number, before: Number) -> Number:
        return now - before

    return Combined(("households_covered", "households_at_start"), difference)


def growth_rate(facts: Facts) -> Ratio:
    """Families gained over the period ÷ families covered on its eve."""
    return Ratio("households_gained", "households_at_start")


def _moved(facts: Facts, move: Move) -> Flow:
    rows = facts.household_move
    return Flow(rows.filter(rows.move == move.value), "month", _.household.count())


def households_first_covered(facts: Facts) -> Flow:
    """Families covered at the end of a month for the first time."""
    return _moved(facts, Move.NEW)


def households_reopened(facts: Facts) -> Flow:
    """Families covered again at the end of a month, and not on its eve: their arrears are paid, or
    they came back after days without cover."""
    return _moved(facts, Move.REOPENED)


def households_suspended(facts: Facts) -> Flow:
    """Families whose rights were open on the eve of a month and are suspended for arrears at its
    end. Their cover runs on."""
    return _moved(facts, Move.SUSPENDED)


def households_lapsed(facts: Facts) -> Flow:
    """Families covered on the eve of a month whose cover came to its term and that have no other
    at the end of the month."""
    return _moved(facts, Move.LAPSED)


def households_exited(facts: Facts) -> Flow:
    """Families covered on the eve of a month that left before their term, and have no other cover
    at the end of the month."""
    return _moved(facts, Move.EXITED)
