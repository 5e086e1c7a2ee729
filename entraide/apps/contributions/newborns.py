"""A child born into a covered family: declared at once, registered when its papers are there.

A newborn who is only declared is covered under the mother's family for the days of the product
(``newborn_cover_days``), owes nothing, and leaves the cover by itself when nobody registers it.
"""

from __future__ import annotations

from copy import copy
from datetime import date, timedelta

from entraide.apps.access.models import User
from entraide.apps.contributions.dues import DueDraft
from entraide.apps.contributions.services import further_drafts, raise_further_dues
from entraide.apps.enrolment.asked_about import require_told_apart
from entraide.apps.enrolment.checks import SEXES, may_be_mother, require_not_future
from entraide.apps.enrolment.corrections import require_kept
from entraide.apps.enrolment.facts import (
    NEWBORN_DAYS,
    PersonEntry,
    covered_until,
    entry_of,
    present_on,
)
from entraide.apps.enrolment.history import Act, Change, carry, note
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.new_persons import new_person, next_rank
from entraide.apps.enrolment.numbers import write_search_text
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_on
from entraide.core.errors import Refusal


@command("declare_newborn", right=Right.ENROL)
def declare_newborn(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    mother: Person,
    birth_on: date,
    sex: str,
    name: str = "",
    given_name: str = "",
) -> Person:
    """A child of a covered mother, in short form; named after her until it has a name.

    Covered from its birth for the product's ``newborn_cover_days``. Refused with
    ``NEWBORN_NOT_COVERED`` (the product knows no such days), ``NEWBORN_NO_COVER`` (the family had
    no cover that day), ``NEWBORN_TOO_LATE`` (the days are over: enter the child as a dependant),
    ``BIRTH_BEFORE_FAMILY`` (the mother was not of the family yet), ``PERSON_ALREADY_ENDED`` (no
    more), ``MOTHER_INVALID``, ``SEX_UNKNOWN`` or ``DATE_IN_FUTURE``; where the door asks who it
    may be already (``asked_about``), with ``PERSON_MAY_BE_HERE``.
    """
    require_not_future(birth_on, on, "birth_on")
    if sex not in SEXES:
        raise Refusal("SEX_UNKNOWN", place="sex", sex=sex)
    mother = Person.objects.select_related("household").get(pk=mother.pk)
    require_kept(mother)
    _require_mother(mother, birth_on)
    membership = _covering_family(mother.household, birth_on)
    _, rules = product_on(membership.product, birth_on)
    until = birth_on + timedelta(days=rules.membership.newborn_cover_days)
    if until == birth_on:
        raise Refusal("NEWBORN_NOT_COVERED", product=membership.product.name)
    if until <= on:
        last_on = until - timedelta(days=1)
        raise Refusal("NEWBORN_TOO_LATE", place="birth_on", last_on=last_on)
    household = mother.household
    entry = PersonEntry(
        name=name.strip() or mother.name,
        given_name=given_name,
        birth_on=birth_on,
        sex=sex,
        relation="child",
    )
    rank = next_rank(household, list(household.persons.all()))
    person = new_person(household, entry, rank, entered_on=birth_on)
    person.mother, person.provisional_until, person.exited_on = mother, until, until
    person.save()
    require_told_apart(mutual, [entry], [person])
    note(Act(actor, on, occurred_on=birth_on), household, Change.ENTERED, person=person)
    return person


def _require_mother(mother: Person, birth_on: date) -> None:
    if not may_be_mother(mother.birth_on, mother.sex, birth_on):
        raise Refusal("MOTHER_INVALID", place="mother", person=mother.full_name)
    if birth_on < mother.entered_on:
        raise Refusal(
            "BIRTH_BEFORE_FAMILY",
            place="birth_on",
            person=mother.full_name,
            entered_on=mother.entered_on,
        )
    if not present_on([mother], birth_on):
        gone_on = mother.exited_on or mother.died_on
        raise Refusal("PERSON_ALREADY_ENDED", place="mother", person=mother.full_name, day=gone_on)


