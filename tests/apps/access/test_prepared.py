"""Prepared reads answer what the same queryset answers, in the same scope and no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import models
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from entraide.apps.access.prepared import Prepared
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household
from tests.people import People


def numbered(numbers: Any, born_before: Any) -> models.QuerySet[Person]:
    return (
        Person.objects.filter(number__in=numbers, birth_on__lt=born_before)
        .select_related("household", "household__group")
        .order_by("-number")
    )


@pytest.fixture
def prepared() -> Prepared[Person]:
    return Prepared(
        numbered, lists=("numbers",), numbers=models.CharField(), born_before=models.DateField()
    )


@pytest.fixture
def numbers(mutual: Mutual, people: People, product: Product) -> list[str]:
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        return sorted(household.persons.values_list("number", flat=True))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("born_before", [date(1980, 1, 1), date(2000, 1, 1), date(2030, 1, 1)])
def test_it_answers_what_the_queryset_answers(
    prepared: Prepared[Person], numbers: list[str], mutual: Mutual, count: int, born_before: date
) -> None:
    with scope(mutual=mutual):
        for _ in range(2):  # compiled, then kept
            found = prepared.all(numbers=numbers[:count], born_before=born_before)
            expected = list(numbered(numbers[:count], born_before))
            assert [vars_of(person) for person in found] == [vars_of(each) for each in expected]
            assert prepared.first(numbers=numbers[:count], born_before=born_before) == (
                expected[0] if expected else None
            )


def vars_of(person: Person) -> dict[str, Any]:
    """Every value of a person, and of the household that came with them."""
    values = {field.attname: getattr(person, field.attname) for field in Person._meta.fields}
    return values | {"address": person.household.address, "group": person.household.group}


def test_related_records_come_with_it(
    prepared: Prepared[Person],
    numbers: list[str],
    mutual: Mutual,
    django_assert_num_queries: Any,
) -> None:
    with scope(mutual=mutual), django_assert_num_queries(1):
        person = prepared.first(numbers=numbers, born_before=date(2030, 1, 1))
        assert person is not None
        assert (person.household.number, person.household.group) == (numbers[0][:-2], None)


def test_another_mutual_finds_nothing(
    prepared: Prepared[Person], numbers: list[str], mutual: Mutual, other_mutual: Mutual
) -> None:
    values = {"numbers": numbers, "born_before": date(2030, 1, 1)}
    with scope(mutual=mutual):
        assert len(prepared.all(**values)) == 3
    with scope(mutual=other_mutual):
        assert prepared.all(**values) == []
    with scope(mutual=[mutual, other_mutual]):
        assert len(prepared.all(**values)) == 3
    with scopes_disabled():
        assert len(prepared.all(**values)) == 3


@pytest.mark.django_db
def test_without_a_scope_it_raises_whatever_was_kept(
    prepared: Prepared[Person], numbers: list[str], mutual: Mutual
) -> None:
    values = {"numbers": numbers, "born_before": date(2030, 1, 1)}
    with pytest.raises(ScopeError):
        prepared.all(**values)
    with scope(mutual=mutual):
        prepared.all(**values)
    with pytest.raises(ScopeError):
        prepared.all(**values)


def test_values_come_as_tuples_of_their_types(numbers: list[str], mutual: Mutual) -> None:
    births: Prepared[tuple[str, date, bool]] = Prepared(
        lambda number: Person.objects.filter(number=number).values_list(
            "number", "birth_on", "is_member"
        ),
        number=models.CharField(),
    )
    with scope(mutual=mutual):
        assert births.all(number=numbers[0]) == [(numbers[0], date(1988, 4, 12), True)]
