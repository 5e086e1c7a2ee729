"""Amounts of documents: decimals of the currency's unit ↔ the whole minor units of the core."""

from __future__ import annotations

from decimal import Decimal

from entraide.core.errors import Refusal
from entraide.core.money import currency, round_half_up

DIGITS_WITHOUT_CURRENCY = 2


def digits_of(currency_code: str | None) -> int:
    """Decimals of an amount: the currency's, two when none is named."""
    return (
        DIGITS_WITHOUT_CURRENCY if currency_code is None else currency(currency_code).minor_digits
    )


def to_minor(amount: int | Decimal, digits: int, place: str) -> int:
    """Minor units; ``AMOUNT_DECIMALS`` when the amount has more decimals than that."""
    minor = Decimal(amount).scaleb(digits)
    if minor != minor.to_integral_value():
        raise Refusal("AMOUNT_DECIMALS", place=place, amount=Decimal(amount), digits=digits)
    return int(minor)


def from_minor(minor: int, digits: int) -> Decimal:
    """The amount in the currency's unit."""
    return Decimal(minor).scaleb(-digits)


def rounded(amount: Decimal, currency_code: str | None) -> Decimal:
    """Rounded half up to the smallest unit of the currency, or to two decimals."""
    digits = digits_of(currency_code)
    return from_minor(round_half_up(amount.scaleb(digits)), digits)
