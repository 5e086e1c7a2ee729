"""Money: exact, rounded in one place, shared to the last unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.core.money import (
    CURRENCIES,
    MAXIMUM_MINOR,
    allocate,
    currency,
    parse_amount,
    rate_of,
    round_half_up,
)
from entraide.messages import sentence

amounts = st.integers(-(10**12), 10**12)
rates = st.decimals("0", "1", places=4)


def test_minor_digits_are_those_of_cldr() -> None:
    for code, unit in CURRENCIES.items():
        assert unit.minor_digits == get_currency_precision(code), code


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-2.5", -3), ("2.4999", 2), ("0", 0)],
)
def test_halves_go_away_from_zero(value: str, expected: int) -> None:
    assert round_half_up(Decimal(value)) == expected


@given(amounts, rates)
def test_a_rate_rounds_to_the_nearest_unit(amount: int, rate: Decimal) -> None:
    rounded = rate_of(amount, rate)
    assert abs(Fraction(rounded) - Fraction(rate) * amount) <= Fraction(1, 2)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_parts_sum_to_the_whole_and_stay_within_one_unit_of_their_share(
    amount: int, weights: list[int]
) -> None:
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(amount * weight, sum(weights))) < 1
        if weight == 0:
            assert part == 0


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=6).filter(any))
def test_a_share_of_amounts_never_exceeds_any_of_them(fund: int, amounts: list[int]) -> None:
    fund = min(fund, sum(amounts))
    parts = allocate(fund, amounts)
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


def test_units_left_over_go_to_the_largest_remainders_the_first_of_equals_first() -> None:
    assert allocate(10, [1, 1, 1]) == [4, 3, 3]
    assert allocate(-10, [1, 1, 1]) == [-4, -3, -3]
    assert allocate(7, [Decimal("0.25"), Decimal("0.75")]) == [2, 5]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_weights_that_share_nothing_are_a_programmers_error(weights: list[int]) -> None:
    with pytest.raises(AssertionError):
        allocate(10, weights)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        currency("FRF")
    assert refusal.value.code == "CURRENCY_UNKNOWN"


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("1 250 000", "XOF", 1_250_000),
        ("48000,00", "MGA", 48_000),
        ("1\u202f250", "XOF", 1_250),
        ("-3.50", "USD", -350),
        ("3", "EUR", 300),
        ("+7", "XOF", 7),
        (str(MAXIMUM_MINOR), "XOF", MAXIMUM_MINOR),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, code: str, minor: int) -> None:
    assert parse_amount(text, code) == minor


@pytest.mark.parametrize(
    ("text", "code", "refused"),
    [
        ("", "XOF", "AMOUNT_UNREADABLE"),
        ("12 F", "XOF", "AMOUNT_UNREADABLE"),
        ("1,2,3", "XOF", "AMOUNT_UNREADABLE"),
        ("1e9", "XOF", "AMOUNT_UNREADABLE"),
        ("NaN", "XOF", "AMOUNT_UNREADABLE"),
        ("0,5", "XOF", "AMOUNT_TOO_PRECISE"),
        ("0.005", "USD", "AMOUNT_TOO_PRECISE"),
        (str(MAXIMUM_MINOR + 1), "XOF", "AMOUNT_TOO_LARGE"),
        ("9" * 400, "XOF", "AMOUNT_TOO_LARGE"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(
    text: str, code: str, refused: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_amount(text, code, place="row 3")
    assert (refusal.value.code, refusal.value.place) == (refused, "row 3")


def test_cents_are_refused_in_the_words_of_the_currency() -> None:
    with pytest.raises(Refusal) as refusal:
        parse_amount("12,5", "MGA")
    told = sentence(refusal.value.code, refusal.value.data)
    assert "en Ar n’ont pas de centimes" in told
    assert "MGA" not in told


@given(st.integers(-MAXIMUM_MINOR, MAXIMUM_MINOR))
def test_a_written_amount_reads_back(minor: int) -> None:
    assert parse_amount(f"{minor:,}".replace(",", " "), "XOF") == minor
