"""Telephone numbers are written in one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.phones import first_phone, written_phone


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("90123456", "90 12 34 56"),
        (" 90.12-34/56 ", "90 12 34 56"),
        ("90 12 34 56", "90 12 34 56"),
        ("+22890123456", "+228 90 12 34 56"),
        ("00228 90 12 34 56", "+228 90 12 34 56"),
        ("0340123456", "034 01 234 56"),
        ("+261 34 01 234 56", "+261 34 01 234 56"),
        ("+2610340123456", "+261 34 01 234 56"),
        ("771234567", "77 123 45 67"),
        ("0197123456", "01 97 12 34 56"),
        ("90123456 / 91234567", "90 12 34 56 / 91 23 45 67"),
        ("90123456 ou 91234567", "90 12 34 56 / 91 23 45 67"),
        ("90123456, voir Awa", "90123456, voir Awa"),
        ("poste 12", "poste 12"),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("123", "123"),
        ("", ""),
    ],
)
def test_one_form_whatever_was_typed(typed: str, written: str) -> None:
    assert written_phone(typed) == written


@given(st.text(alphabet="0123456789+/-. ou,", max_size=30))
def test_written_once_it_stays_and_keeps_its_digits(typed: str) -> None:
    written = written_phone(typed)
    assert written_phone(written) == written


@given(st.from_regex(r"[1-9]\d{7,8}", fullmatch=True))
def test_no_digit_of_a_local_number_is_lost(digits: str) -> None:
    assert written_phone(digits).replace(" ", "") == digits


@pytest.mark.parametrize(
    ("text", "first"),
    [("90 12 34 56 / 91 23 45 67", "90 12 34 56"), ("٠٣٤ ٠٠ ٠٠٠ ٠٠", "034 00 000 00"), ("", "")],
)
def test_the_first_number_is_written_in_the_digits_that_networks_dial(
    text: str, first: str
) -> None:
    assert first_phone(text) == first
