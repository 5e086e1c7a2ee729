"""What it costs to collect contributions by one channel: so much a receipt, and a part kept back.

A mutual says both for each channel it uses (the journey of who collects, the fee of the operator,
the commission of the lender). A channel of which it said nothing has no cost, rather than zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from entraide.core.money import rate_of


@dataclass(frozen=True, slots=True)
class CollectionTerms:
    """What one channel costs: ``receipt_minor`` for each receipt, ``fee_rate`` (0 to 1) of the
    amount received."""

    receipt_minor: int
    fee_rate: Decimal


@dataclass(frozen=True, slots=True)
class CollectionCost:
    """The cost of what came by one channel, in its two parts, in minor units."""

    receipts_minor: int
    fee_minor: int
    amount_minor: int  # what was received

    @property
    def total_minor(self) -> int:
        """Both parts together."""
        return self.receipts_minor + self.fee_minor

    @property
    def rate(self) -> Decimal | None:
        """Cost ÷ amount received; None when nothing was received."""
        if self.amount_minor == 0:
            return None
        return Decimal(self.total_minor) / Decimal(self.amount_minor)


def collection_cost(
    terms: CollectionTerms, *, receipts_count: int, amount_minor: int
) -> CollectionCost:
    """Receipts × cost of a receipt + amount received × fee, the fee rounded half up once."""
    return CollectionCost(
        receipts_count * terms.receipt_minor, rate_of(amount_minor, terms.fee_rate), amount_minor
    )
