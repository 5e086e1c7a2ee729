"""A person about to enter a household: their number, and the text by which they are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.search import search_text
from entraide.core.phones import written_phone


def new_person(household: Household, entry: PersonEntry, rank: int, *, entered_on: date) -> Person:
    """An unsaved person numbered ``<household>-<rank>``, with the text by which they are found."""
    number = f"{household.number}-{rank}"
    person = Person(
        mutual_id=household.mutual_id,
        household=household,
        number=number,
        is_member=entry.is_member,
        name=entry.name.strip(),
        given_name=entry.given_name.strip(),
        relation=entry.relation,
        sex=entry.sex,
        birth_on=entry.birth_on,
        birth_precision=entry.birth_precision,
        phone=written_phone(entry.phone),
        phone_owner=entry.phone_owner,
        occupation=entry.occupation.strip(),
        document_kind=entry.document_kind,
        document_number=entry.document_number.strip(),
        has_photo=entry.has_photo,
        entered_on=entered_on,
    )
    person.search_text = search_text(
        full_name=person.full_name, number=number, phones=(entry.phone, household.phone)
    )
    return person


def next_rank(household: Household, registered: Sequence[Person]) -> int:
    """The rank of a further person; cards of another program may leave gaps.

    Nor is a rank given that a person of another household bears: who moved keeps their number.
    """
    under = Person.objects.filter(
        mutual=household.mutual_id, number__startswith=f"{household.number}-"
    ).exclude(household=household)
    taken = {person.number for person in registered} | set(under.values_list("number", flat=True))
    rank = len(registered) + 1
    while f"{household.number}-{rank}" in taken:
        rank += 1
    return rank
