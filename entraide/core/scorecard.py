"""How vulnerable a family is: a few questions, points, a segment. Pure scoring.

The questions, their points and the limits of the segments are dated data that two people of the
mutual enter and approve; nothing of them stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from entraide.core.errors import Finding, RefusedRows

FEWEST_QUESTIONS, MOST_QUESTIONS = 5, 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that may be given, and its points: more points, more vulnerable."""

    code: str
    titles: Mapping[str, str]
    points: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers, of which exactly one is given."""

    code: str
    titles: Mapping[str, str]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A class of families, from ``from_points`` points on; ``channel``: how they are followed."""

    code: str
    titles: Mapping[str, str]
    from_points: int
    channel: str = ""  # visit, call


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The questions and the segments in force; segments in ascending order of points."""

    code: str
    titles: Mapping[str, str]
    questions: tuple[Question, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a family and the segment that they give."""

    points: int
    segment: Segment


def score(card: Scorecard, given: Mapping[str, str]) -> Score:
    """The points and segment of one answer to each question (question code → answer code).

    Refused with every fault at once: ``QUESTION_UNANSWERED``, ``ANSWER_UNKNOWN``,
    ``QUESTION_UNKNOWN``.
    """
    faults: list[Finding] = []
    points = 0
    for question in card.questions:
        chosen = given.get(question.code, "")
        found = next((answer for answer in question.answers if answer.code == chosen), None)
        if found is not None:
            points += found.points
        elif chosen:
            faults.append(Finding("ANSWER_UNKNOWN", place=question.code, data={"answer": chosen}))
        else:
            faults.append(Finding("QUESTION_UNANSWERED", place=question.code))
    known = {question.code for question in card.questions}
    faults += [
        Finding("QUESTION_UNKNOWN", place=code, data={"question": code})
        for code in given
        if code not in known
    ]
    if faults:
        raise RefusedRows(tuple(faults))
    reached = [segment for segment in card.segments if segment.from_points <= points]
    return Score(points, reached[-1])
