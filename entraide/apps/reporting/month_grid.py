"""Spreading over calendar months, thousands of rows at a time: days under cover, amounts earned.

The same arithmetic as ``core.exposure``, on arrays; a test holds that both agree to the unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Whole = NDArray[Any]  # int64, or whole numbers without bound where a product could overflow
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Spread:
    """One element a row and month: the row it comes from, the month, the part of it inside."""

    row: NDArray[np.int64]
    month: Days  # its first day
    start: Days
    until: Days
    days_of_month: NDArray[np.int64]

    @property
    def days(self) -> NDArray[np.int64]:
        """Days of the row inside the month."""
        return (self.until - self.start).astype(np.int64)

    @property
    def reaches_the_end(self) -> NDArray[np.bool_]:
        """Whether the last day of the month is inside."""
        return np.asarray(self.until == self.month + self.days_of_month.astype("m8[D]"))


def spread(starts: Days, untils: Days) -> Spread:
    """Cut half-open intervals of days, each at least one day long, at the turn of months."""
    first = starts.astype("M8[M]")
    counts = ((untils - np.timedelta64(1, "D")).astype("M8[M]") - first).astype(np.int64) + 1
    row = np.repeat(np.arange(len(starts)), counts)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    month = first[row] + offset
    begins, ends = month.astype("M8[D]"), (month + 1).astype("M8[D]")
    return Spread(
        row=row,
        month=begins,
        start=np.maximum(starts[row], begins),
        until=np.minimum(untils[row], ends),
        days_of_month=(ends - begins).astype(np.int64),
    )


def earned(amounts: Whole, starts: Days, untils: Days, parts: Spread) -> Whole:
    """What each part earns of the amount of its row: cumulative, rounded half up, so that the
    parts of a row sum to its amount."""
    length = (untils - starts).astype(np.int64)
    if len(amounts) and int(amounts.max()) * 2 * int(length.max()) >= _LARGEST:
        amounts, length = amounts.astype(object), length.astype(object)
    of_row, days = amounts[parts.row], length[parts.row]

    def until(day: Days) -> Whole:
        elapsed = (day - starts[parts.row]).astype(np.int64)
        return np.asarray((2 * of_row * elapsed + days) // (2 * days))

    return np.asarray(until(parts.until) - until(parts.start), dtype=np.int64)


def ages(born: Days, on: Days) -> NDArray[np.int64]:
    """Completed years on a day, 0 before birth."""
    years = on.astype("M8[Y]").astype(np.int64) - born.astype("M8[Y]").astype(np.int64)

    def place_in_year(day: Days) -> NDArray[np.int64]:
        month = day.astype("M8[M]")
        in_year = (month - day.astype("M8[Y]").astype("M8[M]")).astype(np.int64)
        return np.asarray(in_year * 31 + (day - month.astype("M8[D]")).astype(np.int64))

    had_no_birthday = place_in_year(on) < place_in_year(born)
    return np.maximum(years - had_no_birthday, 0)


def months_later(day: Days, months: int) -> Days:
    """The same day of the month so many months later; the last day when that month is shorter."""
    month = day.astype("M8[M]")
    target = month + months
    last = (target + 1).astype("M8[D]") - np.timedelta64(1, "D")
    return np.minimum(target.astype("M8[D]") + (day - month.astype("M8[D]")), last)