def newborn_days(household: Household, day: date) -> int:
    """For how many days the product of a family's last cover begun covers a newborn before it is
    registered; 0 where it knows no such days."""
    covers = household.memberships.select_related("product").filter(effective_from__lte=day)
    last = covers.order_by("-effective_from").first()
    try:
        return product_on(last.product, day)[1].membership.newborn_cover_days if last else 0
    except Refusal:  # no version of the product is in force
        return 0


def _covering_family(household: Household, day: date) -> Membership:
    covers = household.memberships.select_related("product").filter(effective_from__lte=day)
    for membership in covers.order_by("-effective_from"):
        if day < covered_until(membership):
            return membership
    raise Refusal("NEWBORN_NO_COVER", place="birth_on", day=day)


@command("register_newborn", right=Right.ENROL)
def register_newborn(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    name: str,
    given_name: str = "",
    has_photo: bool = False,
) -> Person:
    """A newborn who was declared stays in the family, and what the price adds becomes due.

    Registered within the days of provisional cover it is covered without a gap; later, those days
    stay covered, and the cover goes on from the day of the registration. Refused with
    ``NEWBORN_NOT_DECLARED`` or ``NAME_MISSING``.
    """
    person = Person.objects.select_related("household").select_for_update().get(pk=person.pk)
    until = person.provisional_until
    if until is None or person.died_on is not None:
        raise Refusal("NEWBORN_NOT_DECLARED", person=person.full_name)
    if not name.strip():
        raise Refusal("NAME_MISSING", place="name")
    before, owed_from = _others_of(person), _owed_from(person, until, on)
    lapse = {} if on <= until else {"lapse_from": until, "lapse_until": on}
    act = Act(actor, on)
    carry(
        act,
        person,
        {
            "name": name.strip(),
            "given_name": given_name.strip(),
            "has_photo": person.has_photo or has_photo,
            "exited_on": None,
            "provisional_until": None,
            **lapse,
        },
    )
    write_search_text([person])
    require_told_apart(mutual, [entry_of(person)], [person])
    note(act, person.household, Change.NEWBORN_REGISTERED, person=person)
    membership = _covering_family(person.household, owed_from)
    raise_further_dues(
        membership=membership, before=before, person=person, occurred_on=owed_from,
        actor=actor, on=on,
    )  # fmt: skip
    return person


def quote_registration(person: Person, on: date) -> tuple[DueDraft, ...]:
    """What registering a declared newborn on a day will make due; nothing is recorded.

    Refused with ``NEWBORN_NOT_DECLARED`` or ``NEWBORN_NO_COVER``.
    """
    until = person.provisional_until
    if until is None or person.died_on is not None:
        raise Refusal("NEWBORN_NOT_DECLARED", person=person.full_name)
    owed_from = _owed_from(person, until, on)
    membership = _covering_family(person.household, owed_from)
    staying = copy(person)
    staying.exited_on = staying.provisional_until = None
    return further_drafts(
        membership=membership, before=_others_of(person), person=staying, occurred_on=owed_from
    )


def _others_of(person: Person) -> list[Person]:
    return [each for each in person.household.persons.all() if each.pk != person.pk]


def _owed_from(person: Person, until: date, on: date) -> date:
    """Within the days of provisional cover the child owes from its birth; later, from then on."""
    return person.entered_on if on < until else on


def newborns_to_register(mutual: Mutual, on: date) -> list[Person]:
    """Those declared and not registered, whose days end first; long over, they are let be."""
    rows = Person.objects.filter(
        mutual=mutual,
        provisional_until__isnull=False,
        died_on__isnull=True,
        provisional_until__gt=on - timedelta(days=NEWBORN_DAYS),
    )
    return list(rows.select_related("household", "mother").order_by("provisional_until", "id"))
