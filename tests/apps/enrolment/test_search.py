"""People are found as they are said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraide.apps.enrolment.search import (
    is_number,
    name_key,
    normalised,
    phone_digits,
    search_terms,
)


def test_accents_hyphens_and_apostrophes_do_not_matter() -> None:
    assert normalised("  Adjovi-N’Tcha   ÉLOÏSE ") == "adjovi n tcha eloise"
    assert normalised("Sœur Œdipe") == "soeur oedipe"


def test_a_phone_is_its_digits_however_typed() -> None:
    assert phone_digits("+228 90 12-34.56") == "22890123456"
    assert search_terms("90 12 34 56") == ("90123456",)


def test_a_card_number_stays_whole_among_words() -> None:
    assert search_terms("Éloïse F-2025-00012") == ("eloise", "f-2025-00012")
    assert search_terms("   ") == ()


def test_a_number_is_told_from_a_name() -> None:
    assert all(is_number(text) for text in ("A-77/2", " f-2025-00012-1 ", "90 12 34 56", "12"))
    assert not any(is_number(text) for text in ("Koffi", "Koffi 12", "Ado Yao", ""))


def test_the_order_of_names_does_not_matter() -> None:
    assert name_key("Koffi ADJOVI") == name_key("Adjovi Koffi")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
