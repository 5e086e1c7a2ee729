"""The days of the year of a product as people type them: first days of cover, times to join."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_DAY = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})")
_NONE = {"none", "sans", "aucun", "aucune", "toute l’année", "toute l'année", "all year"}
MOST = 24  # a day in each half month: more is a mistake of typing


class DaysOfYearField(forms.CharField):
    """Days of the year as typed, ``01/01, 01/07``; as a rule file writes them, ``["01-01", …]``.

    « sans » for no day (``[]``); an empty field says nothing.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Day and month, as 01/01, 01/07; “none” for any day."))
        super().__init__(max_length=300, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return ", ".join(each.replace("-", "/") for each in value) or _("none")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        if text.strip().lower() in {*_NONE, _("none")}:
            return []
        return [_day(part) for part in _parts(r"[,;\n]+", text)]


class WindowsField(forms.CharField):
    """Times of the year as typed, one a line, ``01/10 - 31/01``; both days are inside.

    As a rule file writes them, ``["01-10/31-01"]``; « sans » for the whole year (``[]``).
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("One time a line, first and last day: 01/10 to 31/01; “none” for the whole year."),
        )
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}))
        super().__init__(max_length=600, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        lines = [
            _("%(first)s to %(last)s") % {"first": ends[0], "last": ends[1]}
            for each in value
            for ends in [[end.replace("-", "/") for end in each.split("/")]]
        ]
        return "\n".join(lines) or _("none")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        if text.strip().lower() in {*_NONE, _("none")}:
            return []
        return [_window(line) for line in _parts(r"[;\n]+", text)]


def _parts(separator: str, text: str) -> list[str]:
    parts = [part.strip() for part in re.split(separator, text) if part.strip()]
    if len(parts) > MOST:
        raise ValidationError(_("At most %(count)d here.") % {"count": MOST})
    return parts


def _day(text: str) -> str:
    """``1/7`` as ``01-07``; the 29th of February does not come every year, and is none."""
    found = _DAY.fullmatch(text.strip())
    if found is not None:
        day, month = int(found[1]), int(found[2])
        try:
            date(2023, month, day)
        except ValueError:
            pass
        else:
            return f"{day:02d}-{month:02d}"
    raise ValidationError(
        _("“%(text)s” is not a day of every year: write 01/07.") % {"text": text.strip()[:60]}
    )


def _window(line: str) -> str:
    found = [match.group(0) for match in _DAY.finditer(line)]
    if len(found) != 2:
        raise ValidationError(
            _("Write a first and a last day, as 01/10 to 31/01: %(line)s") % {"line": line[:60]}
        )
    return "/".join(_day(each) for each in found)
