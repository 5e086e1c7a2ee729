"""Points and segments of a scorecard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import RefusedRows
from entraide.core.scorecard import Answer, Question, Scorecard, Segment, score

CARD = Scorecard(
    "test",
    {"fr": "Essai"},
    tuple(
        Question(f"q{n}", {"fr": f"Q{n}"}, (Answer("yes", {}, n), Answer("no", {}, 0)))
        for n in range(1, 6)
    ),
    (Segment("A", {}, 0), Segment("B", {}, 5), Segment("C", {}, 10)),
)


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_points_add_up_and_the_segment_is_the_highest_reached(given_: list[bool]) -> None:
    answers = {f"q{n}": "yes" if yes else "no" for n, yes in enumerate(given_, start=1)}
    found = score(CARD, answers)
    assert found.points == sum(n for n, yes in enumerate(given_, start=1) if yes)
    assert found.segment.code == "ABC"[(found.points >= 5) + (found.points >= 10)]


def test_every_fault_at_once() -> None:
    with pytest.raises(RefusedRows) as refused:
        score(CARD, {"q1": "yes", "q2": "perhaps", "q9": "yes"})
    assert [each.code for each in refused.value.findings] == [
        "ANSWER_UNKNOWN", "QUESTION_UNANSWERED", "QUESTION_UNANSWERED", "QUESTION_UNANSWERED",
        "QUESTION_UNKNOWN",
    ]  # fmt: skip
