"""« Vérifier un droit »: a card, a day, a provider; the answer in one look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from entraide.apps.cards.models import Card
from entraide.apps.cards.proof import require_proof
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.numbers import number_key
from entraide.apps.enrolment.selectors import kept_person
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreed_providers
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.product import Sector
from entraide.messages import sentence
from entraide.web.claims.patients import Patient, patient_on, person_of_card, persons_meant
from entraide.web.claims.reasons import SECTORS, language
from entraide.web.fields import DayField
from entraide.web.office import OfficeRequest, office_url, office_view


class CardForm(forms.Form):
    """A card (or the words that find it), the day of care, where the care is given."""

    card = forms.CharField(
        label=_("Card number or name"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    provider = forms.ChoiceField(label=_("Provider"), required=False)
    on = DayField(label=_("Day of care"), required=False)

    def __init__(self, *args: Any, providers: list[Provider], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._providers = {str(each.uid): each for each in providers}
        named = [
            (uid, f"{each.name}, {SECTORS[each.sector]}") for uid, each in self._providers.items()
        ]
        self.fields["provider"].choices = [("", _("Public, or not known")), *named]

    @property
    def sector(self) -> Sector:
        """The sector of the provider chosen: rates and ceilings differ by it."""
        provider = self._providers.get(self.cleaned_data.get("provider", ""))
        return Sector(provider.sector) if provider is not None else Sector.PUBLIC


def _by_identity(request: OfficeRequest) -> bool:
    return request.GET.get("identity") == "1"


def _person_shown(request: OfficeRequest, typed: str) -> tuple[Person | None, Card | None]:
    """Whose card it is, by its own number too; or the one person whom the words fit."""
    cards = Card.objects.filter(mutual=request.mutual, number=number_key(typed))
    card = cards.select_related("person").first()
    if card is not None:
        return kept_person(card.person), card
    return person_of_card(request.mutual, typed), None


def _require_proof(request: OfficeRequest, person: Person, card: Card | None, typed: str) -> None:
    """A card that is lost proves nothing; whoever was found by words showed no card."""
    if card is not None or number_key(typed) == number_key(person.number):
        require_proof(
            person, request.user, card=card, by_identity=_by_identity(request),
            where=request.mutual.name,
        )  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS)
def check(request: OfficeRequest) -> HttpResponse:
    """Whether the bearer of a card is covered on a day, why not, and what is left."""
    providers = list(agreed_providers(request.day))
    asked = "card" in request.GET
    initial = {"on": request.day}
    given = request.GET.copy()
    if not given.get("on"):
        given["on"] = f"{request.day:%d/%m/%Y}"
    form = CardForm(given if asked else None, providers=providers, initial=initial)
    patient: Patient | None = None
    alike: list[Any] = []
    refused = ""
    if asked and form.is_valid():
        on = form.cleaned_data["on"] or request.day
        typed = form.cleaned_data["card"]
        person, card = _person_shown(request, typed)
        if person is not None:
            try:
                _require_proof(request, person, card, typed)
                patient = patient_on(request.mutual, person.number, on, form.sector)
            except Refusal as refusal:
                refused = sentence(refusal.code, refusal.data, language())
        else:
            alike = persons_meant(request.mutual, typed, on)
    context = {
        "form": form,
        "patient": patient,
        "alike": alike,
        "refused": refused,
        "by_identity": _by_identity(request),
        "is_unknown": asked and form.is_valid() and not refused and patient is None and not alike,
        "household_url": (
            office_url(request, "household", uid=patient.person.household.uid) if patient else ""
        ),
        "may_enter": Right.ENTER_CLAIM in request.rights,
    }
    return render(request, "web/claims/eligibility.html", context)
