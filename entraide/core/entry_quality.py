"""Corrections for each hundred records, and whether a new control of the entry changed them.

A correction belongs to the record that it corrects: it counts in the month in which that record
was entered, with who entered it and on which screen, and only if it was made within
:data:`WINDOW_DAYS` of the entry. Otherwise old months would always look worse than young ones,
which had less time to be corrected. A month whose window is still open is told as such.

Before and after are compared by the exact conditional test of two Poisson rates (J. Przyborowski
and H. Wilenski, *Homogeneity of results in testing samples from Poisson series*, Biometrika 31,
1940): of all corrections of both times, those of one are binomial with its part of the records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from entraide.core.control.bands import Band, rate_band
from entraide.core.control.distributions import binomial_tail
from entraide.core.periods import add_months

WINDOW_DAYS = 60
CONFIDENCE = 0.95
CHANCE = 0.05  # a difference that chance makes less often than this is told as one
PER = 100  # records
FEWEST_FOR_BAND = 20  # chosen: of fewer records a band says nothing but that they are few


class Kind(StrEnum):
    """What was entered."""

    FAMILIES = "families"
    RECEIPTS = "receipts"
    CLAIMS = "claims"
    INVOICES = "invoices"
    BOOKS = "books"


class By(StrEnum):
    """What a table of corrections has a row for."""

    MONTH = "month"
    SCREEN = "screen"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Entered:
    """So many records of one kind, of one day, screen and person."""

    kind: Kind
    entered_on: date
    screen: str
    user: int
    count: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """One act that corrected a record: which act, and where, when and by whom it was entered."""

    kind: Kind
    act: str
    screen: str
    user: int
    entered_on: date
    corrected_on: date

    @property
    def days(self) -> int:
        """From the entry to the correction."""
        return (self.corrected_on - self.entered_on).days

    @property
    def is_within_window(self) -> bool:
        """Whether it counts."""
        return self.days <= WINDOW_DAYS


@dataclass(frozen=True, slots=True)
class Rate:
    """Corrections for each hundred records, with the band in which the rate lies (95 %)."""

    key: str
    corrections: int
    records: int
    band: Band
    is_open: bool = False  # its records may still be corrected within the window

    @property
    def has_band(self) -> bool:
        """Whether there are records enough for a band to be told."""
        return self.records >= FEWEST_FOR_BAND


@dataclass(frozen=True, slots=True)
class Effect:
    """The rates before and after a day, and how often chance alone would part them so."""

    before: Rate
    after: Rate
    chance: float
    days: int

    @property
    def is_change(self) -> bool:
        """Whether the two differ by more than chance explains."""
        return self.chance < CHANCE


def rate_of(key: str, corrections: int, records: int, *, is_open: bool = False) -> Rate:
    """The rate of so many corrections of so many records."""
    band = rate_band(corrections, records / PER, confidence=CONFIDENCE)
    return Rate(key, corrections, records, band, is_open)


def rates(
    entered: Iterable[Entered], corrected: Iterable[Corrected], by: By, on: date
) -> list[Rate]:
    """A rate for each month, screen or person that entered something, in the order of their keys.

    ``on``: the day of the reading. What was corrected without an entry known here is left out.
    """
    records: Counter[str] = Counter()
    for each in entered:
        records[key_of(each, by)] += each.count
    corrections = Counter(key_of(each, by) for each in corrected if each.is_within_window)
    return [
        rate_of(
            key,
            corrections[key],
            count,
            is_open=by is By.MONTH and _is_open(date.fromisoformat(key), on),
        )
        for key, count in sorted(records.items())
    ]


def effect(before: tuple[int, int], after: tuple[int, int], days: int) -> Effect | None:
    """Two times of so many days, each (corrections, records); None when one has no record."""
    (few, few_records), (more, more_records) = before, after
    if not few_records or not more_records:
        return None
    return Effect(
        rate_of("before", few, few_records),
        rate_of("after", more, more_records),
        chance_of_difference(before, after),
        days,
    )


def chance_of_difference(before: Sequence[int], after: Sequence[int]) -> float:
    """How often two equal rates would lie this far apart or farther: twice the smaller tail."""
    (first, first_records), (second, second_records) = before, after
    together = first + second
    share = second_records / (first_records + second_records)
    above = binomial_tail(second, together, share)
    below = binomial_tail(first, together, 1 - share)
    return min(1.0, 2 * min(above, below))


def compared_days(since: date, on: date, most: int = 90) -> int:
    """How many days before and after ``since`` can be compared: those after it whose window is
    over, at most ``most``; none when it is too early."""
    return max(0, min(most, (on - since).days - WINDOW_DAYS))


def key_of(each: Entered | Corrected, by: By) -> str:
    """The row of a table in which a record or its correction counts."""
    if by is By.MONTH:
        return each.entered_on.replace(day=1).isoformat()
    return each.screen if by is By.SCREEN else str(each.user)


def _is_open(month_on: date, on: date) -> bool:
    return add_months(month_on, 1) + timedelta(days=WINDOW_DAYS) > on
