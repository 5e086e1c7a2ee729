"""Days in cells: real dates, serial numbers of the spreadsheet, texts in every form, years only."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from entraide.core.errors import Refusal
from entraide.files.cell_values import plain, require_value
from entraide.files.sheets import Cell

FIRST_YEAR, LAST_YEAR = 1880, 2199
# Day 1 of the spreadsheet is 1 January 1900, and it believes that 29 February 1900 existed.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(366, 109_575)  # of 1901 to 2199

_NUMBERS = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_WORDS = re.compile(r"(?:le )?(\d{1,2})(?:er)? ([a-z]{3,10}) (\d{2}|\d{4})")
_MONTH_YEAR = re.compile(r"([a-z]{3,10}) (\d{4})")
_AROUND = re.compile(
    r"(?:ne e? ?)?(?:vers|v|env|environ|circa|ca|autour de|approx|tokony ho)(?: l an| en)? ?(\d{4})"
)
_YEAR = re.compile(r"(?:ne e? ?)?(?:en |annee |l an )?(\d{4})")
_UNKNOWN_DAY = re.compile(r"(?:00|0|xx|\?\?)[/.\- ](?:00|0|xx|\?\?)[/.\- ](\d{4})")
_MONTHS = {
    "jan": 1, "janv": 1, "janvier": 1, "january": 1, "fev": 2, "fevr": 2, "fevrier": 2, "feb": 2,
    "mar": 3, "mars": 3, "march": 3, "avr": 4, "avril": 4, "apr": 4, "mai": 5, "may": 5,
    "juin": 6, "jun": 6, "june": 6, "juil": 7, "juillet": 7, "jul": 7, "july": 7, "aou": 8,
    "aout": 8, "aug": 8, "sep": 9, "sept": 9, "septembre": 9, "oct": 10, "octobre": 10,
    "nov": 11, "novembre": 11, "dec": 12, "decembre": 12, "december": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Birth:
    """A day of birth and how sure it is: ``exact``, ``year`` or ``around``.

    Of a year alone, its first day stands for it; of a month, its first day, as a year.
    """

    on: date
    precision: str = "exact"


def read_day(cell: Cell, *, today: date) -> date:
    """A day; the day comes before the month. Two figures of a year mean the past century's half.

    Refused with ``CELL_NOT_A_DAY``, ``CELL_DAY_MISSING`` (a year or month alone),
    ``CELL_DAY_IMPOSSIBLE`` (31/02) or ``CELL_DAY_SWAPPED`` (03/25/1985: the month comes second).
    """
    found = _read(cell, today)
    if found.precision != "exact":
        raise Refusal("CELL_DAY_MISSING", text=cell.text)
    return found.on


def read_birth(cell: Cell, *, today: date) -> Birth:
    """A day of birth: a day, a year alone, « vers 1975 ». Refused as :func:`read_day` does, or
    with ``BIRTH_IN_FUTURE``."""
    found = _read(cell, today)
    if found.on > today:
        raise Refusal("BIRTH_IN_FUTURE", birth_on=found.on, on=today)
    return found


def read_typed(text: str, *, today: date) -> Birth:
    """What a person types into a form, by the very rules of a cell, and how sure it is.

    Five figures are no serial number here: nobody types one. Refused as :func:`read_day` does, but
    for ``CELL_DAY_MISSING``: the caller asks for the day, or takes the year.
    """
    typed = text.strip()
    if typed.isdigit() and not (typed.isascii() and len(typed) in (4, 8)):
        raise Refusal("CELL_NOT_A_DAY", text=text)
    return _read(Cell(typed), today)


def _read(cell: Cell, today: date) -> Birth:
    require_value(cell)
    value = cell.value
    if isinstance(value, bool):
        raise Refusal("CELL_NOT_A_DAY", text=cell.text)
    if isinstance(value, date):
        return Birth(_plausible(value, cell))
    if isinstance(value, Decimal):
        return _of_number(value, cell)
    text = cell.text
    if found := _UNKNOWN_DAY.fullmatch(text):
        return Birth(_day(int(found[1]), 1, 1, cell), "year")
    if found := _NUMBERS.fullmatch(text):
        return Birth(_of_parts(found[1], found[2], found[3], cell, today))
    if text.isdigit() and len(text) in (4, 5, 8):
        return _of_digits(text, cell)
    words = plain(text)
    if found := _WORDS.fullmatch(words):
        month = _MONTHS.get(found[2])
        if month is not None:
            return Birth(_day(_year(found[3], today), month, int(found[1]), cell))
    if (found := _MONTH_YEAR.fullmatch(words)) and found[1] in _MONTHS:
        return Birth(_day(int(found[2]), _MONTHS[found[1]], 1, cell), "year")
    if found := _AROUND.fullmatch(words):
        return Birth(_day(int(found[1]), 1, 1, cell), "around")
    if found := _YEAR.fullmatch(words):
        return Birth(_day(int(found[1]), 1, 1, cell), "year")
    raise Refusal("CELL_NOT_A_DAY", text=text)


def _of_number(value: Decimal, cell: Cell) -> Birth:
    if value == int(value) and FIRST_YEAR <= value <= LAST_YEAR:
        return Birth(date(int(value), 1, 1), "year")
    if int(value) in _SERIALS:
        return Birth(_plausible(_SERIAL_ZERO + timedelta(days=int(value)), cell))
    return _of_digits(f"{value:f}", cell)


def _of_digits(text: str, cell: Cell) -> Birth:
    if len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return Birth(date(int(text), 1, 1), "year")
    if len(text) == 5 and text.isdigit() and int(text) in _SERIALS:
        return Birth(_plausible(_SERIAL_ZERO + timedelta(days=int(text)), cell))
    if len(text) == 8 and text.isdigit():  # 12061987, or 19870612
        if FIRST_YEAR <= int(text[4:]) <= LAST_YEAR and int(text[2:4]) <= 12:
            return Birth(_day(int(text[4:]), int(text[2:4]), int(text[:2]), cell))
        return Birth(_day(int(text[:4]), int(text[4:6]), int(text[6:]), cell))
    raise Refusal("CELL_NOT_A_DAY", text=cell.text)


def _of_parts(first: str, second: str, third: str, cell: Cell, today: date) -> date:
    if len(first) == 4:
        return _day(int(first), int(second), int(third), cell)
    if len(first) > 2 or len(third) not in (2, 4):
        raise Refusal("CELL_NOT_A_DAY", text=cell.text)
    return _day(_year(third, today), int(second), int(first), cell)


def _year(text: str, today: date) -> int:
    """The year of two figures: the last one that is not beyond next year."""
    if len(text) == 4:
        return int(text)
    year = today.year - today.year % 100 + int(text)
    return year if year <= today.year + 1 else year - 100


def _day(year: int, month: int, day: int, cell: Cell) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("CELL_NOT_A_DAY", text=cell.text)
    try:
        return date(year, month, day)
    except ValueError:
        if 12 < month <= 31 and day <= 12:
            understood = (
                date(year, day, month) if month <= calendar.monthrange(year, day)[1] else None
            )
            raise Refusal("CELL_DAY_SWAPPED", text=cell.text, understood=understood) from None
        raise Refusal("CELL_DAY_IMPOSSIBLE", text=cell.text) from None


def _plausible(day: date, cell: Cell) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refusal("CELL_NOT_A_DAY", text=cell.text)
    return day
