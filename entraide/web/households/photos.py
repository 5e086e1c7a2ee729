"""The photo of a person or of a family: sent as a file or taken by the camera, then shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.facts import present_on
from entraide.apps.enrolment.models import Household, Person, PhotoKind
from entraide.apps.enrolment.photos import (
    family_photo,
    keep_family_photo,
    keep_photo,
    photo_for,
    photos_before,
    prepared_photo,
    read_photo,
)
from entraide.apps.enrolment.selectors import household_for, person_for
from entraide.apps.enrolment.services import record_photo
from entraide.apps.schemes.choices import FAMILY_PHOTO_ACCEPTED
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.fields import DayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

WEEK_SECONDS = 7 * 24 * 3600


class PhotoForm(forms.Form):
    """A file with a picture, or what the camera took."""

    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "user", "class": "input"}
        ),
        allow_empty_file=True,  # our own sentence says it
    )
    taken_on = DayField(label=gettext_lazy("Photo taken on"))


class FamilyPhotoForm(PhotoForm):
    """The photo of a family: who is on it is ticked."""

    shown = forms.MultipleChoiceField(
        label=gettext_lazy("Who is on the photo"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, persons: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].widget.attrs["capture"] = "environment"
        self.fields["shown"].choices = [(str(each.uid), each.full_name) for each in persons]


@office_view(right=Right.ENROL)
def of_person(request: OfficeRequest, uid: str) -> HttpResponse:
    """The photo of a person: kept here, or said to be in the paper file (``act=paper``)."""
    person = person_for(request.mutual, uid)
    if request.method == "POST" and request.POST.get("act") == "paper":
        record_photo(person=person, **command_arguments(request))
        return _done(request, person)
    is_posted = request.method == "POST"
    form = PhotoForm(
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        initial={"taken_on": request.day},
    )
    if is_posted and form.is_valid():
        try:
            keep_photo(
                person=person,
                photo=prepared_photo(form.cleaned_data["photo"].read(), PhotoKind.PERSON),
                taken_on=form.cleaned_data["taken_on"],
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return _done(request, person)
    context = {
        "form": form,
        "person": person,
        "household": person.household,
        "member": _member_of(person.household) or person,
        "photos": photos_before(person),
    }
    status = 422 if form.errors else 200
    return render(request, "web/households/photo.html", context, status=status)


def _done(request: OfficeRequest, person: Person) -> HttpResponse:
    notify(request, _("The photo of %(person)s is registered.") % {"person": person.full_name})
    return redirect(office_url(request, "household", uid=person.household.uid))


@office_view(right=Right.ENROL)
def of_family(request: OfficeRequest, uid: str) -> HttpResponse:
    """One photo for the family, on which the persons are ticked."""
    household = household_for(request.mutual, uid)
    persons = present_on(household.persons.order_by("number"), request.day)
    is_posted = request.method == "POST"
    form = FamilyPhotoForm(
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        persons=persons,
        initial={"taken_on": request.day, "shown": [str(each.uid) for each in persons]},
    )
    if is_posted and form.is_valid():
        ticked = set(form.cleaned_data["shown"])
        try:
            keep_family_photo(
                household=household,
                photo=prepared_photo(form.cleaned_data["photo"].read(), PhotoKind.FAMILY),
                shown=tuple(each for each in persons if str(each.uid) in ticked),
                taken_on=form.cleaned_data["taken_on"],
                **command_arguments(request),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The photo of the family is registered."))
            return redirect(office_url(request, "household", uid=household.uid))
    context = {
        "form": form,
        "household": household,
        "member": _member_of(household) or persons[0],
        "latest": family_photo(household),
        "is_accepted": FAMILY_PHOTO_ACCEPTED.of(request.mutual),
    }
    status = 422 if form.errors else 200
    return render(request, "web/households/family_photo.html", context, status=status)


@require_safe
@office_view(right=Right.READ_REGISTERS)
def picture(request: OfficeRequest, uid: str) -> HttpResponse:
    """The picture itself, for the reader's own browser to keep: it never changes.

    Who looks at it is journalled each time it is sent.
    """
    photo = photo_for(request.mutual, uid)
    tag = f'"{photo.sha256}"'
    same = request.headers.get("If-None-Match") == tag
    answer = (
        HttpResponseNotModified()
        if same
        else HttpResponse(read_photo(photo, request.user), content_type="image/jpeg")
    )
    answer["ETag"] = tag
    answer["Cache-Control"] = f"private, max-age={WEEK_SECONDS}, immutable"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _member_of(household: Household) -> Person | None:
    return household.persons.filter(is_member=True).order_by("id").last()
