"""Reading plans, scenarios and their last runs."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from entraide.actuarial.assumptions import Assumptions
from entraide.apps.enrolment.selectors import found
from entraide.apps.planning.models import BusinessPlan, Scenario, ScenarioRun
from entraide.apps.schemes.models import Mutual


def plans(mutual: Mutual) -> QuerySet[BusinessPlan]:
    """The plans of a mutual, the latest first."""
    return BusinessPlan.objects.filter(mutual=mutual).select_related("made_by").order_by("-id")


def plan_for(mutual: Mutual, uid: UUID | str) -> BusinessPlan:
    """The plan of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(BusinessPlan.objects.filter(mutual=mutual).select_related("made_by"), uid=uid)


def scenarios_of(plan: BusinessPlan) -> QuerySet[Scenario]:
    """The scenarios of a plan, the first made first: *nothing changes* leads."""
    return plan.scenarios.order_by("id")


def scenarios_kept(mutual: Mutual) -> QuerySet[Scenario]:
    """Every scenario of the mutual with its plan: the latest plan leads, then the latest made."""
    scenarios = Scenario.objects.filter(mutual=mutual).select_related("plan")
    return scenarios.order_by("-plan_id", "-id")


def scenario_for(mutual: Mutual, uid: UUID | str) -> Scenario:
    """The scenario of this mutual with this ``uid`` and its plan, or ``NOT_FOUND``."""
    return found(Scenario.objects.filter(mutual=mutual).select_related("plan"), uid=uid)


def last_run(scenario: Scenario) -> ScenarioRun | None:
    """The last answer of the engine for a scenario, or None."""
    return scenario.runs.select_related("made_by").order_by("-id").first()


def supposed_minutes(mutual: Mutual, role: str) -> dict[str, Decimal]:
    """Activity → minutes of a role for one act today, in the latest plan; empty without a plan."""
    plan = plans(mutual).first()
    if plan is None:
        return {}
    return {
        activity.name: Decimal(str(work.minutes.today))
        for activity in Assumptions.from_document(plan.assumptions).activities
        for work in activity.work
        if work.role == role
    }
