"""The shipped model reads, and every fault of a scorecard is told at once."""

from __future__ import annotations

import copy

import pytest

from entraide.core.errors import RefusedRows
from entraide.rulebook.scorecards import parse_scorecard, read_scorecard, scorecard_path


def test_the_model_reads() -> None:
    rules = read_scorecard(scorecard_path())
    assert 5 <= len(rules.card.questions) <= 10
    assert [each.code for each in rules.card.segments] == ["A", "B", "C"]


def test_every_fault_is_told_at_once() -> None:
    document = copy.deepcopy(read_scorecard(scorecard_path()).document)
    document["questions"] = document["questions"][:2] + document["questions"][:1]
    document["segments"][0]["from_points"] = 20
    document["effective_from"] = "2024-02-31"
    with pytest.raises(RefusedRows) as refused:
        parse_scorecard(document)
    assert {each.code for each in refused.value.findings} == {
        "SCORECARD_QUESTIONS", "SCORECARD_CODE_TWICE", "SCORECARD_FIRST_SEGMENT",
        "SCORECARD_SEGMENTS_ORDER", "SCORECARD_DAY",
    }  # fmt: skip
