"""Other covers of a person, on their page: noted, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.enrolment.models import OtherCover, Person
from entraide.apps.enrolment.other_covers import covers_of, end_other_cover, record_other_cover
from entraide.apps.enrolment.selectors import found, person_for
from entraide.apps.schemes.flags import OTHER_COVERS, is_open
from entraide.apps.schemes.rights import Right
from entraide.core.other_covers import CoverKind
from entraide.web.fields import DayField, LastDayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view

KINDS = {
    CoverKind.NATIONAL: gettext_lazy("National scheme"),
    CoverKind.EMPLOYER: gettext_lazy("Employer"),
    CoverKind.INSURER: gettext_lazy("Insurer"),
    CoverKind.MUTUAL: gettext_lazy("Another mutual"),
}
_ORDER = [
    ("first", gettext_lazy("It pays first, the mutual what is left")),
    ("after", gettext_lazy("The mutual pays first")),
]


class OtherCoverForm(forms.Form):
    """Who else covers a person, from when, and who pays first."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who else covers the person"),
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
    )
    payer = forms.CharField(
        label=gettext_lazy("Its name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("Number of the person there"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    order = forms.ChoiceField(
        label=gettext_lazy("Who pays first"),
        choices=_ORDER,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Usually the national scheme, the employer and the insurer pay first; between two "
            "mutuals, what they agreed."
        ),
    )
    effective_from = DayField(label=gettext_lazy("Covers from"))
    effective_until = LastDayField(
        label=gettext_lazy("to, included, if it is known"), required=False
    )
    source = forms.CharField(
        label=gettext_lazy("What shows it"), max_length=160,
        help_text=gettext_lazy("The card that was seen, the paper, the list."),
    )  # fmt: skip


class CoverEndForm(forms.Form):
    """The first day on which it covers no more."""

    effective_until = DayField(label=gettext_lazy("Covers no more from"))


def shown_covers(person: Person, on: date) -> list[tuple[OtherCover, Any, bool]]:
    """Each other cover of a person with the word of its kind, and whether it covers the day."""
    return [
        (
            row,
            KINDS.get(CoverKind(row.kind), row.kind),
            row.effective_from <= on and (row.effective_until is None or on < row.effective_until),
        )
        for row in covers_of(person)
        if row.effective_until != row.effective_from  # it never covered
    ]


def are_noted(request: OfficeRequest) -> bool:
    """Whether this mutual notes other covers, and the reader may."""
    return Right.ENROL in request.rights and is_open(request.mutual, OTHER_COVERS, request.day)


@office_view(right=Right.ENROL)
def note(request: OfficeRequest, uid: str) -> HttpResponse:
    """Somebody else covers this person too."""
    person = person_for(request.mutual, uid)
    form = OtherCoverForm(
        request.POST or None, initial={"effective_from": request.day, "order": "first"}
    )
    back = office_url(request, "person", uid=person.uid)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            known = dict(form.cleaned_data)
            record_other_cover(
                person=person,
                kind=CoverKind(known.pop("kind")),
                pays_first=known.pop("order") == "first",
                **known,
                **command_arguments(request),
            )

        if carried_out(form, act):
            notify(request, _("The other cover is noted."))
            return redirect(back)
    return form_page(
        request, form, title=_("Another cover"), verb=_("Note it"), lede=person.full_name,
        back=back, way=person.full_name,
    )  # fmt: skip


@office_view(right=Right.ENROL)
def end(request: OfficeRequest, uid: str) -> HttpResponse:
    """It covers the person no more."""
    covers = OtherCover.objects.filter(mutual=request.mutual).select_related("person")
    cover = found(covers, uid=uid)
    form = CoverEndForm(request.POST or None, initial={"effective_until": request.day})
    back = office_url(request, "person", uid=cover.person.uid)
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            end_other_cover(cover=cover, **form.cleaned_data, **command_arguments(request))

        if carried_out(form, act):
            notify(request, _("The end of the other cover is noted."))
            return redirect(back)
    return form_page(
        request, form, title=_("The other cover ends"), verb=_("Note the end"),
        lede=f"{cover.person.full_name}, {cover.payer}", back=back, way=cover.person.full_name,
    )  # fmt: skip
