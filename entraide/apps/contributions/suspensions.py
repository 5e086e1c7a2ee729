"""Since when the rights of families late are suspended, for lists: three queries a page.

As ``core.enrolment.rights_on`` decides for each person: only what the household owes of the cover
that runs suspends, from the day after the grace of its oldest unpaid call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import F, Min, Q

from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.selectors import product_on


class LateRights(StrEnum):
    """Where the rights of a family that is late stand."""

    OPEN = "open"  # days of grace run, or what is late belongs to an earlier cover
    SUSPENDED = "suspended"
    NO_COVER = "no_cover"  # no cover runs on the day


@dataclass(frozen=True, slots=True)
class RightsOfLate:
    """Where they stand, and the first day without rights of a suspended family."""

    state: LateRights
    since: date | None = None
    open_until: date | None = None  # the last day of grace, where one runs


def rights_of_late(households: Iterable[Household], on: date) -> dict[int, RightsOfLate]:
    """The rights of each family on a day, by its primary key."""
    keys = [each.pk for each in households]
    running = (
        Q(membership__ended_on__isnull=True) | Q(membership__ended_on__gt=on),
        Q(membership__effective_from__lte=on, membership__effective_until__gt=on),
    )
    covers = (
        Household.objects.filter(
            Q(memberships__ended_on__isnull=True) | Q(memberships__ended_on__gt=on),
            pk__in=keys,
            memberships__effective_from__lte=on,
            memberships__effective_until__gt=on,
        )
        .values_list("pk", flat=True)
        .distinct()
    )
    found = {key: RightsOfLate(LateRights.NO_COVER) for key in keys}
    found |= {key: RightsOfLate(LateRights.OPEN) for key in covers}
    unpaid = (
        ContributionDue.objects.filter(
            *running,
            household__in=keys,
            payer=Payer.HOUSEHOLD,
            cancelled_on__isnull=True,
            paid_minor__lt=F("amount_minor"),
            due_on__lt=on,
        )
        .order_by()
        .values_list("household_id", "membership__product_id")
        .annotate(oldest=Min("due_on"))
    )
    rows = list(unpaid)
    products = Product.objects.in_bulk({product for _key, product, _oldest in rows})
    grace = {
        key: product_on(product, on)[1].membership.payment_grace_days
        for key, product in products.items()
    }
    for key, product_id, oldest in rows:
        since = oldest + timedelta(days=grace[product_id] + 1)
        if since <= on:
            found[key] = RightsOfLate(LateRights.SUSPENDED, since)
        else:
            found[key] = RightsOfLate(LateRights.OPEN, open_until=since - timedelta(days=1))
    return found
