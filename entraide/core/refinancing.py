"""A loan refinanced before its term: what of the earlier contribution is given back, owed, or not.

Worked out in docs/algorithms/refinancing.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.core.periods import Period, add_months


@dataclass(frozen=True, slots=True)
class UnexpiredPart:
    """The part of a contribution whose months have not begun: ``credit = contribution × left ÷
    total``, in minor units, rounded once, half up."""

    contribution_minor: int
    months_total: int
    months_left: int
    credit_minor: int


def months_of(period: Period) -> int:
    """The months of a cover, the last one whole even when the cover ends within it."""
    total = 1
    while add_months(period.start, total) < period.until:
        total += 1
    return total


def months_begun(period: Period, until: date) -> int:
    """The months of a cover that have begun before a day; a month begun counts whole.

    On the very day on which a month begins, that month has not begun: cover passes over that day.
    """
    begun, total = 0, months_of(period)
    while begun < total and add_months(period.start, begun) < until:
        begun += 1
    return begun


def unexpired_part(period: Period, refinanced_on: date, contribution_minor: int) -> UnexpiredPart:
    """What a cover that stops on ``refinanced_on`` gives back to the one that follows it.

    ``contribution_minor`` is what the household's contribution for the whole cover was, fees left
    out: they are used up at once. Nothing when the last month has begun.
    """
    assert contribution_minor >= 0, "a contribution is not negative"
    total = months_of(period)
    left = total - months_begun(period, refinanced_on)
    credit_minor = (2 * contribution_minor * left + total) // (2 * total)  # half up, in integers
    return UnexpiredPart(contribution_minor, total, left, credit_minor)


@dataclass(frozen=True, slots=True)
class SettledContribution:
    """What becomes of an earlier contribution, in minor units: ``called = paid + unpaid``.

    ``credit``: of what was paid, the part of the months not begun. ``cancelled``: of what was not
    paid, the part of those months, owed by nobody. ``still_due``: the rest of what was not paid,
    for the months begun. The months begun thus cost ``called − credit − cancelled``, what they
    would have cost paid in full.
    """

    called_minor: int
    paid_minor: int
    months_total: int
    months_left: int
    credit_minor: int
    cancelled_minor: int

    @property
    def unpaid_minor(self) -> int:
        """What was not paid on the day of the refinancing."""
        return self.called_minor - self.paid_minor

    @property
    def still_due_minor(self) -> int:
        """What stays to be paid, for the months begun."""
        return self.unpaid_minor - self.cancelled_minor


def settled_contribution(
    period: Period, refinanced_on: date, called_minor: int, paid_minor: int
) -> SettledContribution:
    """Share an earlier contribution, paid or not, between the months begun and the others.

    The whole and the paid part are each rounded once, half up; the part cancelled is their
    difference, so that what is paid decides nothing of what the months begun cost.
    """
    assert 0 <= paid_minor <= called_minor, "no more is paid than was called"
    whole = unexpired_part(period, refinanced_on, called_minor)
    credit_minor = unexpired_part(period, refinanced_on, paid_minor).credit_minor
    return SettledContribution(
        called_minor,
        paid_minor,
        whole.months_total,
        whole.months_left,
        credit_minor,
        whole.credit_minor - credit_minor,
    )
