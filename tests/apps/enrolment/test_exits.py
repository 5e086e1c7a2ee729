"""Who leaves a family or dies, who follows, and a mistake taken back."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.enrolment.exits import end_person, withdraw_exit
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from tests.builders import a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def family(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def ended(people: People, person: Person, **days: object) -> Person:
    return end_person(
        mutual=person.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
        person=person, **days,
    )  # fmt: skip


@pytest.mark.requirement("R008", begun=True)
def test_the_member_is_followed_by_one_who_stays(family: Household, people: People) -> None:
    member, spouse, child = family.persons.order_by("number")
    with pytest.raises(Refusal, match="SUCCESSOR_REQUIRED"):
        ended(people, member, died_on=date(2025, 3, 1))
    ended(people, child, exited_on=date(2025, 2, 1))
    with pytest.raises(Refusal, match="SUCCESSOR_INVALID"):
        ended(people, member, died_on=date(2025, 3, 1), successor=child)
    ended(people, member, died_on=date(2025, 3, 1), successor=spouse)
    spouse.refresh_from_db()
    member.refresh_from_db()
    assert spouse.is_member
    assert member.died_on == date(2025, 3, 1)
    ended(people, spouse, exited_on=date(2025, 4, 1))  # the last one needs no successor


def test_an_end_has_one_date_not_impossible_and_happens_once(
    family: Household, people: People
) -> None:
    child = family.persons.get(relation="child")
    for days, code in (
        ({}, "END_DATE_MISSING"),
        ({"exited_on": ON, "died_on": ON}, "END_DATE_MISSING"),
        ({"exited_on": date(2025, 6, 17)}, "DATE_IN_FUTURE"),
        ({"exited_on": date(2025, 1, 9)}, "EXIT_BEFORE_ENTRY"),
        ({"died_on": date(2016, 9, 2)}, "DEATH_BEFORE_BIRTH"),
        ({"died_on": date(2025, 1, 9)}, "DEATH_BEFORE_ENTRY"),
    ):
        with pytest.raises(Refusal, match=code):
            ended(people, child, **days)
    ended(people, child, exited_on=ON)
    with pytest.raises(Refusal, match="PERSON_ALREADY_ENDED"):
        ended(people, child, died_on=ON)


def test_a_child_follows_only_where_no_adult_stays(family: Household, people: People) -> None:
    member, spouse, child = family.persons.order_by("number")
    with pytest.raises(Refusal, match="SUCCESSOR_TOO_YOUNG"):
        ended(people, member, died_on=date(2025, 3, 1), successor=child)
    ended(people, spouse, exited_on=date(2025, 2, 1))
    ended(people, member, died_on=date(2025, 3, 1), successor=child)
    child.refresh_from_db()
    assert child.is_member


def withdrawn(people: People, person: Person, reason: str = "Homonyme du village") -> Person:
    return withdraw_exit(
        mutual=person.mutual, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        person=person, reason=reason,
    )  # fmt: skip


def test_a_death_recorded_by_mistake_gives_everybody_their_place_back(
    family: Household, people: People
) -> None:
    member, spouse, _child = family.persons.order_by("number")
    ended(people, member, died_on=date(2025, 3, 1), successor=spouse)
    with pytest.raises(Refusal, match="EXIT_REASON_MISSING"):
        withdrawn(people, member, " ")
    withdrawn(people, member)
    member.refresh_from_db()
    spouse.refresh_from_db()
    assert (member.died_on, member.exit_reason, member.is_member) == (None, "", True)
    assert (spouse.is_member, spouse.relation) == (False, "spouse")
    assert {row.reason for row in family.changes.filter(field="died_on", after="")} == {
        "Homonyme du village"
    }
    with pytest.raises(Refusal, match="EXIT_NONE"):
        withdrawn(people, member)


def test_a_clerk_does_not_take_a_death_back(family: Household, people: People) -> None:
    member, spouse, _child = family.persons.order_by("number")
    ended(people, member, died_on=date(2025, 3, 1), successor=spouse)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        withdraw_exit(
            mutual=family.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
            person=member, reason="Je me suis trompée",
        )  # fmt: skip
