"""A document is held to the schema that is printed: all faults, each with its path."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from entraide.core.errors import RefusedRows
from entraide.core.schema import faults_of, require_valid

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "rate"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]*$"},
        "rate": {"type": "number", "minimum": 0, "maximum": 1},
        "on": {"type": "string", "format": "date"},
        "persons": {"type": ["integer", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 10},
        "is_new": {"type": "boolean"},
        "sex": {"type": "string", "enum": ["F", "M"]},
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    },
    "additionalProperties": False,
}
GOOD: dict[str, Any] = {"name": "awa", "rate": Decimal("0.25")}


def faults(document: Any) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in faults_of(document, SCHEMA)]


def test_a_good_document_has_no_fault() -> None:
    more = {"on": "2024-02-29", "persons": None, "is_new": True, "sex": "F", "lines": [{"a": 1}]}
    require_valid({**GOOD, **more}, SCHEMA)


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"nom": 1}, "nom", "DOCUMENT_KEY_UNKNOWN"),
        ({"name": 3}, "name", "DOCUMENT_NOT_TEXT"),
        ({"name": ""}, "name", "DOCUMENT_TEXT_SHORT"),
        ({"name": "abcdef"}, "name", "DOCUMENT_TEXT_LONG"),
        ({"name": "AWA"}, "name", "DOCUMENT_PATTERN"),
        ({"rate": True}, "rate", "DOCUMENT_NOT_NUMBER"),
        ({"rate": 0.25}, "rate", "DOCUMENT_NOT_NUMBER"),
        ({"rate": Decimal("NaN")}, "rate", "DOCUMENT_NOT_NUMBER"),
        ({"rate": Decimal("-0.1")}, "rate", "DOCUMENT_BELOW"),
        ({"rate": Decimal("1.1")}, "rate", "DOCUMENT_ABOVE"),
        ({"on": "2023-02-29"}, "on", "DOCUMENT_DATE"),
        ({"on": "20240101"}, "on", "DOCUMENT_DATE"),
        ({"on": "0204-01-01"}, "on", "DOCUMENT_DATE"),
        ({"persons": Decimal("3.0")}, "persons", "DOCUMENT_NOT_WHOLE_NUMBER"),
        ({"persons": 0}, "persons", "DOCUMENT_NOT_ABOVE"),
        ({"persons": 10}, "persons", "DOCUMENT_NOT_BELOW"),
        ({"is_new": 1}, "is_new", "DOCUMENT_NOT_TRUE_OR_FALSE"),
        ({"sex": "X"}, "sex", "DOCUMENT_CHOICE"),
        ({"lines": {}}, "lines", "DOCUMENT_NOT_LIST"),
        ({"lines": []}, "lines", "DOCUMENT_LIST_SHORT"),
        ({"lines": [{}, {}, {}]}, "lines", "DOCUMENT_LIST_LONG"),
        ({"lines": [{}, 3]}, "lines[1]", "DOCUMENT_NOT_OBJECT"),
        ({"lines": [{"a": "b"}]}, "lines[0].a", "DOCUMENT_NOT_WHOLE_NUMBER"),
    ],
)
def test_each_fault_names_its_key(change: dict[str, Any], place: str, code: str) -> None:
    assert faults({**GOOD, **change}) == [(place, code)]


def test_all_faults_come_at_once() -> None:
    with pytest.raises(RefusedRows) as refused:
        require_valid({"rate": 2, "x": 1, "on": "hier"}, SCHEMA)
    assert [finding.place for finding in refused.value.findings] == ["name", "rate", "x", "on"]


def test_exactly_one_group_of_keys() -> None:
    schema = {"type": "object", "oneOf": [{"required": ["n"]}, {"required": ["theta"]}]}
    for document, is_good in (({"n": 1}, True), ({"theta": 1}, True), ({}, False)):
        assert (not list(faults_of(document, schema))) is is_good
    assert [one.code for one in faults_of({"n": 1, "theta": 1}, schema)] == ["DOCUMENT_ONE_OF"]


def test_a_keyword_that_is_not_understood_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="multipleOf"):
        list(faults_of(3, {"type": "integer", "multipleOf": 2}))
