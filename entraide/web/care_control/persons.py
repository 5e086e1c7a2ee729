"""A person and a claim as they are typed at medical control: a card, a name, a number."""

from __future__ import annotations

from typing import Any

from django import forms

from entraide.apps.claims.models import Claim
from entraide.apps.claims.selectors import claims_found
from entraide.apps.enrolment.models import Person
from entraide.core.errors import Refusal
from entraide.web.claims.patients import person_of_card
from entraide.web.office import OfficeRequest


class PersonField(forms.CharField):
    """A card number, its end, a telephone or words that fit one person only."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(max_length=120, widget=forms.TextInput(attrs=attributes), **kwargs)

    @staticmethod
    def person(request: OfficeRequest, typed: str) -> Person:
        """Who is meant; ``REGISTER_PERSON`` when nobody or several fit."""
        person = person_of_card(request.mutual, typed)
        if person is None:
            raise Refusal("REGISTER_PERSON", place="person", text=typed)
        return person


def claim_typed(request: OfficeRequest, typed: str) -> Claim | None:
    """The claim with this number, None for nothing typed; ``REGISTER_CLAIM`` when none has it."""
    if not typed.strip():
        return None
    claim = claims_found(request.mutual, [], typed).first()
    if claim is None:
        raise Refusal("REGISTER_CLAIM", place="claim", text=typed)
    return claim
