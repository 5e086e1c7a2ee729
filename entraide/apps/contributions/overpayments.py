"""Money received beyond what is due: of covers that never began, of prices corrected downwards.

A receipt above what is due is refused at the desk; what is too much appears later. It stays with
its receipts until whoever may reverse them gives it back, or moves it to the family that owes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import F, Max, Sum

from entraide.apps.contributions.models import (
    ContributionDue,
    ContributionPayment,
    Payer,
    PaymentReassignment,
)
from entraide.apps.enrolment.history import Change
from entraide.apps.enrolment.models import Household, RegisterChange
from entraide.apps.schemes.models import Mutual


class OverpaidWhy(StrEnum):
    """How money came to be more than what is due."""

    NEVER_BEGUN = "never_begun"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Overpaid:
    """What one family paid beyond what it owes, for one reason, and the day that it became so."""

    household: Household
    why: OverpaidWhy
    amount_minor: int
    since: date


def overpaid(mutual: Mutual) -> list[Overpaid]:
    """Every family that is to be given something back, the longest first. Five queries.

    For a price corrected downwards, what was reversed or moved to another family since the
    correction counts as given back.
    """
    found = [*_never_begun(mutual), *_corrected(mutual)]
    homes = Household.objects.in_bulk({each[0] for each in found})
    rows = [Overpaid(homes[key], why, minor, since) for key, why, minor, since in found]
    return sorted(rows, key=lambda row: (row.since, row.household.number))


_Found = tuple[int, OverpaidWhy, int, date]


def _never_begun(mutual: Mutual) -> list[_Found]:
    """Parts paid of covers that ended on their first day or before it."""
    rows = (
        ContributionDue.objects.filter(
            mutual=mutual,
            payer=Payer.HOUSEHOLD,
            cancelled_on__isnull=True,
            paid_minor__gt=0,
            membership__ended_on__lte=F("membership__effective_from"),
        )
        .order_by()
        .values_list("household")
        .annotate(paid=Sum("paid_minor"), since=Max("membership__ended_on"))
    )
    return [(key, OverpaidWhy.NEVER_BEGUN, paid, since) for key, paid, since in rows]


def _corrected(mutual: Mutual) -> list[_Found]:
    """What corrections found to be paid too much, less what was given back since."""
    changes = RegisterChange.objects.filter(mutual=mutual, field=Change.OVERPAID)
    keys = changes.order_by().values_list("household", flat=True).distinct()
    left = corrected_minor(list(keys))
    return [
        (key, OverpaidWhy.CORRECTED, minor, since) for key, (minor, since) in left.items() if minor
    ]


def corrected_minor(
    households: Collection[int], *, besides: ContributionPayment | None = None
) -> dict[int, tuple[int, date]]:
    """By household: what corrections left paid too much and is not given back, since which day.

    A receipt reversed or moved to another family after a correction gives back as much of it as it
    can; ``besides`` leaves one receipt out of account. Three queries.
    """
    events: dict[int, list[tuple[date, int, int]]] = defaultdict(list)
    changes = RegisterChange.objects.filter(household__in=households, field=Change.OVERPAID)
    for key, minor, day in changes.values_list("household", "after", "recorded_on"):
        events[key].append((day, 0, int(minor)))
    if not events:
        return {}
    reversed_since = ContributionPayment.objects.filter(
        household__in=list(events), payer=Payer.HOUSEHOLD, reversed_on__isnull=False
    )
    moved_since = PaymentReassignment.objects.filter(
        from_household__in=list(events), payment__payer=Payer.HOUSEHOLD
    )
    if besides is not None:
        reversed_since = reversed_since.exclude(pk=besides.pk)
        moved_since = moved_since.exclude(payment=besides)
    for key, day, minor in [
        *reversed_since.values_list("household", "reversed_on", "amount_minor"),
        *moved_since.values_list("from_household", "reassigned_on", "payment__amount_minor"),
    ]:
        assert day is not None, "only receipts that were reversed"
        events[key].append((day, 1, -minor))
    found: dict[int, tuple[int, date]] = {}
    for key, told in events.items():
        left_minor, since = 0, min(day for day, _, _ in told)
        for day, _, minor in sorted(told):
            if minor > 0 and not left_minor:
                since = day
            left_minor = max(0, left_minor + minor)
        found[key] = (left_minor, since)
    return found
