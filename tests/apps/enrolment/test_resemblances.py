"""Persons already registered are proposed before anybody is entered again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django_scopes import scope
from hypothesis import given
from hypothesis import strategies as st

from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Resemblance
from entraide.apps.enrolment.resemblances import (
    alike_of_each,
    answer_other_person,
    look_for_resemblances,
    name_likeness,
    open_resemblances,
)
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)


def entry(name: str, given_name: str, birth_on: date, **more: str) -> PersonEntry:
    return PersonEntry(name=name, given_name=given_name, birth_on=birth_on, sex="F", **more)


@pytest.mark.parametrize(
    ("name", "given_name", "birth_on", "precision", "is_proposed"),
    [
        ("ADJOVI", "Éloïse", date(1988, 4, 12), "exact", True),
        ("Eloise", "Adjovi", date(1988, 1, 1), "exact", True),  # the other order, another day
        ("Adjovy", "Eloize", date(1988, 4, 12), "exact", True),  # another spelling
        ("Mensah", "Eloise", date(1988, 4, 12), "exact", True),  # a married name
        ("Adjovi", "Éloïse", date(1988, 12, 4), "exact", True),  # day and month exchanged
        ("Adjovi", "Éloïse", date(1989, 1, 1), "year", True),
        ("Adjovi", "Éloïse", date(1985, 1, 1), "around", True),
        ("Mensah", "Eloise", date(1988, 4, 13), "exact", False),
        ("Adjovi", "Éloïse", date(1990, 4, 13), "exact", False),
        ("Kodjovi", "Yawa", date(1988, 4, 12), "exact", False),
    ],
)
def test_a_person_already_registered_is_proposed(
    scoped: Mutual, people: People, product: Product,
    name: str, given_name: str, birth_on: date, precision: str, is_proposed: bool,
) -> None:  # fmt: skip
    a_household(scoped, people.awa, product)
    found = alike_of_each(scoped, [entry(name, given_name, birth_on, birth_precision=precision)])[0]
    assert ["Éloïse" in each.person.full_name for each in found] == [True] * is_proposed


def test_a_register_of_another_mutual_is_never_looked_into(
    scoped: Mutual, people: People, product: Product, other_mutual: Mutual
) -> None:
    a_household(scoped, people.awa, product)
    with scope(mutual=other_mutual):
        assert alike_of_each(other_mutual, [MEMBER])[0] == []


def test_what_is_found_does_not_cost_more_queries_with_more_rows(
    scoped: Mutual, people: People, product: Product, django_assert_num_queries: object
) -> None:
    for _ in range(4):
        a_household(scoped, people.awa, product)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(alike_of_each(scoped, [MEMBER])[0]) == 4


def test_the_register_is_compared_with_itself_and_answers_are_kept(
    scoped: Mutual, people: People, product: Product
) -> None:
    twin = replace(CHILD, given_name="Ama")
    one = a_household(scoped, people.awa, product, persons=(MEMBER, SPOUSE, CHILD, twin))
    other = a_household(
        scoped, people.awa, product, persons=(replace(MEMBER, given_name="Eloyse"),)
    )
    act = {"mutual": scoped, "actor": people.awa, "on": ON}
    assert look_for_resemblances(**act, idempotency_key=a_key()) == 1  # the twins are not proposed
    [pair] = open_resemblances(scoped)
    assert (pair.first.household, pair.second.household) == (one, other)
    answer_other_person(
        **act, idempotency_key=a_key(), person=pair.second, others=(pair.first,), reason="Tante"
    )
    assert not open_resemblances(scoped)
    assert look_for_resemblances(**act, idempotency_key=a_key()) == 0
    assert Resemblance.objects.get().answered_by == people.awa
    for household in (one, other):
        assert [row.field for row in changes_of(household)] == ["other_person"]


words = st.lists(st.text("abcdeklmnorst", min_size=1, max_size=8), min_size=1, max_size=4)


@given(words, words)
def test_names_are_compared_in_any_order(first: list[str], second: list[str]) -> None:
    likeness = name_likeness(tuple(first), tuple(second))
    assert 0 <= likeness.whole <= 100
    assert name_likeness(tuple(first), tuple(first[::-1])).whole == 100
