"""``earned``: what each month earns of a contribution, and what is not yet earned after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from entraide.cli.calculations import forms
from entraide.cli.calculations.amounts import digits_of, from_minor, to_minor
from entraide.core.errors import Refusal
from entraide.core.exposure import earned_by_month, earning_period
from entraide.core.periods import Period

SCHEMA = forms.document(
    "earned",
    ("amount", "effective", "expiry"),
    {
        "amount": forms.amount("the contribution"),
        "effective": forms.day("first day of cover"),
        "expiry": forms.day("last day of cover, inside"),
        "pay_date": forms.day("earning waits for the payment: the whole amount from this day"),
        "currency": forms.currency(),
    },
)

EXAMPLE: dict[str, Any] = {"amount": 12000, "effective": "2021-01-01", "expiry": "2021-12-31"}


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """Months sum exactly to the amount; rounding is on the cumulative amount."""
    first = date.fromisoformat(document["effective"])
    last = date.fromisoformat(document["expiry"])
    if last < first:
        raise Refusal("PERIOD_EMPTY", place="expiry", start=first, until=last)
    period = Period.inclusive(first, last)
    if "pay_date" in document:
        period = earning_period(period, date.fromisoformat(document["pay_date"]))
    digits = digits_of(document.get("currency"))
    whole = to_minor(document["amount"], digits, "amount")
    months, unearned, left = {}, {}, whole
    for month, earned in earned_by_month(whole, period).items():
        left -= earned
        months[f"{month:%Y-%m}"] = from_minor(earned, digits)
        unearned[f"{month:%Y-%m}"] = from_minor(left, digits)
    return {
        "days": period.days,
        "total": from_minor(whole, digits),
        "months": months,
        "unearned_at_end": unearned,
    }
