"""Each mutual’s own words: « sinistre » or « prestation », « adhérent » or « mutualiste » …

One layer between the French catalogue and the page: inside :func:`words_of`, every text that Django
translates is reworded by what the mutual chose (``schemes.choices``: ``word_*``). Articles and
participles follow the noun; what the registers hold is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.utils.translation import trans_real

from entraide.apps.schemes.choices import WORD_CARD, WORD_CLAIM, WORD_MEMBER
from entraide.apps.schemes.models import Mutual

Rule = tuple[re.Pattern[str], str]


def _rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)


# In order: articles with the noun, the noun alone, participles that agree with it. The name of the
# ratio, « sinistres à primes », is a term of the trade and stays.
RULES: Mapping[str, tuple[Rule, ...]] = {
    "prestation": _rules(
        (r"\b([Ll])e sinistre\b", r"\1a prestation"),
        (r"\b([Dd])u sinistre\b", r"\1e la prestation"),
        (r"\bau sinistre\b", "à la prestation"),
        (r"\b([Uu]n|[Aa]ucun|[Cc]haque|[Qq]uel) sinistre\b",
         r"\1@ prestation"),
        (r"\b([Cc])e sinistre\b", r"\1ette prestation"),
        (r"\b([Tt])ous (les|ces) sinistres\b(?! à primes)", r"\1outes \2 prestations"),
        (r"\bsinistre(s?)\b(?! à primes)", r"prestation\1"),
        (r"\bSinistre(s?)\b(?! à primes)", r"Prestation\1"),
        (r"\b([Cc]haque)@", r"\1"),
        (r"\b([Qq]uel)@", r"\1le"),
        (r"@ prestation", "e prestation"),
        (r"(\b[Pp]restations?(?: (?:est|sont|a été|ont été|déjà|non))*) (\w+[éi])(s?)\b",
         r"\1 \2e\3"),
    ),
    "mutualiste": _rules(
        (r"\b([Ll])’adhérent\b", r"\1e mutualiste"),
        (r"\b([Dd])’adhérent", r"\1e mutualiste"),
        (r"\b([Cc])et adhérent\b", r"\1e mutualiste"),
        (r"\badhérent(s?)\b", r"mutualiste\1"),
        (r"\bAdhérent(s?)\b", r"Mutualiste\1"),
    ),
    "carnet": _rules(
        (r"\b([Dd])e la carte\b", r"\1u carnet"),
        (r"\bà la carte\b", "au carnet"),
        (r"\b([Ll])a carte\b", r"\1e carnet"),
        (r"\b([Uu]n|[Aa]ucun)e carte\b", r"\1 carnet"),
        (r"\b([Cc])ette carte\b", r"\1e carnet"),
        (r"\bcarte(s?)\b", r"carnet\1"),
        (r"\bCarte(s?)\b", r"Carnet\1"),
        (r"(\b[Cc]arnets?(?: (?:est|sont|a été|ont été|déjà))*) (\w+[éi])e(s?)\b", r"\1 \2\3"),
    ),
}  # fmt: skip


@lru_cache(maxsize=8192)
def reworded(text: str, words: tuple[str, ...]) -> str:
    """A French text with the words of a mutual; unchanged for the usual ones."""
    for word in words:
        for pattern, replacement in RULES[word]:
            text = pattern.sub(replacement, text)
    return text


def chosen_words(mutual: Mutual) -> tuple[str, ...]:
    """The words of a mutual that are not the usual ones. No query."""
    chosen = (choice.of(mutual) for choice in (WORD_CLAIM, WORD_MEMBER, WORD_CARD))
    return tuple(word for word in chosen if word in RULES)


class _Worded:
    """A catalogue that says what another says, in the words of a mutual."""

    def __init__(self, catalogue: Any, words: tuple[str, ...]) -> None:
        self._catalogue = catalogue
        self._words = words

    def gettext(self, message: str) -> str:
        return reworded(self._catalogue.gettext(message), self._words)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return reworded(self._catalogue.ngettext(singular, plural, number), self._words)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)


@contextmanager
def words_of(mutual: Mutual) -> Iterator[None]:
    """Every French text translated inside speaks the words of a mutual."""
    words = chosen_words(mutual)
    catalogue = getattr(trans_real._active, "value", None)  # type: ignore[attr-defined]
    if not words or catalogue is None or catalogue.to_language() != "fr":
        yield
        return
    trans_real._active.value = _Worded(catalogue, words)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        trans_real._active.value = catalogue  # type: ignore[attr-defined]
