"""The public holidays that a calendar can tell: fixed days, and those that follow Easter.

Those of the moon (Tabaski, Korité, Maouloud) are proclaimed each year and are not here: a
provider is not suspected by them, it only misses a day of excuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

_EVERYWHERE = ((1, 1), (5, 1), (8, 15), (11, 1), (12, 25))
_NATIONAL: Mapping[str, tuple[tuple[int, int], ...]] = {
    "mg": ((3, 8), (3, 29), (6, 26)),
    "bf": ((1, 3), (3, 8), (8, 5), (12, 11)),
    "tg": ((1, 13), (4, 27), (6, 21)),
    "sn": ((4, 4),),
    "bj": ((1, 10), (8, 1)),
}
_AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday


def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian rule, *Nature* 1876; J. Meeus, 1991, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(country: str, from_: date, until: date) -> frozenset[date]:
    """The public holidays of a country in ``[from_, until)``."""
    found = set()
    for year in range(from_.year, until.year + 1):
        fixed = (*_EVERYWHERE, *_NATIONAL.get(country, ()))
        found |= {date(year, month, day) for month, day in fixed}
        found |= {easter(year) + timedelta(days=after) for after in _AFTER_EASTER}
    return frozenset(day for day in found if from_ <= day < until)
