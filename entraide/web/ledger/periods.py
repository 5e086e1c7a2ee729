"""The period that a page of the books is asked for: a year, or one of its months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.core.periods import add_months
from entraide.documents import writing
from entraide.web.office import OfficeRequest

FEWEST_YEARS = 5


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """``month`` 0 stands for the whole year; ``today`` bounds what is known."""

    year: int
    month: int
    today: date

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def until(self) -> date:
        """The first day after."""
        return add_months(self.start, 1 if self.month else 12)

    @property
    def last_day(self) -> date:
        """The last day that has come."""
        return max(self.start, min(self.until - timedelta(days=1), self.today))

    @property
    def words(self) -> str:
        """``2025`` or ``mars 2025``."""
        return writing.period(self.start, self.until, get_language() or "fr")

    @property
    def query(self) -> str:
        """The parameters that ask for it again."""
        return f"year={self.year}" + (f"&month={self.month}" if self.month else "")

    @property
    def years(self) -> list[int]:
        """The years that may be chosen, the latest first."""
        first = min(self.year, self.today.year - FEWEST_YEARS)
        return list(range(max(self.year, self.today.year), first, -1))

    @property
    def months(self) -> list[tuple[int, str]]:
        """The choices of the month: the whole year, then January to December."""
        language = get_language() or "fr"
        names = [writing.month(date(2001, n, 1), language).partition(" ")[0] for n in range(1, 13)]
        return [(0, _("Whole year")), *((n, name) for n, name in enumerate(names, start=1))]


def asked_period(request: OfficeRequest) -> AskedPeriod:
    """The period of ``?year=2025&month=3``: this year, whole, when nothing readable is asked."""
    year, month = request.GET.get("year", ""), request.GET.get("month", "")
    is_year = year.isascii() and year.isdigit() and 1990 < int(year) < 2200
    is_month = month.isascii() and month.isdigit() and 1 <= int(month) <= 12
    return AskedPeriod(
        int(year) if is_year else request.day.year, int(month) if is_month else 0, request.day
    )
