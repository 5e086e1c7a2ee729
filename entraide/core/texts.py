"""What a text that people type may hold: no character that nobody sees, no mark in a name."""

from __future__ import annotations

import re

# Controls besides tab and line ends, blanks without width, what reverses the direction of the words
# around it, and halves of characters that no database stores.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u115f\u1160\u200b\u202a-\u202e\u2060-\u2069"
    "\u3164\ufeff\uffa0\ud800-\udfff]"
)


def unseen_character(text: str) -> str:
    """The first character of a text that hides or turns what stands beside it: ``U+202E``.

    Empty when there is none. Such a character makes a label read as another one, on the screen
    and on paper.
    """
    found = _UNSEEN.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def without_unseen(text: str) -> str:
    """A text of a file without such characters: a file is not refused for one of them."""
    return _UNSEEN.sub("", text)


_LOST = "\ufffd"  # what stands for bytes that are no text
_MARKS = re.compile("[<>]|^\\s*[=@]")  # of a page, or of a formula


def name_fault(text: str) -> str:
    """Why a text is not the name of a person: ``ACCENTS_LOST``, ``NAME_UNREADABLE``; else empty.

    A name has a letter, of whatever alphabet, and no mark by which a program is told something.
    """
    if _LOST in text:
        return "ACCENTS_LOST"
    if text.strip() and (_MARKS.search(text) or not any(sign.isalpha() for sign in text)):
        return "NAME_UNREADABLE"
    return ""


def name_shown(text: str) -> str:
    """A text that is no name, as a sentence tells it."""
    return text.replace(_LOST, "?")[:60]
