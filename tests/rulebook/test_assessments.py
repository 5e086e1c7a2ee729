"""The shipped form reads, holds from its day, and tells every fault at once."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.assessment import assess
from entraide.core.errors import Refusal, RefusedRows
from entraide.rulebook.assessments import assessment_on, parse_assessment

FORM, DOCUMENT = assessment_on(date(2026, 1, 1))
QUESTIONS = [each for theme in FORM.themes for each in theme.questions]
ANSWERS = st.fixed_dictionaries(
    {each.code: st.sampled_from([answer.code for answer in each.answers]) for each in QUESTIONS}
)


def test_the_form_asks_of_offer_prices_quality_and_motivation_and_names_its_source() -> None:
    assert [each.code for each in FORM.themes] == ["offre", "prix", "qualite", "motivation"]
    assert FORM.source
    with pytest.raises(Refusal) as refused:
        assessment_on(date(2000, 1, 1))
    assert refused.value.code == "ASSESSMENT_NONE"


def test_the_best_answers_give_every_point_and_the_first_grade() -> None:
    best = {each.code: max(each.answers, key=lambda a: a.points).code for each in QUESTIONS}
    found = assess(FORM, best)
    assert (found.points.had, found.points.share, found.grade.code) == (found.points.most, 1, "A")
    worst = {each.code: min(each.answers, key=lambda a: a.points).code for each in QUESTIONS}
    assert (assess(FORM, worst).points.had, assess(FORM, worst).grade.code) == (0, "C")


@given(ANSWERS)
def test_themes_make_the_whole(answers: dict[str, str]) -> None:
    found = assess(FORM, answers)
    assert found.points.had == sum(points.had for _code, points in found.themes)
    reached = [each for each in FORM.grades if each.from_percent <= found.points.share * 100]
    assert found.grade == reached[-1]


def test_faults_of_answers_and_of_a_form_are_told_at_once() -> None:
    with pytest.raises(RefusedRows) as refused:
        assess(FORM, {QUESTIONS[0].code: "inconnu", "rien": "x"})
    codes = [each.code for each in refused.value.findings]
    assert codes.count("QUESTION_UNANSWERED") == len(QUESTIONS) - 1
    assert {"ANSWER_UNKNOWN", "QUESTION_UNKNOWN"} <= set(codes)
    wrong = copy.deepcopy(DOCUMENT)
    wrong["themes"].append(wrong["themes"][0])
    wrong["grades"][0]["from_percent"] = 10
    wrong["effective_from"] = "2024-02-31"
    with pytest.raises(RefusedRows) as refused:
        parse_assessment(wrong)
    assert {each.code for each in refused.value.findings} == {
        "SCORECARD_CODE_TWICE", "ASSESSMENT_GRADES", "SCORECARD_DAY",
    }  # fmt: skip
