"""The date of birth as families know it: a day, or the year alone."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from entraide.apps.enrolment.models import BirthPrecision
from entraide.core.errors import Refusal
from entraide.files.cell_days import Birth, read_typed
from entraide.messages import sentence
from entraide.web import clock


def text_input(**attrs: str) -> forms.TextInput:
    """A field typed at a desk: the browser proposes nothing of the family before."""
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


_YEAR = re.compile(r"(18|19|20)\d\d")  # that a refusal proposes
_AROUND = re.compile(r"(?:about|around|~)\s*(?=\d{4})", re.IGNORECASE)  # as « vers »


def read_birth(text: str) -> Birth:
    """``12/06/1987``, ``12 mars 82``, ``1987`` or « vers 1987 », as in a file that is imported.

    Else ``BIRTH_UNREADABLE`` or ``BIRTH_DAY_DOES_NOT_EXIST``.
    """
    typed = text.strip()
    try:
        return read_typed(_AROUND.sub("vers ", typed), today=clock.today())
    except Refusal as refusal:
        year = re.search(_YEAR, typed)
        if refusal.code == "CELL_DAY_SWAPPED":
            raise
        if refusal.code == "CELL_DAY_IMPOSSIBLE" and year is not None:
            raise Refusal("BIRTH_DAY_DOES_NOT_EXIST", text=typed, year=year.group()) from None
        raise Refusal("BIRTH_UNREADABLE", text=typed) from None


def birth_text(on: date, precision: str) -> str:
    """How a date of birth stands in its field: the day, the year alone, « vers » a year."""
    if precision == BirthPrecision.AROUND:
        return f"vers {on.year}"
    return f"{on:%d/%m/%Y}" if precision == BirthPrecision.EXACT else str(on.year)


class BirthField(forms.CharField):
    """A date of birth; its value is a :class:`Birth`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return read_birth(text)
        except Refusal as refusal:
            told = sentence(refusal.code, refusal.data, get_language() or "fr")
            raise ValidationError(told, code=refusal.code) from refusal
