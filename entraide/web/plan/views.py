"""The business plan: read a scenario, move its levers, keep what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from entraide.actuarial.assumptions import Assumptions
from entraide.apps.enrolment.selectors import covered_households_count
from entraide.apps.planning.comparisons import (
    TARGET_PLAN_YEAR,
    each_lever_alone,
    moved_levers,
    outcome_of,
    result_of,
    what_would_upset,
)
from entraide.apps.planning.models import BusinessPlan, Scenario
from entraide.apps.planning.selectors import plan_for, plans, scenario_for, scenarios_of
from entraide.apps.planning.services import open_plan, projected, run_scenario, save_scenario
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.plan import beside, charts, years
from entraide.web.plan.assumption_tables import assumption_tables
from entraide.web.plan.forms import LeverForm, PlanForm, ScenarioForm, read_assumptions_file
from entraide.web.plan.guard import beyond_limit, tariffs_of
from entraide.web.plan.levers import shown_levers, warnings
from entraide.web.plan.size import other_size
from entraide.web.refusals import show_refusal

MODEL_FILE = "atia-sante.yaml"
MAY_READ = (Right.PLAN, Right.READ_REPORTS)


@require_GET
@office_view(right=MAY_READ)
def plan(request: OfficeRequest) -> HttpResponse:
    """One scenario of one plan: ``?plan=&scenario=`` and a percentage for each lever moved.

    A scenario alone says of which plan it is.
    """
    saved = list(plans(request.mutual))
    if not saved:
        return render(request, "web/plan/none.html", {"may_plan": Right.PLAN in request.rights})
    asked, scenario = request.GET.get("plan", ""), request.GET.get("scenario", "")
    if asked:
        chosen = plan_for(request.mutual, asked)
    else:
        chosen = scenario_for(request.mutual, scenario).plan if scenario else saved[0]
    return _page(request, chosen, saved)


@require_POST
@office_view(right=Right.PLAN)
def keep_scenario(request: OfficeRequest, uid: str) -> HttpResponse:
    """Keep the levers as they stand under a name, and what the engine answers."""
    chosen = plan_for(request.mutual, uid)
    form = ScenarioForm(request.POST)
    assumptions = Assumptions.from_document(chosen.assumptions)
    base = _scenario(list(scenarios_of(chosen)), request.POST.get("scenario", ""))
    levers = LeverForm(assumptions, base.overrides if base is not None else {}, request.POST)
    if form.is_valid() and levers.is_valid():
        key = request.POST.get("idempotency_key", "")
        common = {"mutual": request.mutual, "actor": request.user, "on": request.day}
        try:
            scenario = save_scenario(
                plan=chosen,
                name=form.cleaned_data["name"],
                levers=levers.levers(),
                running_share_reason=form.cleaned_data["running_share_reason"],
                idempotency_key=key,
                **common,
            )
            run_scenario(scenario=scenario, idempotency_key=f"{key}-run", **common)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("Scenario “{name}” is kept.").format(name=scenario.name))
            way = office_url(request, "plan")
            return redirect(f"{way}?plan={chosen.uid}&scenario={scenario.uid}")
    return _page(request, chosen, list(plans(request.mutual)), keep=form, status=422)


@require_http_methods(["GET", "POST"])
@office_view(right=Right.PLAN)
def new_plan(request: OfficeRequest) -> HttpResponse:
    """A plan from the file of its assumptions, with the scenario in which nothing changes."""
    form = PlanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = open_plan(
                **command_arguments(request),
                name=form.cleaned_data["name"],
                assumptions=read_assumptions_file(form.cleaned_data["file"]),
                base_name=_("Nothing changes"),
                running_share_reason=form.cleaned_data["running_share_reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("Plan “{name}” is kept.").format(name=saved.name))
            return redirect(f"{office_url(request, 'plan')}?plan={saved.uid}")
    status = 422 if form.is_bound else 200
    return render(request, "web/plan/new.html", {"form": form}, status=status)


@require_GET
@office_view(right=MAY_READ)
def model_file(request: OfficeRequest) -> HttpResponse:
    """The assumptions of the training plan, to be changed and sent back."""
    text = (settings.RULES_FOLDER / "plans" / MODEL_FILE).read_text(encoding="utf-8")
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{MODEL_FILE}"'},
    )


@dataclass(frozen=True, slots=True)
class ScenarioTab:
    """A scenario in the choice on top."""

    name: str
    url: str
    is_current: bool


def _page(
    request: OfficeRequest,
    chosen: BusinessPlan,
    saved: list[BusinessPlan],
    keep: ScenarioForm | None = None,
    status: int = 200,
) -> HttpResponse:
    scenarios = list(scenarios_of(chosen))
    typed = request.POST if request.method == "POST" else request.GET
    scenario = _scenario(scenarios, typed.get("scenario", ""))
    assumptions = Assumptions.from_document(chosen.assumptions)
    names = {lever.name for lever in assumptions.levers}
    overrides = scenario.overrides if scenario is not None else {}
    form = LeverForm(assumptions, overrides, typed if names & set(typed) else None)
    levers = form.levers()
    is_changed = form.is_changed
    try:
        result = (
            projected(chosen.assumptions, levers)
            if is_changed or scenario is None
            else result_of(scenario)
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        levers, is_changed = overrides, False
        result = projected(chosen.assumptions, overrides)
    context = {
        "plan": chosen,
        "plans": saved,
        "scenario": scenario,
        "title": _title(scenario, is_changed),
        "first_year": assumptions.base_year + 1,
        "last_year": result["years"][-1]["year"],
        "base_year": assumptions.base_year,
        "target_year": assumptions.base_year + TARGET_PLAN_YEAR,
        "tabs": _tabs(request, chosen, scenarios, scenario),
        "is_changed": is_changed,
        "levers": shown_levers(form),
        "lever_form": form,
        "keep": keep or ScenarioForm(),
        "may_plan": Right.PLAN in request.rights,
        "warnings": warnings(result, assumptions),
        "beyond_limit": beyond_limit(request.mutual, chosen, levers),
        "tariffs": tariffs_of(request.mutual, scenario),
        "other_size": other_size(
            assumptions, covered_households_count(request.mutual, request.day), chosen.name
        ),
        "assumption_tables": assumption_tables(assumptions),
        **_shown_result(chosen, scenarios, scenario, levers, result, is_changed),
    }
    return render(request, "web/plan/page.html", context, status=status)


def _shown_result(
    chosen: BusinessPlan,
    scenarios: list[Scenario],
    scenario: Scenario | None,
    levers: Mapping[str, Any],
    result: Mapping[str, Any],
    is_changed: bool,
) -> dict[str, Any]:
    """What the engine answered and what stands beside it, as the page shows them."""
    plan_of = Assumptions.from_document(chosen.assumptions)
    moved = moved_levers(chosen.assumptions, levers)
    alone = each_lever_alone(chosen.assumptions, TARGET_PLAN_YEAR)
    title = _title(scenario, is_changed)
    ours = outcome_of(title, result, TARGET_PLAN_YEAR)
    columns = [(each.name, each.overrides, result_of(each)) for each in scenarios]
    if is_changed or scenario is None:
        columns.append((title, levers, result))
        place = len(columns) - 1
    else:
        place = scenarios.index(scenario)
    unchanged = projected(chosen.assumptions, {}) if moved else None
    finding, more = beside.finding(result, len(moved), alone)
    upsets = what_would_upset(chosen.assumptions, levers, TARGET_PLAN_YEAR)
    margin, margin_more = beside.margin(ours, upsets, plan_of.base_year + TARGET_PLAN_YEAR)
    shown = [
        charts.autonomy_chart(result, title, unchanged),
        charts.claims_ratio_chart(result, title, unchanged),
        charts.fund_chart(result, title, unchanged),
    ]
    return {
        "finding": finding,
        "finding_more": more,
        "rows": years.year_rows(result),
        "account": years.account_rows(result),
        "years": [(each["year"], n == TARGET_PLAN_YEAR) for n, each in enumerate(result["years"])],
        "charts": [each for each in shown if each is not None],
        "margin": margin,
        "margin_more": margin_more,
        "reaches": ours.reaches_autonomy,
        "beside": beside.side_by_side(plan_of, columns, place),
        "alone": beside.alone_rows(alone, ours, title),
    }


def _scenario(scenarios: list[Scenario], asked: str) -> Scenario | None:
    """The scenario asked for, else the last one kept; ``NOT_FOUND`` for one of another plan."""
    if not asked:
        return scenarios[-1] if scenarios else None
    found = next((each for each in scenarios if str(each.uid) == asked), None)
    if found is None:
        raise Refusal("NOT_FOUND", record="scenario", key=asked)
    return found


def _title(scenario: Scenario | None, is_changed: bool) -> str:
    if scenario is None:
        return _("Your settings")
    return _("{name}, changed").format(name=scenario.name) if is_changed else scenario.name


def _tabs(
    request: OfficeRequest,
    chosen: BusinessPlan,
    scenarios: list[Scenario],
    current: Scenario | None,
) -> list[ScenarioTab]:
    way = reverse("web:plan", kwargs={"mutual": request.mutual.code})
    return [
        ScenarioTab(each.name, f"{way}?plan={chosen.uid}&scenario={each.uid}", each == current)
        for each in scenarios
    ]
