"""Fields that read what people type at a desk: a day, an amount, each with its own refusal."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from entraide.core.errors import Refusal
from entraide.core.money import CURRENCIES
from entraide.documents.writing import amount
from entraide.files import cell_days, cell_values
from entraide.files.sheets import Cell
from entraide.messages import sentence
from entraide.web import clock

YEARS = range(1900, 2200)
_WITH_YEAR = re.compile(r"\d{1,2}([/.\- ]?)\d{1,2}\1\d{4}|\d{4}-\d{1,2}-\d{1,2}")
_NO_YEAR = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})")

_A_DAY = timedelta(days=1)


def read_day(text: str, today: date | None = None) -> date:
    """A day as typed: ``02/04/2025``, ``02042025``, ``15/08/21``, ``12 mars 1982``: all that a
    cell of a file may say (:mod:`entraide.files.cell_days`).

    With ``today``, ``02/04`` is the nearest such day. ``DAY_UNREADABLE`` for what is no date,
    ``DAY_DOES_NOT_EXIST`` for 31/02, ``CELL_DAY_SWAPPED`` for 03/25/1985, ``CELL_DAY_MISSING`` for
    a year alone, ``DAY_BEYOND`` for a year in which nobody here was born or will be covered.
    """
    compact = text.strip()
    if today is not None and (found := _NO_YEAR.fullmatch(compact)):
        day, month = found.groups()
        return _nearest(int(day), int(month), today, text)
    try:
        read = cell_days.read_typed(compact, today=today or clock.today())
    except Refusal as refusal:
        if refusal.code == "CELL_DAY_IMPOSSIBLE":
            raise Refusal("DAY_DOES_NOT_EXIST", text=text) from None
        if refusal.code == "CELL_DAY_SWAPPED":
            raise
        if _WITH_YEAR.fullmatch(compact):
            raise _beyond(text) from None
        raise Refusal("DAY_UNREADABLE", text=text) from None
    if read.precision != "exact":
        raise Refusal("CELL_DAY_MISSING", text=text)
    if read.on.year not in YEARS:
        raise _beyond(text)
    return read.on


def _beyond(text: str) -> Refusal:
    return Refusal("DAY_BEYOND", text=text, first=YEARS.start, last=YEARS.stop - 1)


def _nearest(day: int, month: int, today: date, text: str) -> date:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:  # 29 February of most years, and what never exists
            continue
    if not found:
        raise Refusal("DAY_DOES_NOT_EXIST", text=text)
    return min(found, key=lambda each: abs(each - today))


def read_count(text: str, *, most: int) -> int:
    """How many lines a form says it has, at most ``most``; 0 for what is no number."""
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit()):
        return 0
    return min(int(typed), most) if len(typed) < 10 else most


def is_uid(text: str) -> bool:
    """Whether a text that a form sends can be the ``uid`` of a record."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class DayField(forms.CharField):
    """A day, typed as on paper, the year left out when it is the nearest; shown again whole."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        return _or_invalid(lambda typed: read_day(typed, clock.today()), text)


class LastDayField(DayField):
    """The last day of a time, typed and shown as such; its value is the first day after it."""

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value - _A_DAY if isinstance(value, date) else value)

    def to_python(self, value: Any) -> Any:
        last_on = super().to_python(value)
        return None if last_on is None else last_on + _A_DAY


class HourField(forms.TimeField):
    """An hour and minute as typed: ``9:05``, ``9h05``, ``9h``."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            widget=forms.TimeInput(format="%H:%M", attrs={**attributes, "type": "text"}),
            input_formats=["%H:%M", "%Hh%M", "%H h %M", "%Hh", "%H"],
            **kwargs,
        )


class MoneyField(forms.CharField):
    """An amount in minor units of a currency, typed with or without spaces."""

    def __init__(self, *, currency: str = "XOF", **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)
        self.currency = currency  # a form sets the mutual's own when it is made

    @property
    def unit(self) -> str:
        """What stands after the field."""
        return CURRENCIES[self.currency].symbol

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            return amount(value, self.currency, get_language() or "fr")
        return value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        unbroken = text.replace(" ", "\u202f")  # a refusal tells it on one line
        return _or_invalid(lambda typed: read_amount(typed, self.currency), unbroken)


def read_amount(text: str, currency: str) -> int:
    """Minor units of an amount as typed: ``12 500 F CFA``, ``12.500``, ``12500,00``: all that a
    cell of a file may say, and refused as there (:func:`entraide.files.cell_values.read_money`)."""
    return cell_values.read_money(Cell(text.strip()), currency)


def _or_invalid(read: Any, text: str) -> Any:
    try:
        return read(text)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.data, get_language() or "fr")
        raise ValidationError(told, code=refusal.code) from refusal
