"""What became of the money of a batch, and the state that is said of it."""

from __future__ import annotations

import pytest

from entraide.core.batch_money import BatchMoney


@pytest.mark.parametrize(
    ("money", "state", "told"),
    [
        (BatchMoney(paid_minor=9, paid_count=2), "paid", "paid"),
        (BatchMoney(paid_minor=6, paid_count=1, returned_minor=3, returned_count=1), "paid",
         "paid_in_part"),
        (BatchMoney(returned_minor=9, returned_count=2), "paid", "came_back"),
        (BatchMoney(paid_count=1, returned_minor=3, returned_count=1), "paid", "paid_in_part"),
        (BatchMoney(returned_minor=3, returned_count=1, left_minor=6, left_count=1), "authorised",
         "authorised"),
        (BatchMoney(left_minor=9, left_count=1), "cancelled", "cancelled"),
    ],
)  # fmt: skip
def test_paid_is_said_only_of_what_stands_paid(money: BatchMoney, state: str, told: str) -> None:
    assert money.told_state(state) == told


def test_a_batch_is_touched_once_a_payment_went_or_came_back() -> None:
    money = BatchMoney(
        paid_minor=5, paid_count=1, returned_minor=3, returned_count=1, left_minor=2, left_count=1
    )
    assert money.is_touched
    assert not money.is_whole
    assert not BatchMoney(left_minor=2, left_count=1).is_touched
