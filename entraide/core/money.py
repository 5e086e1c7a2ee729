"""Money: an integer of minor units with its currency, and the only rounding of the product.

No float touches an amount. Rates are ``Decimal``. Rounding is half up, away from zero on a tie,
and happens in :func:`round_half_up` only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from entraide.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Currency:
    """``minor_digits`` as in CLDR (a test compares them with Babel); ``symbol`` as written."""

    code: str
    minor_digits: int
    symbol: str


CURRENCIES: dict[str, Currency] = {
    currency.code: currency
    for currency in (
        Currency("XOF", 0, "F CFA"),
        Currency("XAF", 0, "F CFA"),
        Currency("MGA", 0, "Ar"),
        Currency("GNF", 0, "FG"),
        Currency("KMF", 0, "FC"),
        Currency("RWF", 0, "FRw"),
        Currency("BIF", 0, "FBu"),
        Currency("CDF", 2, "FC"),
        Currency("HTG", 2, "G"),
        Currency("MRU", 2, "UM"),
        Currency("USD", 2, "$"),
        Currency("EUR", 2, "€"),
    )
}

MAXIMUM_MINOR = 2**53 - 1  # exact in JSON, SQLite, PostgreSQL, DuckDB and TypeScript


def currency(code: str) -> Currency:
    """The currency with this code; refused with ``CURRENCY_UNKNOWN`` otherwise."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise Refusal("CURRENCY_UNKNOWN", currency=code) from None


def round_half_up(value: Decimal) -> int:
    """The nearest integer, halves away from zero: the one rounding of the product."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rate_of(amount_minor: int, rate: Decimal) -> int:
    """``amount_minor × rate`` in minor units, rounded once, half up."""
    assert isinstance(rate, Decimal), f"a rate is a Decimal, not {type(rate).__name__}"
    return round_half_up(Decimal(amount_minor) * rate)


def allocate(amount_minor: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Share an amount by weights: the parts sum to the whole.

    Each part is its exact share rounded toward zero; the units left over go one by one to the
    largest remainders, the first of equals first, so that the answer never depends on chance.
    """
    total = sum(Decimal(weight) for weight in weights)
    assert total > 0, "at least one weight above 0"
    assert all(weight >= 0 for weight in weights), "no weight below 0"
    sign = -1 if amount_minor < 0 else 1
    whole = abs(amount_minor)
    exact = [Decimal(whole) * Decimal(weight) / total for weight in weights]
    parts = [int(share) for share in exact]
    missing = whole - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]


_BLANKS = re.compile(r"[\s\u00a0\u202f'’_]")
_AMOUNT = re.compile(r"[+-]?\d+([.,]\d+)?")


def parse_amount(text: str, currency_code: str, *, place: str = "") -> int:
    """Minor units of an amount as people type it: ``1 250 000``, ``48000,00``, ``-3.50``.

    Refused with ``AMOUNT_UNREADABLE``, ``AMOUNT_TOO_PRECISE`` (cents that the currency cannot
    hold) or ``AMOUNT_TOO_LARGE``. ``48000,00`` is accepted for a currency without cents.
    """
    unit = currency(currency_code)
    compact = _BLANKS.sub("", text)
    if not _AMOUNT.fullmatch(compact):
        raise Refusal("AMOUNT_UNREADABLE", place=place, text=text)
    try:
        minor = Decimal(compact.replace(",", ".")).scaleb(unit.minor_digits)
    except InvalidOperation:
        raise Refusal("AMOUNT_UNREADABLE", place=place, text=text) from None
    if abs(minor) > MAXIMUM_MINOR:
        raise Refusal("AMOUNT_TOO_LARGE", place=place, text=text)
    if minor != int(minor):
        raise Refusal("AMOUNT_TOO_PRECISE", place=place, text=text, currency=unit.symbol)
    return int(minor)
