"""From records and forms to the plain values on which the core decides. No query is made here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta

from entraide.apps.enrolment.models import BirthPrecision, Membership, Person
from entraide.core.enrolment import MembershipCover, PersonCover, PersonFacts
from entraide.core.periods import Period
from entraide.core.product import MembershipRule

NEWBORN_DAYS = 90  # entered so soon after a birth under cover: the household's waiting period only


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One person as entered on the form. Exactly one person of a household is the member.

    An unknown birth date is entered as a guess with ``birth_precision`` "year" or "around".
    """

    name: str
    birth_on: date
    sex: str
    relation: str = "member"
    given_name: str = ""
    birth_precision: str = BirthPrecision.EXACT.value
    phone: str = ""
    has_photo: bool = False
    phone_owner: str = ""
    occupation: str = ""
    document_kind: str = ""
    document_number: str = ""
    # The mother's place in the household: 2 for the second person of the form.
    mother_rank: int | None = None

    @property
    def is_member(self) -> bool:
        """Whether this is the *adhérent*, who joins and owes."""
        return self.relation == "member"


def entry_of(person: Person) -> PersonEntry:
    """A registered person as they would be entered again; the mother is told apart."""
    own = {field.name for field in fields(PersonEntry)} - {"mother_rank"}
    return PersonEntry(**{name: getattr(person, name) for name in own})


def youngest_birth(birth_on: date, precision: str, entered_on: date) -> date:
    """The birth date by which age limits are read: the doubt benefits the person.

    Of a birth known by its year only, the last day of that year, not after the entry.
    """
    if precision == BirthPrecision.EXACT or birth_on > entered_on:
        return birth_on
    return min(date(birth_on.year, 12, 31), entered_on)


def entry_facts(entry: PersonEntry, *, key: str, entered_on: date) -> PersonFacts:
    """A person of a form, as the core checks them."""
    return PersonFacts(
        key=key,
        birth_on=youngest_birth(entry.birth_on, entry.birth_precision, entered_on),
        entered_on=entered_on,
        is_head=entry.is_member,
        has_photo=entry.has_photo,
    )


def person_facts(person: Person, *, key: str = "") -> PersonFacts:
    """A registered person, as the core checks and prices them."""
    return PersonFacts(
        key=key or person.number,
        birth_on=youngest_birth(person.birth_on, person.birth_precision, person.entered_on),
        entered_on=person.entered_on,
        is_head=person.is_member,
        exited_on=person.exited_on,
        died_on=person.died_on,
        has_photo=person.has_photo,
    )


def entry_day(
    entry: PersonEntry, membership: Membership, rule: MembershipRule, entered_on: date
) -> date:
    """The first day of cover of a further person: the day they enter, and of a child who enters
    within the product's newborn days, born under this cover, the birth: the mother's cover stood
    for it meanwhile."""
    is_newborn = (
        entry.relation == "child"
        and membership.seniority_from <= entry.birth_on < entered_on
        and entered_on < entry.birth_on + timedelta(days=rule.newborn_cover_days)
    )
    return entry.birth_on if is_newborn else entered_on


def present_on(persons: Iterable[Person], on: date) -> list[Person]:
    """Those who belong to the household on a day."""
    return [
        person
        for person in persons
        if person.entered_on <= on
        and (person.exited_on is None or person.exited_on > on)
        and (person.died_on is None or person.died_on >= on)
    ]


def person_cover(person: Person, membership: Membership | None) -> PersonCover:
    """A person inside a cover. A child born under cover and declared soon is a newborn."""
    is_newborn = (
        membership is not None
        and not person.is_member
        and person.birth_on >= membership.seniority_from
        and person.entered_on - person.birth_on <= timedelta(days=NEWBORN_DAYS)
    )
    lapse = None
    if person.lapse_from is not None and person.lapse_until is not None:
        lapse = Period(person.lapse_from, person.lapse_until)
    is_late = lapse is not None and lapse.until - person.birth_on > timedelta(days=NEWBORN_DAYS)
    return PersonCover(
        entered_on=person.entered_on,
        exited_on=person.exited_on,
        died_on=person.died_on,
        has_photo=person.has_photo,
        is_newborn=is_newborn,
        provisional_until=person.provisional_until,
        lapse=lapse,
        waits_from=lapse.until if lapse is not None and is_late else None,
    )


def membership_cover(membership: Membership) -> MembershipCover:
    """A membership as the core reads it."""
    return MembershipCover(
        period=Period(membership.effective_from, membership.effective_until),
        joined_on=membership.seniority_from,
        is_renewal=membership.renews_id is not None,
        ended_on=membership.ended_on,
        waits=membership.waits,
    )


def covered_until(membership: Membership) -> date:
    """The first day that a membership no longer covers: its term, or its end before the term."""
    if membership.ended_on is None:
        return membership.effective_until
    return min(membership.effective_until, membership.ended_on)


def has_gone(person: Person) -> bool:
    """Whether a person has left or died; a newborn only declared leaves by itself."""
    left = person.exited_on is not None and person.provisional_until is None
    return left or person.died_on is not None
