"""The act of a claim line as it is coded now, for queries: as recoded, else as coded at entry."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce

ACT_NOW = Coalesce("recoded_item", "care_item")
"""The key of the act of a ``ClaimLine``."""


def of_act(name: str) -> Case:
    """A field of the act of a line, wholly of one act or of the other."""
    return Case(
        When(recoded_item__isnull=True, then=F(f"care_item__{name}")),
        default=F(f"recoded_item__{name}"),
    )


def act_is(**values: Any) -> Q:
    """Lines whose act has these values; safe to negate."""
    first = Q(**{f"care_item__{name}": value for name, value in values.items()})
    again = Q(**{f"recoded_item__{name}": value for name, value in values.items()})
    return Q(first, recoded_item__isnull=True) | Q(again, recoded_item__isnull=False)
