"""Assumptions as a document: read strictly, written back, described as a JSON Schema.

A number stands alone and takes the source and confidence of the line around it, or it stands as
``{"value": 0.7, "source": "…", "confidence": "M"}``. A value that a lever moves stands as
``{"today": 80, "target": 75, "lever": "phone"}``. No number without a source.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from typing import Any

from entraide.actuarial.assumptions import Assumptions, Kind, Provenance, Shift
from entraide.core.errors import Finding, RefusedRows

CONFIDENCES = ("H", "M", "L")
_PROVENANCE_KEYS = ("source", "confidence", "estimated", "cases", "note")
_PLAIN = ("text", "choice", "flag")  # names and options: nothing to estimate, no source
_STRUCTURAL = ("base_year",)  # which year it is: a fact, not an estimate


def bears_source(row_type: type, name: str, kind: Kind) -> bool:
    """Whether a field is an estimate, which needs a source, and not a name, option or year."""
    structural = row_type is Assumptions and name in _STRUCTURAL
    return kind.shape not in (*_PLAIN, "row", "rows") and not structural


def fields_of(row_type: type) -> list[tuple[Field[Any], Kind]]:
    """The fields of a line of the plan, each with what it may hold."""
    return [(item, item.metadata["kind"]) for item in fields(row_type) if "kind" in item.metadata]


def _joined(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


class _Reader:
    """Collects findings and provenance while it walks a document."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.provenance: dict[str, Provenance] = {}

    def refuse(self, code: str, place: str, **details: Any) -> None:
        self.findings.append(Finding(code, place=place, data=details))

    def row(self, kind: type, document: object, path: str, around: Mapping[str, Any]) -> Any:
        """A dataclass of this kind, or None with findings."""
        if not isinstance(document, Mapping):
            self.refuse("PLAN_VALUE_TYPE", path, expected="object")
            return None
        known = {item.name for item, _ in fields_of(kind)}
        for key in document:
            if key not in known and key not in ("source", "confidence"):
                self.refuse("PLAN_KEY_UNKNOWN", _joined(path, key), key=key)
        own = {key: document[key] for key in ("source", "confidence") if key in document}
        within = {**around, **own}
        before = len(self.findings)
        values: dict[str, Any] = {}
        for item, field_kind in fields_of(kind):
            place = _joined(path, item.name)
            if item.name not in document:
                if item.default is MISSING and item.default_factory is MISSING:
                    self.refuse("PLAN_KEY_MISSING", place, key=item.name)
                continue
            bears = bears_source(kind, item.name, field_kind)
            values[item.name] = self.field(field_kind, document[item.name], place, within, bears)
        return kind(**values) if len(self.findings) == before else None

    def field(
        self, kind: Kind, given: object, place: str, around: Mapping[str, Any], bears: bool
    ) -> Any:
        if kind.shape == "row":
            assert kind.row is not None
            return self.row(kind.row, given, place, around)
        if kind.shape == "rows":
            return self.rows(kind, given, place, around)
        if not bears:
            return self.value(kind, given, place)
        details: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        self.keep_provenance(details, place, around)
        if kind.shape == "shift":
            return self.shift(kind, given, place)
        if isinstance(given, Mapping):
            for key in given:
                if key not in ("value", *_PROVENANCE_KEYS):
                    self.refuse("PLAN_KEY_UNKNOWN", _joined(place, key), key=key)
            if "value" not in given:
                self.refuse("PLAN_KEY_MISSING", _joined(place, "value"), key="value")
                return None
            return self.value(kind, given["value"], place)
        return self.value(kind, given, place)

    def rows(self, kind: Kind, given: object, place: str, around: Mapping[str, Any]) -> Any:
        assert kind.row is not None
        if not isinstance(given, list | tuple):
            self.refuse("PLAN_VALUE_TYPE", place, expected="list")
            return ()
        return tuple(
            self.row(kind.row, each, f"{place}[{i}]", around) for i, each in enumerate(given)
        )

    def shift(self, kind: Kind, given: object, place: str) -> Shift | None:
        if not isinstance(given, Mapping) or "value" in given:
            plain = given["value"] if isinstance(given, Mapping) else given
            number = self.number(kind, plain, place)
            return None if number is None else Shift.fixed(number)
        for key in given:
            if key not in ("today", "target", "lever", *_PROVENANCE_KEYS):
                self.refuse("PLAN_KEY_UNKNOWN", _joined(place, key), key=key)
        missing = [key for key in ("today", "target", "lever") if key not in given]
        for key in missing:
            self.refuse("PLAN_KEY_MISSING", _joined(place, key), key=key)
        if missing:
            return None
        today = self.number(kind, given["today"], _joined(place, "today"))
        target = self.number(kind, given["target"], _joined(place, "target"))
        if today is None or target is None:
            return None
        return Shift(today, target, str(given["lever"]))

    def keep_provenance(
        self, details: Mapping[str, Any], place: str, around: Mapping[str, Any]
    ) -> None:
        merged = {**around, **{key: details[key] for key in _PROVENANCE_KEYS if key in details}}
        source, confidence = merged.get("source"), merged.get("confidence")
        if not isinstance(source, str) or not source.strip():
            self.refuse("PLAN_SOURCE_MISSING", place)
            return
        if confidence not in CONFIDENCES:
            self.refuse("PLAN_CONFIDENCE_UNKNOWN", place, options=", ".join(CONFIDENCES))
            return
        estimated = details.get("estimated")
        if estimated is not None:
            estimated = self.number(Kind("number"), estimated, _joined(place, "estimated"))
        cases = details.get("cases")
        if cases is not None:
            cases = self.value(Kind("whole", 0), cases, _joined(place, "cases"))
        note = str(details.get("note", ""))
        self.provenance[place] = Provenance(source, confidence, estimated, cases, note)

    def value(self, kind: Kind, given: object, place: str) -> Any:
        if kind.shape == "text":
            return self.typed(str, "text", given, place)
        if kind.shape == "flag":
            return self.typed(bool, "boolean", given, place)
        if kind.shape == "choice":
            if given not in kind.options:
                options = ", ".join(kind.options)
                self.refuse("PLAN_CHOICE_UNKNOWN", place, value=str(given), options=options)
            return given
        if kind.shape == "numbers":
            return self.numbers(kind, given, place)
        number = self.number(kind, given, place)
        if kind.shape == "whole" and number is not None:
            if number != int(number):
                self.refuse("PLAN_VALUE_TYPE", place, expected="integer")
            return int(number)
        return number

    def typed(self, kind: type, expected: str, given: object, place: str) -> Any:
        if not isinstance(given, kind):
            self.refuse("PLAN_VALUE_TYPE", place, expected=expected)
        return given

    def numbers(self, kind: Kind, given: object, place: str) -> tuple[float | None, ...]:
        if not isinstance(given, list | tuple):
            self.refuse("PLAN_VALUE_TYPE", place, expected="list")
            return ()
        if kind.length is not None and len(given) != kind.length:
            self.refuse("PLAN_LIST_LENGTH", place, expected=kind.length, found=len(given))
        return tuple(self.number(kind, each, f"{place}[{i}]") for i, each in enumerate(given))

    def number(self, kind: Kind, given: object, place: str) -> float | None:
        if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
            self.refuse("PLAN_VALUE_TYPE", place, expected="number")
            return None
        try:
            number = float(given)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.refuse("PLAN_VALUE_TYPE", place, expected="number")
            return None
        if not kind.low <= number <= kind.high:
            shown = Decimal(str(given))
            if kind.is_rate:
                self.refuse("PLAN_RATE_RANGE", place, value=shown)
            elif number < 0 == kind.low:
                self.refuse("PLAN_VALUE_NEGATIVE", place, value=shown)
            elif math.isinf(kind.high):
                self.refuse("PLAN_VALUE_NOT_POSITIVE", place, value=shown)
            else:
                low, high = Decimal(str(kind.low)), Decimal(str(kind.high))
                self.refuse("PLAN_VALUE_RANGE", place, value=shown, low=low, high=high)
            return None
        return number


