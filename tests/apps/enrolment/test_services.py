"""The registers of members: who is in them, how they leave, and how they are found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.corrections import correct_household
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.enrolment.numbers import record_earlier_number
from entraide.apps.enrolment.selectors import (
    find_persons,
    household_for,
    membership_for,
    person_by_number,
    persons_without_photo,
)
from entraide.apps.enrolment.services import (
    EndReason,
    create_group,
    end_membership,
    record_photo,
)
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)


@pytest.mark.requirement("R001", begun=True)
def test_a_household_takes_a_number_and_its_persons_theirs(
    scoped: Mutual, people: People, product: Product
) -> None:
    household = a_household(scoped, people.awa, product, phone="90 11 22 33")
    assert household.number == "F-2025-00001"
    assert [person.number for person in household.persons.order_by("number")] == [
        "F-2025-00001-1",
        "F-2025-00001-2",
        "F-2025-00001-3",
    ]
    assert household.persons.get(is_member=True).full_name == "ADJOVI Éloïse"
    assert Person(name="RABE Lalaina").full_name == "RABE Lalaina"
    second = a_household(scoped, people.awa, product)
    assert second.number == "F-2025-00002"


def test_a_number_that_somebody_bears_already_is_skipped(
    scoped: Mutual, people: People, product: Product
) -> None:
    borne = a_household(scoped, people.awa, product)
    Household.objects.filter(pk=borne.pk).update(number="F-2025-00002")
    assert a_household(scoped, people.awa, product).number == "F-2025-00003"
    Person.objects.filter(household=borne, is_member=True).update(number="F-2025-00003-4")
    third = Household.objects.get(number="F-2025-00003").memberships.get()
    added = add_dependant(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), membership=third,
        entry=replace(CHILD, given_name="Yao"), entered_on=ON,
    )  # fmt: skip
    assert added.number == "F-2025-00003-5"


@pytest.mark.django_db(transaction=True)
def test_where_books_are_trusted_a_clash_of_numbers_is_tried_again(
    mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        borne = a_household(mutual, people.awa, product)
        Household.objects.filter(pk=borne.pk).update(number="F-2025-00002")
        assert a_household(mutual, people.awa, product).number == "F-2025-00003"


@pytest.mark.parametrize("number", ["F-2025-00030", "f-2025-00030-1", "CARTE-2025-00001"])
def test_an_earlier_number_is_none_that_we_may_give_tomorrow(
    scoped: Mutual, people: People, product: Product, number: str
) -> None:
    person = a_household(scoped, people.awa, product).persons.get(is_member=True)
    with pytest.raises(Refusal, match="NUMBER_OF_OWN_SERIES"):
        record_earlier_number(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
            number=number,
        )  # fmt: skip


@pytest.mark.requirement("R009", begun=True)
def test_the_first_cover_begins_on_the_enrolment_and_lasts_as_the_product_says(
    scoped: Mutual, people: People, product: Product
) -> None:
    membership = a_household(
        scoped, people.awa, product, enrolled_on=date(2025, 1, 10)
    ).memberships.get()
    assert (membership.effective_from, membership.effective_until) == (
        date(2025, 1, 10),
        date(2026, 1, 10),
    )
    assert membership.seniority_from == date(2025, 1, 10)
    assert membership.product_version.product == product


def test_every_fault_of_the_form_is_shown_at_once_with_its_place(
    scoped: Mutual, people: People, product: Product
) -> None:
    persons = (
        MEMBER,
        replace(SPOUSE, sex="?", name=" "),
        replace(CHILD, birth_on=date(2026, 1, 1)),
        replace(CHILD, relation="neighbour"),
    )
    with pytest.raises(RefusedRows) as refused:
        a_household(scoped, people.awa, product, persons=persons, declared_size=2)
    assert {(finding.code, finding.place) for finding in refused.value.findings} == {
        ("NAME_MISSING", "persons[1].name"),
        ("SEX_UNKNOWN", "persons[1].sex"),
        ("BIRTH_IN_FUTURE", "persons[2].birth_on"),
        ("RELATION_UNKNOWN", "persons[3].relation"),
        ("DECLARED_SIZE_TOO_SMALL", "declared_size"),
    }
    assert not Household.objects.exists()
    # Nothing was recorded, and the number was given back.
    assert a_household(scoped, people.awa, product).number == "F-2025-00001"


@pytest.mark.parametrize(
    ("persons", "code"),
    [
        ((), "HOUSEHOLD_EMPTY"),
        ((SPOUSE, CHILD), "HEAD_MISSING"),
        ((MEMBER, replace(SPOUSE, relation="member")), "HEAD_TWICE"),
    ],
)
def test_a_household_has_exactly_one_member(
    scoped: Mutual, people: People, product: Product, persons: tuple, code: str
) -> None:
    with pytest.raises(RefusedRows) as refused:
        a_household(scoped, people.awa, product, persons=persons)
    assert code in {finding.code for finding in refused.value.findings}


def test_an_enrolment_cannot_be_dated_after_the_day_of_the_act(
    scoped: Mutual, people: People, product: Product
) -> None:
    with pytest.raises(RefusedRows) as refused:
        a_household(scoped, people.awa, product, enrolled_on=date(2025, 2, 1), on=date(2025, 1, 31))
    assert refused.value.findings[0].code == "ENROLMENT_IN_FUTURE"


def test_only_who_may_enrol_enrols(scoped: Mutual, people: People, product: Product) -> None:
    with pytest.raises(Refusal, match="FORBIDDEN"):
        a_household(scoped, people.cashier, product)


def test_another_mutual_sees_nothing(
    mutual: Mutual, other_mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        membership = household.memberships.get()
    with scope(mutual=other_mutual):
        for look in (household_for, membership_for):
            with pytest.raises(Refusal, match="NOT_FOUND"):
                look(other_mutual, household.uid if look is household_for else membership.uid)
        with pytest.raises(Refusal, match="NOT_FOUND"):
            person_by_number(other_mutual, "F-2025-00001-1")
        with pytest.raises(Refusal, match="NOT_FOUND"):
            household_for(other_mutual, "not-a-uid")
        assert find_persons(other_mutual, "adjovi") == []


def test_people_are_found_by_part_of_name_number_or_phone(
    scoped: Mutual, people: People, product: Product
) -> None:
    household = a_household(scoped, people.awa, product, phone="+228 90 11 22 33")
    for text in ("eloise", "ÉLOÏSE adj", "f-2025-00001-1", "éloïse 00001"):
        assert [person.given_name for person in find_persons(scoped, text)] == ["Éloïse"], text
    assert len(find_persons(scoped, "90 11 22 33")) == 3
    assert find_persons(scoped, "zz") == []
    correct_household(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        household=household, phone="91 00 00 00", phone_owner="own", address="Bè",
    )  # fmt: skip
    assert find_persons(scoped, "90112233") == []
    assert len(find_persons(scoped, "91000000")) == 3


@pytest.mark.requirement("R005", begun=True)
def test_a_missing_photo_waits_in_a_list_until_it_comes(
    scoped: Mutual, people: People, product: Product
) -> None:
    persons = (MEMBER, replace(CHILD, has_photo=False))
    a_household(scoped, people.awa, product, persons=persons)
    [child] = persons_without_photo(scoped, ON)
    record_photo(mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=child)
    assert not persons_without_photo(scoped, ON).exists()


@pytest.fixture
def family(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def test_a_membership_ends_once_and_before_its_term(family: Household, people: People) -> None:
    membership = family.memberships.get()

    def end(ended_on: date, on: date = ON) -> None:
        end_membership(
            mutual=family.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
            membership=membership, ended_on=ended_on, reason=EndReason.MOVED_AWAY,
        )  # fmt: skip

    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        end(date(2025, 7, 1))
    with pytest.raises(Refusal, match="MEMBERSHIP_OVER"):
        end(date(2026, 1, 10), on=date(2026, 2, 1))
    with pytest.raises(Refusal, match="MEMBERSHIP_NOT_BEGUN"):
        end(date(1, 1, 1))
    with pytest.raises(Refusal, match="MEMBERSHIP_NOT_BEGUN"):
        end(date(2025, 1, 9))
    end(date(2025, 6, 1))
    membership.refresh_from_db()
    assert (membership.ended_on, membership.end_reason) == (date(2025, 6, 1), "moved_away")
    with pytest.raises(Refusal, match="MEMBERSHIP_ALREADY_ENDED"):
        end(date(2025, 6, 1))


def test_a_group_has_a_code_of_its_own(scoped: Mutual, people: People, product: Product) -> None:
    def create() -> None:
        create_group(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
            code="vakinankaratra", name="Champ collectif", kind="village",
        )  # fmt: skip

    create()
    with pytest.raises(Refusal, match="GROUP_CODE_USED"):
        create()
