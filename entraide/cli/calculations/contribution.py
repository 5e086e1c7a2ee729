"""``contribution``: the yearly contribution of one person, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entraide.actuarial.contributions import (
    CareRisk,
    Loadings,
    contribution_build_up,
)
from entraide.cli.calculations import forms
from entraide.cli.calculations.amounts import rounded

SERVICE = forms.form(
    ("name", "frequency", "unit_cost", "covered"),
    {
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "frequency": {
            "type": "number",
            "minimum": 0,
            "maximum": 1000,
            "description": "cases per person-year at risk",
        },
        "unit_cost": forms.amount("mean bill of a case"),
        "covered": forms.rate("share of the bill that the mutual pays"),
        "cv": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "coefficient of variation of the amount paid; 0 when absent",
        },
    },
)
SERVICES = forms.many(SERVICE, at_most=1000)

SCHEMA = forms.document(
    "contribution",
    (
        "services",
        "safety_pct_of_pure",
        "operating_pct_of_pure_plus_safety",
        "surplus_pct_of_subtotal",
    ),
    {
        "services": SERVICES,
        "safety_pct_of_pure": forms.percent("safety margin, % of the pure contribution"),
        "operating_pct_of_pure_plus_safety": forms.percent("running costs, % of pure and safety"),
        "surplus_pct_of_subtotal": forms.percent("surplus, % of pure, safety and running costs"),
        "currency": forms.currency(),
    },
)

EXAMPLE: dict[str, Any] = {
    "services": [
        {
            "name": "consultation",
            "frequency": Decimal("0.8"),
            "unit_cost": 1500,
            "covered": Decimal("0.75"),
            "cv": Decimal("0.8"),
        },
        {
            "name": "delivery",
            "frequency": Decimal("0.03"),
            "unit_cost": 6000,
            "covered": 1,
            "cv": Decimal("0.3"),
        },
    ],
    "safety_pct_of_pure": 10,
    "operating_pct_of_pure_plus_safety": 10,
    "surplus_pct_of_subtotal": 5,
}


def care_risk(service: Mapping[str, Any]) -> CareRisk:
    """One service of a document as the engine's value."""
    return CareRisk(
        name=service["name"],
        frequency=Decimal(service["frequency"]),
        unit_cost=Decimal(service["unit_cost"]),
        covered_rate=Decimal(service["covered"]),
        variation=Decimal(service.get("cv", 0)),
    )


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """Each figure is rounded from its exact value: rounded parts may miss the total by a unit."""
    risks = [care_risk(service) for service in document["services"]]
    loadings = Loadings(
        Decimal(document["safety_pct_of_pure"]),
        Decimal(document["operating_pct_of_pure_plus_safety"]),
        Decimal(document["surplus_pct_of_subtotal"]),
    )
    built = contribution_build_up(risks, loadings)
    figures = {
        "pure": built.pure,
        "safety": built.safety,
        "operating": built.operating,
        "surplus": built.surplus,
        "contribution_year": built.contribution_year,
        "per_month": built.per_month,
    }
    unit = document.get("currency")
    return {
        **{name: rounded(figure, unit) for name, figure in figures.items()},
        "services": [{"name": risk.name, "pure": rounded(risk.pure, unit)} for risk in risks],
    }
