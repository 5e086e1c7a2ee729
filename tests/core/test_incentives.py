"""What incentive terms give, computed once and rounded once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.incentives import Discount, prompt_discount, quality_bonus

PAID = date(2025, 6, 16)
CLAIMS = st.lists(
    st.tuples(st.integers(0, 60).map(lambda days: PAID - timedelta(days=days)),
              st.integers(0, 10**7)),
    max_size=8,
)  # fmt: skip


@pytest.mark.requirement("R073")
def test_what_is_paid_in_time_bears_the_discount() -> None:
    claims = [(date(2025, 5, 27), 10_010), (date(2025, 5, 26), 5_000)]  # 20 and 21 days before
    assert prompt_discount(claims, PAID, 20, Decimal("0.02")) == Discount(10_010, 200)
    assert prompt_discount([], PAID, 20, Decimal("0.02")) == Discount(0, 0)


@given(CLAIMS, st.integers(0, 60))
def test_the_discount_never_exceeds_what_is_paid_in_time(
    claims: list[tuple[date, int]], days: int
) -> None:
    found = prompt_discount(claims, PAID, days, Decimal("0.05"))
    assert 0 <= found.amount_minor <= found.base_minor <= sum(amount for _day, amount in claims)


@pytest.mark.requirement("R073")
def test_a_bonus_needs_the_threshold_and_enough_answers() -> None:
    rate, threshold = Decimal("0.01"), Decimal("0.8")
    assert quality_bonus(8, 10, threshold, 150_000, rate) == 1_500
    assert quality_bonus(7, 10, threshold, 150_000, rate) == 0
    assert quality_bonus(None, 3, threshold, 150_000, rate) is None
    assert quality_bonus(0, 0, threshold, 150_000, rate) is None
