"""Names spelt nearly so: what a search proposes when nobody bears exactly what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from rapidfuzz import fuzz

from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.search import normalised
from entraide.apps.enrolment.search_index import containing
from entraide.apps.schemes.models import Mutual

SHORTEST_WORD = 4  # letters; what is shorter resembles everything
NEAR_FROM = 78  # percent of likeness, on the average of the words typed
_BEGINNING = 0.95  # a beginning nearly typed is worth a little less than a whole name
_MOST_COMPARED = 5000  # different names
_MOST_BEARERS = 10  # for each person to show, where many bear the nearest names


def persons_nearly_called(mutual: Mutual, text: str, *, limit: int) -> list[Person]:
    """Persons whose name resembles every word of ``text``, the nearest first; two queries.

    A word with one wrong letter keeps one of its halves: the names compared are those in which a
    half of each word stands. Empty for a text with a digit, or without any word of four letters.
    """
    words = [word for word in normalised(text).split() if len(word) >= SHORTEST_WORD]
    if not words or any(letter.isdigit() for letter in text):
        return []
    everybody = Person.objects.filter(mutual=mutual)
    found = everybody.select_related("household")
    # Half of a word of four letters is too short to stand a wrong one: others narrow it better.
    for word in [word for word in words if len(word) > SHORTEST_WORD] or words:
        halves = Q()
        for half in _halves(word):
            halves |= Q(pk__in=containing(everybody, (half,)).order_by().values("pk"))
        found = found.filter(halves)
    names = found.order_by().values_list("name", "given_name").distinct()[:_MOST_COMPARED]
    scored = {
        name: likeness
        for name in names
        if (likeness := _likeness(words, normalised(" ".join(name)).split())) >= NEAR_FROM
    }
    nearest = sorted(scored, key=lambda name: (-scored[name], name))[:limit]
    if not nearest:
        return []
    called = Q()
    for name, given_name in nearest:
        called |= Q(name=name, given_name=given_name)
    bearers = found.filter(called).order_by("search_text")[: _MOST_BEARERS * limit]
    rank = {name: position for position, name in enumerate(nearest)}
    return sorted(bearers, key=lambda each: rank[each.name, each.given_name])[:limit]


def _halves(word: str) -> tuple[str, str]:
    size = max(3, len(word) // 2)
    return word[:size], word[-size:]


def _likeness(typed: Sequence[str], borne: Sequence[str]) -> float:
    """How near the words typed are to words of a name, or to their beginnings, in percent."""
    best = [max((_nearness(word, other) for other in borne), default=0.0) for word in typed]
    return sum(best) / len(best)


def _nearness(word: str, other: str) -> float:
    beginning = fuzz.ratio(word, other[: len(word)])
    return max(fuzz.ratio(word, other), _BEGINNING * beginning)
