"""What the rules of a product call their categories and acts: read from the shared lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from entraide.apps.nomenclature.selectors import item_labels
from entraide.apps.nomenclature.services import FURTHER_CATEGORIES
from entraide.web.claims.reasons import category_names, language
from entraide.web.tariffs.care_summary import CareNames, titles_of


def care_names(document: Mapping[str, Any]) -> CareNames:
    """The names for the sentences of a product file: two queries at most."""
    keys = frozenset(_items_in(document))
    # Those of the shipped examples have a name before any act stands in them.
    place = 0 if language() == "fr" else 1
    further = {code: labels[place] for code, labels in FURTHER_CATEGORIES.items()}
    return CareNames(
        further | category_names(), item_labels(keys) if keys else {}, titles_of(document)
    )


def _items_in(document: Mapping[str, Any]) -> Iterator[str]:
    for part in ("items", "limits", "deductibles"):
        for rule in document.get(part, {}).values():
            yield from rule.get("about", {}).get("items", ())
