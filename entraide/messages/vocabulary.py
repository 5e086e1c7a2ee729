"""Each mutual’s own words: « sinistre » or « prestation », « adhérent » or « mutualiste » …

Inside :func:`speaking`, every French text of the interface is reworded: on pages, on papers and in
refusals alike. Articles and participles follow the noun; what the registers hold is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

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


_SPOKEN: ContextVar[tuple[str, ...]] = ContextVar("words of the mutual", default=())


@contextmanager
def speaking(words: tuple[str, ...]) -> Iterator[None]:
    """Inside, French says these words (keys of ``RULES``) in the place of the usual ones."""
    token = _SPOKEN.set(words)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def in_own_words(text: str) -> str:
    """A French text in the words that are spoken just now."""
    words = _SPOKEN.get()
    return reworded(text, words) if words else text
