from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from entraide.core.errors import RefusedRows
from entraide.core.reconciliation_document import MATCH_EXAMPLE, MATCH_SCHEMA, run_match
from entraide.core.schema import faults_of


def document() -> dict[str, Any]:
    return copy.deepcopy(MATCH_EXAMPLE)


def test_the_example_answers() -> None:
    answer = run_match(document())
    assert answer["matches"] == [
        {
            "line_ids": ["L1"],
            "movement_ids": ["M1"],
            "pass": "reference",
            "status": "auto",
            "score": Decimal("1.00"),
        },
        {
            "line_ids": ["L2"],
            "movement_ids": [],
            "pass": "rule",
            "status": "auto",
            "score": Decimal("0.90"),
            "rule": "account-fee",
            "account_role": "bank_charges",
        },
    ]
    assert answer["leftover_lines"] == []
    assert answer["leftover_movements"] == [{"id": "M2", "class": "uncashed", "hints": []}]


def test_only_movements_and_lines_are_needed_and_identifiers_come_back_as_written() -> None:
    answer = run_match(
        {
            "movements": [
                {"id": 1, "document_number": "REC-12", "amount_minor": 45000, "on": "2025-03-01"}
            ],
            "lines": [{"id": 7, "amount_minor": 54000, "on": "2025-03-02", "label": "rec 12"}],
        }
    )
    assert answer["leftover_movements"][0]["hints"][0]["line_id"] == 7
    assert answer["leftover_lines"] == [
        {
            "id": 7,
            "class": "entry_error",
            "hints": [
                {
                    "code": "TRANSPOSED_DIGITS",
                    "movement_id": 1,
                    "document_number": "REC-12",
                    "movement_minor": 45000,
                    "line_minor": 54000,
                    "difference_minor": 9000,
                }
            ],
        }
    ]


def test_what_no_schema_can_say_is_told_with_the_path_of_its_key() -> None:
    bad = document()
    bad["movements"][1]["id"] = "M1"
    bad["lines"][0]["id"], bad["lines"][1]["id"] = 7, "7"
    bad["rules"].append({**bad["rules"][0], "pattern": "(a+)+"})
    with pytest.raises(RefusedRows) as refused:
        run_match(bad)
    assert [(fault.place, fault.code) for fault in refused.value.findings] == [
        ("movements[1].id", "MATCH_ID_TWICE"),
        ("lines[1].id", "MATCH_ID_TWICE"),
        ("rules[1].code", "RULE_CODE_TWICE"),
        ("rules[1].pattern", "RULE_PATTERN_TOO_SLOW"),
    ]


def test_the_schema_refuses_what_a_reconciliation_cannot_be() -> None:
    bad = document()
    bad["movements"][0]["amount_minor"] = Decimal("12.5")
    bad["movements"][0]["on"] = "2025-02-30"
    bad["movements"][1]["id"] = True
    bad["movements"][1]["colour"] = "red"
    del bad["lines"][0]["on"]
    bad["lines"][1]["label"] = 5
    bad["settings"] = {"auto_accept": ["guess"], "window_days": -1}
    bad["more"] = 1
    assert {(fault.place, fault.code) for fault in faults_of(bad, MATCH_SCHEMA)} == {
        ("more", "DOCUMENT_KEY_UNKNOWN"),
        ("movements[0].amount_minor", "DOCUMENT_NOT_WHOLE_NUMBER"),
        ("movements[0].on", "DOCUMENT_DATE"),
        ("movements[1].id", "DOCUMENT_NOT_TEXT"),
        ("movements[1].colour", "DOCUMENT_KEY_UNKNOWN"),
        ("lines[0].on", "DOCUMENT_KEY_MISSING"),
        ("lines[1].label", "DOCUMENT_NOT_TEXT"),
        ("settings.auto_accept[0]", "DOCUMENT_CHOICE"),
        ("settings.window_days", "DOCUMENT_BELOW"),
    }


def test_the_settings_of_a_document_are_obeyed() -> None:
    strict = document()
    strict["settings"] = {"auto_accept": [], "window_days": 0}
    assert {match["status"] for match in run_match(strict)["matches"]} == {"proposed"}


def test_the_schema_names_every_key_of_the_example() -> None:
    for name in ("movements", "lines", "rules"):
        known = set(MATCH_SCHEMA["properties"][name]["items"]["properties"])
        assert all(set(row) <= known for row in MATCH_EXAMPLE[name])
