"""Pieces of JSON Schema that the calculations share."""

from __future__ import annotations

from typing import Any

from entraide.core.money import CURRENCIES

Schema = dict[str, Any]


def document(title: str, required: tuple[str, ...], properties: Schema, **more: Any) -> Schema:
    """The schema of a whole document: these keys and no others."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **form(required, properties),
        **more,
    }


def form(required: tuple[str, ...], properties: Schema) -> Schema:
    """An object of these keys and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def many(items: Schema, *, at_least: int = 1, at_most: int = 10_000) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "minItems": at_least, "maxItems": at_most}


def amount(description: str) -> Schema:
    """An amount of the currency's unit, cents allowed, not negative."""
    return {"type": "number", "minimum": 0, "description": description}


def signed_amount(description: str) -> Schema:
    """An amount that may be a loss."""
    return {"type": "number", "description": description}


def rate(description: str) -> Schema:
    """A share between 0 and 1."""
    return {"type": "number", "minimum": 0, "maximum": 1, "description": description}


def quantity(description: str) -> Schema:
    """Any number that is not negative."""
    return {"type": "number", "minimum": 0, "description": description}


def percent(description: str) -> Schema:
    """A percentage of the base that its key names; may exceed 100, not 1000."""
    return {"type": "number", "minimum": 0, "maximum": 1000, "description": description}


def count(description: str, *, at_least: int = 0, at_most: int = 10**9) -> Schema:
    """A whole number."""
    return {
        "type": "integer", "minimum": at_least, "maximum": at_most, "description": description
    }  # fmt: skip


def day(description: str) -> Schema:
    """A date, ISO."""
    return {"type": "string", "format": "date", "description": description}


def flag(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}


def currency() -> Schema:
    """The currency that amounts are rounded to; two decimals without it."""
    return {
        "type": "string",
        "enum": sorted(CURRENCIES),
        "description": "rounds amounts to this currency's smallest unit; two decimals without it",
    }
