"""Gapless document numbers: one book per mutual, prefix and year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db.models import BigIntegerField, CharField, IntegerField

from entraide.apps.access.prepared import Prepared
from entraide.apps.access.prepared_writes import PreparedUpdate
from entraide.apps.schemes.models import Mutual, NumberBook

NUMBER_WIDTH = 5


def document_number(prefix: str, year: int, number: int) -> str:
    """How a number of a book is written: ``REC-2025-00042``."""
    return f"{prefix}-{year}-{number:0{NUMBER_WIDTH}d}"


_BOOK: Prepared[NumberBook] = Prepared(
    lambda mutual, prefix, year: NumberBook.objects.select_for_update().filter(
        mutual=mutual, prefix=prefix, year=year
    ),
    mutual=BigIntegerField(),
    prefix=CharField(),
    year=IntegerField(),
)


_LAST_NUMBER = PreparedUpdate(NumberBook, "last_number")


def next_number(*, mutual: Mutual, prefix: str, on: date) -> str:
    """Take the next number of a book, inside the caller's transaction.

    A transaction that is rolled back gives its number back, so that books have no gap.
    """
    return document_number(
        prefix, on.year, next_numbers(mutual=mutual, prefix=prefix, on=on, count=1)
    )


_LOOKING: ContextVar[bool] = ContextVar("numbers looked up before they are given", default=True)


@contextmanager
def trusting_books() -> Iterator[None]:
    """Give numbers without looking whether somebody bears them: a clash is tried again, looking.

    So the ordinary act, where a book is right, costs no look.
    """
    before = _LOOKING.set(False)
    try:
        yield
    finally:
        _LOOKING.reset(before)


def next_free_number(
    *, mutual: Mutual, prefix: str, on: date, is_borne: Callable[[Mutual, str], bool]
) -> str:
    """As :func:`next_number`, past the numbers that somebody bears without the book's knowing.

    For registers only, where a number may have come with a record from elsewhere.
    """
    number = next_number(mutual=mutual, prefix=prefix, on=on)
    while _LOOKING.get() and is_borne(mutual, number):
        number = next_number(mutual=mutual, prefix=prefix, on=on)
    return number


def next_numbers(*, mutual: Mutual, prefix: str, on: date, count: int) -> int:
    """Take the next ``count`` numbers of a book: the first of them; see :func:`next_number`."""
    book = _BOOK.first(mutual=mutual, prefix=prefix, year=on.year)
    if book is None:
        book, _ = NumberBook.objects.select_for_update().get_or_create(
            mutual=mutual, prefix=prefix, year=on.year
        )
    first = book.last_number + 1
    book.last_number += count
    _LAST_NUMBER.all([book])
    return first
