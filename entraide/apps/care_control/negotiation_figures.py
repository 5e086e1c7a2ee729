"""A proposal of prices beside what the provider asked for in the last months."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from entraide.apps.claims.acts_now import ACT_NOW
from entraide.apps.claims.models import ClaimLine, ClaimState
from entraide.apps.providers.models import Provider
from entraide.apps.providers.prices import PriceLine
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.models import Mutual
from entraide.core.negotiation import Effect, LineEffect, Volume, effect_of
from entraide.core.periods import add_months

COMPARED_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """A proposal beside care given during ``[start, until)``; see :mod:`core.negotiation`.

    ``borne_minor``: the part of the effect for the mutual, None when no act of it was asked for.
    """

    start: date
    until: date
    effect: Effect
    lines: tuple[tuple[PriceLine, LineEffect], ...]
    borne_minor: int | None


def comparison_of(
    mutual: Mutual, provider: Provider, lines: list[PriceLine], until: date
) -> Comparison:
    """The twelve months before ``until``; claims reversed or refused are left out. Three
    queries."""
    start = add_months(until, -COMPARED_MONTHS)
    rows = ClaimLine.objects.filter(
        claim__mutual=mutual, claim__provider=provider, claim__care_on__gte=start,
        claim__care_on__lt=until,
    ).exclude(claim__state__in=(ClaimState.REVERSED, ClaimState.REFUSED))  # fmt: skip
    sums = list(
        rows.order_by().annotate(act=ACT_NOW).values("act", "category_id").annotate(
            quantities=Sum("quantity"), asked=Sum("claimed_minor"), owed=Sum("payable_minor")
        )
    )  # fmt: skip
    volumes = _volumes(sums)
    agreement = agreement_on(provider, until)
    agreed = unit_prices_on(agreement, [each.care_item.pk for each in lines], until)
    proposed = [(each.care_item.pk, each.unit_price_minor) for each in lines]
    effect = effect_of(proposed, agreed, volumes)
    return Comparison(
        start=start, until=until, effect=effect,
        lines=tuple(zip(lines, effect.lines, strict=True)),
        borne_minor=effect.borne_minor,
    )  # fmt: skip


def _volumes(sums: list[dict[str, Any]]) -> dict[int, Volume]:
    """What was asked for each act, with the share of the mutual in the acts of its category."""
    asked, owed = Counter[int](), Counter[int]()
    for row in sums:
        asked[row["category_id"]] += row["asked"]
        owed[row["category_id"]] += row["owed"]
    volumes: dict[int, Volume] = {}
    for row in sums:
        before = volumes.get(row["act"], Volume(Decimal(0), 0))
        category = row["category_id"]
        rate = Decimal(owed[category]) / asked[category] if asked[category] else Decimal(0)
        volumes[row["act"]] = Volume(
            before.quantity + Decimal(row["quantities"]), before.asked_minor + row["asked"], rate
        )
    return volumes
