"""The follow-up plan as a table: in force, proposed, approved by somebody else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.fieldwork.follow_plan import (
    approve_follow_plan,
    cells_of,
    plan_version_for,
    plan_version_on,
    plan_versions,
    propose_follow_plan,
    segments_planned,
)
from entraide.apps.fieldwork.models import FollowPlanVersion
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.follow_up import MOST_DAYS, Channel, ContractStage, FollowPlan, FollowRow
from entraide.web.fields import DayField
from entraide.web.follow.wording import CHANNEL_NAMES, STAGES, rule_told, segment_name
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal


class PlanForm(forms.Form):
    """A channel and a number of days for each segment and stage."""

    effective_from = DayField(label=gettext_lazy("From that day on"))
    source = forms.CharField(
        label=gettext_lazy("Decided by"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, segments: tuple[str, ...], plan: FollowPlan | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.segments = segments
        nothing = Channel.NONE.value
        for rank, segment in enumerate(segments):
            for stage in ContractStage:
                rule = plan.rule(segment, stage) if plan is not None else None
                name = f"c{rank}_{stage.value}"
                channel = rule.channel.value if rule else Channel.CALL.value
                self.fields[name] = forms.ChoiceField(
                    label=STAGES[stage],
                    choices=[(each.value, told) for each, told in CHANNEL_NAMES.items()],
                    initial=channel,
                )
                self.fields[f"d{rank}_{stage.value}"] = forms.IntegerField(
                    label=_("every … days"), min_value=0, max_value=MOST_DAYS,
                    required=(self.data.get(name) if self.is_bound else channel) != nothing,
                    initial=(rule.every_days or None) if rule else 30,
                    error_messages={"required": _("Say every how many days, or choose nothing.")},
                )  # fmt: skip

    def cells(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Each segment with its pairs of fields, stage by stage."""
        return [
            (
                segment_name(segment),
                [(self[f"c{rank}_{stage}"], self[f"d{rank}_{stage}"]) for stage in ContractStage],
            )
            for rank, segment in enumerate(self.segments)
        ]

    def rows(self) -> list[FollowRow]:
        """The cells as the services take them."""
        return [
            FollowRow(
                segment,
                stage.value,
                self.cleaned_data[f"c{rank}_{stage.value}"],
                self.cleaned_data[f"d{rank}_{stage.value}"],
            )
            for rank, segment in enumerate(self.segments)
            for stage in ContractStage
        ]

    def places(self) -> dict[str, str]:
        """Where a fault of a row stands on the form."""
        names = [
            f"d{rank}_{stage.value}"
            for rank in range(len(self.segments))
            for stage in ContractStage
        ]
        return {f"rows[{rank}]": name for rank, name in enumerate(names)}


def _table(version: FollowPlanVersion) -> list[tuple[str, list[tuple[Any, str]]]]:
    """Each segment with what is done at each stage, in words."""
    plan = cells_of(version)
    return [
        (
            segment_name(segment),
            [(STAGES[stage], rule_told(plan.rule(segment, stage))) for stage in ContractStage],
        )
        for segment in plan.segments
    ]


@require_safe
@office_view(right=Right.READ_REGISTERS)
def plans(request: OfficeRequest) -> HttpResponse:
    """The plan in force and every version."""
    current = plan_version_on(request.mutual, request.day)
    context = {
        "current": current,
        "stages": list(STAGES.values()),
        "table": _table(current) if current is not None else [],
        "versions": plan_versions(request.mutual),
        "may_enter": Right.ENTER_SCORECARD in request.rights,
    }
    return render(request, "web/follow/plans.html", context)


@office_view(right=Right.ENTER_SCORECARD)
def new(request: OfficeRequest) -> HttpResponse:
    """A new plan: the one in force, to change cell by cell."""
    current = plan_version_on(request.mutual, request.day)
    form = PlanForm(
        request.POST or None, segments=segments_planned(request.mutual, request.day),
        plan=cells_of(current) if current is not None else None,
        initial={"effective_from": request.day},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            propose_follow_plan(
                rows=form.rows(), effective_from=form.cleaned_data["effective_from"],
                source=form.cleaned_data["source"], **command_arguments(request),
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal, form.places())
        else:
            notify(request, _("The plan is recorded; somebody else approves it."))
            return redirect(office_url(request, "follow-plans"))
    status = 422 if form.errors else 200
    return render(
        request, "web/follow/new.html", {"form": form, "cells": form.cells()}, status=status
    )


@require_safe
@office_view(right=Right.READ_REGISTERS)
def plan(request: OfficeRequest, uid: str) -> HttpResponse:
    """One version, to be approved by somebody else."""
    version = plan_version_for(request.mutual, uid)
    context = {
        "version": version,
        "stages": list(STAGES.values()),
        "table": _table(version),
        "may_approve": Right.APPROVE_SCORECARD in request.rights
        and version.approved_on is None
        and version.entered_by_id != request.user.pk,
    }
    return render(request, "web/follow/version.html", context)


@require_POST
@office_view(right=Right.APPROVE_SCORECARD)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """The plan holds from its day on."""
    approve_follow_plan(version=plan_version_for(request.mutual, uid), **command_arguments(request))
    notify(request, _("The plan is approved."))
    return redirect(office_url(request, "follow-plans"))
