"""Figures and dates as they are printed, by language: on pages, papers and charts alike.

French: ``1 250 000 F CFA`` (narrow no-break spaces, no-break space before the unit), ``20,9 %``,
``3 mars 2025``, ``−4 000`` with a true minus. Spaces inside a date do not break either.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from entraide.core.money import CURRENCIES, round_half_up
from entraide.core.periods import add_months
from entraide.messages.wording import MINUS, day_in_words, money_in_words

NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"
ABSENT = "–"

_WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def number(value: Decimal | int, language: str = "fr", digits: int = 0, sign: bool = False) -> str:
    """A number with ``digits`` decimals, rounded half up: ``1 250 000``, ``20,9``, ``+3,7``."""
    exact = Decimal(round_half_up(Decimal(value).scaleb(digits))).scaleb(-digits)
    text = f"{exact:,.{digits}f}"
    if language == "fr":
        text = text.replace(",", NARROW_SPACE).replace(".", ",")
    plus = "+" if sign and exact > 0 else ""
    return plus + text.replace("-", MINUS)


def amount(minor: int, currency: str, language: str = "fr", sign: bool = False) -> str:
    """An amount without its unit, for a column that names it: ``1 250 000``."""
    digits = CURRENCIES[currency].minor_digits
    return number(Decimal(minor).scaleb(-digits), language, digits, sign)


def money(minor: int, currency: str, language: str = "fr", sign: bool = False) -> str:
    """An amount with its unit after it: ``1 250 000 F CFA``."""
    plus = "+" if sign and minor > 0 else ""
    return plus + money_in_words(minor, currency, language).replace(" ", NO_BREAK_SPACE)


def percent(rate: Decimal, language: str = "fr", digits: int = 1, sign: bool = False) -> str:
    """A rate as a percentage: ``Decimal("0.209")`` is ``20,9 %``."""
    space = NO_BREAK_SPACE if language == "fr" else ""
    return f"{number(Decimal(rate) * 100, language, digits, sign)}{space}%"


def points_between(now: Decimal, before: Decimal) -> Decimal:
    """How many points, to one decimal, part two rates as :func:`percent` writes them.

    The figures that a reader sees are subtracted, not those behind them: from 20,0 % to 19,8 %
    there are 0,2 points, whatever the digits that are not shown.
    """
    shown_now, shown_before = (round_half_up(Decimal(rate).scaleb(3)) for rate in (now, before))
    return Decimal(shown_now - shown_before).scaleb(-1)


SEPARATOR = "\u202f; "  # between the items of a list that hold commas themselves


def day(on: date, language: str = "fr") -> str:
    """``3 mars 2025``, ``1er mars 2025``; with the hour for an instant."""
    return day_in_words(on, language).replace(" ", NO_BREAK_SPACE, 1)


def birth(on: date, precision: str, language: str = "fr") -> str:
    """A date of birth, no surer than it is known: ``12 juin 1987``, ``1987``, ``vers 1987``.

    ``precision``: ``exact``, ``year`` or ``around``, as the register keeps it.
    """
    if precision == "exact":
        return day(on, language)
    return birth_year(on, precision, language)


def birth_year(on: date, precision: str, language: str = "fr") -> str:
    """The year of a birth where there is place for no more: ``1987``, ``vers 1987``."""
    about = {"fr": "vers"}.get(language, "about")
    return f"{about}{NO_BREAK_SPACE}{on.year}" if precision == "around" else str(on.year)


def typeset(text: str, language: str = "fr") -> str:
    """A text as people type it, with spaces that do not break before « : ; ! ? » and inside
    guillemets; of another language, as it is."""
    if language != "fr":
        return text
    text = text.replace(" :", f"{NO_BREAK_SPACE}:")
    text = text.replace("« ", f"«{NO_BREAK_SPACE}").replace(" »", f"{NO_BREAK_SPACE}»")
    for mark in ";!?":
        text = text.replace(f" {mark}", f"{NARROW_SPACE}{mark}")
    return text


def day_of_month(on: date, language: str = "fr") -> str:
    """``3 mars``, where the year is known from the place."""
    first, month, *_ = day_in_words(on, language).split(" ")
    return f"{first}{NO_BREAK_SPACE}{month}"


def weekday(on: date, language: str = "fr") -> str:
    """``Vendredi 4 avril 2025``, as a line begins with it."""
    name = _WEEKDAYS["fr" if language == "fr" else "en"][on.weekday()]
    return f"{name.capitalize()} {day(on, language)}"


def month(on: date, language: str = "fr") -> str:
    """``mars 2025``."""
    return day_in_words(date(on.year, on.month, 2), language).partition(" ")[2]


def moment(at: datetime, language: str = "fr") -> str:
    """``3 mars 2025 à 10 h 42``, in the time zone that the instant carries."""
    return day(at, language)


def period(start: date, until: date, language: str = "fr") -> str:
    """The days from ``start`` up to, not including, ``until``, in the fewest words.

    ``2025``, ``mars 2025``, ``mars – juin 2025``, ``décembre 2024 – mars 2025``,
    ``3 – 17 mars 2025``, ``3 mars – 2 avril 2025``, ``3 mars 2025``.
    """
    last = until - timedelta(days=1)
    if start.day == 1 and until.day == 1:
        if until == add_months(start, 12) and start.month == 1:
            return str(start.year)
        return _joined(month(start, language), month(last, language))
    return _joined(day(start, language), day(last, language))


def _joined(first: str, last: str) -> str:
    """Both ends with a dash; what both end with is said once."""
    if first == last:
        return last
    head, tail = (
        first.replace(NO_BREAK_SPACE, " ").split(" "),
        last.replace(NO_BREAK_SPACE, " ").split(" "),
    )
    while len(head) > 1 and len(tail) > 1 and head[-1] == tail[-1]:
        head.pop()
        tail.pop()
    return f"{NO_BREAK_SPACE.join(head)} – {last}"
