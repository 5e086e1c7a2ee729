"""Dated values: what was in force on a day, and who decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from entraide.core.errors import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DatedValue(Generic[T]):
    """One value, in force from a day until the next value begins; ``source`` says who decided."""

    effective_from: date
    value: T
    source: str


class Dated(Generic[T]):
    """A value over time. Dates are sorted and unique, each value has a source.

    Refused with ``PARAMETER_EMPTY``, ``PARAMETER_DATES`` or ``PARAMETER_SOURCE`` otherwise.
    """

    __slots__ = ("name", "values")

    def __init__(self, name: str, values: Iterable[DatedValue[T]]) -> None:
        self.name = name
        self.values: tuple[DatedValue[T], ...] = tuple(values)
        if not self.values:
            raise Refusal("PARAMETER_EMPTY", place=name, name=name)
        dates = [value.effective_from for value in self.values]
        if any(later <= earlier for earlier, later in pairwise(dates)):
            raise Refusal("PARAMETER_DATES", place=name, name=name)
        if any(not value.source.strip() for value in self.values):
            raise Refusal("PARAMETER_SOURCE", place=name, name=name)

    def at(self, on: date) -> DatedValue[T]:
        """The value in force on a day, with its source; ``PARAMETER_NOT_YET`` before the first."""
        for value in reversed(self.values):
            if value.effective_from <= on:
                return value
        raise Refusal("PARAMETER_NOT_YET", place=self.name, name=self.name, on=on)

    def __repr__(self) -> str:
        return f"Dated({self.name!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dated) and (self.name, self.values) == (other.name, other.values)

    def __hash__(self) -> int:
        return hash((self.name, self.values))
