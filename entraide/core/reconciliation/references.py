"""Known names (document numbers, holders) found in the text of a statement line.

Names are compared without case, accents, blanks and dashes: ``REC-2025/0012`` is found in
``vers. rec 2025/0012``. A name is not found inside a longer number or word: ``REC-12`` is not in
``REC-123``. The longest name wins over those that lie inside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

TEXT_LIMIT = 500  # characters of a line that are searched: a bank's label is at most 140
SHORTEST_NUMBER = 3  # a name of digits only is too common in a label when it is shorter


def compact(text: str) -> str:
    """A text without case, accents, blanks and dashes."""
    return "".join(character for character, _boundary in _pieces(text))


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The compact characters, each with: may a name begin here (and so: may one end before)?"""
    pieces: list[tuple[str, bool]] = []
    previous = ""
    for character in unicodedata.normalize("NFKD", text[:TEXT_LIMIT]):
        category = unicodedata.category(character)
        if category == "Mn":
            continue
        if category == "Pd" or category[0] in "ZC" or character == "\N{MINUS SIGN}":
            previous = ""
            continue
        is_boundary = not (
            (previous.isdigit() and character.isdigit())
            or (previous.isalpha() and character.isalpha())
        )
        pieces.extend(
            (folded, is_boundary and index == 0)
            for index, folded in enumerate(character.casefold())
        )
        previous = character
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
