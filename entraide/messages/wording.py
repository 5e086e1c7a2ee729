"""How a value is written inside a sentence: money, dates, rates and numbers, by language.

Babel knows this too, but takes a second to start; a command must answer sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from entraide.core.money import CURRENCIES

_FRENCH_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NARROW_SPACE = "\u202f"
_LONGEST_NUMBER = 30  # a number beyond is shown as it was written
_NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"  # a hyphen is no sign: it is shorter, and a line may break after it


def number_in_words(value: Decimal | int, language: str) -> str:
    """Grouped by thousands: ``−1 250 000,5`` in French, ``−1,250,000.5`` in English."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,d}"
    text = text.replace("-", MINUS)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if language != "fr":
        return text
    return text.replace(",", _NARROW_SPACE).replace(".", ",")


def money_in_words(minor: int, currency_code: str, language: str) -> str:
    """Minor units with the currency's symbol: ``−12 000 F CFA``; bare without currency."""
    unit = CURRENCIES.get(currency_code)
    if unit is None:
        return number_in_words(minor, language)
    amount = Decimal(minor).scaleb(-unit.minor_digits)
    text = f"{amount:,.{unit.minor_digits}f}".replace("-", MINUS)
    if language == "fr":
        text = text.replace(",", _NARROW_SPACE).replace(".", ",")
    return f"{text}{_NO_BREAK_SPACE}{unit.symbol}"


def day_in_words(day: date, language: str) -> str:
    """``3 mars 2025``, ``1er mars 2025``; with the hour when there is one."""
    if language == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        text = f"{number} {_FRENCH_MONTHS[day.month - 1]} {day.year}"
        hour = f" à {day:%H}{_NO_BREAK_SPACE}h{_NO_BREAK_SPACE}{day:%M}"
    else:
        text = f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
        hour = f" at {day:%H:%M}"
    return text + hour if isinstance(day, datetime) else text


def is_plural(value: object, language: str) -> bool:
    """Whether a word agrees with this number in the plural: in French from two upwards."""
    if not isinstance(value, int | Decimal):
        return True
    number = Decimal(value)
    if not number.is_finite():
        return True
    return number.copy_abs() >= 2 if language == "fr" else number != 1


def _decimal_in_words(name: str, value: Decimal, language: str) -> str:
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST_NUMBER:
        return str(value)
    if name.endswith("_rate"):
        return number_in_words(value.scaleb(2), language) + f"{_NO_BREAK_SPACE}%"
    return number_in_words(value, language)


def _quoted(text: str, language: str) -> str:
    """« text » or “text”."""
    if language == "fr":
        return f"«{_NO_BREAK_SPACE}{text}{_NO_BREAK_SPACE}»"
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


def in_words(name: str, value: object, data: Mapping[str, Any], language: str) -> str:
    """One value of ``data`` as a reader expects it; ``name`` tells its unit by its ending."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return {"fr": ("non", "oui")}.get(language, ("no", "yes"))[value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int) and name.endswith("_minor"):
        return money_in_words(value, str(data.get("currency", "")), language)
    if isinstance(value, Decimal):
        return _decimal_in_words(name, value, language)
    if isinstance(value, int):
        # A year or a code is not grouped; four digits read well without a space.
        if abs(value) >= 10_000:
            return number_in_words(value, language)
        return str(value).replace("-", MINUS)
    if isinstance(value, date):
        return day_in_words(value, language)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if value.keys() == {"fr", "en"}:  # a name in both languages, which may hold commas
            return _quoted(str(value["fr" if language == "fr" else "en"]), language)
        return ", ".join(
            f"{key} {in_words(str(key), each, data, language)}" for key, each in value.items()
        )
    if isinstance(value, Iterable):
        return ", ".join(in_words(name, each, data, language) for each in value)
    return str(value)
