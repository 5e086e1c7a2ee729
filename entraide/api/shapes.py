"""The pieces of which the published JSON Schemas are made."""

from __future__ import annotations

from typing import Any

# Neither control characters nor halves of a character: no database keeps them all.
_LINE = r"^(?![\s\S]*[\u0000-\u001f\ud800-\udfff])"
TEXT = r"^(?![\s\S]*[\u0000-\u0008\u000b-\u001f\ud800-\udfff])"


def line(longest: int, meaning: str, shortest: int = 1) -> dict[str, Any]:
    """One line of text of a bounded length."""
    return {
        "type": "string",
        "minLength": shortest,
        "maxLength": longest,
        "pattern": _LINE,
        "description": meaning,
    }


def day(meaning: str) -> dict[str, Any]:
    """An ISO day."""
    return {"type": "string", "format": "date", "description": meaning}


def an_object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    """A document that is sent: a key that is not known is refused."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
    }


def an_answer(**properties: Any) -> dict[str, Any]:
    """An answer: every key is always there, null where there is nothing; keys may be added."""
    return {"type": "object", "required": list(properties), "properties": properties}


def minor(meaning: str) -> dict[str, Any]:
    """An amount in minor units, not negative."""
    return {"type": "integer", "minimum": 0, "description": meaning}


NULLABLE_DAY = {"type": ["string", "null"], "format": "date"}
TEXT_ANSWER = {"type": "string"}
NOMENCLATURE = "which list the code stands in"
REFERENCE = an_object(
    ("code",),
    system=line(40, f"{NOMENCLATURE}; “entraide” unless told"),
    code=line(40, "its code in the list"),
)
