"""``entraide calc plan``: a plan's assumptions in, its yearly figures out, without a database.

Every ratio comes with its numerator and its denominator; a ratio over zero is null. The base year
stands first, then the plan years. Projections are made in floating point; the yearly amounts are
rounded to minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entraide.actuarial.assumption_schema import assumptions_schema
from entraide.actuarial.assumptions import Assumptions
from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.plan_example import EXAMPLE_ASSUMPTIONS
from entraide.actuarial.projection import (
    LONGEST_HORIZON,
    RATIOS,
    SHORTEST_HORIZON,
    Projection,
    Ratio,
    YearFigures,
    project,
)
from entraide.actuarial.solvency import (
    break_even_contribution,
    first_month_below_zero,
    lowest_balance_minor,
    targets_missed,
)
from entraide.core.errors import Finding, RefusedRows

DEFAULT_HORIZON = 48

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "plan",
    "type": "object",
    "required": ["assumptions"],
    "properties": {
        "assumptions": assumptions_schema(),
        "horizon_months": {
            "type": "integer",
            "minimum": SHORTEST_HORIZON,
            "maximum": LONGEST_HORIZON,
            "description": "whole years after the base year; 48 when absent",
        },
        "levers": {
            "type": "object",
            "description": "how far each lever of the plan is moved; absent: nothing changes",
            "additionalProperties": {
                "type": ["number", "object"],
                "properties": {
                    "value": {"type": "number"},
                    "start_month": {
                        "type": "integer",
                        "minimum": 0,
                        "description": "plan month of the decision, 0 is the first",
                    },
                },
                "required": ["value"],
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

EXAMPLE: dict[str, Any] = {
    "assumptions": EXAMPLE_ASSUMPTIONS,
    "horizon_months": 48,
    "levers": {"growth": Decimal("0.5"), "price": {"value": Decimal("0.2"), "start_month": 6}},
}

_AMOUNTS = (
    "contribution_written_minor",
    "contribution_collected_minor",
    "contribution_earned_minor",
    "fund_share_minor",
    "running_share_minor",
    "fund_share_collected_minor",
    "claims_incurred_minor",
    "claims_paid_minor",
    "payroll_minor",
    "other_costs_minor",
    "running_costs_minor",
    "other_income_minor",
    "funding_gap_minor",
    "fund_balance_minor",
)
_QUANTITIES = (
    "households_mean",
    "households_end",
    "persons_mean",
    "persons_covered_months",
    "new_households",
    "renewed_households",
    "lapsed_households",
    "cases",
)


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """Project a document of the shape of :data:`SCHEMA`; all its faults at once when refused."""
    _check_keys(document)
    levers = LeverSettings.from_document(document.get("levers", {}))
    try:
        plan = Assumptions.from_document(document["assumptions"])
    except RefusedRows as refused:
        raise RefusedRows(tuple(_under_assumptions(each) for each in refused.findings)) from None
    projection = project(plan, document.get("horizon_months", DEFAULT_HORIZON), levers)
    return projection_document(plan, projection)


def _check_keys(document: Mapping[str, Any]) -> None:
    findings = [
        Finding("PLAN_KEY_UNKNOWN", 0, key, {"key": key})
        for key in document
        if key not in SCHEMA["properties"]
    ]
    if "assumptions" not in document:
        findings.append(Finding("PLAN_KEY_MISSING", 0, "assumptions", {"key": "assumptions"}))
    if findings:
        raise RefusedRows(tuple(findings))


def _under_assumptions(finding: Finding) -> Finding:
    place = f"assumptions.{finding.place}" if finding.place else "assumptions"
    return Finding(finding.code, finding.amount_minor, place, finding.data)


def projection_document(plan: Assumptions, projection: Projection) -> dict[str, Any]:
    """A projection as JSON values: yearly figures, targets missed, what would break even."""
    last = projection.years[-1]
    for_running_costs, for_care = break_even_contribution(last)
    return {
        "plan": plan.name,
        "currency": plan.currency,
        "horizon_months": projection.horizon_months,
        "is_realistic": not projection.findings,
        "findings": [
            {"code": each.code, "place": each.place, **each.data} for each in projection.findings
        ],
        "years": [_year_document(each) for each in projection.years],
        "targets_missed": [
            {"ratio": miss.target.ratio, "year": miss.year, "percent": _percent(miss.value)}
            for miss in targets_missed(projection)
        ],
        "first_month_below_zero": _month_named(plan, first_month_below_zero(projection)),
        "lowest_fund_balance_minor": lowest_balance_minor(projection),
        "break_even_contribution_factor": {
            "year": last.year,
            "for_running_costs": for_running_costs,
            "for_care": for_care,
        },
    }


def _month_named(plan: Assumptions, month: int | None) -> str | None:
    if month is None:
        return None
    return f"{plan.base_year + month // 12}-{month % 12 + 1:02d}"


def _number(value: float) -> Decimal:
    return Decimal(repr(round(value, 2)))


def _percent(value: float | None) -> Decimal | None:
    return None if value is None else _number(100 * value)


def _ratio_document(name: str, ratio: Ratio) -> dict[str, Any]:
    parts = {
        "numerator_minor": ratio.numerator_minor,
        "denominator_minor": ratio.denominator_minor,
    }
    if name == "reserve_months":
        return {"months": None if ratio.value is None else _number(ratio.value), **parts}
    return {"percent": _percent(ratio.value), **parts}


def _year_document(figures: YearFigures) -> dict[str, Any]:
    per_household = {
        "contribution_per_household_minor": figures.contribution_per_household,
        "running_costs_per_household_minor": figures.running_costs_per_household,
    }
    return {
        "year": figures.year,
        **{name: _number(getattr(figures, name)) for name in _QUANTITIES},
        **{name: getattr(figures, name) for name in _AMOUNTS},
        **{name: None if v is None else _number(v) for name, v in per_household.items()},
        "ratios": {name: _ratio_document(name, getattr(figures, name)) for name in RATIOS},
        "posts": {role: _number(people) for role, people in figures.posts.items()},
        "posts_needed": {role: _number(people) for role, people in figures.posts_needed.items()},
    }
