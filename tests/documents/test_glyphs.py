"""Nothing typed is left out of a paper unsaid; long numbers and many signatures keep their place."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest

from entraide.documents.glyphs import BOX, drawn
from entraide.documents.letters_pdf import Paper, letters_pdf

NEVER_DRAWN = "\u0378"  # no character has this number: no font draws it
LONG = "ATTESTATION-2025-" + "0" * 38 + "12345"

read_back = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="needs pdftotext of poppler"
)


def text_of(pdf: bytes, *options: str) -> str:
    """What is read in a PDF."""
    done = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


def a_letter(**more: Any) -> bytes:
    paper = Paper(**{"title": "Relance", **more})
    return letters_pdf([paper], title="Relance", mutual="Mutuelle", place="Lomé", day="1er mars")


def test_what_no_font_draws_becomes_a_box_and_the_rest_stays() -> None:
    usual = "Ékoué Ŋaɖi, « N’Guessan » – 1 250 000 F CFA"
    assert drawn(usual) == usual
    told = drawn({"name": f"Awa {NEVER_DRAWN} KODJO", "rows": [["x", NEVER_DRAWN * 2]], "n": 3})
    assert told == {"name": f"Awa {BOX} KODJO", "rows": [["x", BOX * 2]], "n": 3}


def test_a_mark_goes_with_the_sign_that_is_lost() -> None:
    """An emoji of several signs is drawn, or is one box for each of its signs, never nothing."""
    assert drawn(f"{NEVER_DRAWN}\ufe0f!") == f"{BOX}!"
    assert drawn("Awa \U0001f600") in ("Awa \U0001f600", f"Awa {BOX}")


@read_back
def test_a_letter_shows_where_a_sign_is_missing() -> None:
    text = text_of(a_letter(before=(f"Awa {NEVER_DRAWN} KODJO",)))
    assert f"Awa {BOX} KODJO" in text


@read_back
def test_a_long_number_keeps_out_of_the_next_column() -> None:
    head = ("Attestation", "Carte", "Jour", "Demandé", "Part", "État", "Motifs")
    row = (LONG, "F-2025-00001-1", "3 mars 2025", "1 250 000", "1 000 000", "À valider", "Plafond")
    pdf = a_letter(title=f"Facture {LONG}", head=head, rows=(row,), wide=(5, 6))
    places = text_of(pdf, "-bbox")
    words = re.findall(r'xMin="([\d.]+)" .*?xMax="([\d.]+)" .*?>([^<]+)</word>', places)
    [card] = [float(left) for left, _right, word in words if word == "F-2025-00001-1"]
    parts = [
        (float(right), word) for left, right, word in words
        if re.search("^[A0-]|N-2025|12345", word) and float(left) < card and word != "Attestation"
    ]  # fmt: skip
    in_column = [right for right, word in parts if word in LONG and right < 300]
    assert len(in_column) > 1
    assert all(right < card for right in in_column)
    assert max(float(right) for _left, right, _word in words) < 596 - 50  # the right margin
    joined = "".join(text_of(pdf).split())
    assert "ATTESTATI" in joined
    assert "\u200b" not in joined  # a number is searched for as it is written


@read_back
def test_each_member_has_a_box_over_as_many_pages_as_it_takes() -> None:
    members = tuple(f"Membre {rank:02d}" for rank in range(1, 24))
    text = text_of(a_letter(title="Procès-verbal", signs=members))
    assert [name for name in members if name in text] == list(members)
    assert text.count("\f") == 2
