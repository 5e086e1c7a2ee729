"""From records to what the core asks of a file, and who is held back by what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from entraide.apps.enrolment.facts import present_on, youngest_birth
from entraide.apps.enrolment.models import BirthPrecision, Household, Person
from entraide.apps.schemes.file_rules import file_rule_on
from entraide.core.completeness import (
    OF_PERSONS,
    FileRule,
    HouseholdFile,
    MissingPiece,
    PersonFile,
    holding_back,
    missing_pieces,
)


def person_file(person: Person) -> PersonFile:
    """What the file holds of a person. No query is made."""
    return PersonFile(
        key=person.number,
        entered_on=person.entered_on,
        birth_on=youngest_birth(person.birth_on, person.birth_precision, person.entered_on),
        is_member=person.is_member,
        has_photo=person.has_photo,
        birth_is_exact=person.birth_precision == BirthPrecision.EXACT,
        has_identity=bool(person.document_number),
        is_provisional=person.provisional_until is not None,
    )


def household_file(household: Household, persons: Iterable[Person], on: date) -> HouseholdFile:
    """What the file holds of a family and of those present on a day. No query is made."""
    return HouseholdFile(
        enrolled_on=household.enrolled_on,
        persons=tuple(person_file(each) for each in present_on(persons, on)),
        has_phone=bool(household.phone),
        has_place=bool(household.address) or household.area_id is not None,
        has_consent=household.consent_on is not None,
        is_signed=bool(household.signed_by),
    )


def held_back_on(persons: Iterable[Person], on: date) -> Mapping[int, tuple[MissingPiece, ...]]:
    """Key of a person → the missing pieces that hold their rights back on a day.

    One query for the rule; one more where a piece of the family holds rights back.
    """
    people = list(persons)
    if not people:
        return {}
    rule = file_rule_on(people[0].mutual_id, on)
    if not rule.suspending:
        return {}
    if set(rule.suspending) <= OF_PERSONS:
        return {person.pk: _of_person(rule, person, on) for person in people}
    by_household: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        by_household[person.household_id].append(person)
    held: dict[int, tuple[MissingPiece, ...]] = {}
    for household in Household.objects.filter(pk__in=by_household):
        members = by_household[household.pk]
        missing = missing_pieces(rule, household_file(household, members, on), on)
        for person in members:
            held[person.pk] = holding_back(missing, person.number, on)
    return held


def _of_person(rule: FileRule, person: Person, on: date) -> tuple[MissingPiece, ...]:
    file = HouseholdFile(
        enrolled_on=person.entered_on,
        persons=(person_file(person),),
        has_phone=True,
        has_place=True,
        has_consent=True,
        is_signed=True,
    )
    return holding_back(missing_pieces(rule, file, on), person.number, on)
