"""A scorecard of vulnerability as data: YAML or stored JSON in, ``core.scorecard`` out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from entraide.core.errors import Finding, RefusedRows
from entraide.core.scorecard import (
    FEWEST_QUESTIONS,
    MOST_QUESTIONS,
    Answer,
    Question,
    Scorecard,
    Segment,
)
from entraide.rulebook.document import read_document
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.schema import Titles
from entraide.rulebook.validation import Strict, validated

_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,29}$")]
_Points = Annotated[int, Field(ge=0, le=1000)]


class _AnswerDocument(Strict):
    code: _Code
    points: _Points
    title: Titles


class _QuestionDocument(Strict):
    code: _Code
    title: Titles
    answers: Annotated[list[_AnswerDocument], Field(min_length=2)]


class _SegmentDocument(Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,7}$")]
    from_points: _Points
    channel: Literal["visit", "call", ""] = ""
    title: Titles


class _ScorecardDocument(Strict):
    scorecard: _Code
    title: Titles
    effective_from: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    questions: Annotated[list[_QuestionDocument], Field(min_length=1)]
    segments: Annotated[list[_SegmentDocument], Field(min_length=2)]


@dataclass(frozen=True, slots=True)
class ScorecardRules:
    """A scorecard with the day from which it holds, its source and its document."""

    card: Scorecard
    effective_from: date
    source: str
    document: dict[str, Any]


def scorecard_path(code: str = "vulnerabilite", folder: Path = RULES_FOLDER) -> Path:
    """The file of the scorecard that the product ships as a model."""
    return folder / "scorecards" / f"{code}.yaml"


def read_scorecard(path: Path) -> ScorecardRules:
    """The scorecard in a file; refused with every fault at once."""
    return parse_scorecard(read_document(path))


def parse_scorecard(document: Any) -> ScorecardRules:
    """A document as a scorecard.

    Refused with every fault at once: those of the form (``RULE_…``), ``SCORECARD_QUESTIONS`` (five
    to ten), ``SCORECARD_CODE_TWICE``, ``SCORECARD_FIRST_SEGMENT`` (the first begins at 0),
    ``SCORECARD_SEGMENTS_ORDER``, ``SCORECARD_DAY``.
    """
    model = validated(_ScorecardDocument, document)
    findings = [*_count_findings(model), *_code_findings(model), *_segment_findings(model)]
    try:
        effective_from = date.fromisoformat(model.effective_from)
    except ValueError:
        findings.append(Finding("SCORECARD_DAY", place="effective_from"))
        effective_from = date.max
    if findings:
        raise RefusedRows(tuple(findings))
    card = Scorecard(
        model.scorecard,
        model.title.model_dump(),
        tuple(
            Question(
                each.code,
                each.title.model_dump(),
                tuple(Answer(a.code, a.title.model_dump(), a.points) for a in each.answers),
            )
            for each in model.questions
        ),
        tuple(
            Segment(each.code, each.title.model_dump(), each.from_points, each.channel)
            for each in model.segments
        ),
    )
    return ScorecardRules(card, effective_from, model.source, dict(document))


def _count_findings(model: _ScorecardDocument) -> list[Finding]:
    count = len(model.questions)
    if FEWEST_QUESTIONS <= count <= MOST_QUESTIONS:
        return []
    data = {"count": count, "fewest": FEWEST_QUESTIONS, "most": MOST_QUESTIONS}
    return [Finding("SCORECARD_QUESTIONS", place="questions", data=data)]


def _code_findings(model: _ScorecardDocument) -> list[Finding]:
    lists = [("questions", [each.code for each in model.questions])]
    lists += [
        (f"questions[{index}].answers", [answer.code for answer in each.answers])
        for index, each in enumerate(model.questions)
    ]
    lists.append(("segments", [each.code for each in model.segments]))
    return [
        Finding("SCORECARD_CODE_TWICE", place=f"{place}[{index}]", data={"code": code})
        for place, codes in lists
        for index, code in enumerate(codes)
        if code in codes[:index]
    ]


def _segment_findings(model: _ScorecardDocument) -> list[Finding]:
    starts = [each.from_points for each in model.segments]
    findings = []
    if starts[0] != 0:
        findings.append(Finding("SCORECARD_FIRST_SEGMENT", place="segments[0]"))
    if any(later <= earlier for earlier, later in pairwise(starts)):
        findings.append(Finding("SCORECARD_SEGMENTS_ORDER", place="segments"))
    return findings
