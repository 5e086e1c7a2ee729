"""JSON in and out of the command line, without a float: numbers are int or Decimal.

In: refused with a code are repeated keys (one would silently win), NaN and Infinity, numbers
beyond any amount, nesting and files beyond any honest document. Out: a Decimal is rounded half up
to two decimals and printed as a plain number, a date as ISO text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID

from entraide.core.errors import Refusal

LARGEST_BYTES = 50_000_000
DEEPEST = 50
LARGEST_NUMBER = Decimal(10) ** 15
LONGEST_NUMBER = 40

_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)
_HUNDREDTH = Decimal("0.01")


def read_json(content: bytes) -> Any:
    """The document in UTF-8 text; refused with a ``JSON_*`` code and the line of the fault."""
    if len(content) > LARGEST_BYTES:
        raise Refusal("JSON_TOO_LARGE", megabytes=LARGEST_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refusal("JSON_NOT_UTF8", byte=fault.start + 1) from None
    if not text.strip():
        raise Refusal("JSON_EMPTY")
    try:
        document = json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_constant,
            object_pairs_hook=_unique_keys,
        )
    except json.JSONDecodeError as fault:
        raise Refusal("JSON_UNREADABLE", line=fault.lineno, column=fault.colno) from None
    except RecursionError:
        raise Refusal("JSON_TOO_DEEP", levels=DEEPEST) from None
    _check_depth(document)
    return document


def _number(text: str) -> int | Decimal:
    if len(text) > LONGEST_NUMBER:
        raise Refusal("JSON_NUMBER", number=f"{text[:12]}…")
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal holds
        raise Refusal("JSON_NUMBER", number=text) from None
    if value.copy_abs() > LARGEST_NUMBER or (value and value.adjusted() < -LONGEST_NUMBER):
        raise Refusal("JSON_NUMBER", number=text)
    return int(text) if text.lstrip("-").isdigit() else value


def _no_constant(text: str) -> Any:
    raise Refusal("JSON_NUMBER", number=text)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Refusal("JSON_KEY_TWICE", key=key[:60])
        found[key] = value
    return found


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise Refusal("JSON_TOO_DEEP", levels=DEEPEST)


def decimal_text(value: Decimal) -> str:
    """A plain number of at most two decimals: ``2571.49``, ``202.4``, ``980``."""
    text = f"{value.quantize(_HUNDREDTH, context=_WIDE):f}"
    short = text.rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def exact_text(value: Decimal) -> str:
    """A plain number with all its decimals, for schemas, examples and limits."""
    return f"{value:f}"


def write_json(
    value: Any, indent: str = "", number: Callable[[Decimal], str] = decimal_text
) -> str:
    """A document as indented JSON text; ``number`` writes its exact values, floats stay."""
    deeper = f"{indent}  "
    if isinstance(value, Mapping):
        parts = [
            f"{deeper}{_text(key)}: {write_json(each, deeper, number)}"
            for key, each in value.items()
        ]
        return _block("{", parts, "}", indent)
    if isinstance(value, list | tuple):
        parts = [write_json(each, deeper, number) for each in value]
        if all(each is None or isinstance(each, int | Decimal | Fraction) for each in value):
            return f"[{', '.join(part.strip() for part in parts)}]"
        return _block("[", [deeper + part for part in parts], "]", indent)
    return _scalar(value, number)


def _block(start: str, parts: list[str], end: str, indent: str) -> str:
    if not parts:
        return start + end
    return start + "\n" + ",\n".join(parts) + f"\n{indent}{end}"


def _text(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _scalar(value: Any, number: Callable[[Decimal], str]) -> str:
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, Decimal):
        return number(value) if value.is_finite() else "null"
    if isinstance(value, Enum):
        return _scalar(value.value, number)
    if isinstance(value, date):
        return _text(value.isoformat())
    if isinstance(value, str | UUID):
        return _text(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
