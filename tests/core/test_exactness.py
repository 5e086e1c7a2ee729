"""What number a command may carry."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from entraide.core.exactness import inexact_numbers, too_precise


@dataclass(frozen=True)
class Line:
    quantity: Any


def test_every_inexact_number_is_found_with_its_path() -> None:
    content = {
        "lines": (Line(Decimal("0.5")), Line(Decimal("NaN"))),
        "document": {"rates": [{"value": 0.75}, {"value": "0.75"}]},
        "days": {1, None, "x"},
    }
    assert [(each.code, each.place) for each in inexact_numbers(content)] == [
        ("NUMBER_NOT_FINITE", "lines[1].quantity"),
        ("NUMBER_NOT_EXACT", "document.rates[0].value"),
    ]


@pytest.mark.parametrize("rate", [None, Decimal(0), Decimal("0.1234"), Decimal("0.12000000")])
def test_a_rate_of_four_decimals_is_kept_as_written(rate: Decimal | None) -> None:
    assert too_precise(rate, "rate") == ()


def test_a_fifth_decimal_would_be_lost() -> None:
    [found] = too_precise(Decimal("0.12345"), "rate")
    assert (found.code, found.place) == ("RATE_TOO_PRECISE", "rate")
