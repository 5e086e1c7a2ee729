"""The plan of ATIA Santé, a fictitious mutual that misses its targets, on which a team can train.

It ships at its nominal size (6 000 households), whatever the size of the demonstration network.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from django.conf import settings

from entraide.apps.access.models import User
from entraide.apps.planning.models import BusinessPlan
from entraide.apps.planning.services import run_scenario, save_plan, save_scenario
from entraide.apps.schemes.models import Mutual

PLAN_NAME = "Business plan ATIA Santé"
UNCHANGED = "Rien ne change"
PLAN_P = "Plan P"
PLAN_P_LEVERS: dict[str, Decimal] = {
    "growth": Decimal("0.7"),
    "price": Decimal("0.35"),
    "share": Decimal("0.3"),
    "sms": Decimal("0.7"),
    "circuits": Decimal(1),
    "phone": Decimal(1),
}


def exact(document: Any) -> Any:
    """A document whose numbers with a point are Decimals, as they are written."""
    if isinstance(document, float):
        return Decimal(repr(document))
    if isinstance(document, dict):
        return {key: exact(value) for key, value in document.items()}
    if isinstance(document, list):
        return [exact(value) for value in document]
    return document


def ship_atia_plan(*, mutual: Mutual, actor: User, on: date) -> BusinessPlan:
    """Save the nominal plan with its two scenarios and their runs; twice changes nothing."""
    common = {"mutual": mutual, "actor": actor, "on": on}
    text = (settings.RULES_FOLDER / "plans" / "atia-sante.yaml").read_text(encoding="utf-8")
    document = exact(yaml.safe_load(text))
    plan: BusinessPlan = save_plan(
        name=PLAN_NAME, assumptions=document, idempotency_key="atia-plan", **common
    )
    for name, levers in ((UNCHANGED, {}), (PLAN_P, PLAN_P_LEVERS)):
        key = f"atia-scenario-{name}"
        scenario = save_scenario(plan=plan, name=name, levers=levers, idempotency_key=key, **common)
        run_scenario(scenario=scenario, idempotency_key=f"{key}-run", **common)
    return plan
