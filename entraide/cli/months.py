"""Months as the command line writes them: ``2025-03``."""

from __future__ import annotations

import argparse
import re
from datetime import date

from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months
from entraide.messages import translate

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def add_month_options(parser: argparse.ArgumentParser, *, first: str, last: str) -> None:
    """``--from`` and ``--to``, with what each says of itself: already translated."""
    for option, destination, text in (("--from", "first", first), ("--to", "last", last)):
        parser.add_argument(option, dest=destination, metavar=translate("YYYY-MM"), help=text)


def month_of(text: str | None, option: str) -> date | None:
    """The first day of a month, None when no text is given; ``REPORT_MONTH_UNREADABLE``."""
    if text is None:
        return None
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 9000:
        raise Refusal("REPORT_MONTH_UNREADABLE", place=option, text=text[:40])
    return date(int(match[1]), int(match[2]), 1)


def month_period(first: date | None, last: date | None) -> Period | None:
    """Both months inside; one alone is that month, none is all time; ``REPORT_MONTHS_SWAPPED``."""
    start, end = first or last, last or first
    if start is None or end is None:
        return None
    if end < start:
        raise Refusal("REPORT_MONTHS_SWAPPED", first=start)
    return Period(start, add_months(end, 1))
