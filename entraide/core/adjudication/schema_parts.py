"""The pieces of which the JSON Schema of ``entraide calc claim`` is put together."""

from __future__ import annotations

from typing import Any

from entraide.core.care_package import ProviderLevel, Sector
from entraide.core.money import MAXIMUM_MINOR

Schema = dict[str, Any]


def text(description: str, **more: Any) -> Schema:
    """A text."""
    return {"type": "string", "description": description, **more}


def day(description: str) -> Schema:
    """A day, ISO."""
    return text(description + " (ISO date)", format="date")


def flag(description: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description}


def minor(description: str) -> Schema:
    """An amount in minor units."""
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": MAXIMUM_MINOR,
        "description": description + ", minor units",
    }


def count(description: str, maximum: int = 100_000) -> Schema:
    """A whole number, 0 included."""
    return {"type": "integer", "minimum": 0, "maximum": maximum, "description": description}


def quantity(description: str) -> Schema:
    """A number of units, 0 included."""
    return {"type": "number", "minimum": 0, "maximum": 1_000_000, "description": description}


def rate(description: str) -> Schema:
    """A rate from 0 to 1."""
    return {"type": "number", "minimum": 0, "maximum": 1, "description": description}


def described(required: tuple[str, ...], description: str = "", **properties: Schema) -> Schema:
    """An object of these keys and no other."""
    return {
        "type": "object",
        "description": description,
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def mapped(values: Schema, description: str) -> Schema:
    """An object of any keys, whose values are all of one kind."""
    return {"type": "object", "description": description, "additionalProperties": values}


def texts(description: str, choices: list[str] | None = None) -> Schema:
    """A list of texts, of these choices where they are given."""
    one = text(description) if choices is None else text(description, enum=choices)
    return {"type": "array", "items": one}


def listed(item: Schema) -> Schema:
    """A list of such objects."""
    return {"type": "array", "items": item}


SECTOR = text("who runs the provider", enum=[sector.value for sector in Sector])
LEVELS = texts("place in the pyramid", [level.value for level in ProviderLevel])
