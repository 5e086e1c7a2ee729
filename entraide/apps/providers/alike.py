"""Providers that may stand in the register already under nearly the same name."""

from __future__ import annotations

from difflib import SequenceMatcher

from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import under
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import providers_of
from entraide.apps.schemes.models import Mutual
from entraide.core.places import place_key

ALIKE_FROM = 0.88  # of two names written without accents; chosen: one letter or two in a name


def providers_alike(mutual: Mutual, name: str, area: Area | None) -> list[Provider]:
    """The open providers that may be the one with this name: the same words in any order wherever
    they are, or nearly the same name at a place that may be the same. The same name first.

    Numbers count: « CSB 1 » is not « CSB 2 ».
    """
    text = place_key(name)
    key = sorted(text.split())
    numbers = _numbers(key)
    found: list[tuple[float, str, Provider]] = []
    for each in providers_of(mutual).filter(closed_on__isnull=True).select_related("area"):
        other_text = place_key(each.name)
        other = sorted(other_text.split())
        if other == key:
            likeness = 1.0
        elif _numbers(other) == numbers and _may_be_same_place(area, each.area):
            likeness = SequenceMatcher(None, text, other_text).ratio()
        else:
            continue
        if likeness >= ALIKE_FROM:
            found.append((-likeness, each.name, each))
    return [each for _likeness, _name, each in sorted(found, key=lambda row: row[:2])]


def _numbers(key: list[str]) -> list[str]:
    return [word for word in key if word.isdigit() or set(word) <= set("ivx")]


def _may_be_same_place(one: Area | None, other: Area | None) -> bool:
    """Whether one of the places is not known, is the other, or holds it."""
    if one is None or other is None or one.pk == other.pk:
        return True
    return other.pk in under(one) or one.pk in under(other)
