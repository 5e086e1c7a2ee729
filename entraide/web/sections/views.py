"""Every section with its families; a place or a family put into one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.claims.between_sections import balances, exchanges
from entraide.apps.contributions.registers import members_of
from entraide.apps.enrolment.sections import (
    move_to_section,
    place_in_section,
    section_for,
    section_rows,
    sections,
)
from entraide.apps.enrolment.selectors import household_for
from entraide.apps.reporting.services import last_full_year
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.areas.fields import AreaField, area_of
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.names import ROLE_NAMES
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.report.periods import asked_period, usual_choices


class PlaceForm(forms.Form):
    """A place whose families come into a section."""

    area = AreaField(
        label=gettext_lazy("Place"), may_propose=False,
        help_text=gettext_lazy(
            "Its families, and those of the places inside it, that are in no section yet."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].within_mutual(mutual)


class SectionForm(forms.Form):
    """The section of a family."""

    branch = forms.ChoiceField(label=gettext_lazy("Section"), required=False)

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(each.uid), each.name) for each in sections(mutual)]
        self.fields["branch"].choices = [("", _("No section")), *named]


@require_safe
@office_view(right=Right.READ_REGISTERS)
def section_list(request: OfficeRequest) -> HttpResponse:
    """Each section, its families and persons, who works there; families that are in none."""
    rows = section_rows(request.mutual, request.day)
    context = {
        "rows": [
            (row, [(post.user, post.title or ROLE_NAMES[post.role]) for post in row.people])
            for row in rows
            if request.sections is None or (row.branch and row.branch.pk in request.sections)
        ],
        "is_bounded": request.sections is not None,
        "may_coordinate": Right.COORDINATE in request.rights,
        "may_report": Right.READ_REPORTS in request.rights and request.sections is None,
    }
    return render(request, "web/sections/list.html", context)


@require_safe
@office_view(right=Right.READ_REPORTS, of_whole_mutual=True)
def care_between(request: OfficeRequest) -> HttpResponse:
    """Care paid by a section for families of another, and what they owe each other."""
    refusal, period = "", last_full_year(request.day)
    try:
        asked = request.GET.get("from", ""), request.GET.get("to", "")
        period = asked_period(*asked, request.day)
    except Refusal as refused:
        refusal = told(refused)
    found = exchanges(request.mutual, period.start, period.until)
    context = {
        "refusal": refusal,
        "months": writing.period(period.start, period.until, request.LANGUAGE_CODE),
        "choices": usual_choices(period, request.day),
        "rows": found,
        "balances": balances(found),
        "total_minor": sum(each.payable_minor for each in found),
    }
    return render(request, "web/sections/care.html", context, status=422 if refusal else 200)


@office_view(right=Right.COORDINATE)
def place(request: OfficeRequest, uid: str) -> HttpResponse:
    """The families of a place come into a section, all at once."""
    branch = section_for(request.mutual, uid)
    form = PlaceForm(request.POST or None, mutual=request.mutual)
    back = office_url(request, "sections")
    if request.method == "POST" and form.is_valid():
        area = area_of(request, form.cleaned_data["area"])
        assert area is not None, "the field asks for a place"

        def act() -> None:
            place_in_section(branch=branch, area=area, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The families of %(place)s are in the section.") % {"place": area})
            return redirect(back)
    return form_page(
        request, form, title=_("Put a place in the section"), lede=branch.name,
        verb=_("Put its families in the section"), back=back, way=_("Sections"),
    )  # fmt: skip


@office_view(right=Right.COORDINATE)
def of_family(request: OfficeRequest, uid: str) -> HttpResponse:
    """A family goes to another section; its number and cover stay."""
    household = household_for(request.mutual, uid)
    present = household.branch
    form = SectionForm(
        request.POST or None, mutual=request.mutual,
        initial={"branch": str(present.uid) if present else ""},
    )  # fmt: skip
    back = office_url(request, "household", uid=household.uid)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["branch"]

        def act() -> None:
            move_to_section(
                household=household,
                branch=section_for(request.mutual, chosen) if chosen else None,
                **command_arguments(request),
            )

        if carried_out(form, act):
            notify(request, _("The section of the family is recorded."))
            return redirect(back)
    member = members_of([household]).get(household.pk)
    return form_page(
        request, form, title=_("Section of the family"), verb=_("Record the section"),
        lede=f"{member.full_name if member else ''} {household.number}".strip(),
        back=back, way=household.number,
    )  # fmt: skip
