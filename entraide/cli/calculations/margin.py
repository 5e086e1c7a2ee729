"""``margin``: the safety margin that pools of several sizes need, or the size a margin asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entraide.actuarial.contributions import members_needed, safety_margin
from entraide.cli.calculations import contribution, forms

SCHEMA = forms.document(
    "margin",
    ("services", "confidence"),
    {
        "services": contribution.SERVICES,
        "confidence": {
            "type": "number",
            "minimum": Decimal("0.5"),
            "maximum": Decimal("0.999999"),
            "description": "probability that contributions cover the year's care",
        },
        "n": forms.many(forms.count("members", at_least=1)),
        "theta": {
            "type": "number",
            "minimum": Decimal("0.0001"),
            "maximum": 100,
            "description": "margin wanted, as a share of the pure contribution",
        },
    },
    oneOf=[{"required": ["n"]}, {"required": ["theta"]}],
)

EXAMPLE: dict[str, Any] = {
    "services": contribution.EXAMPLE["services"],
    "confidence": Decimal("0.95"),
    "n": [200, 1000, 5000],
}


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """Percentages of the pure contribution, in the order of ``n``; or the members needed."""
    risks = [contribution.care_risk(service) for service in document["services"]]
    confidence = Decimal(document["confidence"])
    if "theta" in document:
        return {"members_needed": members_needed(risks, confidence, Decimal(document["theta"]))}
    margins = [safety_margin(risks, confidence, members) for members in document["n"]]
    return {"margin_pct": [margin * 100 for margin in margins]}
