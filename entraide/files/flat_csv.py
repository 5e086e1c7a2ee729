"""Flat files as CSV that a spreadsheet in French opens as it is: semicolons, UTF-8 with its mark.

Amounts carry a decimal comma, days are ``2025-03-31``. A text that a spreadsheet would take for a
formula is kept a text by an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from entraide.core.money import currency

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | date | None


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The whole file: the names of the columns, then the rows. Empty cells for None."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


class Amount(str):
    """A text that :func:`amount` wrote: a minus before it is a sign, never a formula."""

    __slots__ = ()


def amount(minor: int, currency_code: str) -> Amount:
    """An amount of minor units in whole units, exact: ``12000``, ``-3,50``. Never a float."""
    digits = currency(currency_code).minor_digits
    if not digits:
        return Amount(minor)
    sign, whole = ("-" if minor < 0 else ""), str(abs(minor)).zfill(digits + 1)
    return Amount(f"{sign}{whole[:-digits]},{whole[-digits:]}")


def decimal(value: Decimal | None, places: int = 4) -> Amount | None:
    """A quotient rounded for reading, with a decimal comma: ``0,9800``; None stays empty."""
    return None if value is None else Amount(f"{value:.{places}f}".replace(".", ","))


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Amount | int):
        return str(value)
    return harmless(value)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def as_written(text: str) -> str:
    """A text as it was before :func:`harmless`: what we gave out may come back."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text
