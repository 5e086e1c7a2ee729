"""Check a document against its JSON Schema: the schema that is printed is the one that is held.

Only the part of JSON Schema 2020-12 that our documents need; a keyword that is not understood is
a programmer's error, never ignored. Numbers are ``int`` or ``Decimal``: a float is refused, and a
boolean is no number. All faults are found, each with the path of its key.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from entraide.core.errors import Finding, RefusedRows

Schema = Mapping[str, Any]

FIRST_YEAR, LAST_YEAR = 1900, 2199  # days outside are slips of the pen

_SAID_ELSEWHERE = {"$schema", "title", "description", "default", "examples"}
_KEYWORDS = {
    "type", "enum", "properties", "required", "additionalProperties", "items", "minItems",
    "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
    "maxLength", "pattern", "format", "oneOf",
}  # fmt: skip
_UNDERSTOOD = frozenset(_KEYWORDS | _SAID_ELSEWHERE)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}


_OTHER_TYPE = {
    "object": "DOCUMENT_NOT_OBJECT",
    "array": "DOCUMENT_NOT_LIST",
    "string": "DOCUMENT_NOT_TEXT",
    "integer": "DOCUMENT_NOT_WHOLE_NUMBER",
    "number": "DOCUMENT_NOT_NUMBER",
    "boolean": "DOCUMENT_NOT_TRUE_OR_FALSE",
}


def require_valid(document: Any, schema: Schema) -> None:
    """Nothing when the document follows the schema; :class:`RefusedRows` with every fault else."""
    faults = tuple(faults_of(document, schema))
    if faults:
        raise RefusedRows(faults)


def faults_of(value: Any, schema: Schema, place: str = "") -> Iterator[Finding]:
    """Every fault of a value, with codes ``DOCUMENT_*`` and the path of the key as place."""
    assert schema.keys() <= _UNDERSTOOD, f"not understood: {sorted(schema.keys() - _UNDERSTOOD)}"
    kinds = schema.get("type", ())
    allowed = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if allowed and not any(_is_of_type(value, kind) for kind in allowed):
        yield _fault(place, _OTHER_TYPE[allowed[0]])
        return
    if "enum" in schema and value not in schema["enum"]:
        yield _fault(place, "DOCUMENT_CHOICE", value=_shown(value), choices=schema["enum"])
        return
    for python_type, check in _CHECKS:
        if isinstance(value, python_type) and not isinstance(value, bool):
            yield from check(value, schema, place)


def _fault(place: str, code: str, **data: Any) -> Finding:
    return Finding(code, place=place, data=data)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _is_of_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, Decimal) and not value.is_finite():
        return False
    if kind == "integer" and isinstance(value, Decimal):
        return False  # 3.0 members is not how one counts
    return isinstance(value, _PYTHON_TYPES[kind])


def _check_object(value: Mapping[str, Any], schema: Schema, place: str) -> Iterator[Finding]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    others: Schema | bool = schema.get("additionalProperties", True)
    for key in schema.get("required", ()):
        if key not in value:
            yield _fault(_path(place, key), "DOCUMENT_KEY_MISSING")
    for key, item in value.items():
        described = properties.get(key, others)
        if isinstance(described, Mapping):
            yield from faults_of(item, described, _path(place, key))
        elif not described:
            known = get_close_matches(key, properties, n=3) or sorted(properties)
            yield _fault(_path(place, key), "DOCUMENT_KEY_UNKNOWN", known=known)
    if "oneOf" in schema:
        yield from _check_one_of(value, schema["oneOf"], place)


def _check_one_of(value: Mapping[str, Any], choices: list[Schema], place: str) -> Iterator[Finding]:
    """Only ``oneOf: [{required: […]}, …]``: exactly one of several groups of keys."""
    groups = [choice["required"] for choice in choices]
    if sum(all(key in value for key in group) for group in groups) != 1:
        yield _fault(place, "DOCUMENT_ONE_OF", choices=[" + ".join(group) for group in groups])


def _check_array(value: list[Any], schema: Schema, place: str) -> Iterator[Finding]:
    if len(value) < schema.get("minItems", 0):
        yield _fault(place, "DOCUMENT_LIST_SHORT", minimum=schema["minItems"])
    if len(value) > schema.get("maxItems", len(value)):
        yield _fault(place, "DOCUMENT_LIST_LONG", maximum=schema["maxItems"])
    elif "items" in schema:
        for index, item in enumerate(value):
            yield from faults_of(item, schema["items"], f"{place}[{index}]")


def _check_text(value: str, schema: Schema, place: str) -> Iterator[Finding]:
    if len(value) < schema.get("minLength", 0):
        yield _fault(place, "DOCUMENT_TEXT_SHORT", minimum=schema["minLength"])
    if len(value) > schema.get("maxLength", len(value)):
        yield _fault(place, "DOCUMENT_TEXT_LONG", maximum=schema["maxLength"])
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield _fault(place, "DOCUMENT_PATTERN", value=_shown(value), pattern=schema["pattern"])
    if schema.get("format") == "date" and not _is_date(value):
        yield _fault(place, "DOCUMENT_DATE", value=_shown(value), first=FIRST_YEAR, last=LAST_YEAR)


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        return FIRST_YEAR <= date.fromisoformat(text).year <= LAST_YEAR
    except ValueError:
        return False


_LIMITS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "DOCUMENT_BELOW", operator.ge),
    ("exclusiveMinimum", "DOCUMENT_NOT_ABOVE", operator.gt),
    ("maximum", "DOCUMENT_ABOVE", operator.le),
    ("exclusiveMaximum", "DOCUMENT_NOT_BELOW", operator.lt),
)


def _check_number(value: int | Decimal, schema: Schema, place: str) -> Iterator[Finding]:
    for keyword, code, holds in _LIMITS:
        if keyword in schema and not holds(value, schema[keyword]):
            yield _fault(place, code, value=_shown(value), limit=schema[keyword])


def _path(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


_Check = Callable[[Any, Schema, str], Iterator[Finding]]
_CHECKS: tuple[tuple[tuple[type, ...], _Check], ...] = (
    ((Mapping,), _check_object),
    ((list, tuple), _check_array),
    ((str,), _check_text),
    ((int, Decimal), _check_number),
)
