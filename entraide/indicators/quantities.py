"""How a figure comes about: read from the facts, or made of other figures.

A :class:`Flow` is a question to the facts; the engine adds the month, the period or the cut. A
ratio is never divided in the query: its two parts are exact and are divided here, so that whoever
divides the printed parts finds the printed ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import ibis.expr.types as ir
from ibis import Deferred

Number: TypeAlias = int | Decimal


class Over(StrEnum):
    """How the months of a period make the figure of the period."""

    SUM = "sum"  # they add up
    LAST = "last"  # the last month speaks: a state at the end of the period
    FIRST = "first"  # the first month speaks: a state on the eve of the period
    RUNNING = "running"  # every month since the beginning: a balance
    APART = "apart"  # they do not combine: a median is asked of the whole period


@dataclass(frozen=True, slots=True)
class Flow:
    """Rows, the day (or month) that places each, and the aggregate to make of them."""

    rows: ir.Table
    day: str
    value: Deferred
    over: Over = Over.SUM


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure ÷ another; absent when there is nothing to divide by.

    ``is_rate``: shown as a percentage. Else the quotient is an amount, a number of days …
    """

    numerator: str
    denominator: str
    is_rate: bool = True


@dataclass(frozen=True, slots=True)
class MonthlyMean:
    """The mean month of another figure: of the period, or of the last so many months."""

    of: str
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Combined:
    """A figure made of others by a rule in whole numbers (a difference, a need when positive)."""

    of: tuple[str, ...]
    combine: Callable[..., Number]


Quantity: TypeAlias = Flow | Ratio | MonthlyMean | Combined


def divided(numerator: Number | None, denominator: Number | None) -> Decimal | None:
    """Numerator ÷ denominator; None when either is absent or there is nothing to divide by.

    A month whose costs were taken back has less than nothing to divide by.
    """
    if numerator is None or denominator is None or denominator <= 0:
        return None
    return Decimal(numerator) / Decimal(denominator)
