"""The name of a place as a key: two spellings of one village give the same key."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SAINTS = {"st": "saint", "ste": "sainte"}
# Said before the name of a place, and left out as often: « Village de Kati ».
_GENERIC = frozenset(
    {"village", "quartier", "secteur", "fokontany", "commune", "canton", "district", "hameau"}
)
_LINKS = frozenset({"de", "du", "des", "d", "la", "le", "l"})


def place_key(name: str) -> str:
    """The words of a place's name, lower case, without accents, signs or the kind of place.

    ``"Village d’Agbodrafo"`` and ``"AGBODRAFO"`` give ``"agbodrafo"``; ``"Ste-Marie"`` gives
    ``"sainte marie"``. What is only a kind and a number keeps its number: ``"Secteur 12"`` gives
    ``"12"``. A name of nothing but such words keeps them.
    """
    decomposed = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = [_SAINTS.get(word, word) for word in _NOT_A_WORD.sub(" ", bare.lower()).split()]
    kept = list(words)
    while kept and kept[0] in _GENERIC:
        kept.pop(0)
        while kept and kept[0] in _LINKS:
            kept.pop(0)
    return " ".join(kept or words)


def place_parts(text: str) -> tuple[str, tuple[str, ...]]:
    """What a person typed as a place: its name, and the larger places said after it by commas.

    ``"Agbodrafo, Aného"`` gives ``("Agbodrafo", ("Aného",))``.
    """
    parts = [" ".join(part.split()) for part in text.split(",")]
    name, *around = [part for part in parts if part] or [""]
    return name, tuple(around)
