"""Families by the number that another program gives: the family's own, or a card's."""

from __future__ import annotations

from collections.abc import Iterable

from entraide.apps.enrolment.models import EarlierNumber, Household, Membership, Person
from entraide.apps.enrolment.numbers import number_key
from entraide.apps.enrolment.selectors import kept_household, kept_person
from entraide.apps.schemes.models import Mutual

_AT_A_TIME = 500


def persons_by_card(mutual: Mutual, numbers: Iterable[str]) -> dict[str, Person]:
    """The persons of these cards, by the number in capitals; an earlier card's number counts.

    Whoever was merged into another row is found as that row.
    """
    found: dict[str, Person] = {}
    wanted = list(dict.fromkeys(number.upper() for number in numbers if number))
    for start in range(0, len(wanted), _AT_A_TIME):
        chunk = wanted[start : start + _AT_A_TIME]
        people = Person.objects.filter(mutual=mutual, number__in=chunk).select_related("household")
        found.update({person.number.upper(): kept_person(person) for person in people})
        keys = {number_key(number): number for number in chunk if number not in found}
        earlier = EarlierNumber.objects.filter(mutual=mutual, key__in=list(keys))
        for row in earlier.select_related("person__household"):
            found[keys[row.key]] = kept_person(row.person)
    return found


def households_by_number(mutual: Mutual, numbers: Iterable[str]) -> dict[str, Household]:
    """The families of these numbers, or of the bearers of these cards; keys as they were given.

    A family merged into another is that other one.
    """
    given = list(dict.fromkeys(number for number in numbers if number))
    found: dict[str, Household] = {}
    for start in range(0, len(given), _AT_A_TIME):
        chunk = given[start : start + _AT_A_TIME]
        homes = Household.objects.filter(mutual=mutual, number__in=chunk)
        homes = homes.select_related("merged_into")
        found.update({household.number: kept_household(household) for household in homes})
    people = persons_by_card(mutual, [number for number in given if number not in found])
    for number in given:
        person = people.get(number.upper())
        if number not in found and person is not None:
            found[number] = person.household
    return found


def covers_by_household(households: Iterable[Household]) -> dict[int, list[Membership]]:
    """The covers of families, the first one first."""
    keys = list({household.pk for household in households})
    covers: dict[int, list[Membership]] = {}
    for start in range(0, len(keys), _AT_A_TIME):
        memberships = Membership.objects.filter(
            household__in=keys[start : start + _AT_A_TIME]
        ).select_related("household", "product")
        for membership in memberships.order_by("effective_from", "id"):
            covers.setdefault(membership.household_id, []).append(membership)
    return covers
