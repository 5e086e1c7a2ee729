"""``entraide calc match``: reconciliation of a plain document, to check without a database.

The shape of the document stands in :data:`MATCH_SCHEMA`, a valid one in :data:`MATCH_EXAMPLE`;
:func:`entraide.core.schema.require_valid` holds it before :func:`run_match` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import MAXIMUM_MINOR
from entraide.core.reconciliation import (
    Hint,
    Leftover,
    Line,
    Match,
    MatchPass,
    MatchRule,
    MatchSettings,
    Movement,
    compile_pattern,
    propose_matches,
)
from entraide.core.reconciliation.values import MAXIMUM_WINDOW_DAYS

_TEXT = {"type": "string"}
_ID = {"type": ["string", "integer"]}
_AMOUNT = {"type": "integer", "minimum": -MAXIMUM_MINOR, "maximum": MAXIMUM_MINOR}
_DAY = {"type": "string", "format": "date"}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


MATCH_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "match",
    **_object(
        {
            "movements": {
                "type": "array",
                "items": _object(
                    {
                        "id": _ID,
                        "document_number": _TEXT,
                        "amount_minor": _AMOUNT,
                        "on": _DAY,
                        "holder": _TEXT,
                        "label": _TEXT,
                    },
                    ["id", "document_number", "amount_minor", "on"],
                ),
            },
            "lines": {
                "type": "array",
                "items": _object(
                    {
                        "id": _ID,
                        "amount_minor": _AMOUNT,
                        "on": _DAY,
                        "label": _TEXT,
                        "reference": _TEXT,
                    },
                    ["id", "amount_minor", "on"],
                ),
            },
            "rules": {
                "type": "array",
                "items": _object(
                    {
                        "code": _TEXT,
                        "pattern": {"type": "string", "minLength": 1, "maxLength": 200},
                        "account_role": _TEXT,
                        "is_accepted": {"type": "boolean"},
                    },
                    ["code", "pattern", "account_role"],
                ),
            },
            "settings": _object(
                {
                    "auto_accept": {
                        "type": "array",
                        "items": {"type": "string", "enum": [str(value) for value in MatchPass]},
                    },
                    "window_days": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": MAXIMUM_WINDOW_DAYS,
                    },
                },
                [],
            ),
        },
        ["movements", "lines"],
    ),
}

MATCH_EXAMPLE: dict[str, Any] = {
    "movements": [
        {
            "id": "M1",
            "document_number": "VRS-2025-0041",
            "amount_minor": 185000,
            "on": "2025-03-28",
            "holder": "Awa Ouédraogo",
            "label": "Versement de la caisse",
        },
        {
            "id": "M2",
            "document_number": "REG-2025-0009",
            "amount_minor": -64000,
            "on": "2025-03-30",
            "holder": "CSPS de Koubri",
            "label": "Bordereau de règlement",
        },
    ],
    "lines": [
        {
            "id": "L1",
            "amount_minor": 185000,
            "on": "2025-03-31",
            "label": "VERSEMENT ESPECES vrs 2025 0041",
            "reference": "",
        },
        {
            "id": "L2",
            "amount_minor": -1500,
            "on": "2025-03-31",
            "label": "FRAIS TENUE DE COMPTE",
            "reference": "",
        },
    ],
    "rules": [
        {"code": "account-fee", "pattern": "frais tenue", "account_role": "bank_charges"},
    ],
    "settings": {"auto_accept": ["reference", "reference-sum", "rule"], "window_days": 5},
}


def run_match(document: Mapping[str, Any]) -> dict[str, Any]:
    """Reconcile a document that follows :data:`MATCH_SCHEMA`.

    Answers ``{matches, leftover_lines, leftover_movements}``; amounts stay in minor units, scores
    are Decimals between 0 and 1, days ISO texts, identifiers as they were written. Refused with
    ``RefusedRows``, every fault with the path of its key: ``MATCH_ID_TWICE``, ``RULE_CODE_TWICE``
    and the ``RULE_PATTERN_…`` codes.
    """
    movement_ids = {str(row["id"]): row["id"] for row in document["movements"]}
    line_ids = {str(row["id"]): row["id"] for row in document["lines"]}
    rules = [MatchRule(**row) for row in document.get("rules", [])]
    faults = (
        *_said_twice(document["movements"], "movements", "id", "MATCH_ID_TWICE", "id"),
        *_said_twice(document["lines"], "lines", "id", "MATCH_ID_TWICE", "id"),
        *_said_twice(document.get("rules", []), "rules", "code", "RULE_CODE_TWICE", "rule"),
        *_pattern_faults(rules),
    )
    if faults:
        raise RefusedRows(faults)
    movements = [Movement(**_row(row)) for row in document["movements"]]
    lines = [Line(**_row(row)) for row in document["lines"]]
    settings = _settings(document.get("settings", {}))
    proposal = propose_matches(movements, lines, rules, settings)

    def hints(values: tuple[Hint, ...]) -> list[dict[str, Any]]:
        return [_hint(hint, line_ids, movement_ids) for hint in values]

    return {
        "matches": [_match(match, line_ids, movement_ids, hints) for match in proposal.matches],
        "leftover_lines": [_leftover(left, line_ids, hints) for left in proposal.leftover_lines],
        "leftover_movements": [
            _leftover(left, movement_ids, hints) for left in proposal.leftover_movements
        ],
    }


def _row(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {**stated, "id": str(stated["id"]), "on": date.fromisoformat(stated["on"])}


def _said_twice(
    rows: Sequence[Mapping[str, Any]], name: str, key: str, code: str, said_as: str
) -> Iterator[Finding]:
    """A fault for each row whose value of ``key``, as text, an earlier row has."""
    known: set[str] = set()
    for index, row in enumerate(rows):
        value = str(row[key])
        if value in known:
            yield Finding(code, place=f"{name}[{index}].{key}", data={said_as: value})
        known.add(value)


def _pattern_faults(rules: Sequence[MatchRule]) -> Iterator[Finding]:
    for index, rule in enumerate(rules):
        try:
            compile_pattern(rule)
        except Refusal as refusal:
            yield Finding(refusal.code, place=f"rules[{index}].pattern", data=refusal.data)


def _settings(stated: Mapping[str, Any]) -> MatchSettings:
    values = dict(stated)
    if "auto_accept" in values:
        values["auto_accept"] = frozenset(MatchPass(name) for name in values["auto_accept"])
    return MatchSettings(**values)


def _hint(
    hint: Hint, line_ids: Mapping[str, str | int], movement_ids: Mapping[str, str | int]
) -> dict[str, Any]:
    """A hint as plain values, with the identifiers as they were written."""
    plain: dict[str, Any] = {"code": hint.code}
    for key, value in hint.details.items():
        if key == "line_id":
            plain[key] = line_ids[value]
        elif key == "movement_id":
            plain[key] = movement_ids[value]
        else:
            plain[key] = value.isoformat() if isinstance(value, date) else value
    return plain


_Hints = Callable[[tuple[Hint, ...]], list[dict[str, Any]]]


def _match(
    match: Match,
    line_ids: Mapping[str, str | int],
    movement_ids: Mapping[str, str | int],
    hints: _Hints,
) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "line_ids": [line_ids[line_id] for line_id in match.line_ids],
        "movement_ids": [movement_ids[movement_id] for movement_id in match.movement_ids],
        "pass": match.match_pass.value,
        "status": match.status.value,
        "score": match.score,
    }
    if match.rule_code or match.account_role:
        plain |= {"rule": match.rule_code, "account_role": match.account_role}
    if match.hints:
        plain["hints"] = hints(match.hints)
    return plain


def _leftover(
    leftover: Leftover, originals: Mapping[str, str | int], hints: _Hints
) -> dict[str, Any]:
    return {
        "id": originals[leftover.id],
        "class": leftover.leftover_class.value,
        "hints": hints(leftover.hints),
    }
