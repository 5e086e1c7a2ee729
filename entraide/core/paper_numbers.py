"""Numbers that people copy from papers: attestations, vouchers, invoices, receipts.

What is written otherwise and means the same is folded (``booklets.paper_key``): full-width signs,
capitals, blanks, hyphens, figures of other alphabets. What only looks the same is refused: a
Cyrillic А on a Latin keyboard makes a second number that nobody can tell from the first. O and 0,
I and 1 are all typed on purpose somewhere: they stay apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from entraide.core.errors import Finding, Refusal

_OURS = "LATIN"
# Alphabets whose letters are drawn like Latin ones: never the hand that filled in the paper.
_LOOKALIKE = frozenset({"CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU"})


def strange_letter(text: str) -> str:
    """The first letter of a number that another one may be taken for; empty where there is none.

    Letters of several alphabets in one number, or of one whose letters look Latin.
    """
    letters = [sign for sign in unicodedata.normalize("NFKC", text) if sign.isalpha()]
    scripts = {sign: unicodedata.name(sign, "").partition(" ")[0] for sign in letters}
    is_mixed = len(set(scripts.values())) > 1
    for sign in letters:
        if scripts[sign] in _LOOKALIKE or (is_mixed and scripts[sign] != _OURS):
            return sign
    return ""


def paper_number_faults(numbers: Mapping[str, str]) -> tuple[Finding, ...]:
    """``PAPER_NUMBER_MIXED`` for each number, by its place, that holds such a letter."""
    return tuple(
        Finding(
            "PAPER_NUMBER_MIXED", place=place,
            data={"number": number.strip(), "sign": sign, "point": f"U+{ord(sign):04X}"},
        )
        for place, number in numbers.items()
        if (sign := strange_letter(number))
    )  # fmt: skip


def require_one_alphabet(number: str, place: str) -> None:
    """Refuse with ``PAPER_NUMBER_MIXED`` a number that holds such a letter."""
    for fault in paper_number_faults({place: number}):
        raise Refusal(fault.code, place=fault.place, **fault.data)
