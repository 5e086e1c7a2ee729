"""The cost of a channel: so much a receipt and a part of what it brings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entraide.core.collection_costs import CollectionTerms, collection_cost


@pytest.mark.requirement("R041")
def test_cost_is_receipts_and_part_kept_back() -> None:
    terms = CollectionTerms(150, Decimal("0.015"))
    cost = collection_cost(terms, receipts_count=40, amount_minor=100_100)
    assert (cost.receipts_minor, cost.fee_minor) == (6_000, 1_502)  # 1 501.5, half up
    assert cost.total_minor == 7_502
    assert cost.rate == Decimal(7_502) / Decimal(100_100)
    assert collection_cost(terms, receipts_count=0, amount_minor=0).rate is None
