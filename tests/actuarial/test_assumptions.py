from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from entraide.actuarial.assumption_schema import assumptions_schema
from entraide.actuarial.assumptions import Assumptions, Shift
from entraide.core.errors import RefusedRows
from entraide.core.schema import faults_of
from tests.actuarial.plans import atia, atia_document, village_document


def faults(document: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(RefusedRows) as refused:
        Assumptions.from_document(document)
    return {(each.code, each.place) for each in refused.value.findings}


def test_the_training_plan_reads_back_equal_from_its_own_document():
    written = atia().to_document()
    assert Assumptions.from_document(written) == atia()
    assert Assumptions.from_document(json.loads(json.dumps(written))) == atia()


def test_every_number_of_the_training_plan_has_a_source_and_a_confidence():
    provenance = atia().provenance
    assert provenance["groups[1].renewal_rate"].source == "EJ"
    assert provenance["care_lines[2].frequency"].confidence == "L"
    assert provenance["care.payment_pattern"].source.startswith("EJ: invoice received 24 days")
    assert all(each.source and each.confidence in "HML" for each in provenance.values())


def test_an_overwritten_value_keeps_the_estimate_the_cases_and_who_and_why():
    document = village_document()
    document["care_lines"][0]["frequency"] = {
        "value": Decimal("0.7"),
        "source": "direction",
        "confidence": "L",
        "estimated": Decimal("0.61"),
        "cases": 2950,
        "note": "RAF, 12 March: a second dispensary opens",
    }
    plan = Assumptions.from_document(document)
    origin = plan.provenance["care_lines[0].frequency"]
    assert (plan.care_lines[0].frequency, origin.estimated, origin.cases) == (0.7, 0.61, 2950)
    assert "second dispensary" in origin.note
    assert Assumptions.from_document(plan.to_document()) == plan


def change(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return apply


@pytest.mark.parametrize(
    ("fault", "code", "place"),
    [
        (change("groups", 0, "colour", to=1), "PLAN_KEY_UNKNOWN", "groups[0].colour"),
        (change("care_lines", 0, "frequency", to=-1), "PLAN_VALUE_NEGATIVE", "care_lines[0].frequency"),
        (change("running_share", to=Decimal("1.2")), "PLAN_RATE_RANGE", "running_share"),
        (change("groups", 0, "household_size", to=0), "PLAN_VALUE_NOT_POSITIVE", "groups[0].household_size"),
        (change("care", "inflation", to=7), "PLAN_VALUE_RANGE", "care.inflation"),
        (change("groups", 0, "households", to="1000"), "PLAN_VALUE_TYPE", "groups[0].households"),
        (change("groups", 0, "households", to=True), "PLAN_VALUE_TYPE", "groups[0].households"),
        (change("groups", 0, "households", to=float("nan")), "PLAN_VALUE_TYPE", "groups[0].households"),
        (change("groups", 0, "contract_months", to=Decimal("6.5")), "PLAN_VALUE_TYPE", "groups[0].contract_months"),
        (change("groups", 0, "signing_season", to=[1, 2]), "PLAN_LIST_LENGTH", "groups[0].signing_season"),
        (change("groups", 0, "signing_season", to=[0] * 12), "PLAN_SEASON_EMPTY", "groups[0].signing_season"),
        (change("groups", to=[]), "PLAN_WITHOUT_GROUP", "groups"),
        (change("groups", to={}), "PLAN_VALUE_TYPE", "groups"),
        (change("currency", to="FRF"), "PLAN_CHOICE_UNKNOWN", "currency"),
        (change("source", to=" "), "PLAN_SOURCE_MISSING", "running_share"),
        (change("confidence", to="sure"), "PLAN_CONFIDENCE_UNKNOWN", "care.inflation"),
        (change("care_lines", 1, "category", to="Consultation"), "PLAN_NAME_TWICE", "care_lines[1]"),
        (change("care", "payment_pattern", to=[Decimal("0.5")]), "PLAN_PATTERN_SUM", "care.payment_pattern"),
        (change("activities", 1, "work", 0, "role", to="driver"), "PLAN_ROLE_UNKNOWN", "activities[1].work[0].role"),
        (change("levers", 2, "name", to="tablet"), "LEVER_UNKNOWN", "activities[0].work[0].minutes.lever"),
        (change("levers", 1, "effect", to="households"), "LEVER_EFFECT_TWICE", "levers[1].effect"),
        (change("posts", 0, "sizing", to="ratio"), "PLAN_ROLE_UNKNOWN", "posts[0].supervised_role"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_the_path_of_its_key(fault, code, place):
    document = village_document()
    fault(document)
    assert (code, place) in faults(document)


def test_all_faults_are_told_at_once():
    document = village_document()
    del document["staff"]["wage_rise"]
    document["groups"][0]["renewal_rate"] = 2
    document["extra"] = 1
    assert faults(document) == {
        ("PLAN_KEY_MISSING", "staff.wage_rise"),
        ("PLAN_RATE_RANGE", "groups[0].renewal_rate"),
        ("PLAN_KEY_UNKNOWN", "extra"),
    }


def test_a_value_that_no_lever_moves_is_written_as_a_plain_number():
    document = village_document()
    assert Assumptions.from_document(document).groups[0].paid_at_once == Shift.fixed(1.0)


def test_the_printed_schema_accepts_the_training_plan_and_names_a_fault():
    text = json.dumps(atia_document(), ensure_ascii=False)
    exact = json.loads(text, parse_float=Decimal)
    assert list(faults_of(exact, assumptions_schema())) == []
    exact["care_lines"][3]["share_paid"] = Decimal("1.5")
    found = [(each.code, each.place) for each in faults_of(exact, assumptions_schema())]
    assert found == [("DOCUMENT_ABOVE", "care_lines[3].share_paid")]
