"""What changes in the register is kept: who changed what of whom, when and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.contributions.person_corrections import correct_person
from entraide.apps.enrolment.corrections import PersonFile, correct_household
from entraide.apps.enrolment.exits import ExitReason, end_person
from entraide.apps.enrolment.history import card_changes_since, changes_of
from entraide.apps.enrolment.models import Household, Person, RegisterChange
from entraide.apps.enrolment.numbers import may_hear_of_health, record_earlier_number
from entraide.apps.enrolment.selectors import find_persons, person_by_number
from entraide.apps.enrolment.services import record_photo
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    persons = (MEMBER, SPOUSE, replace(CHILD, has_photo=False))
    return a_household(scoped, people.awa, product, persons=persons, phone="90 11 22 33")


def corrected(person: Person, people: People, *, reason: str = "", **facts: object) -> Person:
    person = Person.objects.get(pk=person.pk)
    mother = facts.pop("mother", person.mother)
    return correct_person(
        mutual=person.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=person,
        file=replace(PersonFile.of(person), **facts), mother=mother, reason=reason,
    )  # fmt: skip


def told(household: Household) -> list[tuple[str, str, str, str]]:
    return [
        (row.person.given_name if row.person else "", row.field, row.before, row.after)
        for row in changes_of(household).order_by("id")
    ]


@pytest.mark.requirement("R008", begun=True)
def test_every_change_leaves_a_row_and_those_of_the_card_are_known(
    household: Household, people: People
) -> None:
    member, spouse, child = household.persons.order_by("number")
    corrected(child, people, occupation="Élève", mother=member)
    corrected(child, people, birth_on=date(2016, 9, 4), reason="Acte de naissance apporté")
    record_photo(
        mutual=household.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=child
    )
    end_person(
        mutual=household.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=spouse,
        exited_on=ON, reason=ExitReason.DIVORCED,
    )  # fmt: skip
    assert told(household) == [
        ("Afi", "occupation", "", "Élève"),
        ("Afi", "mother", "", "ADJOVI Éloïse (F-2025-00001-1)"),
        ("Afi", "birth_on", "2016-09-03", "2016-09-04"),
        ("Afi", "photo", "", "paper"),
        ("Koffi", "exited_on", "", "2025-06-16"),
        ("Koffi", "exit_reason", "", "divorced"),
    ]
    moment = changes_of(household).get(field="occupation").recorded_at
    since = card_changes_since(household, moment)
    assert [row.field for row in since] == ["exited_on", "photo", "birth_on"]
    assert not card_changes_since(household, since[0].recorded_at)
    reason = changes_of(household).get(field="birth_on").reason
    assert reason == "Acte de naissance apporté"


def test_the_history_is_never_changed(household: Household, people: People) -> None:
    corrected(household.persons.get(number__endswith="-3"), people, occupation="Élève")
    row = RegisterChange.objects.get()
    for act in (row.delete, lambda: RegisterChange.objects.update(after="Rien")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_another_name_asks_why_and_every_fault_is_told_at_once(
    household: Household, people: People
) -> None:
    child = household.persons.get(number__endswith="-3")
    with pytest.raises(RefusedRows) as refused:
        corrected(child, people, name=" ", sex="?", birth_on=date(2025, 9, 1), relation="member")
    assert {(each.code, each.place) for each in refused.value.findings} == {
        ("NAME_MISSING", "name"),
        ("SEX_UNKNOWN", "sex"),
        ("BIRTH_IN_FUTURE", "birth_on"),
        ("MEMBER_RELATION_STAYS", "relation"),
        ("CORRECTION_REASON_MISSING", "reason"),
    }
    husband = household.persons.get(relation="spouse")
    with pytest.raises(RefusedRows) as refused:
        corrected(child, people, mother=husband)
    assert [each.code for each in refused.value.findings] == ["MOTHER_INVALID"]
    assert not changes_of(household)


def test_a_corrected_birth_leaves_ten_years_between_parents_and_children(
    household: Household, people: People
) -> None:
    member, spouse, child = household.persons.order_by("number")
    with pytest.raises(RefusedRows) as refused:
        corrected(child, people, birth_on=date(1979, 9, 3), reason="Acte")
    (fault,) = refused.value.findings
    assert (fault.code, fault.place) == ("PARENT_TOO_YOUNG", "birth_on")
    assert fault.data["parent"] == spouse.full_name  # the older one
    corrected(child, people, birth_on=date(1996, 2, 3), reason="Acte")  # of one of them at least
    child.refresh_from_db()
    Person.objects.filter(pk=child.pk).update(mother=member)
    with pytest.raises(RefusedRows) as refused:
        corrected(member, people, birth_on=date(1990, 4, 12), reason="Acte")
    assert [each.code for each in refused.value.findings] == ["PARENT_TOO_YOUNG"]
    corrected(member, people, birth_on=date(1975, 4, 12), reason="Acte")


def test_a_corrected_name_and_phone_are_those_by_which_people_are_found(
    household: Household, scoped: Mutual, people: People
) -> None:
    child = household.persons.get(number__endswith="-3")
    corrected(child, people, given_name="Ayélé", phone="97 00 11 22", reason="Faute de frappe")
    assert [each.pk for each in find_persons(scoped, "ayele")] == [child.pk]
    assert [each.pk for each in find_persons(scoped, "97001122")] == [child.pk]
    assert not find_persons(scoped, "afi")


def test_a_thumbprint_needs_its_witness(household: Household, people: People) -> None:
    act = {
        "mutual": household.mutual, "actor": people.awa, "on": ON, "household": household,
        "phone": household.phone, "phone_owner": "own", "address": "", "signed_by": "thumbprint",
        "consent_on": ON,
    }  # fmt: skip
    with pytest.raises(RefusedRows) as refused:
        correct_household(**act, idempotency_key=a_key())
    assert [each.code for each in refused.value.findings] == ["WITNESS_MISSING"]
    correct_household(**act, idempotency_key=a_key(), witness_name="Yao Amegan")
    assert ("", "witness_name", "", "Yao Amegan") in told(household)


def test_a_text_about_health_goes_to_an_own_telephone_only(
    household: Household, people: People
) -> None:
    member, spouse, _child = household.persons.order_by("number")
    assert not may_hear_of_health(corrected(member, people, phone="90 55 66 77"))
    own = corrected(member, people, phone="90 55 66 77", phone_owner="own")
    assert may_hear_of_health(own)
    corrected(spouse, people, phone="+228 90556677".replace("+228 ", ""), phone_owner="spouse")
    assert not may_hear_of_health(own)


@pytest.mark.requirement("R144", begun=True)
def test_an_earlier_card_finds_its_bearer(
    household: Household, scoped: Mutual, people: People
) -> None:
    member, spouse, _child = household.persons.order_by("number")
    act = {"mutual": scoped, "actor": people.awa, "on": ON}
    record_earlier_number(**act, idempotency_key=a_key(), person=member, number="BM 0042/7")
    again = record_earlier_number(**act, idempotency_key=a_key(), person=member, number="bm0042/7")
    assert again.number == "BM 0042/7"
    for typed in ("BM0042/7", " bm 0042/7 "):
        assert person_by_number(scoped, typed) == member
    for typed in ("bm 0042", "0042/7"):
        assert find_persons(scoped, typed) == [member]
    with pytest.raises(Refusal, match="EARLIER_NUMBER_TAKEN"):
        record_earlier_number(**act, idempotency_key=a_key(), person=spouse, number="BM 0042/7")
    with pytest.raises(Refusal, match="EARLIER_NUMBER_TAKEN"):
        record_earlier_number(**act, idempotency_key=a_key(), person=spouse, number=member.number)
