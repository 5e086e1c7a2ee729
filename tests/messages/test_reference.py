from __future__ import annotations

from entraide.messages import english_sentences
from entraide.messages.reference import PATH, reference_page

WRITE_IT = "write it again: python -m entraide.messages.reference"


def test_the_page_of_codes_is_current() -> None:
    assert PATH.read_text(encoding="utf-8") == reference_page(), WRITE_IT


def test_each_code_has_one_row_of_three_cells() -> None:
    rows = [row for row in reference_page().splitlines() if row.startswith("| `")]
    assert len(rows) == len(english_sentences())
    assert {row.replace("\\|", "").count("|") for row in rows} == {4}


def test_a_word_that_agrees_shows_both_forms() -> None:
    page = reference_page()
    assert "{minimum} élément/éléments" in page
