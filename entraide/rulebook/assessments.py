"""A provider's assessment form as data: YAML or stored JSON in, ``core.assessment`` out."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from entraide.core.assessment import AssessmentForm, Grade, Theme
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.scorecard import Answer, Question
from entraide.rulebook.document import read_document
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.schema import Titles
from entraide.rulebook.validation import Strict, validated

_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,29}$")]
_Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _AnswerDocument(Strict):
    code: _Code
    points: Annotated[int, Field(ge=0, le=100)]
    title: Titles


class _QuestionDocument(Strict):
    code: _Code
    title: Titles
    answers: Annotated[list[_AnswerDocument], Field(min_length=2)]


class _ThemeDocument(Strict):
    code: _Code
    title: Titles
    questions: Annotated[list[_QuestionDocument], Field(min_length=1)]


class _GradeDocument(Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    from_percent: Annotated[int, Field(ge=0, le=100)]
    title: Titles


class _FormDocument(Strict):
    assessment: _Code
    title: Titles
    effective_from: _Day
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    themes: Annotated[list[_ThemeDocument], Field(min_length=1)]
    grades: Annotated[list[_GradeDocument], Field(min_length=2)]


def assessment_paths(folder: Path = RULES_FOLDER) -> list[Path]:
    """The files of the forms that the product ships."""
    return sorted(folder.glob("assessments/*.yaml"))


def read_assessment(path: Path) -> tuple[AssessmentForm, dict[str, Any]]:
    """The form in a file with its document, which a filled form keeps."""
    document = read_document(path)
    return parse_assessment(document), dict(document)


def assessment_on(on: date, folder: Path = RULES_FOLDER) -> tuple[AssessmentForm, dict[str, Any]]:
    """The form in force on a day, the latest begun, with its document; ``ASSESSMENT_NONE``."""
    read = [read_assessment(path) for path in assessment_paths(folder)]
    begun = [each for each in read if each[0].effective_from <= on]
    if not begun:
        raise Refusal("ASSESSMENT_NONE", day=on)
    return max(begun, key=lambda each: each[0].effective_from)


def parse_assessment(document: Any) -> AssessmentForm:
    """A document as a form.

    Refused with every fault at once: those of the form (``RULE_…``), ``SCORECARD_CODE_TWICE``,
    ``ASSESSMENT_GRADES`` (the first from 0, then each higher), ``SCORECARD_DAY``.
    """
    model = validated(_FormDocument, document)
    findings = _findings(model)
    try:
        effective_from = date.fromisoformat(model.effective_from)
    except ValueError:
        findings.append(Finding("SCORECARD_DAY", place="effective_from"))
        effective_from = date.max
    if findings:
        raise RefusedRows(tuple(findings))
    return AssessmentForm(
        model.assessment,
        model.title.model_dump(),
        effective_from,
        model.source,
        tuple(_theme(each) for each in model.themes),
        tuple(Grade(each.code, each.title.model_dump(), each.from_percent)
              for each in model.grades),
    )  # fmt: skip


def _theme(model: _ThemeDocument) -> Theme:
    questions = tuple(
        Question(
            each.code,
            each.title.model_dump(),
            tuple(Answer(a.code, a.title.model_dump(), a.points) for a in each.answers),
        )
        for each in model.questions
    )
    return Theme(model.code, model.title.model_dump(), questions)


def _findings(model: _FormDocument) -> list[Finding]:
    questions = [each for theme in model.themes for each in theme.questions]
    lists = [
        ("themes", [each.code for each in model.themes]),
        ("questions", [each.code for each in questions]),
        *((each.code, [answer.code for answer in each.answers]) for each in questions),
    ]
    found = [
        Finding("SCORECARD_CODE_TWICE", place=f"{place}[{index}]", data={"code": code})
        for place, codes in lists
        for index, code in enumerate(codes)
        if code in codes[:index]
    ]
    starts = [each.from_percent for each in model.grades]
    if starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)):
        found.append(Finding("ASSESSMENT_GRADES", place="grades"))
    return found
