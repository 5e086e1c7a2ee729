"""The tree of the territory, one place at a time, and its focal points."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.contributions.territory import area_rows, without_focal_point, without_place
from entraide.apps.enrolment.focal_points import (
    appoint_focal_point,
    end_focal_point,
    focal_point_for,
    focal_points_on,
)
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.place_facts import change_place
from entraide.apps.nomenclature.changes import list_changes
from entraide.apps.nomenclature.levels import level_title
from entraide.apps.nomenclature.models import Area, AreaProposal
from entraide.apps.nomenclature.places import area_label, areas_of, line_of
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.areas.forms import FocalPointForm, PlaceForm
from entraide.web.figures import Definition
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.groups.forms import EndOnForm
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

ROWS_PER_PAGE = 50


def area_for(mutual: Mutual, uid: UUID | str) -> Area:
    """The place that this mutual may choose with this ``uid``, or ``NOT_FOUND``."""
    found = areas_of(mutual).filter(uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="area", key=str(uid))
    return found


@office_view(right=Right.READ_REGISTERS)
def territory(request: OfficeRequest) -> HttpResponse:
    """The largest places, and what waits for approval."""
    return _page(request, None)


@office_view(right=Right.READ_REGISTERS)
def area(request: OfficeRequest, uid: str) -> HttpResponse:
    """One place: those inside it, its focal points, its families."""
    return _page(request, area_for(request.mutual, uid))


def _page(request: OfficeRequest, shown: Area | None) -> HttpResponse:
    language = request.LANGUAGE_CODE
    rows = Remembered(request.mutual, request.day).figure(
        f"areas in {shown.pk if shown else None}",
        partial(area_rows, request.mutual, shown, request.day),
    )
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "area": shown,
        "line": list(reversed(line_of(shown)))[:-1] if shown else [],
        "level": level_title(request.mutual.country, shown.level, language) if shown else "",
        "page": page,
        # Families of no known place belong to no row: the last one tells them, so that the column
        # adds up to the mutual.
        "unplaced": (
            without_place(request.mutual, request.day)
            if shown is None and not page.has_next()
            else (0, 0)
        ),
        "rows": [
            (row, level_title(request.mutual.country, row.area.level, language))
            for row in page.object_list
        ],
        "penetration": Definition(
            term=_("Penetration"),
            meaning=_(
                "Persons under contract today ÷ population of the place. The population is that of "
                "the list of places, else the sum of the places inside that know theirs."
            ),
        ),
        "focal_points": (
            focal_points_on(request.mutual, [shown], request.day).get(shown.pk, ()) if shown else ()
        ),
        "own_families": (
            Household.objects.filter(mutual=request.mutual, area=shown).count() if shown else 0
        ),
        "aliases": list(shown.aliases.values_list("name", flat=True)) if shown else (),
        "changes": list(list_changes(shown.uid)[:5]) if shown else (),
        "waiting_count": AreaProposal.objects.filter(mutual=request.mutual, decision="").count(),
        "may_enrol": Right.ENROL in request.rights,
        "may_coordinate": Right.COORDINATE in request.rights,
    }
    return render(request, "web/areas/page.html", context)


@office_view(right=Right.READ_REGISTERS)
def without(request: OfficeRequest) -> HttpResponse:
    """The villages without focal point: those with families, or every one of the list."""
    everywhere = request.GET.get("show") == "all"
    found = [
        (area, area_label(area.parent) if area.parent else "", count)
        for area, count in without_focal_point(request.mutual, request.day, everywhere=everywhere)
    ]
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "everywhere": everywhere, "may_enrol": Right.ENROL in request.rights,
    }  # fmt: skip
    return render(request, "web/areas/without.html", context)


@office_view(right=Right.COORDINATE)
def edit(request: OfficeRequest, uid: str) -> HttpResponse:
    """Population and other names of a place, with their source and day."""
    shown = area_for(request.mutual, uid)
    names = shown.aliases.order_by("name").values_list("name", flat=True)
    form = PlaceForm(
        request.POST or None,
        initial={
            "population_count": shown.population_count,
            "aliases": "\n".join(names),
            "stated_on": request.day,
        },
    )
    back = office_url(request, "area", uid=shown.uid)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data

        def act() -> None:
            change_place(
                area=shown, population_count=known["population_count"],
                aliases=known["aliases"].splitlines(), source=known["source"],
                stated_on=known["stated_on"], **command_arguments(request),
            )  # fmt: skip

        if carried_out(form, act):
            notify(request, _("The place is recorded."))
            return redirect(back)
    return form_page(
        request, form, title=_("Population and other names"), verb=_("Record"),
        lede=area_label(shown), back=back, way=shown.name,
    )  # fmt: skip


@office_view(right=Right.ENROL)
def focal_point_new(request: OfficeRequest, uid: str) -> HttpResponse:
    """A person of the place becomes its focal point."""
    shown = area_for(request.mutual, uid)
    form = FocalPointForm(request.POST or None, initial={"starts_on": request.day})
    back = office_url(request, "area", uid=shown.uid)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: appoint_focal_point(
                area=shown, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The focal point is recorded."))
        return redirect(back)
    return form_page(
        request, form, title=_("A focal point"), verb=_("Record"), lede=area_label(shown),
        back=back, way=shown.name,
    )  # fmt: skip


@office_view(right=Right.ENROL)
def focal_point_end(request: OfficeRequest, uid: str) -> HttpResponse:
    """A focal point stops."""
    point = focal_point_for(request.mutual, uid)
    form = EndOnForm(request.POST or None, initial={"ends_on": request.day})
    back = office_url(request, "area", uid=point.area.uid)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: end_focal_point(
                focal_point=point, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The focal point is ended."))
        return redirect(back)
    return form_page(
        request, form, title=_("End of a focal point"), verb=_("Record"), lede=point.name,
        back=back, way=point.area.name,
    )  # fmt: skip
