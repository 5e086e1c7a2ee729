"""Receipt booklets on paper: which numbers are missing, which were used twice.

Receipts that the product prints are numbered by it and cannot have a hole. A booklet in a
collector's bag can: a leaf torn out, money kept back, a number copied wrongly.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
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


@dataclass(frozen=True, slots=True)
class BookletNumber:
    """A number of a booklet: what stands before its last digits, and its rank."""

    series: str
    rank: int
    width: int


def read_booklet_number(text: str) -> BookletNumber | None:
    """``A-00012`` is the 12th of ``A-``, five digits wide; None for a text without digits."""
    parts = _NUMBERED.fullmatch(normal_paper_number(text))
    if parts is None:
        return None
    return BookletNumber(parts["booklet"], int(parts["rank"]), len(parts["rank"]))


@dataclass(frozen=True, slots=True)
class RangeUse:
    """What became of the numbers of a range, by their ranks.

    ``holes`` are runs ``(first, last)`` that are neither used nor voided although a later one is,
    or although the range was handed back beyond them. ``left`` numbers may still be used,
    ``returned`` ones came back unused: with the used, the voided and the missing these make the
    whole booklet.
    """

    used: int
    voided: int
    holes: tuple[tuple[int, int], ...]
    doubles: tuple[int, ...]
    left: int
    returned: int = 0

    @property
    def missing(self) -> int:
        """How many numbers are in holes."""
        return sum(last - first + 1 for first, last in self.holes)


def range_use(
    first: int,
    last: int,
    used: Iterable[int],
    voided: Iterable[int] = (),
    unused_from: int | None = None,
) -> RangeUse:
    """What became of the numbers ``first`` … ``last``; ``unused_from`` once it was handed back.

    Numbers may be used in any order: a hole is a number passed over, not one still to come.
    """
    counted = Counter(rank for rank in used if first <= rank <= last)
    spoiled = {rank for rank in voided if first <= rank <= last}
    known = sorted(counted.keys() | spoiled)
    end = (known[-1] + 1 if known else first) if unused_from is None else unused_from
    holes: list[tuple[int, int]] = []
    expected = first
    for rank in (*(rank for rank in known if rank < end), end):
        if rank > expected:
            holes.append((expected, rank - 1))
        expected = rank + 1
    return RangeUse(
        used=len(counted),
        voided=len(spoiled),
        holes=tuple(holes),
        doubles=tuple(rank for rank in sorted(counted) if counted[rank] > 1),
        left=last - end + 1 if unused_from is None else 0,
        returned=0 if unused_from is None else last - end + 1 - sum(rank >= end for rank in known),
    )


def normal_paper_number(text: str) -> str:
    """A number as booklets are compared: capitals, without blanks, one hyphen, Latin figures."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(_sign(each) for each in plain if not each.isspace()).upper()


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return "-" if unicodedata.category(sign) == "Pd" or sign == "\u2212" else sign


KEY_LENGTH = 70
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def paper_key(text: str) -> str:
    """The same for every way to write one number: ``WEB-077``, ``web 77``, ``WEB77``.

    Letters in capitals, figures without zeros before them, one hyphen between; other signs only
    part them: ``12-3`` is not ``1-23``. A text without letter or figure stands as it is.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    words = _WORDS.findall(plain)
    key = "-".join(str(int(word)) if word.isdecimal() else word for word in words)
    key = key or "".join(plain.split())
    if len(key) > KEY_LENGTH:  # letters and figures by turns: no column holds all the hyphens
        return sha256(key.encode()).hexdigest()
    return key


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
