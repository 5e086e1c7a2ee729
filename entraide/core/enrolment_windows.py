"""When people may join: parts of the year that come back, both of their ends inside."""

from __future__ import annotations

from datetime import date

from entraide.core.periods import Period
from entraide.core.product import MembershipRule

Window = tuple[tuple[int, int], tuple[int, int]]


def open_window(rule: MembershipRule, on: date) -> Period | None:
    """The window that a day stands in; None when joining is closed, or when it never closes.

    A window such as ``01-11/31-01`` goes over the new year.
    """
    for window in rule.enrolment_windows:
        for year in (on.year, on.year - 1):
            period = _of_year(window, year)
            if on in period:
                return period
    return None


def next_window(rule: MembershipRule, on: date) -> Period | None:
    """The first window that opens after a day; None when joining never closes."""
    coming = [
        period
        for window in rule.enrolment_windows
        for period in (_of_year(window, on.year), _of_year(window, on.year + 1))
        if period.start > on
    ]
    return min(coming, default=None)


def may_join(rule: MembershipRule, on: date) -> bool:
    """Whether a family may join on a day: always, where the product names no window."""
    return not rule.enrolment_windows or open_window(rule, on) is not None


def _of_year(window: Window, year: int) -> Period:
    (first_day, first_month), (last_day, last_month) = window
    first = date(year, first_month, first_day)
    last = date(year, last_month, last_day)
    if last < first:
        last = date(year + 1, last_month, last_day)
    return Period.inclusive(first, last)
