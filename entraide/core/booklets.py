"""Receipt booklets on paper: which numbers are missing, which were used twice.

Receipts that the product prints are numbered by it and cannot have a hole. A booklet in a
collector's bag can: a leaf torn out, money kept back, a number copied wrongly.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

_NUMBERED = re.compile(r"(?P<booklet>.*?)(?P<rank>[0-9]{1,12})", re.DOTALL)


class BookletFaultKind(StrEnum):
    """What a number of a booklet tells."""

    GAP = "gap"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class BookletFault:
    """Numbers ``first`` to ``last`` (the same for one number) of a booklet, as on the paper."""

    kind: BookletFaultKind
    booklet: str  # what stands before the digits
    first: str
    last: str
    count: int  # numbers that are missing, or receipts that bear the number
    known: tuple[str, ...]  # the numbers before and after the hole, or the doubled one


def normal_paper_number(text: str) -> str:
    """A number as booklets are compared: capitals, without blanks."""
    return "".join(text.split()).upper()


def booklet_faults(used: Iterable[str], taken_back: Iterable[str] = ()) -> tuple[BookletFault, ...]:
    """The holes and doubles of all booklets, in the order of their numbers.

    ``used`` are the numbers of receipts that stand, ``taken_back`` those of reversed ones: their
    leaf is not missing, and the number may be entered again. A booklet is what stands before the
    last digits (``A-00012`` is the 12th of ``A-``); it begins at its lowest number known.
    """
    standing = Counter(normal_paper_number(number) for number in used)
    ranks: dict[str, dict[int, str]] = defaultdict(dict)
    for number in (*standing, *map(normal_paper_number, taken_back)):
        parts = _NUMBERED.fullmatch(number)
        if parts:
            ranks[parts["booklet"]][int(parts["rank"])] = parts["rank"]
    faults = [
        BookletFault(BookletFaultKind.DOUBLE, _booklet_of(number), number, number, count, (number,))
        for number, count in standing.items()
        if number and count > 1
    ]
    for booklet, known in ranks.items():
        in_order = sorted(known)
        for before, after in pairwise(in_order):
            if after - before > 1:
                width = len(known[before])
                first, last = (f"{booklet}{rank:0{width}d}" for rank in (before + 1, after - 1))
                around = (f"{booklet}{known[before]}", f"{booklet}{known[after]}")
                missing = after - before - 1
                faults.append(
                    BookletFault(BookletFaultKind.GAP, booklet, first, last, missing, around)
                )
    return tuple(sorted(faults, key=lambda fault: (fault.booklet, len(fault.first), fault.first)))


def _booklet_of(number: str) -> str:
    parts = _NUMBERED.fullmatch(number)
    return parts["booklet"] if parts else number
