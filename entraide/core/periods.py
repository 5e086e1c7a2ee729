"""Days, months and half-open periods ``[start, until)``: the only calendar arithmetic.

The core never asks for today: the day is always an argument.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from entraide.core.errors import Refusal


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later; the last day when that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_start(day: date) -> date:
    """The first day of the month of ``day``."""
    return day.replace(day=1)


def days_in_month(day: date) -> int:
    """The number of days of the month of ``day``."""
    return calendar.monthrange(day.year, day.month)[1]


def age_on(birth_on: date, on: date) -> int:
    """Completed years on a day. A person born on 29 February grows older on 1 March."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def last_day(until: date) -> date:
    """The last day of a period that ends before ``until``: as people say and type it."""
    return until - timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` up to, but not including, ``until``."""

    start: date
    until: date

    def __post_init__(self) -> None:
        if self.start >= self.until:
            raise Refusal("PERIOD_EMPTY", start=self.start, until=self.until)

    @classmethod
    def inclusive(cls, first: date, last: date) -> Period:
        """From the first to the last day, both inside."""
        return cls(first, last + timedelta(days=1))

    @classmethod
    def month(cls, day: date) -> Period:
        """The calendar month of a day."""
        first = month_start(day)
        return cls(first, add_months(first, 1))

    @classmethod
    def of_months(cls, start: date, months: int) -> Period:
        """``months`` calendar months from a day."""
        return cls(start, add_months(start, months))

    @property
    def last(self) -> date:
        """The last day inside."""
        return self.until - timedelta(days=1)

    @property
    def days(self) -> int:
        """The number of days inside."""
        return (self.until - self.start).days

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.until

    def overlap(self, other: Period) -> Period | None:
        """The days of both, or None."""
        start, until = max(self.start, other.start), min(self.until, other.until)
        return Period(start, until) if start < until else None

    def months(self) -> Iterator[Period]:
        """The part of each calendar month that lies inside, in order."""
        first = month_start(self.start)
        while first < self.until:
            inside = self.overlap(Period.month(first))
            if inside is not None:
                yield inside
            first = add_months(first, 1)

    def in_months(self) -> Fraction:
        """Length in months: per calendar month, days inside ÷ days of that month.

        A full calendar month is exactly 1, whatever its length.
        """
        return sum(
            (Fraction(part.days, days_in_month(part.start)) for part in self.months()), Fraction(0)
        )
