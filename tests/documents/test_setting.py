"""Papers where people only learn say so on every page."""

from __future__ import annotations

import pytest

from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.documents.setting import papers_for, training_word


def letter() -> bytes:
    paper = Paper(title="Relance", before=("Bonjour",), head=(), rows=(), total="", signs=())
    return letters_pdf(
        [paper], title="Relance", mutual="Mutuelle", place="Lomé", day="1er mars", language="fr"
    )


@pytest.mark.requirement("R234", begun=True)
def test_a_paper_of_a_training_mutual_bears_the_word() -> None:
    usual = letter()
    with papers_for(is_training=True):
        assert training_word("fr") == "FORMATION"
        assert training_word("en") == "TRAINING"
        marked = letter()
    assert marked.startswith(b"%PDF")
    assert len(marked) > len(usual)  # the word, and its bold letters
    assert training_word("fr") == ""
    with papers_for(is_training=False):
        assert len(letter()) == len(usual)
