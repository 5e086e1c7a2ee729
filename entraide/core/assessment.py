"""How a provider does before a convention: questions by theme, points, a grade. Pure scoring.

Questions, points and grades are dated data with their source (``rules/assessments``); nothing of
them stands here. A grade is a share of the points that could be had: it helps to talk, it does not
decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from entraide.core.errors import Finding, RefusedRows
from entraide.core.scorecard import Question


@dataclass(frozen=True, slots=True)
class Theme:
    """Questions about one thing: what is offered, prices, quality, motivation."""

    code: str
    titles: Mapping[str, str]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """What a share of the points advises, from ``from_percent`` on."""

    code: str
    titles: Mapping[str, str]
    from_percent: int


@dataclass(frozen=True, slots=True)
class AssessmentForm:
    """The form in force from a day on; grades in ascending order, the first from 0."""

    code: str
    titles: Mapping[str, str]
    effective_from: date
    source: str
    themes: tuple[Theme, ...]
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Points had, of those that could be had."""

    had: int
    most: int

    @property
    def share(self) -> Fraction:
        """Points had over points that could be had; 0 when none could."""
        return Fraction(self.had, self.most) if self.most else Fraction(0)


@dataclass(frozen=True, slots=True)
class Assessed:
    """The points of a provider, in all and by theme, and the grade that they give."""

    points: Points
    themes: tuple[tuple[str, Points], ...]
    grade: Grade


def assess(form: AssessmentForm, given: Mapping[str, str]) -> Assessed:
    """The points of one answer to each question (question code → answer code).

    Refused with every fault at once: ``QUESTION_UNANSWERED``, ``ANSWER_UNKNOWN``,
    ``QUESTION_UNKNOWN``.
    """
    faults: list[Finding] = []
    themes = []
    for theme in form.themes:
        had = 0
        for question in theme.questions:
            chosen = given.get(question.code, "")
            found = next((each for each in question.answers if each.code == chosen), None)
            if found is not None:
                had += found.points
            elif chosen:
                data = {"answer": chosen}
                faults.append(Finding("ANSWER_UNKNOWN", place=question.code, data=data))
            else:
                faults.append(Finding("QUESTION_UNANSWERED", place=question.code))
        most = sum(max(each.points for each in question.answers) for question in theme.questions)
        themes.append((theme.code, Points(had, most)))
    known = {each.code for theme in form.themes for each in theme.questions}
    faults += [
        Finding("QUESTION_UNKNOWN", place=code, data={"question": code})
        for code in given
        if code not in known
    ]
    if faults:
        raise RefusedRows(tuple(faults))
    whole = together([points for _code, points in themes])
    return Assessed(whole, tuple(themes), grade_of(form, whole))


def together(points: Sequence[Points]) -> Points:
    """Points of several themes, or of several assessors, added up."""
    return Points(sum(each.had for each in points), sum(each.most for each in points))


def grade_of(form: AssessmentForm, points: Points) -> Grade:
    """The grade that a share of the points gives."""
    reached = [each for each in form.grades if points.share * 100 >= each.from_percent]
    return reached[-1]
