"""« Vérifier un droit »: a card scanned or typed, and the answer in one look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.cards.models import Card
from entraide.apps.cards.proof import require_proof
from entraide.apps.cards.selectors import check_code
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.numbers import number_meant
from entraide.apps.enrolment.photos import photo_for, read_photo
from entraide.apps.enrolment.selectors import kept_person, person_by_number
from entraide.apps.portal.selectors import log_refused_reading, log_right_reading, require_pace
from entraide.apps.providers.posts import Place
from entraide.core.cards import (
    FORMAT,
    LONGEST_CODE,
    REFUSED_AS_PROOF,
    SEPARATOR,
    CardState,
    Proof,
    read_code,
)
from entraide.core.errors import Refusal
from entraide.web import clock
from entraide.web.cards.wording import PROOFS, STATES
from entraide.web.fields import DayField
from entraide.web.portal.answers import Answer, answer_for, photo_meant
from entraide.web.portal.cards import OF_FAMILY, family_met
from entraide.web.portal.frame import PortalRequest, at_place, portal_view, shown
from entraide.web.refusals import show_refusal


class CardForm(forms.Form):
    """The code of a card or its number; the day of care; whose card, where it could be several."""

    code = forms.CharField(
        label=gettext_lazy("Card: scan it, or type its number"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
    on = DayField(label=gettext_lazy("Day of care"), required=False)
    mutual = forms.ChoiceField(label=gettext_lazy("Mutual"), required=False)
    by_identity = forms.BooleanField(
        label=gettext_lazy("I have seen an identity document of the person"), required=False
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(places) < 2:
            del self.fields["mutual"]
        else:
            named = [(each.mutual.code, each.mutual.name) for each in places]
            self.fields["mutual"].choices = [("", _("That of the card")), *named]

    @property
    def asks_identity(self) -> bool:
        """Whether the card proves nothing, so that the person has to be known otherwise."""
        return bool(self.data.get("by_identity")) or self.card_refused

    card_refused = False


@dataclass(frozen=True, slots=True)
class CardShown:
    """What the code of a card proves, and what became of the card."""

    proof_kind: str
    proof_word: Any
    proof_meaning: Any
    is_genuine: bool
    issued_on: date
    state: tuple[str, Any] | None
    is_in_use: bool


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@portal_view
def desk(request: PortalRequest) -> HttpResponse:
    """The form; once sent, the right of the card. Nothing of a card stands in an address."""
    form = CardForm(request.POST or None, places=request.places, initial={"on": request.day})
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context |= _looked_up(request, form)
        except Refusal as refusal:
            form.card_refused = refusal.code in REFUSED_AS_PROOF.values()
            show_refusal(form, refusal)
    status = 422 if form.errors else 200
    return shown(request, "web/portal/desk.html", context, status=status)


def _looked_up(request: PortalRequest, form: CardForm) -> dict[str, Any]:
    text, asked = form.cleaned_data["code"].strip(), form.cleaned_data["on"]
    require_pace(request.places, request.user)
    if text.startswith(FORMAT + SEPARATOR):
        return _scanned(request, form, text)
    wanted = form.cleaned_data.get("mutual", "")
    places = [each for each in request.places if not wanted or each.mutual.code == wanted]
    met = []
    for place in places:
        with at_place(place):
            try:
                met.append((place, *_numbered(place, text)))
            except Refusal:
                continue
    if not met:
        if found := _family(request, places, text, asked):
            return found
        for place in places:
            log_refused_reading(place, request.user, "CARD_NUMBER_UNKNOWN")
        raise Refusal("CARD_NUMBER_UNKNOWN_AT_DESK", place="code")
    if len(met) > 1:  # two mutuals have given the same number: say whose card it is
        raise Refusal("CARD_NUMBER_SHARED", place="mutual")
    place, person, card = met[0]
    refused = _required(request, place, person, card, form)
    answer = _answered(request, place, person, asked)
    return {"place": place, "answer": answer, "refused": refused}


def _numbered(place: Place, text: str) -> tuple[Person, Card | None]:
    """The person of a number that was typed, be it theirs or that of one card."""
    card = Card.objects.filter(mutual=place.mutual, number=number_meant(text)).first()
    if card is not None:
        return kept_person(card.person), card
    return person_by_number(place.mutual, text), None


def _required(
    request: PortalRequest, place: Place, person: Person, card: Card | None, form: CardForm
) -> Refusal | None:
    """What the card would be refused for, where an identity document was seen instead."""
    with at_place(place):
        return require_proof(
            person, request.user, card=card, by_identity=form.cleaned_data["by_identity"],
            where=place.provider.name,
        )  # fmt: skip


def _family(
    request: PortalRequest, places: list[Place], text: str, asked: date | None
) -> dict[str, Any]:
    """The persons of the family whose number was typed, to choose among; logged, and counted in
    the pace. ``CARD_NUMBER_OF_FAMILY`` where each person has a card of their own."""
    for place in places:
        with at_place(place):
            on = asked or clock.today(place.mutual)
            family = family_met(place, text, on)
        if family is not None:
            log_refused_reading(place, request.user, OF_FAMILY)
            if not family.persons:
                raise Refusal(OF_FAMILY, place="code")
            return {"place": place, "family": family, "family_on": on}
    return {}


def _scanned(request: PortalRequest, form: CardForm, text: str) -> dict[str, Any]:
    """A signed code: nobody's right is told for a code that the mutual did not make."""
    code = read_code(text)
    place = next(
        (each for each in request.places if each.mutual.code == code.payload.mutual_code), None
    )
    if place is None:
        log_refused_reading(request.places[0], request.user, "CARD_OF_ANOTHER_MUTUAL")
        raise Refusal("CARD_OF_ANOTHER_MUTUAL", place="code", mutual=code.payload.mutual_code)
    with at_place(place):
        checked = check_code(place.mutual, text)
    kind, word, meaning = PROOFS[checked.proof]
    card = checked.card
    shown_card = CardShown(
        kind, word, meaning, checked.proof is Proof.GENUINE, code.payload.issued_on,
        STATES[CardState(card.state)] if card is not None else None,  # no word on a death here
        card is not None and card.state == CardState.PRINTED,
    )  # fmt: skip
    found: dict[str, Any] = {"place": place, "card": shown_card, "printed": code.payload}
    if not shown_card.is_genuine or card is None:
        log_refused_reading(place, request.user, f"CARD_{checked.proof.value.upper()}")
        return found
    refused = _required(request, place, card.person, card, form)
    answer = _answered(request, place, card.person, form.cleaned_data["on"])
    return found | {"answer": answer, "refused": refused}


def _answered(request: PortalRequest, place: Place, person: Person, asked: date | None) -> Answer:
    with at_place(place):
        on = asked or clock.today(place.mutual)
        answer = answer_for(place, person, on, request.user)
        log_right_reading(
            place, request.user, answer.patient.person, on, is_covered=answer.patient.is_covered
        )
    return answer


@require_safe
@portal_view
def photo(request: PortalRequest, key: str) -> HttpResponse:
    """The picture beside an answer; its reading is journalled. 404 for whoever kept the address."""
    uid = photo_meant(key, request.user)
    if uid is None:
        raise Http404("no such picture, or no longer")
    answer = HttpResponse(
        read_photo(photo_for(request.mutual, uid), request.user), content_type="image/jpeg"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
