"""Finding people as they are said: without accents, by part of a name, a number or a phone.

Search uses a column of its own (``Person.search_text``), the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

import re
import unicodedata

_CARD_NUMBER = re.compile(r"[a-z]+-\d{4}(-\d+)*-?")
_PART_OF_CARD = re.compile(r"(\d{4}-)?\d{4,6}-\d{1,6}")  # 2025-00012, 00012-1, 2025-00012-1
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_PHONE = re.compile(r"\+?[\d\s.()/-]{6,}")
_NOT_A_DIGIT = re.compile(r"\D+")


def normalised(text: str) -> str:
    """Lower case, without accents; whatever is neither letter nor digit becomes one blank.

    ``"Adjovi-N’Tcha  Éloïse"`` gives ``"adjovi n tcha eloise"``.
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", bare.lower()).strip()


def phone_digits(phone: str) -> str:
    """The digits of a phone number, so that blanks and points do not matter."""
    return _NOT_A_DIGIT.sub("", phone)


def search_text(
    *,
    full_name: str,
    number: str,
    phones: tuple[str, ...],
    earlier_numbers: tuple[str, ...] = (),
) -> str:
    """What ``Person.search_text`` holds: the normalised name, the card number, the phones.

    Numbers of earlier cards stand in it as they are typed: whole, and by their pieces.
    """
    parts = [normalised(full_name), number.lower(), *(phone_digits(phone) for phone in phones)]
    for earlier in earlier_numbers:
        parts += [earlier.lower(), normalised(earlier), phone_digits(earlier)]
    return " ".join(dict.fromkeys(part for part in parts if part))[:400]


def search_terms(text: str) -> tuple[str, ...]:
    """The pieces that must all stand in ``search_text`` for a person to be found.

    A card number, or its end, stays whole; a phone typed with blanks is read as one number.
    """
    typed = text.strip().lower()
    if _PART_OF_CARD.fullmatch(typed):
        return (typed,)
    if _PHONE.fullmatch(typed):
        return (phone_digits(typed),)
    terms: list[str] = []
    for word in typed.split():
        if _CARD_NUMBER.fullmatch(word):
            terms.append(word)
        else:
            terms.extend(normalised(word).split())
    return tuple(dict.fromkeys(terms))


def is_number(text: str) -> bool:
    """Whether what is typed is a number and no name: a figure in it, and a single word or a phone.

    ``A-77/2``, ``F-2025-00012-1``, ``90 12 34 56``; not ``Koffi 12``.
    """
    typed = text.strip()
    is_one = len(typed.split()) == 1 or _PHONE.fullmatch(typed) is not None
    return is_one and any(letter.isdigit() for letter in typed)


def name_key(full_name: str) -> tuple[str, ...]:
    """The words of a name in alphabetical order: the same whichever of them is said first."""
    return tuple(sorted(normalised(full_name).split()))
