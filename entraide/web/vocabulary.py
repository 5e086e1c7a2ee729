"""The words that a mutual chose (``schemes.choices``: ``word_*``), spoken by Django’s French too.

The rewording itself is ``messages.vocabulary``, which papers and refusals use without Django.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import trans_real

from entraide.apps.schemes.choices import WORD_CARD, WORD_CLAIM, WORD_MEMBER
from entraide.apps.schemes.models import Mutual
from entraide.messages.vocabulary import RULES, in_own_words, speaking


def chosen_words(mutual: Mutual) -> tuple[str, ...]:
    """The words of a mutual that are not the usual ones. No query."""
    chosen = (choice.of(mutual) for choice in (WORD_CLAIM, WORD_MEMBER, WORD_CARD))
    return tuple(word for word in chosen if word in RULES)


@contextmanager
def words_of(mutual: Mutual) -> Iterator[None]:
    """Every French text translated inside speaks the words of a mutual."""
    _teach_french()
    with speaking(chosen_words(mutual)):
        yield


def _teach_french() -> None:
    """Let the one French catalogue of Django ask, for each text, which words are spoken.

    Once per process. The catalogue itself is public (``translation``, ``catalog``); which one is
    active in a thread is not, and is left alone.
    """
    french = trans_real.translation("fr")
    if getattr(french, "asks_for_own_words", False):
        return
    usual, usual_plural = french.gettext, french.ngettext

    def gettext(message: str) -> str:
        return in_own_words(usual(message))

    def ngettext(singular: str, plural: str, number: int) -> str:
        return in_own_words(usual_plural(singular, plural, number))

    french.gettext, french.ngettext, french.asks_for_own_words = gettext, ngettext, True
