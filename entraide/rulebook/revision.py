"""A document of rules with new values from a day on, and what one version changes in another."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

from entraide.core.errors import Refusal
from entraide.rulebook.products import ProductRules
from entraide.rulebook.schema import Parameter
from entraide.rulebook.schema_product import ProductDocument

C = TypeVar("C", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value that a version brings: since when, what it replaces, who decided it.

    ``was`` is the value that stood on that day before; ``...`` when there was none.
    """

    path: str
    effective_from: date
    value: Any
    was: Any
    source: str


def parameter_type(path: str) -> type[Parameter[Any]]:
    """The kind of value at a key path (``benefits.dental.by_sector.private.copayment_rate``).

    ``RULE_KEY_UNKNOWN`` for a path where no value stands.
    """
    model: type[BaseModel] = ProductDocument
    *parents, name = path.split(".")
    is_key = False  # the next part is the key of one among several rules
    for part in parents:
        if is_key:
            is_key = False
            continue
        field = model.model_fields.get(part)
        inner = _classes(field.annotation, BaseModel) if field is not None else []
        if field is None or not inner or issubclass(inner[0], Parameter):
            raise Refusal("RULE_KEY_UNKNOWN", place=path)
        model, is_key = inner[0], get_origin(field.annotation) is dict
    field = None if is_key else model.model_fields.get(name)
    found = _classes(field.annotation, Parameter) if field is not None else []
    if not found:
        raise Refusal("RULE_KEY_UNKNOWN", place=path)
    return found[0]


def _classes(annotation: Any, kind: type[C]) -> list[type[C]]:
    """The classes of one kind that an annotation names: itself, of ``| None``, of a mapping."""
    every = [annotation, *get_args(annotation)]
    return [each for each in every if isinstance(each, type) and issubclass(each, kind)]


def revised(
    document: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    effective_from: date,
    source: str,
) -> dict[str, Any]:
    """The document with each value in force from a day on, written as in a rule file.

    ``values`` maps key paths (``contribution.amount_minor``, ``fund_share_rate``) to plain values:
    integers of minor units, rates as text. A value that begins on the same day is replaced; what
    began before stays. The answer is not checked yet: ``parse_product`` does.
    """
    content: dict[str, Any] = copy.deepcopy(dict(document))
    for path, value in values.items():
        unit = parameter_type(path).expected_unit
        if unit == "money":
            unit = str(content.get("currency", ""))
        *parents, name = path.split(".")
        part = content
        for parent in parents:
            part = part.setdefault(parent, {})
        parameter = part.setdefault(name, {"unit": unit, "values": []})
        day = effective_from.isoformat()
        kept = [entry for entry in parameter["values"] if entry["from"] != day]
        parameter["values"] = [*kept, {"from": day, "value": value, "source": source}]
    return content


def value_changes(rules: ProductRules, before: ProductRules | None) -> Iterator[ValueChange]:
    """What a version says that the one before did not; everything when there was none."""
    old = before.parameters if before is not None else {}
    for path, dated in rules.parameters.items():
        standing = old[path].values if path in old else ()
        known = {each.effective_from: each.value for each in standing}
        for each in dated.values:
            if known.get(each.effective_from, ...) == each.value:
                continue
            earlier = [v.value for v in standing if v.effective_from <= each.effective_from]
            was = earlier[-1] if earlier else ...
            yield ValueChange(path, each.effective_from, each.value, was, each.source)
