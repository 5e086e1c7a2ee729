"""``entraide calc match``: reconciliation of a plain document, to check without a database.

The shape of the document stands in :data:`MATCH_SCHEMA`, a valid one in :data:`MATCH_EXAMPLE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
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
from entraide.core.reconciliation.values import (
    DEFAULT_AUTO_ACCEPT,
    DEFAULT_WINDOW_DAYS,
    MAXIMUM_WINDOW_DAYS,
)

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


class _Reader:
    """Reads the document and collects every fault with the path of its key."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def fault(self, code: str, place: str, **details: Any) -> None:
        self.findings.append(Finding(code, place=place, data=details))

    def object(
        self, value: object, place: str, known: Mapping[str, Any], required: list[str]
    ) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self.fault("MATCH_KEY_TYPE", place, expected="object")
            return None
        prefix = f"{place}." if place else ""
        for key in value.keys() - known.keys():
            self.fault("MATCH_KEY_UNKNOWN", f"{prefix}{key}")
        missing = [key for key in required if key not in value]
        for key in missing:
            self.fault("MATCH_KEY_MISSING", f"{prefix}{key}")
        return None if missing else value

    def rows(self, document: Mapping[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
        """The objects of one list of the document that have all their keys, with their place."""
        schema = MATCH_SCHEMA["properties"][name]["items"]
        value = document.get(name, [])
        if not isinstance(value, list):
            self.fault("MATCH_KEY_TYPE", name, expected="array")
            return []
        found: list[tuple[str, dict[str, Any]]] = []
        for index, item in enumerate(value):
            place = f"{name}[{index}]"
            row = self.object(item, place, schema["properties"], schema["required"])
            if row is not None:
                found.append((place, row))
        return found

    def text(self, row: Mapping[str, Any], key: str, place: str) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            self.fault("MATCH_KEY_TYPE", f"{place}.{key}", expected="string")
            return ""
        return value

    def number(self, row: Mapping[str, Any], key: str, place: str, least: int, most: int) -> int:
        value = row[key]
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if type(value) is not int:
            self.fault("MATCH_KEY_TYPE", f"{place}.{key}", expected="integer")
            return 0
        if not least <= value <= most:
            self.fault("MATCH_NUMBER_RANGE", f"{place}.{key}", minimum=least, maximum=most)
            return 0
        return value

    def day(self, row: Mapping[str, Any], place: str) -> date:
        value = row["on"]
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault("MATCH_DATE_UNREADABLE", f"{place}.on", text=str(value))
        return date.min

    def key(self, row: Mapping[str, Any], place: str, originals: dict[str, str | int]) -> str:
        """The id as text, unique in its list; ``originals`` gives back what the caller wrote."""
        value = row["id"]
        if not isinstance(value, (str, int)) or isinstance(value, bool):
            self.fault("MATCH_KEY_TYPE", f"{place}.id", expected="string")
            return ""
        if str(value) in originals:
            self.fault("MATCH_ID_TWICE", f"{place}.id", id=str(value))
        originals[str(value)] = value
        return str(value)


def _settings(reader: _Reader, document: Mapping[str, Any]) -> MatchSettings:
    schema = MATCH_SCHEMA["properties"]["settings"]
    found = reader.object(document.get("settings", {}), "settings", schema["properties"], [])
    if found is None:
        return MatchSettings()
    window = DEFAULT_WINDOW_DAYS
    if "window_days" in found:
        window = reader.number(found, "window_days", "settings", 0, MAXIMUM_WINDOW_DAYS)
    accepted = found.get("auto_accept", sorted(DEFAULT_AUTO_ACCEPT))
    if not isinstance(accepted, list):
        reader.fault("MATCH_KEY_TYPE", "settings.auto_accept", expected="array")
        accepted = []
    passes: set[MatchPass] = set()
    for index, name in enumerate(accepted):
        try:
            passes.add(MatchPass(name))
        except ValueError:
            reader.fault("MATCH_PASS_UNKNOWN", f"settings.auto_accept[{index}]", name=str(name))
    return MatchSettings(frozenset(passes), window)


def _rules(reader: _Reader, document: Mapping[str, Any]) -> list[MatchRule]:
    rules: dict[str, MatchRule] = {}
    for place, row in reader.rows(document, "rules"):
        is_accepted = row.get("is_accepted", True)
        if not isinstance(is_accepted, bool):
            reader.fault("MATCH_KEY_TYPE", f"{place}.is_accepted", expected="boolean")
        rule = MatchRule(
            reader.text(row, "code", place),
            reader.text(row, "pattern", place),
            reader.text(row, "account_role", place),
            is_accepted is True,
        )
        if rule.code in rules:
            reader.fault("RULE_CODE_TWICE", f"{place}.code", rule=rule.code)
        try:
            compile_pattern(rule)
        except Refusal as refusal:
            reader.fault(refusal.code, f"{place}.pattern", **refusal.data)
        rules[rule.code] = rule
    return list(rules.values())


def run_match(document: dict[str, Any]) -> dict[str, Any]:
    """Reconcile a document of the shape of :data:`MATCH_SCHEMA`.

    Answers ``{matches, leftover_lines, leftover_movements}``; amounts stay in minor units, scores
    are Decimals between 0 and 1, days ISO texts, identifiers as they were written. Refused with
    ``RefusedRows`` that holds every fault with the path of its key.
    """
    reader = _Reader()
    reader.object(document, "", MATCH_SCHEMA["properties"], MATCH_SCHEMA["required"])
    if not isinstance(document, dict):
        raise RefusedRows(tuple(reader.findings))
    movement_ids: dict[str, str | int] = {}
    line_ids: dict[str, str | int] = {}
    movements = [
        Movement(
            reader.key(row, place, movement_ids),
            reader.text(row, "document_number", place),
            reader.number(row, "amount_minor", place, -MAXIMUM_MINOR, MAXIMUM_MINOR),
            reader.day(row, place),
            reader.text(row, "holder", place),
            reader.text(row, "label", place),
        )
        for place, row in reader.rows(document, "movements")
    ]
    lines = [
        Line(
            reader.key(row, place, line_ids),
            reader.number(row, "amount_minor", place, -MAXIMUM_MINOR, MAXIMUM_MINOR),
            reader.day(row, place),
            reader.text(row, "label", place),
            reader.text(row, "reference", place),
        )
        for place, row in reader.rows(document, "lines")
    ]
    rules = _rules(reader, document)
    settings = _settings(reader, document)
    if reader.findings:
        raise RefusedRows(tuple(reader.findings))
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
