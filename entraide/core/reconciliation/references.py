"""Known names (document numbers, holders) found in the text of a statement line.

Names are compared without case, accents, blanks and dashes: ``REC-2025/0012`` is found in
``vers. rec 2025/0012``. A name is not found inside a longer number or word: ``REC-12`` is not in
``REC-123``. The longest name wins over those that lie inside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

TEXT_LIMIT = 500  # characters of a line that are searched: a bank's label is at most 140
SHORTEST_NUMBER = 3  # a name of digits only is too common in a label when it is shorter


_SKIPPED, _GAP, _DIGIT, _LETTER, _OTHER = range(5)


@lru_cache(maxsize=8192)
def _nature(character: str) -> tuple[str, int]:
    """A character without case, and what it does to a text: nothing, a gap, or a piece of it."""
    category = unicodedata.category(character)
    if category == "Mn":
        return "", _SKIPPED
    if category == "Pd" or category[0] in "ZC" or character == "\N{MINUS SIGN}":
        return "", _GAP
    if character.isdigit():
        return character.casefold(), _DIGIT
    return character.casefold(), _LETTER if character.isalpha() else _OTHER


def compact(text: str) -> str:
    """A text without case, accents, blanks and dashes."""
    normal = unicodedata.normalize("NFKD", text[:TEXT_LIMIT])
    return "".join([_nature(character)[0] for character in normal])


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The compact characters, each with: may a name begin here (and so: may one end before)?"""
    pieces: list[tuple[str, bool]] = []
    previous = _GAP
    for character in unicodedata.normalize("NFKD", text[:TEXT_LIMIT]):
        folded, nature = _nature(character)
        if nature == _SKIPPED:
            continue
        if nature != _GAP:
            is_boundary = nature == _OTHER or nature != previous
            pieces.append((folded[0], is_boundary))
            pieces.extend((more, False) for more in folded[1:])
        previous = nature
    return pieces


class NameIndex:
    """The known names, ready to be found in many texts.

    Looking up a text costs its number of possible beginnings × the number of different lengths of
    names, whatever the number of names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {compact(name) for name in names}
        self._names.discard("")
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def found_in(self, text: str) -> frozenset[str]:
        """The compact names found in a text."""
        pieces = _pieces(text)
        characters = "".join(character for character, _boundary in pieces)
        beginnings = [index for index, (_character, boundary) in enumerate(pieces) if boundary]
        ends = {*beginnings, len(pieces)}
        spans: list[tuple[int, int]] = []
        for begin in beginnings:
            for length in self._lengths:
                end = begin + length
                if end in ends and characters[begin:end] in self._names:
                    name = characters[begin:end]
                    is_whole_text = length == len(pieces)
                    if is_whole_text or not name.isdigit() or length >= SHORTEST_NUMBER:
                        spans.append((begin, end))
                    break  # shorter names from here lie inside this one
        longest = [
            span
            for span in spans
            if not any(
                other != span and other[0] <= span[0] and span[1] <= other[1] for other in spans
            )
        ]
        return frozenset(characters[begin:end] for begin, end in longest)
