"""Reading the coding guide: by what people say, in the words of the place."""

from __future__ import annotations

from dataclasses import dataclass

from entraide.apps.nomenclature.models import CareCategory, Diagnosis, GuideEntry
from entraide.core.places import place_key


@dataclass(frozen=True, slots=True)
class Guided:
    """An entry with its label and the words said for it in a country."""

    entry: GuideEntry
    code: str
    label: str
    synonyms: tuple[str, ...]
    said: str  # the synonym by which it was found; empty when by its own words

    @property
    def is_category(self) -> bool:
        """Of a category of care, else of a diagnosis."""
        return self.entry.category_id is not None


def guide(text: str = "", *, country: str = "", language: str = "fr") -> list[Guided]:
    """The entries that hold every word of a text, categories first; all of them without a text.

    Words are looked for in the label, the synonyms of the country and the examples, accents and
    capitals apart. Two queries.
    """
    wanted = place_key(text).split()
    rows = GuideEntry.objects.select_related("category", "diagnosis").prefetch_related("synonyms")
    found: list[tuple[tuple[int, int, int, str], Guided]] = []
    for entry in rows:
        label = guided_label(entry, language)
        words = [
            each for each in entry.synonyms.all() if not country or each.country in ("", country)
        ]
        said = next((each.words for each in words if _holds(each.words_key, wanted)), "")
        in_label = _holds(place_key(label), wanted)
        if not (in_label or said or _holds(place_key(f"{label} {entry.examples}"), wanted)):
            continue
        is_named = in_label or bool(said)
        guided = Guided(
            entry,
            _coded(entry).code,
            label,
            tuple(each.words for each in words),
            "" if in_label else said,
        )
        rank = entry.category.rank if entry.category is not None else 0
        found.append(((not is_named, not guided.is_category, rank, label), guided))
    return [guided for _order, guided in sorted(found, key=lambda pair: pair[0])]


def _coded(entry: GuideEntry) -> CareCategory | Diagnosis:
    coded = entry.category or entry.diagnosis
    assert coded is not None, "an entry is of one thing"
    return coded


def coded_code(entry: GuideEntry) -> str:
    """The code of the category or diagnosis that an entry explains."""
    return _coded(entry).code


def _holds(key: str, wanted: list[str]) -> bool:
    return all(word in key for word in wanted)


def guided_label(entry: GuideEntry, language: str) -> str:
    """What the category or diagnosis of an entry is called."""
    coded = _coded(entry)
    if isinstance(coded, CareCategory):
        return coded.label_en if language == "en" else coded.label_fr
    return coded.label


def written(entry: GuideEntry) -> list[str]:
    """The synonyms of an entry as they are typed: a word of one country begins with its letters."""
    return [
        f"{each.country}:{each.words}" if each.country else each.words
        for each in entry.synonyms.all()
    ]
