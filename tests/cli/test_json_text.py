"""JSON in and out: no float, no surprise, no document that could stop the machine."""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.cli.json_text import DEEPEST, exact_text, read_json, write_json
from entraide.core.errors import Refusal


def test_numbers_are_exact() -> None:
    read = read_json(b'{"a": 0.1, "b": 3, "c": 2.50, "d": 1e3, "e": -7}')
    assert read == {
        "a": Decimal("0.1"),
        "b": 3,
        "c": Decimal("2.50"),
        "d": Decimal("1E+3"),
        "e": -7,
    }
    assert type(read["b"]) is int
    assert not any(isinstance(value, float) for value in read.values())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "JSON_EMPTY"),
        (b" \n", "JSON_EMPTY"),
        (b'{"a": 1,}', "JSON_UNREADABLE"),
        (b"\xff\xfe{", "JSON_NOT_UTF8"),
        (b'{"a": NaN}', "JSON_NUMBER"),
        (b'{"a": -Infinity}', "JSON_NUMBER"),
        (b'{"a": 1e999999999}', "JSON_NUMBER"),
        (b'{"a": 1e-999999999}', "JSON_NUMBER"),
        (b'{"a": 1e99999999999999999999}', "JSON_NUMBER"),
        (b'{"a": ' + b"9" * 5000 + b"}", "JSON_NUMBER"),
        (b'{"a": 10000000000000001}', "JSON_NUMBER"),
        (b'{"a": 1, "a": 2}', "JSON_KEY_TWICE"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "JSON_TOO_DEEP"),
        (b"[" * 200_000, "JSON_TOO_DEEP"),
    ],
)
def test_what_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_json(content)
    assert refused.value.code == code


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_line_of_the_fault() -> None:
    with pytest.raises(Refusal) as refused:
        read_json(b'{\n"a": 1\n"b": 2}')
    assert refused.value.data == {"line": 3, "column": 1}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2571.492"), "2571.49"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("-0.001"), "0"),
        (Decimal("980.00"), "980"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "null"),
        (Fraction(1, 3), "0.33"),
        (date(2025, 3, 1), '"2025-03-01"'),
        (True, "true"),
        (None, "null"),
        ("« à »", '"« à »"'),
        ({}, "{}"),
        ([], "[]"),
        ([1, Decimal("0.5")], "[1, 0.5]"),
    ],
)
def test_how_values_are_written(value: Any, text: str) -> None:
    assert write_json(value) == text


def test_a_schema_keeps_all_its_decimals() -> None:
    assert write_json({"minimum": Decimal("0.0001")}, number=exact_text) == (
        '{\n  "minimum": 0.0001\n}'
    )


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.decimals(-(10**9), 10**9, places=2)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inside, max_size=4)
    ),
    max_leaves=12,
)


@given(documents)
def test_what_is_written_reads_the_same(document: Any) -> None:
    text = write_json(document)
    assert read_json(text.encode()) == document
    json.loads(text)


@given(st.decimals(-(10**12), 10**12, places=6))
def test_two_decimals_half_up(value: Decimal) -> None:
    written = Decimal(write_json(value))
    assert written == value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