def read_assumptions(document: Mapping[str, Any]) -> Assumptions:
    """The assumptions of a document, or ``RefusedRows`` with every fault and its key path."""
    reader = _Reader()
    assumptions = reader.row(Assumptions, document, "", {})
    if assumptions is not None:
        reader.findings.extend(_contradictions(assumptions))
    if reader.findings:
        raise RefusedRows(tuple(reader.findings))
    object.__setattr__(assumptions, "provenance", reader.provenance)
    assert isinstance(assumptions, Assumptions)
    return assumptions


def _contradictions(plan: Assumptions) -> list[Finding]:
    """Lines that are each right, but do not hold together."""
    findings: list[Finding] = []
    for table, names in (
        ("groups", [group.name for group in plan.groups]),
        ("care_lines", [line.name for line in plan.care_lines]),
        ("posts", [post.role for post in plan.posts]),
        ("activities", [activity.name for activity in plan.activities]),
        ("cost_lines", [line.name for line in plan.cost_lines]),
        ("income_lines", [line.name for line in plan.income_lines]),
        ("levers", [lever.name for lever in plan.levers]),
    ):
        for index, name in enumerate(names):
            if name in names[:index]:
                findings.append(Finding("PLAN_NAME_TWICE", 0, f"{table}[{index}]", {"name": name}))
    if not plan.groups:
        findings.append(Finding("PLAN_WITHOUT_GROUP", 0, "groups"))
    for index, group in enumerate(plan.groups):
        if not any(group.signing_season):
            place = f"groups[{index}].signing_season"
            findings.append(Finding("PLAN_SEASON_EMPTY", 0, place))
        if group.contribution_basis == "loan" and group.floor_minor > group.cap_minor:
            findings.append(Finding("PLAN_FLOOR_ABOVE_CAP", 0, f"groups[{index}].floor_minor"))
    for index, line in enumerate(plan.care_lines):
        if not any(line.season):
            findings.append(Finding("PLAN_SEASON_EMPTY", 0, f"care_lines[{index}].season"))
    if abs(sum(plan.care.payment_pattern) - 1) > 1e-9:
        findings.append(Finding("PLAN_PATTERN_SUM", 0, "care.payment_pattern"))
    findings.extend(_broken_references(plan))
    return findings


