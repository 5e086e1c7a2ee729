"""What choices, their headings and their values are called on the screen."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext

from entraide.apps.schemes.choices import CHOICES, Choice, ChoiceArea, ChoiceKind, OptionChoice
from entraide.documents import writing

AREA_NAMES: dict[ChoiceArea, str | Promise] = {
    ChoiceArea.CARDS: gettext_lazy("Cards and help"),
    ChoiceArea.CONTRIBUTIONS: gettext_lazy("Contributions"),
    ChoiceArea.COLLECTION: gettext_lazy("Cost of collection"),
    ChoiceArea.CARE: gettext_lazy("Care"),
    ChoiceArea.NETWORK: gettext_lazy("Network"),
}
_BY_NAME = {choice.name: choice for choice in CHOICES}


def title_of(name: str) -> str:
    """What a choice is called; the bare name of one that the product no longer knows."""
    choice = _BY_NAME.get(name)
    return gettext(choice.title) if choice is not None else name


def value_in_words(name: str, kept: Any) -> str:
    """A kept value as a reader says it; empty for a text that is not written."""
    choice = _BY_NAME.get(name)
    if choice is None:
        return str(kept)
    return _in_words(choice, kept)


def _in_words(choice: Choice[Any], kept: Any) -> str:
    language = get_language() or "fr"
    if choice.kind is ChoiceKind.FLAG:
        return pgettext("a choice", "Yes") if kept else pgettext("a choice", "No")
    if choice.kind is ChoiceKind.NUMBER and isinstance(kept, int):
        return writing.number(kept, language)
    if choice.kind is ChoiceKind.RATE:
        return _rate_in_words(kept, language)
    if isinstance(choice, OptionChoice) and kept in choice.options:
        return gettext(choice.options[kept])
    return str(kept)


def _rate_in_words(kept: Any, language: str) -> str:
    try:
        rate = Decimal(kept)
    except InvalidOperation:
        return str(kept)
    digits = max(0, -int((rate * 100).normalize().as_tuple().exponent))
    return writing.percent(rate, language, digits)
