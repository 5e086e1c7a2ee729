"""YAML made strict: what a reader would not see is refused."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal, RefusedRows
from entraide.rulebook.document import (
    MAXIMUM_BYTES,
    canonical_text,
    checksum_of,
    document_of,
    plain,
    read_document,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [1", "YAML_UNREADABLE"),
        ("a: 2024-02-30", "YAML_UNREADABLE"),
        ("a: 1\nb: 2\n---\nc: 3", "YAML_UNREADABLE"),
        ("a: !!python/object/apply:os.system [ls]", "YAML_UNREADABLE"),
        ("a: &x {b: 1}\nc: *x", "YAML_ALIAS"),
        ("a: 1\nb: 2\na: 3", "YAML_KEY_TWICE"),
        ("a: 012000", "YAML_INTEGER_FORM"),
        ("a: 12:30", "YAML_INTEGER_FORM"),
        ("a: 0x1F", "YAML_INTEGER_FORM"),
        ("[" * 3000, "RULE_FILE_UNREADABLE"),
    ],
)
def test_a_trap_of_the_format_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        document_of(text.encode(), name="product.yaml")
    assert (refusal.value.code, refusal.value.place) == (code, "product.yaml")


def test_the_line_at_fault_is_named() -> None:
    with pytest.raises(Refusal) as refusal:
        document_of(b"a: 1\nb: 2\na: 3")
    assert refusal.value.data["line"] == 3


def test_files_missing_too_large_or_not_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="RULE_FILE_UNREADABLE"):
        read_document(tmp_path / "absent.yaml")
    with pytest.raises(Refusal, match="RULE_FILE_TOO_LARGE"):
        document_of(b"#" * (MAXIMUM_BYTES + 1))
    with pytest.raises(Refusal, match="RULE_FILE_UNREADABLE"):
        document_of("é".encode("latin-1"))


def test_every_value_that_has_no_place_is_told_at_once() -> None:
    document = {
        "rate": 0.25,
        "at": datetime(2024, 1, 1, 12),  # noqa: DTZ001 - as YAML reads an hour
        "nothing": None,
        "values": [{"value": None}, {"value": b"x"}],
        "deep": {1: "a"},
    }
    with pytest.raises(RefusedRows) as refusal:
        plain(document)
    assert [(finding.code, finding.place) for finding in refusal.value.findings] == [
        ("RULE_FLOAT", "rate"),
        ("RULE_INSTANT", "at"),
        ("RULE_EMPTY_VALUE", "nothing"),
        ("RULE_VALUE_TYPE", "values[1].value"),
        ("RULE_KEY_TEXT", "deep"),
    ]


def test_depth_is_bounded() -> None:
    document: object = "end"
    for _ in range(30):
        document = [document]
    with pytest.raises(RefusedRows) as refusal:
        plain(document)
    assert refusal.value.findings[0].code == "RULE_TOO_DEEP"


def test_days_become_text_so_that_yaml_and_json_hash_alike() -> None:
    document = document_of(b'from: 2024-01-31\nwords: [oui, "0.25", 12_000, true]')
    assert document == {"from": "2024-01-31", "words": ["oui", "0.25", 12000, True]}
    assert plain({"from": date(2024, 1, 31)}) == {"from": "2024-01-31"}


values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), values))
def test_a_checksum_knows_neither_the_order_of_keys_nor_the_trip_through_json(
    document: dict[str, object],
) -> None:
    turned = dict(reversed(list(document.items())))
    stored = json.loads(json.dumps(document))
    assert checksum_of(document) == checksum_of(turned) == checksum_of(stored)
    assert json.loads(canonical_text(document)) == stored
