"""Business plans: assumptions saved with their source, scenarios, and what the engine answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

import entraide
from entraide.actuarial.assumptions import Assumptions
from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.plan_document import projection_document
from entraide.actuarial.projection import project
from entraide.apps.access.models import User
from entraide.apps.planning.models import BusinessPlan, Scenario, ScenarioRun
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import require_running_share_reason
from entraide.core.errors import Refusal

HORIZON_MONTHS = 60
"""Five years: a rise that inflation eats in the year after the target must be visible."""


def plain_document(document: Any) -> Any:
    """The same document with its Decimals as numbers that JSON keeps exactly enough to plan."""
    if isinstance(document, Decimal):
        whole = int(document)
        return whole if document == whole else float(document)  # not money: an assumption
    if isinstance(document, Mapping):
        return {str(key): plain_document(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [plain_document(value) for value in document]
    return document


def checksum(document: Any) -> str:
    """The SHA-256 of a document, order of keys aside."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@command("save_plan", right=Right.PLAN)
def save_plan(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    assumptions: Mapping[str, Any],
) -> BusinessPlan:
    """Keep a plan's assumptions, each with its source. Scenarios come apart.

    Refused with ``INPUT_REFUSED`` (every fault with its key), ``CURRENCY_DIFFERS`` or
    ``PLAN_NAME_TAKEN``.
    """
    plan = Assumptions.from_document(assumptions)
    if plan.currency != mutual.currency:
        raise Refusal("CURRENCY_DIFFERS", expected=mutual.currency, found=plan.currency)
    if BusinessPlan.objects.filter(name=name).exists():
        raise Refusal("PLAN_NAME_TAKEN", place="name", name=name)
    document = plain_document(plan.to_document())
    return BusinessPlan.objects.create(
        mutual=mutual,
        name=name,
        base_year=plan.base_year,
        assumptions=document,
        assumptions_checksum=checksum(document),
        made_by=actor,
    )


@command("save_scenario", right=Right.PLAN)
def save_scenario(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    plan: BusinessPlan,
    name: str,
    levers: Mapping[str, Any],
    running_share_reason: str = "",
) -> Scenario:
    """Keep only what a scenario changes of its plan: lever → setting.

    Refused for an unknown lever or a value that is no number, and with ``SCENARIO_NAME_TAKEN``.
    A lever beyond its bounds is kept: the scenario says by itself that it is not realistic.
    A share for running costs above the mutual's limit needs ``running_share_reason``.
    """
    settings = LeverSettings.from_document(levers)
    settings.check(Assumptions.from_document(plan.assumptions))
    if Scenario.objects.filter(plan=plan, name=name).exists():
        raise Refusal("SCENARIO_NAME_TAKEN", place="name", name=name)
    share = running_share_of(plan.assumptions, levers)
    require_running_share_reason(mutual, share, running_share_reason)
    return Scenario.objects.create(
        mutual=mutual,
        plan=plan,
        name=name,
        overrides=plain_document(settings.to_document()),
        running_share_reason=running_share_reason.strip(),
    )


@transaction.atomic
def open_plan(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    assumptions: Mapping[str, Any],
    base_name: str,
    running_share_reason: str = "",
) -> BusinessPlan:
    """Keep a plan with the scenario in which nothing changes, projected; all of it or nothing.

    Refused as :func:`save_plan` and :func:`save_scenario`.
    """
    common = {"mutual": mutual, "actor": actor, "on": on}
    plan: BusinessPlan = save_plan(
        name=name, assumptions=assumptions, idempotency_key=idempotency_key, **common
    )
    scenario = save_scenario(
        plan=plan,
        name=base_name,
        levers={},
        running_share_reason=running_share_reason,
        idempotency_key=f"{idempotency_key}-scenario",
        **common,
    )
    run_scenario(scenario=scenario, idempotency_key=f"{idempotency_key}-run", **common)
    return plan


def running_share_of(assumptions: Mapping[str, Any], levers: Mapping[str, Any]) -> Decimal:
    """The part of contributions for running costs that a scenario leads to: 0.30 for 30 %."""
    plan = Assumptions.from_document(assumptions)
    settings = LeverSettings.from_document(levers).settings
    moved = (
        settings[lever.name].value
        for lever in plan.levers
        if lever.effect == "running_share" and lever.name in settings
    )
    return Decimal(repr(round(next(moved, plan.running_share), 6)))


def projected(assumptions: Mapping[str, Any], levers: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine answers for assumptions and levers, as plain JSON; nothing is recorded."""
    plan = Assumptions.from_document(assumptions)
    settings = LeverSettings.from_document(levers)
    document: dict[str, Any] = plain_document(
        projection_document(plan, project(plan, HORIZON_MONTHS, settings))
    )
    return document


@command("run_scenario", right=Right.PLAN)
def run_scenario(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, scenario: Scenario
) -> ScenarioRun:
    """Project a scenario and keep the result with the checksum of all that it was given.

    The same inputs and engine answer the run that is kept already.
    """
    inputs = checksum([scenario.plan.assumptions_checksum, scenario.overrides, HORIZON_MONTHS])
    kept = ScenarioRun.objects.filter(
        scenario=scenario, inputs_checksum=inputs, engine_version=entraide.__version__
    ).first()
    if kept is not None:
        return kept
    return ScenarioRun.objects.create(
        mutual=mutual,
        scenario=scenario,
        inputs_checksum=inputs,
        engine_version=entraide.__version__,
        horizon_months=HORIZON_MONTHS,
        result=projected(scenario.plan.assumptions, scenario.overrides),
        made_by=actor,
    )
