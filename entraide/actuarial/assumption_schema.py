"""The JSON Schema of a plan's assumptions, made from the kinds of their fields."""

from __future__ import annotations

import math
from dataclasses import MISSING, Field
from decimal import Decimal
from typing import Any

from entraide.actuarial.assumption_document import CONFIDENCES, bears_source, fields_of
from entraide.actuarial.assumptions import Assumptions, Kind

Schema = dict[str, Any]

_ORIGIN: Schema = {
    "source": {"type": "string", "minLength": 1, "description": "where the value comes from"},
    "confidence": {"type": "string", "enum": list(CONFIDENCES), "description": "high, medium, low"},
}
_LEAF_ORIGIN: Schema = {
    **_ORIGIN,
    "estimated": {"type": "number", "description": "what the mutual's own months gave"},
    "cases": {"type": "integer", "minimum": 0, "description": "cases that the estimate rests on"},
    "note": {"type": "string", "description": "who overwrote it, and why"},
}


def assumptions_schema() -> Schema:
    """The schema of :meth:`Assumptions.from_document`."""
    return _row_schema(Assumptions)


def _row_schema(row_type: type) -> Schema:
    described = fields_of(row_type)
    return {
        "type": "object",
        "description": (row_type.__doc__ or "").strip().split("\n")[0],
        "required": [item.name for item, _ in described if _is_required(item)],
        "properties": {
            **{item.name: _field_schema(row_type, item.name, kind) for item, kind in described},
            **_ORIGIN,
        },
        "additionalProperties": False,
    }


def _is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _field_schema(row_type: type, name: str, kind: Kind) -> Schema:
    if kind.shape in ("row", "rows"):
        assert kind.row is not None
        row = _row_schema(kind.row)
        return row if kind.shape == "row" else {"type": "array", "items": row}
    plain = _value_schema(kind)
    if not bears_source(row_type, name, kind):
        return plain
    wrapped: Schema = {"value": plain, **_LEAF_ORIGIN}
    if kind.shape == "shift":
        wrapped |= {"today": plain, "target": plain, "lever": {"type": "string", "minLength": 1}}
    return {
        **plain,
        "type": [plain["type"], "object"],
        "properties": wrapped,
        "additionalProperties": False,
    }


def _value_schema(kind: Kind) -> Schema:
    if kind.shape == "text":
        return {"type": "string"}
    if kind.shape == "flag":
        return {"type": "boolean"}
    if kind.shape == "choice":
        return {"type": "string", "enum": list(kind.options)}
    number: Schema = {"type": "integer" if kind.shape == "whole" else "number"}
    if 0 < kind.low < 1:
        number["exclusiveMinimum"] = 0
    elif math.isfinite(kind.low):
        number["minimum"] = _exact(kind.low)
    if math.isfinite(kind.high):
        number["maximum"] = _exact(kind.high)
    if kind.shape != "numbers":
        return number
    items: Schema = {"type": "array", "items": number}
    if kind.length is not None:
        items |= {"minItems": kind.length, "maxItems": kind.length}
    return items


def _exact(limit: float) -> int | Decimal:
    return int(limit) if float(limit).is_integer() else Decimal(repr(float(limit)))
