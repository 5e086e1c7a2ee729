"""From a plain document to a validated schema: every fault at once, by key path and code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from entraide.core.errors import Finding, RefusedRows


class Strict(BaseModel):
    """A part of a rule file: no unknown key, no conversion, no change afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


M = TypeVar("M", bound=BaseModel)

# The library's own fault types → our codes. A type in capitals is already a code of ours.
_CODES = {
    "extra_forbidden": "RULE_KEY_UNKNOWN",
    "missing": "RULE_KEY_MISSING",
    "int_type": "RULE_INTEGER_EXPECTED",
    "bool_type": "RULE_BOOLEAN_EXPECTED",
    "string_type": "RULE_TEXT_EXPECTED",
    "string_too_short": "RULE_TEXT_EMPTY",
    "string_too_long": "RULE_TEXT_TOO_LONG",
    "string_pattern_mismatch": "RULE_TEXT_FORM",
    "list_type": "RULE_LIST_EXPECTED",
    "dict_type": "RULE_MAPPING_EXPECTED",
    "model_type": "RULE_MAPPING_EXPECTED",
    "model_attributes_type": "RULE_MAPPING_EXPECTED",
    "too_short": "RULE_LIST_EMPTY",
    "greater_than_equal": "RULE_NUMBER_TOO_SMALL",
    "less_than_equal": "RULE_NUMBER_TOO_LARGE",
    "literal_error": "RULE_CHOICE_UNKNOWN",
}


def validated(model: type[M], document: Any, **context: Any) -> M:
    """The document as a model. Refused with all its faults (:class:`RefusedRows`) otherwise."""
    try:
        return model.model_validate(document, context=context)
    except ValidationError as error:
        findings = tuple(_finding(fault) for fault in error.errors(include_url=False))
        raise RefusedRows(findings) from None


def _finding(fault: ErrorDetails) -> Finding:
    kind, place = fault["type"], _place(fault["loc"])
    if kind == "missing" and place.endswith(".source"):
        return Finding("RULE_SOURCE_MISSING", place=place)
    if kind.isupper():
        return Finding(kind, place=place, data=fault.get("ctx", {}))
    shown: dict[str, Any] = {"value": _short(fault["input"])}
    if kind == "string_too_short" and place.endswith(".source"):
        return Finding("RULE_SOURCE_MISSING", place=place)
    if kind == "literal_error":
        shown["expected"] = str(fault["ctx"]["expected"]).replace("'", "")
    if kind in ("greater_than_equal", "less_than_equal"):
        shown["limit"] = fault["ctx"]["ge" if kind == "greater_than_equal" else "le"]
    return Finding(_CODES.get(kind, "RULE_VALUE_INVALID"), place=place, data=shown)


def _place(location: Sequence[int | str]) -> str:
    """``("values", 0, "from")`` → ``values[0].from``."""
    place = ""
    for step in location:
        if isinstance(step, int):
            place += f"[{step}]"
        elif step != "[key]":
            place += f".{step}" if place else step
    return place


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
