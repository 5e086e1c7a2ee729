"""What the mutual knows of a provider from its claims: amounts, delays; nothing medical.

Read by who sees the whole mutual: a sum of the families of one section would mislead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual


def paid_by_year(mutual: Mutual, provider: Provider) -> dict[int, int]:
    """Year of care → what the mutual paid for it, to the provider or to families; one query."""
    rows = Claim.objects.filter(mutual=mutual, provider=provider, state=ClaimState.PAID)
    years = rows.annotate(year=ExtractYear("care_on")).order_by().values("year")
    return {row["year"]: row["total"] for row in years.annotate(total=Sum("payable_minor"))}


@dataclass(frozen=True, slots=True)
class Review:
    """A provider's claims received during ``[start, until)``, reversed ones left out.

    ``stated_minor``: as invoiced; ``payable_minor``: as decided; ``delay_median_days``: from
    reception to payment, of those paid; None when none is.
    """

    start: date
    until: date
    claims_count: int
    stated_minor: int
    payable_minor: int
    paid_count: int
    paid_minor: int
    delay_median_days: int | None
    late_count: int  # paid later than the convention says, or not yet and late on ``on``


def review_of(
    mutual: Mutual,
    provider: Provider,
    start: date,
    until: date,
    *,
    on: date,
    delay_days: int | None = None,
) -> Review:
    """The figures of a period for the yearly talk with a provider; two queries.

    ``delay_days``: within how many days the convention asks to pay.
    """
    claims = Claim.objects.filter(
        mutual=mutual, provider=provider, received_on__gte=start, received_on__lt=until
    ).exclude(state=ClaimState.REVERSED)
    sums = claims.aggregate(
        count=Count("pk"), stated=Sum("stated_minor"), owed=Sum("payable_minor")
    )
    rows = claims.exclude(payable_minor=0).values_list(
        "state", "payable_minor", "received_on", "paid_on"
    )
    delays, paid, late = [], 0, 0
    for state, payable_minor, received_on, paid_on in rows.iterator():
        is_paid = state == ClaimState.PAID and paid_on is not None
        waited = ((paid_on if is_paid else on) - received_on).days
        late += delay_days is not None and waited > delay_days
        if is_paid:
            delays.append(waited)
            paid += payable_minor
    return Review(
        start=start,
        until=until,
        claims_count=sums["count"],
        stated_minor=sums["stated"] or 0,
        payable_minor=sums["owed"] or 0,
        paid_count=len(delays),
        paid_minor=paid,
        delay_median_days=round(median(delays)) if delays else None,
        late_count=late,
    )
