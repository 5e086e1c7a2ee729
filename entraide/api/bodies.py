"""Reading a request: JSON without a float, then the schema that the API publishes."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest

from entraide.core.errors import Refusal
from entraide.core.schema import Schema, require_valid

LARGEST_BYTES = 1_000_000
LARGEST_NUMBER = Decimal(10) ** 15
LONGEST_NUMBER = 40


def read_body(request: HttpRequest, schema: Schema) -> dict[str, Any]:
    """The document of a request that follows the schema; a ``JSON_*`` code or every fault else."""
    if _stated_bytes(request) > LARGEST_BYTES:
        raise Refusal("REQUEST_TOO_LARGE", megabytes=LARGEST_BYTES // 1_000_000)
    try:
        document = json.loads(
            request.body.decode(),
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as fault:
        raise Refusal("JSON_NOT_UTF8", byte=fault.start + 1) from None
    except json.JSONDecodeError as fault:
        raise Refusal("JSON_UNREADABLE", line=fault.lineno, column=fault.colno) from None
    except RecursionError:
        raise Refusal("JSON_TOO_DEEP", levels=50) from None
    require_valid(document, schema)
    return document


def read_query(request: HttpRequest, schema: Schema) -> dict[str, str]:
    """The parameters of an address, each once; the same schema rules as for a body."""
    document = {}
    try:
        parameters = request.GET.lists()
    except TooManyFieldsSent:
        raise Refusal("REQUEST_TOO_MANY_PARAMETERS") from None
    for name, values in parameters:
        if len(values) > 1:
            raise Refusal("JSON_KEY_TWICE", key=name[:60])
        document[name] = values[0]
    require_valid(document, schema)
    return document


def _stated_bytes(request: HttpRequest) -> int:
    """The length that the request states; ``REQUEST_LENGTH_UNREADABLE`` for what is no number."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    if not (stated.isascii() and stated.isdigit()):
        raise Refusal("REQUEST_LENGTH_UNREADABLE")
    return int(stated) if len(stated) <= LONGEST_NUMBER else LARGEST_BYTES + 1


def _number(text: str) -> int | Decimal:
    if len(text) > LONGEST_NUMBER:
        return _no_number(text[:12] + "…")
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal holds
        return _no_number(text)
    if value.copy_abs() > LARGEST_NUMBER or (value and value.adjusted() < -20):
        return _no_number(text)
    return int(text) if text.lstrip("-").isdigit() else value


def _no_number(text: str) -> Any:
    raise Refusal("JSON_NUMBER", number=text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        met = Counter(key for key, _value in pairs)
        twice = next(key for key, _value in pairs if met[key] > 1)
        raise Refusal("JSON_KEY_TWICE", key=twice[:60])
    return found
