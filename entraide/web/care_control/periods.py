"""The period that a page of medical control shows: two days asked for, or what stands in first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from entraide.core.periods import add_months, month_start
from entraide.web.fields import DayField
from entraide.web.office import OfficeRequest


class PeriodForm(forms.Form):
    """First and last day, both inside."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """``[from_, until)`` with the form that asked for it."""

    form: PeriodForm
    from_: date
    until: date


def asked_period(request: OfficeRequest, months: int = 3, *, last_on: date | None = None) -> Asked:
    """The days asked for; else the month of ``last_on`` (today for None) and those before it,
    ``months`` in all."""
    until = add_months(month_start(last_on or request.day), 1)
    from_ = add_months(until, -months)
    given: Any = request.GET.copy()
    given.setdefault("first", f"{from_:%d/%m/%Y}")
    given.setdefault("last", f"{until - timedelta(days=1):%d/%m/%Y}")
    form = PeriodForm(given)
    if form.is_valid():
        first, last = form.cleaned_data["first"] or from_, form.cleaned_data["last"] or request.day
        if first <= last:
            return Asked(form, first, last + timedelta(days=1))
    return Asked(form, from_, until)
