"""What was decided already in days that rules or prices entered later would rule."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Membership
from entraide.apps.providers.models import Agreement, TariffList
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.retroactive import Reach
from entraide.core.errors import Finding


def decided_between(product: Product, start: date, until: date) -> Reach:
    """The claims for care of ``[start, until)`` decided under a product, and its covers then."""
    claims = Claim.objects.filter(
        mutual_id=product.mutual_id, membership__product=product, care_on__gte=start,
        care_on__lt=until,
    )  # fmt: skip
    covers = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=start),
        product=product, effective_from__lt=until, effective_until__gt=start,
    )  # fmt: skip
    return Reach(claims.exclude(state=ClaimState.REVERSED).count(), covers.count())


def prices_in_the_past(
    mutual: Mutual, tariff_list: TariffList, items: Collection[int], start: date, on: date
) -> Finding | None:
    """``PRICES_RETROACTIVE``: prices that begin on a day before ``on``, and how many claims of the
    mutual were decided by the list since then. They keep their decision."""
    if start >= on:
        return None
    agreements = Agreement.objects.filter(mutual=mutual, tariff_list=tariff_list)
    claims = Claim.objects.filter(
        mutual=mutual, provider__in=agreements.values("provider_id"), care_on__gte=start,
        care_on__lt=on, lines__care_item__in=items,
    ).exclude(state=ClaimState.REVERSED)  # fmt: skip
    data = {"effective_from": start, "claims": claims.distinct().count()}
    return Finding("PRICES_RETROACTIVE", place="effective_from", data=data)
