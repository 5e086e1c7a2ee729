"""A reason told in two taps; how often each was told, by place, group, segment or month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.registers import groups_named
from entraide.apps.enrolment.obstacles import (
    CUTS,
    ObstacleTable,
    obstacle_table,
    obstacles_told,
    record_obstacle,
)
from entraide.apps.enrolment.selectors import group_for, household_for
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import areas_of, line_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.obstacles import ObstacleKind, ObstacleReason
from entraide.core.periods import Period, add_months, month_start
from entraide.documents import writing
from entraide.web.areas.fields import AreaField, area_of
from entraide.web.fields import DayField, is_uid
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.groups.kinds import kind_name_in_report
from entraide.web.groups.wording import OBSTACLE_KINDS, OBSTACLE_REASONS, reason_name
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.report.periods import asked_period, query_of, usual_choices

ROWS_PER_PAGE = 50


class ObstacleForm(forms.Form):
    """Why somebody does not join: the reason is one tap, the rest may stay empty."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=list(OBSTACLE_REASONS.items()), widget=forms.RadioSelect
    )
    area = AreaField(label=gettext_lazy("Place"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=160, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Only if the person agrees: the reason counts without it."),
    )  # fmt: skip
    told_on = DayField(label=gettext_lazy("Told on"))
    note = forms.CharField(
        label=gettext_lazy("In the person’s words"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].within_mutual(mutual)
        self.fields["group"].choices = [
            ("", _("None")), *((str(each.uid), each.name) for each in groups_named(mutual))
        ]  # fmt: skip


class FamilyObstacleForm(forms.Form):
    """Why a family does not renew."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=list(OBSTACLE_REASONS.items()), widget=forms.RadioSelect
    )
    told_on = DayField(label=gettext_lazy("Told on"))
    note = forms.CharField(
        label=gettext_lazy("In the person’s words"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def new(request: OfficeRequest) -> HttpResponse:
    """Somebody does not join; the next one can be told at once."""
    form = ObstacleForm(
        request.POST or None, mutual=request.mutual, initial={"told_on": request.day}
    )
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = form.cleaned_data
            group = known["group"]
            record_obstacle(
                kind=ObstacleKind.JOINING, reason=ObstacleReason(known["reason"]),
                told_on=known["told_on"], name=known["name"], note=known["note"],
                area=area_of(request, known["area"]),
                group=group_for(request.mutual, group) if group else None,
                **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The reason is recorded."))
            return redirect(office_url(request, "obstacle-new"))
    return form_page(
        request, form, title=_("Somebody does not join"), verb=_("Record the reason"),
        lede=_("One tap for the reason, one to record it. The rest may stay empty."),
        back=office_url(request, "obstacles"), way=_("Obstacles to joining"),
    )  # fmt: skip


@office_view(right=Right.ENROL)
def of_family(request: OfficeRequest, uid: str) -> HttpResponse:
    """A family tells why it does not renew."""
    household = household_for(request.mutual, uid)
    form = FamilyObstacleForm(request.POST or None, initial={"told_on": request.day})
    back = office_url(request, "household", uid=household.uid)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            known["reason"] = ObstacleReason(known["reason"])
            record_obstacle(
                kind=ObstacleKind.RENEWAL, household=household, **known,
                **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The reason is recorded."))
            return redirect(back)
    return form_page(
        request, form, title=_("Does not renew"), verb=_("Record the reason"),
        lede=household.number, back=back, way=household.number,
    )  # fmt: skip


@office_view(right=Right.READ_REGISTERS)
def report(request: OfficeRequest) -> HttpResponse:
    """How often each reason was told in some months, cut as asked, and the latest ones."""
    period = _period(request)
    by = request.GET.get("by", "area")
    by = by if by in CUTS else "area"
    within = _within(request) if by == "area" else None
    table = obstacle_table(request.mutual, period.start, period.until, by, within=within)
    places = _places(request, table, within) if by == "area" else {}
    told = obstacles_told(request.mutual, period.start, period.until)
    page = Paginator(told, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    query = query_of(period)
    context = {
        "months": writing.period(period.start, period.until, request.LANGUAGE_CODE),
        "choices": usual_choices(period, request.day),
        "cuts": [(key, word, key == by) for key, word in _cut_words().items()],
        "by": by,
        "query": query,
        "table": table,
        "heads": [reason_name(reason) for reason in table.reasons],
        "rows": [
            (places.get(key) or PlaceShown(_key_words(key, by, request.LANGUAGE_CODE)),
             [counts.get(reason, 0) for reason in table.reasons], total)
            for key, counts, total in table.rows
        ],
        "sums": [sum(counts.get(reason, 0) for _key, counts, _all in table.rows)
                 for reason in table.reasons],
        "page": page,
        "within": within,
        "around": list(reversed(line_of(within)))[:-1] if within else [],
        "told": [
            (each, reason_name(each.reason), OBSTACLE_KINDS.get(each.kind, each.kind))
            for each in page.object_list
        ],
        "may_enrol": Right.ENROL in request.rights,
    }  # fmt: skip
    return render(request, "web/obstacles/report.html", context)


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A row's name, and the place to open for those inside it (empty: nothing inside)."""

    name: str
    inside: str = ""


def _within(request: OfficeRequest) -> Area | None:
    uid = request.GET.get("within", "")
    return areas_of(request.mutual).filter(uid=uid).first() if is_uid(uid) else None


def _places(
    request: OfficeRequest, table: ObstacleTable, within: Area | None
) -> dict[str, PlaceShown]:
    """The places of the rows, by their keys. Two queries."""
    keys = [int(key) for key, _counts, _total in table.rows if key]
    holding = set(Area.objects.filter(parent__in=keys).order_by().values_list("parent", flat=True))
    shown = {}
    for each in Area.objects.filter(pk__in=keys):
        if within is not None and each.pk == within.pk:
            shown[str(each.pk)] = PlaceShown(_("%(place)s itself") % {"place": each.name})
        else:
            shown[str(each.pk)] = PlaceShown(each.name, str(each.uid) if each.pk in holding else "")
    return shown


def _period(request: OfficeRequest) -> Period:
    """The months asked for; the last twelve, the present one included, when nothing is."""
    usual = Period(
        add_months(month_start(request.day), -11), add_months(month_start(request.day), 1)
    )
    asked = request.GET.get("from", ""), request.GET.get("to", "")
    if not any(asked):
        return usual
    try:
        return asked_period(*asked, request.day)
    except Refusal:
        return usual


def _cut_words() -> dict[str, str]:
    return {
        "area": _("By place"),
        "group_kind": _("By kind of group"),
        "group": _("By group"),
        "segment": _("By segment"),
        "month": _("By month"),
        "kind": _("By kind of refusal"),
    }


def _key_words(key: str, by: str, language: str) -> str:
    if by == "month":
        return writing.month(date.fromisoformat(key[:10]), language)
    if by == "kind":
        return str(OBSTACLE_KINDS.get(key, key))
    if by == "group_kind":
        return kind_name_in_report(key, language) if key else _("No group")
    absent = {
        "area": _("No place told"),
        "group": _("No group"),
        "segment": _("No segment"),
    }
    return key or absent[by]
