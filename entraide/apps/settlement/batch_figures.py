"""What became of the money of batches: read from their payments, never from what was ordered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from entraide.apps.settlement.models import BatchState, Payout, SettlementBatch
from entraide.core.batch_money import BatchMoney

CAME_BACK = "came_back"
"""How a list of batches asks for those of which a payment came back."""

_RETURNED = Q(returned_on__isnull=False)
_PAID = Q(paid_on__isnull=False, returned_on__isnull=True)
_LEFT = Q(paid_on__isnull=True, returned_on__isnull=True)
_PARTS = (("paid", _PAID), ("returned", _RETURNED), ("left", _LEFT))


def _figures() -> dict[str, Any]:
    figures: dict[str, Any] = {
        f"{name}_minor": Sum("amount_minor", filter=q, default=0) for name, q in _PARTS
    }
    return figures | {f"{name}_count": Count("pk", filter=q) for name, q in _PARTS}


def money_of(batches: Iterable[SettlementBatch]) -> dict[int, BatchMoney]:
    """What became of the money of each batch, by its key. One query for any number of batches."""
    keys = [each.pk for each in batches]
    payouts = Payout.objects.filter(batch__in=keys).order_by()
    rows = payouts.values("batch_id").annotate(**_figures())
    found = {row.pop("batch_id"): BatchMoney(**row) for row in rows}
    return {key: found.get(key, BatchMoney()) for key in keys}


def money_in_all(batches: QuerySet[SettlementBatch]) -> BatchMoney:
    """The same of these batches together; what was cancelled counts nowhere. One query."""
    standing = batches.exclude(state=BatchState.CANCELLED).order_by().values("pk")
    return BatchMoney(**Payout.objects.filter(batch__in=standing).aggregate(**_figures()))


def with_returns(batches: QuerySet[SettlementBatch]) -> QuerySet[SettlementBatch]:
    """The batches of which a payment came back."""
    back = Payout.objects.filter(_RETURNED, batch=OuterRef("pk"))
    return batches.filter(Exists(back))
