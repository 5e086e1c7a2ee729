"""The months of a report, as asked in the address: ``?from=2025-01&to=2025-12``, both inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from entraide.apps.reporting.services import last_full_year, period_of_report
from entraide.core.errors import Refusal
from entraide.core.groups import GROUP_KINDS
from entraide.core.periods import Period, add_months, month_start

ALONE = "alone"  # families without group, in an address
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Choice:
    """A usual period in one click."""

    name: str
    query: str
    is_current: bool


def asked_period(first: str, last: str, on: date) -> Period:
    """The period asked for, the last twelve full months when nothing is.

    Refused with ``REPORT_MONTH_UNREADABLE`` (place ``from`` or ``to``) or as
    ``period_of_report`` refuses.
    """
    usual = last_full_year(on)
    start = _read(first, "from") if first else None
    end = _read(last, "to") if last else None
    if start is None and end is None:
        return usual
    if end is None:
        assert start is not None
        end = max(start, min(add_months(start, 11), add_months(month_start(on), -1)))
    return period_of_report(start or add_months(end, -11), add_months(end, 1), on)


def query_of(period: Period, group_kind: str | None = None) -> str:
    """The same period, and the same kind of group if one is asked for, in an address."""
    asked = {"from": f"{period.start:%Y-%m}", "to": f"{period.last:%Y-%m}"}
    if group_kind is not None:
        asked["kind"] = group_kind or ALONE
    return urlencode(asked)


def asked_kind(text: str) -> str | None:
    """The kind of group of ``?kind=``; None for the whole mutual."""
    if text == ALONE:
        return ""
    return text if text in GROUP_KINDS else None


def usual_choices(current: Period, on: date, group_kind: str | None = None) -> list[Choice]:
    """The periods that are asked for most."""
    this_month = month_start(on)
    january = date(on.year, 1, 1)
    usual = [
        (_("Last 12 full months"), last_full_year(on)),
        (_("This year so far"), Period(january, add_months(this_month, 1))),
        (str(on.year - 1), Period(date(on.year - 1, 1, 1), january)),
        (_("Last full month"), Period(add_months(this_month, -1), this_month)),
    ]
    return [Choice(name, query_of(period, group_kind), period == current) for name, period in usual]


def _read(text: str, place: str) -> date:
    found = _MONTH.fullmatch(text.strip())
    if found is not None:
        year, month, other_month, other_year = found.groups()
        number = int(month or other_month)
        if 1 <= number <= 12 and 1900 <= int(year or other_year) <= 9000:
            return date(int(year or other_year), number, 1)
    raise Refusal("REPORT_MONTH_UNREADABLE", place=place, text=text[:40])
