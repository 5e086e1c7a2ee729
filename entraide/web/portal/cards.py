"""Whose card a provider types: a person's number, whole; a family's answers with its persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import (
    household_by_number,
    person_by_number,
    present_persons,
)
from entraide.apps.portal.selectors import (
    log_refused_reading,
    log_right_reading,
    require_pace,
    was_read_lately,
)
from entraide.apps.providers.posts import Place
from entraide.apps.schemes.choices import CARD_UNIT, CARD_UNIT_HOUSEHOLD
from entraide.core.errors import Refusal

OF_FAMILY = "CARD_NUMBER_OF_FAMILY"


@dataclass(frozen=True, slots=True)
class FamilyMet:
    """The family whose number was typed, with the persons among whom to choose."""

    number: str
    persons: tuple[Person, ...]


def bearer_of(place: Place, typed: str, reader: User, on: date) -> Person:
    """The person of a card number, for a form that records: nobody is named to whom did not type
    them. ``CARD_NUMBER_OF_FAMILY``, ``CARD_NUMBER_UNKNOWN_AT_DESK``.

    A form tells who a number is and what is covered on ``on``, as the desk does: it is journalled,
    and ``RIGHT_READINGS_TOO_MANY`` stops whoever tries numbers. The same person again within the
    hour is neither.
    """
    try:
        person = person_by_number(place.mutual, typed)
    except Refusal:
        require_pace([place], reader)
        is_family = household_by_number(place.mutual, typed) is not None
        code = OF_FAMILY if is_family else "CARD_NUMBER_UNKNOWN_AT_DESK"
        log_refused_reading(place, reader, code)
        raise Refusal(code, place="card") from None
    if not was_read_lately(place, reader, person):
        require_pace([place], reader)
        is_covered = standing_on(person, on).rights.is_open
        log_right_reading(place, reader, person, on, is_covered=is_covered)
    return person


def family_met(place: Place, typed: str, on: date) -> FamilyMet | None:
    """The family of a number. Its persons are named where one card names them all, else nobody."""
    household = household_by_number(place.mutual, typed)
    if household is None:
        return None
    if CARD_UNIT.of(place.mutual) != CARD_UNIT_HOUSEHOLD:
        return FamilyMet(household.number, ())
    present = Person.objects.filter(present_persons(on), household=household)
    return FamilyMet(household.number, tuple(present.order_by("number")))
