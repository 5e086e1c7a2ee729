from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from entraide.core.adjudication.document import EXAMPLE, SCHEMA, run
from entraide.core.schema import faults_of

K_COPAY: dict[str, Any] = {
    "currency": "XOF",
    "rules": {
        "benefits": [
            {
                "category": "hospital",
                "deductible_minor_per_case": 2000,
                "copayment_rate": Decimal("0.20"),
                "ceiling_minor_per_person_per_year": 25000,
            }
        ]
    },
    "claim": {
        "care_on": "2025-05-02",
        "lines": [{"key": "1", "category": "hospital", "claimed_minor": 40000}],
    },
}


def test_the_order_of_deductions() -> None:
    """Case K-COPAY (constructed): bill 40 000 → mutual 25 000, patient 15 000."""
    answer = run(K_COPAY)
    assert answer["payable_minor"] == 25_000
    assert answer["borne_minor"] == {"member": 15_000, "provider": 0, "other": 0}
    assert answer["reduced_minor_by_code"] == {
        "DEDUCTIBLE": 2_000,
        "COPAYMENT": 7_600,
        "CEILING_PERSON_YEAR": 5_400,
    }
    assert json.loads(json.dumps(answer)) == answer


def test_the_example_is_valid_and_pays() -> None:
    answer = run(EXAMPLE)
    assert answer["claimed_minor"] == answer["payable_minor"] + answer["reduced_minor"]
    assert [line["payable_minor"] for line in answer["lines"]] == [25_000, 1_875]


def test_a_mechanical_reading_of_the_example_gives_the_same() -> None:
    text = json.dumps(EXAMPLE, default=float)
    assert run(json.loads(text, parse_float=Decimal)) == run(EXAMPLE)


def changed(path: str, value: Any) -> dict[str, Any]:
    document = deepcopy(K_COPAY)
    *parents, last = path.split("/")
    part: Any = document
    for step in parents:
        part = part[int(step)] if step.isdigit() else part.setdefault(step, {})
    part[last] = value
    return document


def faults(document: Any) -> list[tuple[str, str]]:
    return [(fault.place, fault.code) for fault in faults_of(document, SCHEMA)]


@pytest.mark.parametrize(
    ("path", "value", "place", "code"),
    [
        ("claims", 1, "claims", "DOCUMENT_KEY_UNKNOWN"),
        ("rules/benefits/0/ceiling", 1, "rules.benefits[0].ceiling", "DOCUMENT_KEY_UNKNOWN"),
        ("rules/benefits", [], "rules.benefits", "DOCUMENT_LIST_SHORT"),
        (
            "rules/benefits/0/copayment_rate",
            Decimal("1.01"),
            "rules.benefits[0].copayment_rate",
            "DOCUMENT_ABOVE",
        ),
        (
            "rules/benefits/0/copayment_rate",
            0.2,
            "rules.benefits[0].copayment_rate",
            "DOCUMENT_NOT_NUMBER",
        ),
        ("claim/lines/0/claimed_minor", -1, "claim.lines[0].claimed_minor", "DOCUMENT_BELOW"),
        (
            "claim/lines/0/claimed_minor",
            Decimal("10.5"),
            "claim.lines[0].claimed_minor",
            "DOCUMENT_NOT_WHOLE_NUMBER",
        ),
        ("claim/care_on", "2025-02-30", "claim.care_on", "DOCUMENT_DATE"),
        ("provider/sector", "church", "provider.sector", "DOCUMENT_CHOICE"),
        (
            "used/person_minor",
            {"hospital": "1"},
            "used.person_minor.hospital",
            "DOCUMENT_NOT_WHOLE_NUMBER",
        ),
        ("cover/is_covered", "yes", "cover.is_covered", "DOCUMENT_NOT_TRUE_OR_FALSE"),
        ("currency", "FRF", "currency", "DOCUMENT_CHOICE"),
    ],
)
def test_the_schema_refuses_what_a_claim_cannot_be(
    path: str, value: Any, place: str, code: str
) -> None:
    assert faults(changed(path, value)) == [(place, code)]


def test_the_schema_names_every_key_that_is_needed() -> None:
    assert faults({"claim": {"lines": [{}]}}) == [
        (place, "DOCUMENT_KEY_MISSING")
        for place in (
            "currency",
            "rules",
            "claim.care_on",
            "claim.lines[0].key",
            "claim.lines[0].category",
            "claim.lines[0].claimed_minor",
        )
    ]


def test_the_documents_of_these_tests_follow_the_schema() -> None:
    assert faults(EXAMPLE) == faults(K_COPAY) == []


def test_the_tariff_is_looked_up_by_item() -> None:
    document = changed("tariff", {"BED": 0})
    document["claim"]["lines"][0]["item_code"] = "BED"
    assert run(document)["payable_minor"] == 0


def test_the_schema_describes_every_key() -> None:
    def walk(schema: dict[str, Any]) -> None:
        assert "type" in schema
        for part in schema.get("properties", {}).values():
            walk(part)
        if schema["type"] == "array":
            walk(schema["items"])

    walk(SCHEMA)
