"""How a plan writes its numbers, and the targets that its pages speak of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext

from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.web.plurals import agreeing

AUTONOMY_TARGET, BAND = 50, (85, 95)  # in %, as solvency.USUAL_TARGETS holds them

Result = Mapping[str, Any]
Year = Mapping[str, Any]


def language() -> str:
    """The reader's language."""
    return get_language() or "fr"


def percent_points(percent: Decimal | float | None, digits: int = 1) -> str:
    """``51,7 %`` from 51.67; ``–`` when absent."""
    if percent is None:
        return writing.ABSENT
    return writing.percent(Decimal(str(percent)) / 100, language(), digits)


def points(difference: Decimal) -> str:
    """``1,7 point``, ``3,9 points``, without a sign; in French the plural begins at two."""
    shown = round(abs(difference), 1)
    text = ngettext("{count} point", "{count} points", agreeing(shown))
    return text.format(count=writing.number(shown, language(), 1))


def millions(minor: int, currency: str) -> str:
    """``483,1`` millions of the currency."""
    exact = Decimal(minor).scaleb(-CURRENCIES[currency].minor_digits - 6)
    return writing.number(exact, language(), 1)


def millions_with_unit(minor: int, currency: str) -> str:
    """``483,1 M Ar``."""
    unit = CURRENCIES[currency].symbol
    return f"{millions(minor, currency)}{writing.NO_BREAK_SPACE}M{writing.NO_BREAK_SPACE}{unit}"


def percent_of(year: Year, ratio: str) -> Decimal | None:
    """A ratio of a year in per cent, exact from its two parts."""
    parts = year["ratios"][ratio]
    if not parts["denominator_minor"]:
        return None
    return Decimal(parts["numerator_minor"]) * 100 / Decimal(parts["denominator_minor"])
