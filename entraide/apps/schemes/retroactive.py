"""Rules that begin before the day on which they are entered: what was decided by others already.

Care keeps the rules of its day. A version that begins in the past changes what care of those days
is paid from then on: it needs a written reason as soon as somebody was covered, or something was
decided, in that time. The opening of a mutual, with nobody covered yet, needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from entraide.apps.schemes.models import Product, ProductVersion
from entraide.core.errors import Finding, Refusal


@dataclass(frozen=True, slots=True)
class Reach:
    """What stands in the days that a version would rule after the fact, numbers of records."""

    claims_count: int = 0  # decided, and not reversed
    covers_count: int = 0


# Who counts it: this app knows neither covers nor claims. ``claims.apps`` puts itself here.
COUNTED_BY: list[Callable[[Product, date, date], Reach]] = []


def reach_of(product: Product, effective_from: date, on: date) -> Reach:
    """What a version that begins on ``effective_from`` finds decided before ``on``.

    A later version that is approved bounds the days; nothing where the version begins that day or
    later. Three queries at most.
    """
    later = ProductVersion.objects.filter(
        product=product, approved_at__isnull=False, effective_from__gt=effective_from
    )
    first = later.order_by("effective_from").values_list("effective_from", flat=True).first()
    until = on if first is None else min(on, first)
    if effective_from >= until:
        return Reach()
    counts = [count(product, effective_from, until) for count in COUNTED_BY]
    return Reach(
        sum(each.claims_count for each in counts), sum(each.covers_count for each in counts)
    )


def reach_finding(product: Product, effective_from: date, on: date) -> Finding | None:
    """``VERSION_RETROACTIVE`` with the numbers, where a version would rule what is decided."""
    reach = reach_of(product, effective_from, on)
    if reach == Reach():
        return None
    data = {
        "effective_from": effective_from,
        "claims": reach.claims_count,
        "covers": reach.covers_count,
    }
    return Finding("VERSION_RETROACTIVE", place="retroactive_reason", data=data)


def require_retroactive_reason(
    product: Product, effective_from: date, on: date, reason: str
) -> None:
    """Refuse with ``VERSION_RETROACTIVE`` when nobody wrote why rules begin in the past."""
    finding = None if reason.strip() else reach_finding(product, effective_from, on)
    if finding is not None:
        raise Refusal(finding.code, place=finding.place, **finding.data)