def _broken_references(plan: Assumptions) -> list[Finding]:
    """Roles and levers that a line names and the plan does not have."""
    findings: list[Finding] = []
    roles = {post.role for post in plan.posts}

    def check_role(role: str, place: str) -> None:
        if role not in roles:
            findings.append(Finding("PLAN_ROLE_UNKNOWN", 0, place, {"role": role}))

    organisation = {lever.name for lever in plan.levers if lever.effect == "organisation"}
    for place, shift in _shifts(plan, ""):
        if shift.lever and shift.lever not in organisation:
            findings.append(Finding("LEVER_UNKNOWN", 0, f"{place}.lever", {"lever": shift.lever}))
    for i, post in enumerate(plan.posts):
        if post.sizing == "ratio":
            check_role(post.supervised_role, f"posts[{i}].supervised_role")
            if min(post.persons_per_post.today, post.persons_per_post.target) <= 0:
                place = f"posts[{i}].persons_per_post"
                findings.append(Finding("PLAN_RATIO_ZERO", 0, place))
        supervised = next((p for p in plan.posts if p.role == post.supervised_role), None)
        if post.sizing == "ratio" and supervised is not None and supervised.sizing == "ratio":
            findings.append(Finding("PLAN_RATIO_OF_RATIO", 0, f"posts[{i}].supervised_role"))
    for i, activity in enumerate(plan.activities):
        for j, work in enumerate(activity.work):
            check_role(work.role, f"activities[{i}].work[{j}].role")
    for i, line in enumerate(plan.cost_lines):
        if line.basis == "post":
            check_role(line.role, f"cost_lines[{i}].role")
    effects = [lever.effect for lever in plan.levers]
    for i, effect in enumerate(effects):
        if effect != "organisation" and effect in effects[:i]:
            findings.append(Finding("LEVER_EFFECT_TWICE", 0, f"levers[{i}].effect"))
    return findings


def _shifts(row: Any, path: str) -> list[tuple[str, Shift]]:
    found: list[tuple[str, Shift]] = []
    for item, kind in fields_of(type(row)):
        value, place = getattr(row, item.name), _joined(path, item.name)
        if kind.shape == "shift":
            found.append((place, value))
        elif kind.shape == "rows":
            for index, each in enumerate(value):
                found.extend(_shifts(each, f"{place}[{index}]"))
    return found


def _plain_number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def write_assumptions(plan: Assumptions) -> dict[str, Any]:
    """The document of a plan: every number with its own source; reads back equal."""
    return _written(plan, "", plan.provenance)


def _written(row: Any, path: str, provenance: Mapping[str, Provenance]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for item, kind in fields_of(type(row)):
        value, place = getattr(row, item.name), _joined(path, item.name)
        if kind.shape == "row":
            document[item.name] = _written(value, place, provenance)
        elif kind.shape == "rows":
            document[item.name] = [
                _written(each, f"{place}[{i}]", provenance) for i, each in enumerate(value)
            ]
        elif not bears_source(type(row), item.name, kind):
            document[item.name] = value
        elif place in provenance:
            document[item.name] = {**_leaf(kind, value), **_source(provenance[place])}
        elif item.default is MISSING or value != item.default:
            document[item.name] = _leaf(kind, value)
    return document


def _leaf(kind: Kind, value: Any) -> dict[str, Any]:
    if kind.shape == "shift":
        if not value.lever:
            return {"value": _plain_number(value.today)}
        today, target = _plain_number(value.today), _plain_number(value.target)
        return {"today": today, "target": target, "lever": value.lever}
    if kind.shape == "numbers":
        return {"value": [_plain_number(each) for each in value]}
    return {"value": _plain_number(value)}


def _source(origin: Provenance) -> dict[str, Any]:
    written: dict[str, Any] = {"source": origin.source, "confidence": origin.confidence}
    if origin.estimated is not None:
        written["estimated"] = _plain_number(origin.estimated)
    if origin.cases is not None:
        written["cases"] = origin.cases
    if origin.note:
        written["note"] = origin.note
    return written
