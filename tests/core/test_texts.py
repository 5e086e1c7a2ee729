"""Texts that hold characters that nobody sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.texts import name_fault, unseen_character


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("Loyer \u202eruel", "U+202E"),
        ("Loyer\x00", "U+0000"),
        ("\x1b[31mLoyer", "U+001B"),
        ("Loyer\u2066", "U+2066"),
        ("Loyer\ud83d", "U+D83D"),
        ("Loyer\x85", "U+0085"),
        ("\u200b", "U+200B"),
        ("\u3164", "U+3164"),
    ],
)
def test_a_character_that_hides_or_turns_is_named(text: str, character: str) -> None:
    assert unseen_character(text) == character


@pytest.mark.parametrize(
    "text",
    ["", "Loyer d’août, 2ᵉ partie", "ligne\r\nligne\tcolonne", "Razafindrakoto Ñandu", "ⵣ 漢 ע"],
)
def test_what_people_write_is_accepted(text: str) -> None:
    assert unseen_character(text) == ""


@given(
    st.text(
        st.characters(
            categories=("L", "M", "N", "P", "S", "Zs"),
            exclude_characters="\u115f\u1160\u3164\uffa0",
        )
    )
)
def test_letters_marks_numbers_and_signs_are_never_refused(text: str) -> None:
    assert unseen_character(text) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("RAB\ufffdO", "ACCENTS_LOST"),
        ("<img src=x> Rabe", "NAME_UNREADABLE"),
        (" =1+1 Rabe", "NAME_UNREADABLE"),
        ("@SUM(A) Rabe", "NAME_UNREADABLE"),
        ("123", "NAME_UNREADABLE"),
        ("", ""),
        ("N’Guessan d’Almeida-Koffi (veuve)", ""),
        ("漢字", ""),
    ],
)
def test_a_name_has_a_letter_and_no_mark_for_a_program(text: str, code: str) -> None:
    assert name_fault(text) == code
