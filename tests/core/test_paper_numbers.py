"""Numbers copied from papers: one form for what means the same, a refusal for what only looks it."""

from __future__ import annotations

import pytest

from entraide.core.booklets import normal_paper_number, paper_key, read_booklet_number
from entraide.core.errors import Refusal
from entraide.core.paper_numbers import (
    paper_number_faults,
    require_one_alphabet,
    strange_letter,
)

CYRILLIC_A, GREEK_O, ARABIC_BA = "\u0410", "\u039f", "\u0628"


@pytest.mark.parametrize(
    "written",
    [
        "AT-077412", "at 77412", "ＡＴ－０７７４１２", "AT\u2011077412", "AT–77412", "AT77412",
        "AT-\u0660\u0667\u0667\u0664\u0661\u0662", " at-77412 ",
    ],
)  # fmt: skip
def test_what_means_the_same_has_one_key(written: str) -> None:
    assert paper_key(written) == "AT-77412"
    assert strange_letter(written) == ""


def test_a_booklet_is_read_in_full_width_and_other_figures() -> None:
    assert normal_paper_number("ａ–０００１２") == "A-00012"
    assert read_booklet_number("Ａ−٠٠٠١٢") == read_booklet_number("A-00012")


@pytest.mark.parametrize(
    ("written", "sign"),
    [
        (f"{CYRILLIC_A}T-077412", CYRILLIC_A),
        (f"C{GREEK_O}-12", GREEK_O),
        (f"{GREEK_O}-12", GREEK_O),
        (f"A{ARABIC_BA}-12", ARABIC_BA),
    ],
)
def test_a_letter_that_only_looks_like_ours_is_told(written: str, sign: str) -> None:
    [fault] = paper_number_faults({"attestation_number": written, "invoice_number": "F-1"})
    assert (fault.code, fault.place) == ("PAPER_NUMBER_MIXED", "attestation_number")
    assert fault.data == {"number": written, "sign": sign, "point": f"U+{ord(sign):04X}"}
    with pytest.raises(Refusal, match="PAPER_NUMBER_MIXED"):
        require_one_alphabet(written, "paper_number")


@pytest.mark.parametrize(
    "written", ["", "077412", "É-12", "O-12", "0-12", f"{ARABIC_BA}-12", "№ 7"]
)
def test_one_alphabet_of_our_papers_is_no_fault(written: str) -> None:
    """O and 0 are both ours: nobody can tell which was meant, and they stay apart."""
    assert strange_letter(written) == ""
    assert paper_key("O-12") != paper_key("0-12")
