"""The facts of a decision as plain JSON, so that it can be made again years later.

What is kept is exactly what :func:`~entraide.core.adjudication.pipeline.adjudicate` was given,
but for the product, which the version named by the decision gives back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
)
from entraide.core.care_package import ProviderLevel, Sector, Visit
from entraide.core.product import Product

Facts = TypeVar("Facts", LineFacts, ClaimFacts, PatientFacts, CoverFacts, UsedAmounts)


def facts_to_json(claim: ClaimFacts, context: Context) -> dict[str, Any]:
    """The claim, the person, the cover and the earlier use as plain JSON values."""
    return {
        "claim": _written(claim),
        "person": _written(context.person),
        "cover": _written(context.cover),
        "used": _written(context.used),
    }


def facts_from_json(document: Mapping[str, Any], product: Product) -> tuple[ClaimFacts, Context]:
    """What :func:`facts_to_json` wrote, with the product as it stood on the day of care."""
    context = Context(
        product=product,
        person=patient_from_json(document["person"]),
        cover=cover_from_json(document["cover"]),
        used=_read(UsedAmounts, document["used"]),
    )
    return claim_from_json(document["claim"]), context


def claim_from_json(document: Mapping[str, Any]) -> ClaimFacts:
    """The claim alone."""
    lines = tuple(_read(LineFacts, line) for line in document["lines"])
    return _read(ClaimFacts, document, lines=lines)


def patient_from_json(document: Mapping[str, Any]) -> PatientFacts:
    """The person alone."""
    return _read(PatientFacts, document)


def cover_from_json(document: Mapping[str, Any]) -> CoverFacts:
    """The cover alone."""
    return _read(CoverFacts, document)


def _written(facts: Any) -> dict[str, Any]:
    """Only what differs from its default: most of a claim is ordinary, and is kept for years."""
    written = {}
    for item in fields(facts):
        value = getattr(facts, item.name)
        default = item.default_factory() if callable(item.default_factory) else item.default
        if value != default:
            written[item.name] = _value(value)
    return written


def _value(value: Any) -> Any:
    if isinstance(value, LineFacts):
        return _written(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": {key: _value(item) for key, item in value.items()}}
    return value


def _read(kind: type[Facts], document: Mapping[str, Any], **given: Any) -> Facts:
    values = {
        name: _unmarked(value) for name, value in document.items() if name not in given
    } | given
    if kind is ClaimFacts:
        values["sector"] = Sector(values["sector"])
        if "level" in values:
            values["level"] = ProviderLevel(values["level"])
        if "visit" in values:
            values["visit"] = Visit(values["visit"])
    if kind is PatientFacts and "lists" in values:
        values["lists"] = tuple(values["lists"])
    return kind(**values)


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        if "date" in value:
            return date.fromisoformat(value["date"])
        if "decimal" in value:
            return Decimal(value["decimal"])
        return {key: _unmarked(item) for key, item in value["map"].items()}
    return value
