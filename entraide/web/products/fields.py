"""One field for each value of a rule of care, as people type it, and back to a rule's value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.apps.nomenclature.selectors import care_items_named, item_labels
from entraide.apps.providers.selectors import care_systems
from entraide.messages import sentence
from entraide.rulebook.drafts import UNSAID, value_at
from entraide.rulebook.revision import parameter_type
from entraide.rulebook.schema import (
    AmountParameter,
    CeilingParameter,
    CountOrNoneParameter,
    CyclesParameter,
    DaysOrNoneParameter,
    FlagParameter,
    RateParameter,
    UnitParameter,
    WindowsParameter,
    YearsOrNoneParameter,
)
from entraide.rulebook.schema_care import PayerParameter
from entraide.web.fields import MoneyField
from entraide.web.home.rule_words import CHOICE_WORDS, value_name
from entraide.web.products.calendar_fields import DaysOfYearField, WindowsField
from entraide.web.tariffs.fields import PercentField

PAYERS = ("member", "state", "employer", "sponsor", "programme")
MOST_ITEMS = 40
_EMPTY_LINES = 2
_KEY = re.compile(r"\[([^\[\]]+)\]$")


class NoLimit:
    """« sans »: said, and no limit; where the field is empty, nothing is said."""

    def __str__(self) -> str:
        return _("none")


NO_LIMIT = NoLimit()


def _is_none(text: Any) -> bool:
    words = {"none", "sans", "aucun", "aucune", "illimité", _("none").lower()}
    return isinstance(text, str) and text.strip().lower() in words


class CeilingField(MoneyField):
    """An amount, or « sans » for no limit."""

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, NoLimit) else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        return NO_LIMIT if _is_none(value) else super().to_python(value)


class CountField(forms.CharField):
    """A whole number, or « sans » for no limit where there may be one."""

    def __init__(
        self, *, most: int, least: int, may_be_none: bool, unit: str, **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**kwargs)
        self.most, self.least, self.may_be_none = most, least, may_be_none
        self.unit = unit

    def to_python(self, value: Any) -> Any:
        if self.may_be_none and _is_none(value):
            return NO_LIMIT
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        digits = re.sub(r"\s", "", text)
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
            raise ValidationError(_("“%(text)s” is not a number.") % {"text": text})
        if not self.least <= int(digits) <= self.most:
            bounds = {"least": self.least, "most": self.most}
            raise ValidationError(_("A number from %(least)s to %(most)s.") % bounds)
        return int(digits)


def field_of(path: str, current: Any, currency: str) -> forms.Field:
    """The field of the value at a key path; ``current`` as a rule file writes it."""
    kind, name = parameter_type(path), path.rpartition(".")[2]
    common: dict[str, Any] = {
        "label": value_name(name),
        "required": False,
        "initial": _initial(kind, current),
    }
    if kind is CeilingParameter:
        return CeilingField(currency=currency, **common)
    if kind is AmountParameter:
        return MoneyField(currency=currency, **common)
    if kind is RateParameter:
        return PercentField(**common)
    if kind is FlagParameter:
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))], **common)
    if kind is PayerParameter:
        choices = [("", "–"), *((word, str(CHOICE_WORDS[word])) for word in PAYERS)]
        return forms.ChoiceField(choices=choices, **common)
    if kind is CyclesParameter:
        return DaysOfYearField(**common)
    if kind is WindowsParameter:
        return WindowsField(**common)
    if kind is UnitParameter:
        units = ("family", "individual", "collective")
        choices = [("", "–"), *((word, str(CHOICE_WORDS[word])) for word in units)]
        return forms.ChoiceField(choices=choices, **common)
    may_be_none = kind in (CountOrNoneParameter, DaysOrNoneParameter, YearsOrNoneParameter)
    is_count = kind.expected_unit == "1"
    most = {"month": 120, "day": 3660, "year": 130}.get(kind.expected_unit, 1_000_000)
    unit = {"month": _("months"), "day": _("days"), "year": _("years")}.get(kind.expected_unit, "")
    return CountField(most=most, least=int(is_count), may_be_none=may_be_none, unit=unit, **common)


def _initial(kind: type[Any], current: Any) -> Any:
    if current is UNSAID:
        return ""
    if current is None:
        return NO_LIMIT
    if kind is RateParameter:
        return Decimal(current)
    if kind is FlagParameter:
        return "yes" if current else "no"
    return current


def plain_value(path: str, typed: Any) -> Any:
    """What was typed as a rule file writes it; :data:`UNSAID` for nothing."""
    if typed is None or typed == "":
        return UNSAID
    if isinstance(typed, NoLimit):
        return None
    if parameter_type(path) is FlagParameter:
        return typed == "yes"
    return typed


def standing(document: Mapping[str, Any], path: str, on: date) -> Any:
    """What a draft says at a key path on its day."""
    return value_at(document, path, on)


class ItemsWidget(forms.Widget):
    """One line for each act, with empty ones after it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        typed = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [text for text in typed if text.strip()][:MOST_ITEMS]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        ident = (attrs or {}).get("id", "")
        described = (attrs or {}).get("aria-describedby", "")
        lines = [*(value or []), *([""] * _EMPTY_LINES)]
        return format_html_join(
            "",
            '<input class="input" name="{}" id="{}" value="{}" list="care-items"'
            ' autocomplete="off" maxlength="300" aria-label="{}" aria-describedby="{}">',
            (
                (
                    name,
                    ident if rank == 0 else f"{ident}-{rank}",
                    text,
                    _("Act or drug, line %(number)d") % {"number": rank + 1},
                    described,
                )
                for rank, text in enumerate(lines)
            ),
        )


class ItemsField(forms.Field):
    """Acts and drugs by name or code; its value is their ``system:code``."""

    widget = ItemsWidget

    def __init__(self, *, known: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.known = known
        labels = item_labels(frozenset(known)) if known else {}
        self.initial = [f"{labels.get(key, '')} [{key}]".strip() for key in known]

    def to_python(self, value: Any) -> list[str]:
        keys: list[str] = []
        faults: list[str] = []
        for text in value or ():
            named = _KEY.search(text.strip())
            if named and (named[1] in self.known or item_labels(frozenset({named[1]}))):
                keys.append(named[1])
                continue
            found = care_items_named(_KEY.sub("", text), systems=care_systems())
            if len(found) == 1:
                keys.append(f"{found[0].system}:{found[0].code}")
                continue
            near = ", ".join(f"{each.label} [{each.system}:{each.code}]" for each in found[:4])
            code = "CARE_ITEM_SEVERAL" if found else "CARE_ITEM_NOT_FOUND"
            faults.append(sentence(code, {"text": text, "near": near}, get_language() or "fr"))
        if faults:
            raise ValidationError(faults)
        return list(dict.fromkeys(keys))


def item_options(items: Any) -> SafeString:
    """The acts to choose from, for a ``datalist``."""
    options = format_html_join(
        "", '<option value="{} [{}:{}]">', ((each.label, each.system, each.code) for each in items)
    )
    return format_html('<datalist id="care-items">{}</datalist>', options)
