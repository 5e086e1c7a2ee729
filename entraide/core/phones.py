"""Telephone numbers: written in one way, whatever way they were typed."""

from __future__ import annotations

import re
import unicodedata

_TYPED = re.compile(r"[+\d][\d\s./()+-]*")
_COUNTRY_CODES = (
    "221",
    "226",
    "228",
    "229",
    "261",
)  # Sénégal, Burkina Faso, Togo, Bénin, Madagascar
_TRUNK_ZERO = "261"  # whose numbers lose their first zero behind the code of the country
_SHORTEST, _LONGEST = 8, 10  # digits of a number within its country


_FEWEST = 6  # digits by which somebody can be called


def is_phone(text: str) -> bool:
    """Whether somebody can be called by what was typed, whatever words stand beside it."""
    return sum(sign.isdigit() for sign in text) >= _FEWEST


def first_phone(text: str) -> str:
    """The first of the numbers that a text holds, its digits those that every network dials.

    Digits of another script (``٠٣٤``) are written as ``034``.
    """
    first = re.split(r"[/;,]|\s+ou\s+", text)[0].strip()
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in first)


def written_phone(text: str) -> str:
    """A number in groups, as people of its country read it: ``90.12-34/56`` is ``90 12 34 56``.

    ``00228…`` becomes ``+228 …``. Two numbers parted by a stroke, a comma or « ou » are kept both,
    ``90 12 34 56 / 91 23 45 67``. What is no such number (an extension, a word) stays as typed,
    without blanks around it: nothing is lost.
    """
    typed = " ".join(text.split())
    if _TYPED.fullmatch(typed) and (one := _one(typed)):
        return one
    parts = [part.strip() for part in re.split(r"\s*[/;,]\s*|\s+ou\s+", typed) if part.strip()]
    each = [_one(part) if _TYPED.fullmatch(part) else "" for part in parts]
    return " / ".join(each) if len(each) > 1 and all(each) else typed


def _one(typed: str) -> str:
    digits = re.sub(r"\D", "", typed)
    if typed.startswith("+") or digits.startswith("00"):
        return _international(digits.removeprefix("00") if not typed.startswith("+") else digits)
    return _grouped(digits) if _SHORTEST <= len(digits) <= _LONGEST else ""


def _international(digits: str) -> str:
    code = next((each for each in _COUNTRY_CODES if digits.startswith(each)), "")
    rest = digits.removeprefix(code)
    if not code or not _SHORTEST <= len(rest) <= _LONGEST:
        return ""
    if code == _TRUNK_ZERO:
        rest = rest.removeprefix("0")
        return f"+{code} {_grouped(f'0{rest}')[1:]}"
    return f"+{code} {_grouped(rest)}"


def _grouped(digits: str) -> str:
    """Two by two; nine digits as in Sénégal, ten that begin with 03 as in Madagascar."""
    if len(digits) == 9:
        sizes: tuple[int, ...] = (2, 3, 2, 2)
    elif len(digits) == 10 and digits.startswith("03"):
        sizes = (3, 2, 3, 2)
    else:
        sizes = (2,) * (len(digits) // 2)
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return " ".join(groups)
