"""The index of the search finds what ``LIKE`` finds, and stays in step with the register."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django_scopes import scope
from hypothesis import given, settings
from hypothesis import strategies as st

from entraide.apps.enrolment.models import EarlierNumber, Person
from entraide.apps.enrolment.search import search_terms
from entraide.apps.enrolment.search_index import TABLE, containing, ensure_search_index
from entraide.apps.enrolment.selectors import find_persons
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household
from tests.people import People


def _by_like(mutual: Mutual, text: str) -> set[str]:
    persons = Person.objects.filter(mutual=mutual)
    for term in search_terms(text):
        persons = persons.filter(search_text__contains=term)
    return set(persons.values_list("number", flat=True))


def _found(mutual: Mutual, text: str) -> set[str]:
    persons = containing(Person.objects.filter(mutual=mutual), search_terms(text))
    return set(persons.values_list("number", flat=True))


def test_a_part_of_a_name_a_number_or_a_phone_finds(
    mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        member = household.persons.get(is_member=True)
        for text in (
            "joVI",
            "élo",
            "o",
            "adj éloïse",
            member.number,
            member.number[-7:],
            member.number[2:],
        ):
            assert member.number in {found.number for found in find_persons(mutual, text)}, text
            assert _found(mutual, text) == _by_like(mutual, text), text
        assert find_persons(mutual, "zzz") == []


def test_the_index_follows_a_correction_and_a_deletion(
    mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        Person.objects.filter(household=household).update(search_text="ravaosolo f-1")
        assert len(_found(mutual, "vaoso")) == household.persons.count()
        assert _found(mutual, "adjovi") == set()


def test_what_a_migration_lost_is_made_again(
    mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TRIGGER {TABLE}_update")
        Person.objects.filter(household=household).update(search_text="ravaosolo f-1")
        ensure_search_index(connection)
        assert len(_found(mutual, "vaoso")) == household.persons.count()


@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=1, max_size=12))
def test_whatever_is_typed_the_index_only_narrows(text: str) -> None:
    terms = search_terms(text)
    query = containing(Person._base_manager.all(), terms).query  # never a fault, nothing run
    assert bool(terms) == bool(query.where)


def test_those_whose_name_begins_so_come_first(
    mutual: Mutual, people: People, product: Product
) -> None:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        first, second = household.persons.order_by("pk")[:2]
        Person.objects.filter(pk=first.pk).update(search_text="a rakoto f-9-1")
        Person.objects.filter(pk=second.pk).update(search_text="rakoto z f-9-2")
        assert [each.pk for each in find_persons(mutual, "rakoto")] == [second.pk, first.pk]


def test_who_bears_exactly_the_number_of_today_or_of_an_earlier_card_comes_first(
    mutual: Mutual, people: People, product: Product, django_assert_max_num_queries: Any
) -> None:
    with scope(mutual=mutual):
        first, second, third = a_household(mutual, people.awa, product).persons.order_by("pk")
        for person, text in ((first, "a ado f-77-2 x"), (second, "abo a-77/2 a 77 2"),
                             (third, "zoe a-77/2 a 77 2")):  # fmt: skip
            Person.objects.filter(pk=person.pk).update(search_text=text)
        EarlierNumber.objects.create(
            mutual=mutual, person=third, number="A-77/2", key="A-77/2", source="import"
        )
        with django_assert_max_num_queries(3):
            found = find_persons(mutual, "a-77/2")
        assert [each.pk for each in found] == [third.pk, first.pk, second.pk]
        assert find_persons(mutual, second.number)[0] == second
