"""A birth in a covered family: declared in a few fields, registered when the papers are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.dues import DueDraft
from entraide.apps.contributions.models import Payer
from entraide.apps.contributions.newborns import (
    declare_newborn,
    newborn_days,
    quote_registration,
    register_newborn,
)
from entraide.apps.enrolment.checks import may_be_mother
from entraide.apps.enrolment.facts import PersonEntry, entry_of, present_on
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.selectors import household_for, person_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.contributions.wording import payer_name, quote_lines
from entraide.web.fields import DayField
from entraide.web.households.doubles import (
    Question,
    answered,
    is_asked_again,
    keep_answers,
    questions,
)
from entraide.web.households.fields import text_input
from entraide.web.households.files import splits_names
from entraide.web.households.wording import SEX_CHOICES
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal


class NameForm(forms.Form):
    """The name of a child: one field or two, as the country does."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=text_input())
    given_name = forms.CharField(
        label=gettext_lazy("Given name"), max_length=120, required=False, widget=text_input()
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not splits_names(country):
            del self.fields["given_name"]
            self.fields["name"].label = _("Name, whole, as it is said")


class BirthForm(NameForm):
    """A birth: whose child, when, girl or boy; the name may come later."""

    mother = forms.ChoiceField(label=gettext_lazy("Mother"))
    birth_on = DayField(label=gettext_lazy("Born on"))
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=(("", "–"), *SEX_CHOICES))

    def __init__(self, *args: Any, mothers: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(each.uid), each.full_name) for each in mothers]
        self.fields["mother"].choices = named if len(named) == 1 else [("", _("Choose")), *named]
        self.fields["name"].required = False


class RegistrationForm(NameForm):
    """What makes a declared newborn a dependant like the others."""

    has_photo = forms.BooleanField(label=gettext_lazy("The photo is here"), required=False)


@office_view(right=Right.ENROL)
def declare(request: OfficeRequest, uid: str) -> HttpResponse:
    """A child is born: covered at once, to be registered within the days of the product."""
    household = household_for(request.mutual, uid)
    women = [
        each
        for each in present_on(household.persons.order_by("number"), request.day)
        if may_be_mother(each.birth_on, each.sex, request.day)
    ]
    form = BirthForm(
        request.POST or None, mothers=women, country=request.mutual.country,
        initial={"birth_on": request.day},
    )  # fmt: skip
    asked: list[Question] = []
    if request.method == "POST" and form.is_valid():
        asked = _asked(request, _born(request, form), household)
    if request.method == "POST" and form.is_valid() and all(each.is_answered for each in asked):
        known = form.cleaned_data
        try:
            with answered(asked):
                person = declare_newborn(
                    mother=person_for(request.mutual, known["mother"]),
                    birth_on=known["birth_on"],
                    sex=known["sex"],
                    name=known["name"],
                    given_name=known.get("given_name", ""),
                    **command_arguments(request),
                )
        except Refusal as refusal:
            asked = _refused(request, form, refusal, _born(request, form), household)
        else:
            keep_answers(request, asked, {1: person})
            assert person.provisional_until is not None
            last_on = writing.day(
                person.provisional_until - timedelta(days=1), request.LANGUAGE_CODE
            )
            words = _(
                "The birth is declared, no. %(number)s. To be registered on %(day)s at the latest."
            )
            notify(request, words % {"number": person.number, "day": last_on})
            return redirect(office_url(request, "household", uid=household.uid))
    days = newborn_days(household, request.day)
    return _page(request, "web/households/newborn.html", form, household, days=days, asked=asked)


def _born(request: OfficeRequest, form: BirthForm) -> PersonEntry:
    """The child as it will be entered: under its mother's name until it has one."""
    known = form.cleaned_data
    return PersonEntry(
        name=known["name"].strip() or person_for(request.mutual, known["mother"]).name,
        given_name=known.get("given_name", ""),
        birth_on=known["birth_on"],
        sex=known["sex"],
        relation="child",
    )


def _asked(
    request: OfficeRequest, entry: PersonEntry, household: Household, own: Person | None = None
) -> list[Question]:
    """Who may be this child already: declared before, or entered as a dependant. A twin under
    another name is nobody's double; ``own``: the row of the child itself."""
    found = questions(request, [entry], household=household.number)
    if own is None:
        return found
    others = [
        replace(each, alike=tuple(one for one in each.alike if one.person.pk != own.pk))
        for each in found
    ]
    return [each for each in others if each.alike]


def _refused(
    request: OfficeRequest,
    form: forms.Form,
    refusal: Refusal,
    entry: PersonEntry,
    household: Household,
    own: Person | None = None,
) -> list[Question]:
    """What to ask again, for who came in meanwhile; any other refusal stands in the form."""
    if is_asked_again(refusal):
        return _asked(request, entry, household, own)
    show_refusal(form, refusal)
    return []


@office_view(right=Right.ENROL)
def register(request: OfficeRequest, uid: str) -> HttpResponse:
    """The newborn becomes a dependant like the others; what the price adds becomes due."""
    person = person_for(request.mutual, uid)
    form = RegistrationForm(
        request.POST or None, country=request.mutual.country,
        initial={"name": person.name, "given_name": person.given_name,
                 "has_photo": person.has_photo},
    )  # fmt: skip
    asked: list[Question] = []
    if request.method == "POST" and form.is_valid():
        asked = _asked(request, _named(form, person), person.household, person)
    if request.method == "POST" and form.is_valid() and all(each.is_answered for each in asked):
        known = form.cleaned_data
        try:
            with answered(asked):
                register_newborn(
                    person=person,
                    name=known["name"],
                    given_name=known.get("given_name", ""),
                    has_photo=known["has_photo"],
                    **command_arguments(request),
                )
        except Refusal as refusal:
            named = _named(form, person)
            asked = _refused(request, form, refusal, named, person.household, person)
        else:
            keep_answers(request, asked, {1: person})
            notify(request, _("The newborn is registered."))
            return redirect(office_url(request, "household", uid=person.household.uid))
    drafts, told_why = _price(request, person)
    return _page(
        request,
        "web/households/newborn_register.html",
        form,
        person.household,
        person=person,
        lines=quote_lines(drafts, request.mutual.currency),
        total_minor=sum(draft.amount_minor for draft in drafts),
        payers={payer_name(draft.payer) for draft in drafts if draft.payer != Payer.HOUSEHOLD},
        told_why=told_why,
        asked=asked,
    )


def _named(form: RegistrationForm, person: Person) -> PersonEntry:
    """The child under the name that it is registered with."""
    known = form.cleaned_data
    return replace(entry_of(person), name=known["name"], given_name=known.get("given_name", ""))


def _price(request: OfficeRequest, person: Person) -> tuple[tuple[DueDraft, ...], str]:
    """What the registration will make due, or why that is not known."""
    try:
        return quote_registration(person, request.day), ""
    except Refusal as refusal:
        return (), told(refusal)


def _page(
    request: OfficeRequest, template: str, form: forms.Form, household: Household, **more: Any
) -> HttpResponse:
    member = household.persons.filter(is_member=True).last() or household.persons.first()
    context = {"form": form, "household": household, "member": member, **more}
    status = 422 if form.errors or more.get("asked") else 200
    return render(request, template, context, status=status)
