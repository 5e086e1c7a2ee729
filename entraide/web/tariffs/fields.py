"""One field for each kind of value of a tariff, as people type it, and back to a rule's value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.core.errors import Refusal
from entraide.core.parameters import Dated
from entraide.core.product import ContributionKind
from entraide.documents import writing
from entraide.messages import sentence
from entraide.rulebook.consistency import READ_BY_KIND
from entraide.rulebook.revision import parameter_type
from entraide.rulebook.schema import (
    AmountParameter,
    Bracket,
    BracketsParameter,
    CeilingParameter,
    FlagParameter,
    MonthsListParameter,
    PaidByParameter,
    RateParameter,
    Step,
    StepsParameter,
)
from entraide.web.fields import MoneyField, read_amount
from entraide.web.home.rule_words import CHOICE_WORDS, value_name

# What may be written beside every formula, in the order in which it is read on paper.
BESIDE = (
    "joining_fee_minor",
    "joining_fee_minor_per_person",
    "assembly_fee_minor",
    "assembly_fee_minor_per_person",
    "state_share_rate",
    "employer_share_rate",
    "sponsor_share_rate",
    "state_minor_per_person",
    "employer_minor_per_person",
    "sponsor_minor_per_person",
    "subsidy_minor_per_person",
    "early_enrolment_discount_rate",
    "early_enrolment_months",
    "renewal_discount_rate",
    "renewal_discount_months",
    "whole_payment_discount_rate",
    "discounts_cover_fees",
    "instalment_count",
    "instalment_months",
)


@dataclass(frozen=True, slots=True)
class TariffValue:
    """One value that may be changed: its key path, what stands on the day (``...``: nothing)."""

    path: str
    current: Any

    @property
    def field_name(self) -> str:
        """The name of its field in a form."""
        return self.path.replace(".", "-")


class RulesRead(Protocol):
    """The rules of a product, approved or still being written."""

    @property
    def document(self) -> dict[str, Any]: ...

    @property
    def parameters(self) -> Mapping[str, Dated[Any]]: ...


def tariff_values(rules: RulesRead, on: date) -> tuple[list[TariffValue], list[TariffValue]]:
    """The values of a tariff: those that stand on a day, then those that may be added."""
    kind = ContributionKind(rules.document["contribution"]["kind"])
    needed, allowed = READ_BY_KIND[kind]
    names = [*needed, *allowed, *BESIDE]
    paths = ["fund_share_rate", *(f"contribution.{name}" for name in names)]
    paths += [path for path in rules.parameters if path.startswith("contribution.categories.")]
    values = [TariffValue(path, _standing(rules, path, on)) for path in paths]
    standing = [value for value in values if value.current is not ...]
    rate_names = {"loan_rate", "loan_brackets", "income_rate", "income_brackets"}
    # One rate or rates by tranche: the other of the two is another formula.
    has_rate = any(value.path.rpartition(".")[2] in rate_names for value in standing)
    absent = [
        value
        for value in values
        if value.current is ... and not (has_rate and value.path.rpartition(".")[2] in rate_names)
    ]
    return standing, absent


def _standing(rules: RulesRead, path: str, on: date) -> Any:
    dated = rules.parameters.get(path)
    if dated is None or dated.values[0].effective_from > on:
        return ...
    return dated.at(on).value


class PercentField(forms.CharField):
    """A rate typed in per cent, ``6,5``; its value is the text of a rule, ``0.065``."""

    unit = "%"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return _percent(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return None if text in self.empty_values else _rate(text)


class RowsField(forms.CharField):
    """A table, one row a line: ``300 000 : 6 %`` or ``4 : 60 000``."""

    def __init__(self, *, name: str, currency: str, is_rate: bool, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.name, self.currency, self.is_rate = name, currency, is_rate

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(self._line(row) for row in value)

    def _line(self, row: Step | Bracket) -> str:
        language = get_language() or "fr"
        limit = (
            str(row.up_to)
            if self.name == "by_size_minor"
            else writing.amount(row.up_to, self.currency, language)
        )
        if isinstance(row, Bracket):
            return f"{limit} : {_percent(row.rate)}"
        return f"{limit} : {writing.amount(row.amount_minor, self.currency, language)}"

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        rows = []
        for line in text.splitlines():
            if not line.strip():
                continue
            limit, separator, price = line.partition(":")
            if not separator:
                told = _("Write each row as “limit : value”: %(line)s") % {"line": line.strip()}
                raise ValidationError(told)
            rows.append(self._row(limit, price))
        return rows

    def _row(self, limit: str, price: str) -> dict[str, Any]:
        if self.name == "by_size_minor":
            digits = limit.strip()
            if not digits.isdecimal():
                raise ValidationError(_("“%(text)s” is not a number.") % {"text": digits})
            up_to = int(digits)
        else:
            up_to = _amount(limit, self.currency)
        if self.is_rate:
            return {"up_to": up_to, "rate": _rate(price.replace("%", ""))}
        return {"up_to": up_to, "amount_minor": _amount(price, self.currency)}


class MonthsField(forms.CharField):
    """Months as typed, ``0, 2, 5, 9``."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(month) for month in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        parts = re.split(r"[\s,;]+", text.strip())
        if not all(part.isdecimal() and len(part) < 4 for part in parts):
            raise ValidationError(_("Write the months as 0, 2, 5, 9."))
        return [int(part) for part in parts]


