"""Prepared reads answer what the same queryset answers, in the same scope and no other."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.transaction import TransactionManagementError
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared, reading_once
from entraide.apps.access.prepared_writes import PreparedAddition, PreparedInsert, PreparedUpdate
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.models import Mutual, NumberBook, Product
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


def test_prepared_writes_leave_what_the_records_say(mutual: Mutual, people: People) -> None:
    with scope(mutual=mutual):
        one, two, three = (
            NumberBook(mutual=mutual, prefix=prefix, year=2025, last_number=number)
            for number, prefix in enumerate(("X", "Y", "Z"), start=1)
        )
        insert, update = PreparedInsert(NumberBook), PreparedUpdate(NumberBook, "last_number")
        insert.one(one)
        insert.all([two, three])
        insert.all([])
        update.all([])
        kept = NumberBook.objects.get(pk=one.pk)
        assert vars_of_book(kept) == vars_of_book(one)
        for book in NumberBook.objects.filter(prefix__in="YZ"):
            book.last_number += 40
            update.all([book])
        numbers = NumberBook.objects.filter(prefix__in="XYZ").order_by("prefix")
        assert list(numbers.values_list("last_number", flat=True)) == [1, 42, 43]
        with pytest.raises(IntegrityError), transaction.atomic():
            insert.one(NumberBook(mutual=mutual, prefix="X", year=2025))


def test_an_addition_adds_to_what_stands_and_counts_no_row_twice(mutual: Mutual) -> None:
    with scope(mutual=mutual):
        books = [
            NumberBook(mutual=mutual, prefix=prefix, year=2025, last_number=7) for prefix in "XY"
        ]
        NumberBook.objects.bulk_create(books)
        kept = dict(NumberBook.objects.filter(prefix__in="XY").values_list("prefix", "pk"))
        addition = PreparedAddition(NumberBook, "last_number")
        addition.all({})
        addition.all({kept["X"]: 5, kept["Y"]: -2})
        addition.all({kept["X"]: 1})
        numbers = NumberBook.objects.filter(prefix__in="XY").order_by("prefix")
        assert list(numbers.values_list("last_number", flat=True)) == [13, 5]


def test_a_float_is_never_written_as_it_is(mutual: Mutual) -> None:
    with scope(mutual=mutual):
        book = NumberBook(mutual=mutual, prefix="X", year=2025, last_number=3.0)
        PreparedInsert(NumberBook).one(book)
        [kept] = NumberBook.objects.filter(prefix="X").values_list("last_number", flat=True)
        assert (kept, type(kept)) == (3, int)


def test_a_broken_transaction_is_refused_as_django_refuses_it(
    prepared: Prepared[Person], mutual: Mutual
) -> None:
    values = {"numbers": ["F-1"], "born_before": date(2030, 1, 1)}
    with scope(mutual=mutual), transaction.atomic():
        prepared.all(**values)
        connection.needs_rollback = True
        with pytest.raises(TransactionManagementError):
            prepared.all(**values)
        connection.needs_rollback = False


def test_steady_rows_are_read_once_while_it_lasts(
    mutual: Mutual, other_mutual: Mutual, django_assert_num_queries: Any
) -> None:
    def by_prefix(prefix: Any) -> models.QuerySet[NumberBook]:
        return NumberBook.objects.filter(prefix=prefix)

    steady: Prepared[NumberBook] = Prepared(by_prefix, is_steady=True, prefix=models.CharField())
    moving: Prepared[NumberBook] = Prepared(by_prefix, prefix=models.CharField())
    with scope(mutual=mutual):
        book = NumberBook.objects.create(mutual=mutual, prefix="X", year=2025, last_number=1)
        with reading_once():
            assert steady.first(prefix="X") == book
            NumberBook.objects.filter(pk=book.pk).update(last_number=2)
            with django_assert_num_queries(1), reading_once():
                assert [each.last_number for each in steady.all(prefix="X")] == [1]
                assert [each.last_number for each in moving.all(prefix="X")] == [2]
            with scope(mutual=other_mutual):
                assert steady.all(prefix="X") == []
            assert steady.all(prefix="Y") == []
        assert [each.last_number for each in steady.all(prefix="X")] == [2]


def vars_of_book(book: NumberBook) -> dict[str, Any]:
    return {field.attname: getattr(book, field.attname) for field in NumberBook._meta.fields}


def test_a_user_too_is_read_at_once_and_still_fetches_and_saves(db: None) -> None:
    made = User.objects.create_user("hasina", display_name="Hasina", password="a long sentence")
    with mock.patch.object(User, "__init__", side_effect=AssertionError("built field by field")):
        read = User.objects.only("username").get(pk=made.pk)
    assert (read.display_name, read.check_password("a long sentence")) == ("Hasina", True)
    read.display_name = "Hasina R."
    read.save(update_fields=["display_name"])
    made.refresh_from_db()
    assert made.display_name == "Hasina R."
