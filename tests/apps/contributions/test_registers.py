"""The lists of the desk: every order shows the same families, by whom they are known today."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.registers import HOUSEHOLD_ORDERS, households_list, with_columns
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.services import end_person
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 16)


def _family(mutual: Mutual, people: People, product: Product, *names: str) -> None:
    relations = ("member", "spouse", "child")
    persons = tuple(
        PersonEntry(name=name, given_name="A", birth_on=date(1980, 1, 1 + rank), sex="F",
                    relation=relation, has_photo=True)
        for rank, (name, relation) in enumerate(zip(names, relations, strict=False))
    )  # fmt: skip
    family = a_household(mutual, people.awa, product, persons=persons)
    if names[0] == "ZONGO":  # her spouse takes over, under a name at the other end of the list
        member, spouse = family.persons.order_by("number")[:2]
        end_person(
            mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
            person=member, died_on=date(2025, 3, 1), successor=spouse,
        )  # fmt: skip
    if names[0] == "SOME":  # the whole family left
        for person in family.persons.order_by("-number"):
            end_person(
                mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
                person=person, exited_on=date(2025, 4, 1),
            )  # fmt: skip


@pytest.fixture
def families(scoped: Mutual, people: People, product: Product) -> None:
    _family(scoped, people, product, "MENSAH", "MENSAH")
    _family(scoped, people, product, "ZONGO", "ABALO", "ZONGO")
    _family(scoped, people, product, "SOME", "SOME")
    _family(scoped, people, product, "AGBEKO")


def _names(mutual: Mutual, sort: str) -> list[str]:
    rows = with_columns(households_list(mutual, ON, sort=sort), mutual, ON)
    return [row.member_name for row in rows]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("sort", HOUSEHOLD_ORDERS)
def test_no_order_hides_a_family_or_shows_it_twice(scoped: Mutual, sort: str) -> None:
    assert sorted(_names(scoped, sort)) == ["ABALO", "AGBEKO", "MENSAH", "SOME"]


@pytest.mark.usefixtures("families")
def test_families_are_ordered_by_the_name_of_who_is_the_member_now(scoped: Mutual) -> None:
    assert _names(scoped, "name") == ["ABALO", "AGBEKO", "MENSAH", "SOME"]
    assert _names(scoped, "-name") == ["SOME", "MENSAH", "AGBEKO", "ABALO"]
