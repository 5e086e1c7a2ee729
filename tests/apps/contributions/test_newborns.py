"""A newborn is covered before it is registered, for the days of the product and no longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from entraide.apps.contributions.newborns import (
    declare_newborn,
    newborn_days,
    newborns_to_register,
    quote_registration,
    register_newborn,
)
from entraide.apps.contributions.selectors import rights_on
from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.exits import end_person
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.enrolment import RightsStatus
from entraide.core.errors import Refusal
from tests.builders import CHILD, a_household, a_key, a_payment, cover_newborns
from tests.people import People

BORN = date(2025, 3, 3)
DAYS = 30
Declare = Callable[..., Person]


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """Éloïse, Koffi and Afi, paid up, with a product that covers newborns for thirty days."""
    cover_newborns(scoped, people, DAYS)
    family = a_household(scoped, people.awa, product)
    a_payment(family, people.cashier, sum(family.dues.values_list("amount_minor", flat=True)))
    return family


@pytest.fixture
def declare(household: Household, people: People) -> Declare:
    def declared(on: date = BORN, birth_on: date = BORN, **more: object) -> Person:
        mother = more.pop("mother", household.persons.get(is_member=True))
        return declare_newborn(
            mutual=household.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
            mother=mother, birth_on=birth_on, sex="F", **more,
        )  # fmt: skip

    return declared


def test_a_newborn_is_covered_then_closed_when_nobody_registers_it(
    household: Household, declare: Declare
) -> None:
    count = household.dues.count()
    assert newborn_days(household, BORN) == DAYS
    child = declare()
    last_on = BORN + timedelta(days=DAYS - 1)
    assert child.mother == household.persons.get(is_member=True)
    assert (child.name, child.number) == ("Adjovi", f"{household.number}-4")
    rights = rights_on(child, last_on)
    assert (rights.status, rights.register_last_on) == (RightsStatus.ACTIVE, last_on)
    closed = rights_on(child, last_on + timedelta(days=1))
    assert closed.status is RightsStatus.SUSPENDED
    assert [each.code for each in closed.reasons] == ["NEWBORN_NOT_REGISTERED"]
    assert household.dues.count() == count
    assert newborns_to_register(household.mutual, last_on) == [child]


@pytest.mark.parametrize("day", [10, 40])
def test_a_registered_newborn_stays(
    household: Household, people: People, declare: Declare, day: int
) -> None:
    on = BORN + timedelta(days=day)
    declared, earlier = declare(), set(household.dues.values_list("pk", flat=True))
    said = quote_registration(declared, on)
    child = register_newborn(
        mutual=household.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
        person=declared, name="Adjovi", given_name="Sika", has_photo=True,
    )  # fmt: skip
    raised = household.dues.exclude(pk__in=earlier).order_by("pk")
    assert [due.amount_minor for due in raised] == [draft.amount_minor for draft in said]
    assert [due.due_on for due in raised] == [draft.due_on for draft in said]
    assert said
    assert (child.full_name, child.entered_on) == ("ADJOVI Sika", BORN)
    assert rights_on(child, on + timedelta(days=90)).register_last_on is None
    assert not newborns_to_register(household.mutual, on)
    with pytest.raises(Refusal, match="NEWBORN_NOT_DECLARED"):
        register_newborn(
            mutual=household.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
            person=child, name="Adjovi",
        )  # fmt: skip


def test_registered_late_the_first_days_stay_covered_and_the_gap_does_not(
    household: Household, people: People, declare: Declare
) -> None:
    on = BORN + timedelta(days=DAYS + 12)
    child = register_newborn(
        mutual=household.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
        person=declare(), name="Adjovi", given_name="Sika", has_photo=True,
    )  # fmt: skip
    until = BORN + timedelta(days=DAYS)
    assert (child.lapse_from, child.lapse_until) == (until, on)
    assert rights_on(child, until - timedelta(days=1)).is_open
    gap = rights_on(child, until)
    assert [each.code for each in gap.reasons] == ["NEWBORN_NOT_REGISTERED"]
    assert rights_on(child, on).is_open


@pytest.mark.parametrize(("days_after", "is_covered_since_birth"), [(12, True), (45, False)])
def test_a_newborn_never_declared_is_covered_from_birth_when_registered_within_the_days(
    household: Household, people: People, days_after: int, is_covered_since_birth: bool
) -> None:
    on = BORN + timedelta(days=days_after)
    child = add_dependant(
        mutual=household.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
        membership=household.memberships.get(), entered_on=on,
        entry=replace(CHILD, given_name="Sika", birth_on=BORN, has_photo=True),
    )  # fmt: skip
    assert child.entered_on == (BORN if is_covered_since_birth else on)
    assert rights_on(child, BORN + timedelta(days=3)).is_open is is_covered_since_birth


def test_who_is_no_newborn_of_the_family_is_refused(household: Household, declare: Declare) -> None:
    with pytest.raises(Refusal, match="MOTHER_INVALID"):
        declare(mother=household.persons.get(relation="spouse"))
    with pytest.raises(Refusal, match="NEWBORN_TOO_LATE"):
        declare(on=BORN + timedelta(days=DAYS))
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        declare(on=BORN - timedelta(days=1))
    with pytest.raises(Refusal, match="BIRTH_BEFORE_FAMILY") as refused:
        declare(birth_on=date(2025, 1, 1), on=date(2025, 1, 12))
    assert refused.value.data["entered_on"] == date(2025, 1, 10)


def test_a_newborn_who_dies_is_told_so(
    household: Household, people: People, declare: Declare
) -> None:
    child = declare()
    end_person(
        mutual=household.mutual, actor=people.awa, on=BORN + timedelta(days=2),
        idempotency_key=a_key(), person=child, died_on=BORN + timedelta(days=1),
    )  # fmt: skip
    child.refresh_from_db()
    assert (child.exited_on, child.provisional_until) == (None, None)


def test_a_product_without_such_days_covers_nobody_before(
    scoped: Mutual, people: People, product: Product
) -> None:
    family = a_household(scoped, people.awa, product)
    assert newborn_days(family, BORN) == 0
    with pytest.raises(Refusal, match="NEWBORN_NOT_COVERED"):
        declare_newborn(
            mutual=scoped, actor=people.awa, on=BORN, idempotency_key=a_key(),
            mother=family.persons.get(is_member=True), birth_on=BORN, sex="F",
        )  # fmt: skip
