"""Two spellings of one village give one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.places import place_key, place_parts


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Village d’Agbodrafo", "agbodrafo"),
        ("AGBODRAFO", "agbodrafo"),
        ("Ste-Marie", "sainte marie"),
        ("Secteur 12", "12"),
        ("Fokontany Ambohipo", "ambohipo"),
        ("Adido-Gomé", "adido gome"),
        ("Village", "village"),
        ("", ""),
    ],
)
def test_the_key_of_a_place(said: str, key: str) -> None:
    assert place_key(said) == key


@given(st.text(max_size=40))
def test_a_key_holds_plain_letters_only(text: str) -> None:
    key = place_key(text)
    assert key == key.lower()
    assert not set(key) - set("abcdefghijklmnopqrstuvwxyz0123456789 ")


def test_the_larger_places_come_after_commas() -> None:
    assert place_parts(" Agbodrafo ,  Aného,") == ("Agbodrafo", ("Aného",))
    assert place_parts("") == ("", ())
