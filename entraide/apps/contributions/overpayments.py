"""Money received beyond what is due: of covers that never began, of prices corrected downwards.

A receipt above what is due is refused at the desk; what is too much appears later. It stays with
its receipts until whoever may reverse them gives it back, or moves it to the family that owes.
"""

from __future__ import annotations

from collections import defaultdict
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
    """What corrections found to be paid too much, less what was given back since the first."""
    told: dict[int, int] = defaultdict(int)
    since: dict[int, date] = {}
    changes = RegisterChange.objects.filter(mutual=mutual, field=Change.OVERPAID).order_by("id")
    for key, minor, day in changes.values_list("household", "after", "recorded_on"):
        told[key] += int(minor)
        since.setdefault(key, day)
    reversed_since = ContributionPayment.objects.filter(
        household__in=list(told), payer=Payer.HOUSEHOLD, reversed_on__isnull=False
    ).values_list("household", "reversed_on", "amount_minor")
    moved_since = PaymentReassignment.objects.filter(from_household__in=list(told)).values_list(
        "from_household", "reassigned_on", "payment__amount_minor"
    )
    for key, day, minor in [*reversed_since, *moved_since]:
        if day >= since[key]:
            told[key] -= minor
    return [
        (key, OverpaidWhy.CORRECTED, minor, since[key]) for key, minor in told.items() if minor > 0
    ]
