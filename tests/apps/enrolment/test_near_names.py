"""Names that resemble what was typed, the nearest first; of one mutual only."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.near_names import persons_nearly_called
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household
from tests.people import People

pytestmark = pytest.mark.django_db


def _person(mutual: Mutual, people: People, product: Product, name: str, given: str) -> None:
    entry = PersonEntry(name=name, given_name=given, birth_on=date(1980, 1, 1), sex="F",
                        relation="member", has_photo=True)  # fmt: skip
    a_household(mutual, people.awa, product, persons=(entry,))


@pytest.fixture
def register(scoped: Mutual, people: People, product: Product) -> Mutual:
    for name, given in (
        ("Rakotoarimanana", "Hasina"),
        ("Rakotoarisoa", "Hasina"),
        ("Ouédraogo", "Aminata"),
        ("Diallo", "Awa"),
    ):
        _person(scoped, people, product, name, given)
    return scoped


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Rakotoarimanna", ["Rakotoarimanana"]),
        ("Rakotoarissoa", ["Rakotoarisoa"]),
        ("Ouedrogo Aminatta", ["Ouédraogo"]),
        ("Ouedrra", ["Ouédraogo"]),  # the beginning of a name, nearly
        ("Dialo", ["Diallo"]),
        ("Dialo Awwa", ["Diallo"]),
        ("Traoré", []),
        ("Awi", []),  # too short to resemble anything
        ("F-2025-00012", []),
        ("'\"%_)", []),
    ],
)
def test_what_resembles_is_proposed(register: Mutual, typed: str, found: list[str]) -> None:
    assert [each.name for each in persons_nearly_called(register, typed, limit=5)] == found


def test_the_nearest_comes_first(register: Mutual) -> None:
    both = persons_nearly_called(register, "Rakotoarisana", limit=5)
    assert [each.name for each in both] == ["Rakotoarisoa", "Rakotoarimanana"]
    assert len(persons_nearly_called(register, "Rakotoarisana", limit=1)) == 1


def test_nobody_of_another_mutual_is_proposed(register: Mutual, other_mutual: Mutual) -> None:
    with scope(mutual=other_mutual):
        assert persons_nearly_called(other_mutual, "Dialo", limit=5) == []