def field_of(value: TariffValue, currency: str) -> forms.Field:
    """The field that asks for a value, with what stands now in it."""
    kind, name = parameter_type(value.path), value.path.rpartition(".")[2]
    current = None if value.current is ... else value.current
    common: dict[str, Any] = {
        "label": value_name(value.path),
        "required": False,
        "initial": current,
    }
    if kind in (StepsParameter, BracketsParameter):
        is_rate = kind is BracketsParameter
        hint = _("One row a line: limit : value. The last row also serves what is above.")
        return RowsField(name=name, currency=currency, is_rate=is_rate, help_text=hint, **common)
    if kind is MonthsListParameter:
        return MonthsField(**common)
    if kind in (AmountParameter, CeilingParameter):
        return MoneyField(currency=currency, **common)
    if kind is RateParameter:
        return PercentField(**common)
    if kind is FlagParameter:
        common["initial"] = {True: "yes", False: "no"}.get(current, "")  # type: ignore[call-overload]
        choices = [("", "–"), ("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(choices=choices, **common)
    if kind is PaidByParameter:
        words = ("state", "employer", "sponsor", "mutual")
        choices = [(word, str(CHOICE_WORDS[word])) for word in words]
        return forms.ChoiceField(choices=choices, **common)
    return forms.IntegerField(min_value=0, max_value=1_000_000, **common)


def changed_values(values: list[TariffValue], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed that differs from what stands, as plain values of a rule file by key path.

    An emptied field changes nothing, except a highest contribution, which it takes away.
    """
    changes: dict[str, Any] = {}
    for value in values:
        typed = cleaned.get(value.field_name)
        kind = parameter_type(value.path)
        if kind is FlagParameter:
            typed = {"yes": True, "no": False}.get(typed) if isinstance(typed, str) else None
        if typed in (None, ""):
            if kind is CeilingParameter and isinstance(value.current, int):
                changes[value.path] = None
            continue
        if typed != _plain(value.current):
            changes[value.path] = typed
    return changes


def _plain(current: Any) -> Any:
    """A standing value as a rule file writes it."""
    if isinstance(current, Decimal):
        return _rate_text(current)
    if isinstance(current, list) and current and isinstance(current[0], Bracket):
        return [{"up_to": row.up_to, "rate": _rate_text(row.rate)} for row in current]
    if isinstance(current, list) and current and isinstance(current[0], Step):
        return [{"up_to": row.up_to, "amount_minor": row.amount_minor} for row in current]
    return current


def _percent(rate: Decimal) -> str:
    text = f"{rate * 100:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if (get_language() or "fr") == "fr" else text


def _rate(text: str) -> str:
    try:
        rate = Decimal("".join(text.split()).rstrip("%").replace(",", ".")) / 100
    except InvalidOperation:
        rate = Decimal(-1)
    if not rate.is_finite() or not 0 <= rate <= 1 or -rate.as_tuple().exponent > 8:  # type: ignore[operator]
        raise ValidationError(
            _("“%(text)s” is not a percentage between 0 and 100.") % {"text": text.strip()}
        )
    return _rate_text(rate)


def _rate_text(rate: Decimal) -> str:
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(text: str, currency: str) -> int:
    try:
        return read_amount(text, currency)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.data, get_language() or "fr")
        raise ValidationError(told) from refusal
