"""The causes of a change sum to it, and each is the textbook's where it has one."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from entraide.indicators.decomposition import Care, Change, change_explained

care = st.builds(
    Care,
    st.decimals(0, 10_000, places=4),
    st.integers(0, 50_000),
    st.integers(0, 10**10),
)


@given(care, care)
def test_causes_sum_to_the_change(before: Care, now: Care) -> None:
    assert change_explained(before, now).total_minor == now.amount_minor - before.amount_minor


def test_a_year_split_by_hand() -> None:
    """100 persons, 50 cases at 1 000 become 120 persons, 72 cases at 1 100: 10 000 for twenty
    persons more, 12 000 for a frequency of 0.6 in place of 0.5, 7 200 for a hundred more a case."""
    before = Care(Decimal(100), 50, 50_000)
    now = Care(Decimal(120), 72, 79_200)
    assert change_explained(before, now) == Change(10_000, 12_000, 7_200)


def test_nothing_to_compare_with() -> None:
    nothing = Care(Decimal(0), 0, 0)
    some = Care(Decimal(10), 2, 600)
    assert change_explained(nothing, some) == Change(600, 0, 0)
    assert change_explained(some, nothing) == Change(-600, 0, 0)
    unused = Care(Decimal(10), 0, 0)
    assert change_explained(unused, some) == Change(0, 600, 0)
    assert change_explained(some, unused) == Change(0, -600, 0)
