from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from entraide.core.errors import RefusedRows
from entraide.core.reconciliation_document import MATCH_EXAMPLE, MATCH_SCHEMA, run_match


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
            "lines": [
                {"id": 7, "amount_minor": Decimal("54000"), "on": "2025-03-02", "label": "rec 12"}
            ],
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


def test_every_fault_is_told_with_the_path_of_its_key() -> None:
    bad = document()
    bad["movements"][0]["amount_minor"] = 12.5
    bad["movements"][0]["on"] = "2025-02-30"
    bad["movements"][1]["id"] = "M1"
    bad["movements"][1]["colour"] = "red"
    del bad["lines"][0]["on"]
    bad["lines"][1]["label"] = 5
    bad["rules"][0]["pattern"] = "(a+)+"
    bad["settings"] = {"auto_accept": ["guess"], "window_days": -1}
    bad["more"] = 1
    with pytest.raises(RefusedRows) as refused:
        run_match(bad)
    assert {(finding.place, finding.code) for finding in refused.value.findings} == {
        ("more", "MATCH_KEY_UNKNOWN"),
        ("movements[0].amount_minor", "MATCH_KEY_TYPE"),
        ("movements[0].on", "MATCH_DATE_UNREADABLE"),
        ("movements[1].id", "MATCH_ID_TWICE"),
        ("movements[1].colour", "MATCH_KEY_UNKNOWN"),
        ("lines[0].on", "MATCH_KEY_MISSING"),
        ("lines[1].label", "MATCH_KEY_TYPE"),
        ("rules[0].pattern", "RULE_PATTERN_TOO_SLOW"),
        ("settings.auto_accept[0]", "MATCH_PASS_UNKNOWN"),
        ("settings.window_days", "MATCH_NUMBER_RANGE"),
    }


@pytest.mark.parametrize(
    "value", [[], None, 3, {}, {"movements": {}, "lines": None}, {"lines": [4]}]
)
def test_anything_else_is_refused_never_a_crash(value: Any) -> None:
    with pytest.raises(RefusedRows):
        run_match(value)


def test_the_schema_names_every_key_of_the_example() -> None:
    for name in ("movements", "lines", "rules"):
        known = set(MATCH_SCHEMA["properties"][name]["items"]["properties"])
        assert all(set(row) <= known for row in MATCH_EXAMPLE[name])
