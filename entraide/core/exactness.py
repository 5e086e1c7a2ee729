"""What number a command may carry: an exact one. A float is not, and NaN is none at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from entraide.core.errors import Finding


def inexact_numbers(value: Any, place: str = "") -> Iterator[Finding]:
    """Every number in a value, however deep, that no book can hold, with its key path.

    ``NUMBER_NOT_EXACT`` for a float, whose digits are not the ones that were written;
    ``NUMBER_NOT_FINITE`` for a ``Decimal`` that is infinite or no number.
    """
    if value is None or isinstance(value, int | str | bytes):
        return
    if isinstance(value, float):
        yield Finding("NUMBER_NOT_EXACT", place=place, data={"value": str(value)})
    elif isinstance(value, Decimal):
        if not value.is_finite():
            yield Finding("NUMBER_NOT_FINITE", place=place, data={"value": str(value)})
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from inexact_numbers(getattr(value, item.name), _inside(place, item.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from inexact_numbers(item, _inside(place, str(key)))
    elif isinstance(value, list | tuple | set | frozenset):
        for rank, item in enumerate(value):
            yield from inexact_numbers(item, f"{place}[{rank}]")


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


RATE_DECIMALS = 4
"""Decimals of a rate that was agreed: hundredths of a percent."""


def too_precise(rate: Decimal | None, place: str) -> tuple[Finding, ...]:
    """``RATE_TOO_PRECISE`` for a rate with more decimals than are kept: it would be another one."""
    if rate is None or round(rate, RATE_DECIMALS) == rate:
        return ()
    data = {"value": str(rate)[:30], "decimals": RATE_DECIMALS}
    return (Finding("RATE_TOO_PRECISE", place=place, data=data),)
