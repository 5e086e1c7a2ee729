"""The risk board's facts: cases, amounts and persons by month, product, category and risk.

A *case* is a claim with at least one line of a category, as in ``claims.cases``; by risk, a claim
with at least one line of that risk in the category. Refused and reversed claims apart.
"""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _

from entraide.indicators.definitions.claims import REFUSED
from entraide.indicators.schema import Facts


def care_by_category(facts: Facts) -> ir.Table:
    """Cases and amount payable of each month of care, product and category."""
    return _care(facts, "category")


def care_by_risk(facts: Facts) -> ir.Table:
    """The same for each risk in each category; ``risk`` is empty where nobody said it."""
    return _care(facts, "category", "risk")


def _care(facts: Facts, *by: str) -> ir.Table:
    lines = facts.claim_line.filter(facts.claim_line.state != REFUSED)
    dated = lines.mutate(month=lines.care_on.truncate("M").cast("date"))
    return dated.group_by("month", "product", *by).aggregate(
        cases=_.claim.nunique(), amount_minor=_.payable_minor.sum()
    )


def years_at_risk(facts: Facts) -> ir.Table:
    """Person-years of each month, product and category, once waiting periods are over."""
    years = _.person_days.cast("float64") / (_.days_of_month * 12)
    return facts.risk_month.group_by("month", "product", "category").aggregate(years=years.sum())


def years_covered(facts: Facts) -> ir.Table:
    """Person-years under cover of each month and product."""
    years = _.days.cast("float64") / (_.days_of_month * 12)
    return facts.cover_month.group_by("month", "product").aggregate(years=years.sum())
