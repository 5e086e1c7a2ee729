"""Exposure: how long people were covered, and how much of a contribution a day has earned.

Every ratio of a mutual rests on these two. A month counts by its days: days under cover ÷ days
of that month, so that a full calendar month is exactly 1, whatever its length. A contribution is
earned evenly over the days of its cover. The earned part is rounded half up on the *cumulative*
amount, so that months always sum to the whole, and a reserve of unearned contributions
(« cotisations non acquises ») recomputed by an auditor on any day is equal to the last unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months, month_start


def earned_until(amount_minor: int, period: Period, until: date) -> int:
    """What is earned before the day ``until`` (not included), in minor units.

    Amount × days elapsed ÷ days of the period, rounded once half up: nothing before the period,
    the whole from its end on. The unearned part is the amount less this.
    """
    elapsed = min(max((until - period.start).days, 0), period.days)
    # Half up of a fraction in whole numbers: exact for any amount, no division to round twice.
    doubled = 2 * abs(amount_minor) * elapsed + period.days
    earned = doubled // (2 * period.days)
    return earned if amount_minor >= 0 else -earned


def earned_by_month(amount_minor: int, period: Period) -> dict[date, int]:
    """What each calendar month earns, keyed by its first day; the months sum to the amount."""
    return {
        month_start(part.start): earned_until(amount_minor, period, part.until)
        - earned_until(amount_minor, period, part.start)
        for part in period.months()
    }


def earning_period(cover: Period, paid_on: date) -> Period:
    """The days over which an amount is earned when earning waits for its payment.

    From the later of the first day of cover and the payment. Refused with ``PAID_AFTER_COVER``
    when no day of cover remains.
    """
    if paid_on >= cover.until:
        raise Refusal("PAID_AFTER_COVER", paid_on=paid_on, last=cover.last)
    return Period(max(cover.start, paid_on), cover.until)


@dataclass(frozen=True, slots=True)
class CoveredGroup:
    """Persons who share the same cover. ``is_new``: the waiting period applies to them."""

    cover: Period
    persons: int
    is_new: bool = False


def waiting_over_on(cover_start: date, waiting_months: int) -> date:
    """The first day at risk: so many calendar months after the cover began."""
    return add_months(cover_start, waiting_months)


def person_months(groups: Iterable[CoveredGroup], within: Period) -> Fraction:
    """Months under cover inside ``within``, over all persons (« mois-bénéficiaires »)."""
    return _months(((group.cover, group.persons) for group in groups), within)


def person_months_at_risk(
    groups: Iterable[CoveredGroup], within: Period, waiting_months_for_new: int
) -> Fraction:
    """The person-months less those of new members still in their waiting period."""
    at_risk = []
    for group in groups:
        waiting = waiting_months_for_new if group.is_new else 0
        start = waiting_over_on(group.cover.start, waiting)
        if start < group.cover.until:
            at_risk.append((Period(start, group.cover.until), group.persons))
    return _months(at_risk, within)


def _months(covers: Iterable[tuple[Period, int]], within: Period) -> Fraction:
    total = Fraction(0)
    for cover, persons in covers:
        inside = cover.overlap(within)
        if inside is not None:
            total += persons * inside.in_months()
    return total


@dataclass(frozen=True, slots=True)
class YearExposure:
    """One year of cover. ``utilisation_per_person_year`` is None when nobody was at risk."""

    member_months_covered: Fraction
    member_months_at_risk: Fraction
    cases: Fraction

    @property
    def mean_members_at_risk(self) -> Fraction:
        """Months at risk ÷ 12 (« effectif moyen »)."""
        return self.member_months_at_risk / 12

    @property
    def utilisation_per_person_year(self) -> Fraction | None:
        """Cases by date of care ÷ mean members at risk."""
        mean = self.mean_members_at_risk
        return self.cases / mean if mean else None


def year_exposure(
    year: int, groups: Iterable[CoveredGroup], waiting_months_for_new: int, cases: Fraction
) -> YearExposure:
    """The exposure of a calendar year, the base of its utilisation."""
    within = Period(date(year, 1, 1), date(year + 1, 1, 1))
    kept = tuple(groups)
    return YearExposure(
        person_months(kept, within),
        person_months_at_risk(kept, within, waiting_months_for_new),
        cases,
    )
