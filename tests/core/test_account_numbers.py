"""One account under several spellings is one account."""

from __future__ import annotations

import pytest

from entraide.core.account_numbers import are_same_account


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("TG53 0001", "tg53-0001", True),
        ("034 11 222 33", "+261 34 11 222 33", True),
        ("MG46 0000 5030 0712 8942 1016 045", "0000 5030 0712 8942 1016 045", True),
        ("0012", "12", True),
        ("0012", "90012", False),
        ("034 11 222 33", "034 11 222 34", False),
        ("", "", False),
        ("000", "0", False),
    ],
)
def test_same_number_otherwise_written(one: str, other: str, same: bool) -> None:
    assert are_same_account(one, other) is same
    assert are_same_account(other, one) is same
