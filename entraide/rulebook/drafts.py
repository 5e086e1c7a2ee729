"""A product being written: a document changed rule by rule, read at any moment, whole or not.

A draft has the form of a product file. What a person changes in it counts from one day on, with
one source: those of the draft. It may still contradict itself; :func:`read_draft` says everything
that :func:`~entraide.rulebook.products.parse_product` would refuse, at once.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.parameters import Dated
from entraide.core.product import ContributionKind, Product
from entraide.rulebook.consistency import READ_BY_KIND, document_faults, faults_in_force
from entraide.rulebook.document import plain
from entraide.rulebook.product_on import parameters_in, product_on
from entraide.rulebook.revision import parameter_type
from entraide.rulebook.schema_product import ProductDocument
from entraide.rulebook.validation import validated

UNSAID: Any = ...
"""In place of a value: the rule says nothing of it."""

_OF_CARE = (
    "benefits",
    "items",
    "limits",
    "deductibles",
    "review",
    "pays_after_others",
    "care_path",
    "ceiling_minor_per_person_per_year",
    "ceiling_minor_per_household_per_year",
)


@dataclass(frozen=True, slots=True)
class DraftRead:
    """A draft as it stands on its day. ``product`` is None when it is not even well formed.

    ``parameters``: its dated values by key path, as :class:`ProductRules` keeps them.
    """

    product: Product | None
    findings: tuple[Finding, ...]
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, Dated[Any]] = field(default_factory=dict, repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether it may become a version."""
        return not self.findings


def read_draft(document: Mapping[str, Any], on: date) -> DraftRead:
    """The product that a draft makes on a day, and every fault of the whole draft at once."""
    try:
        content = plain(dict(document))
        model = validated(ProductDocument, content, currency=content.get("currency", ""))
    except RefusedRows as refusal:
        return DraftRead(None, refusal.findings)
    findings = {(each.place, each.code): each for each in document_faults(model)}
    parameters = {name: parameter.dated(name) for name, parameter in parameters_in(model, "")}
    begins_on = model.fund_share_rate.values[0].effective_from
    starts = {value.effective_from for dated in parameters.values() for value in dated.values}
    shown: Product | None = None
    for day in sorted({begins_on, on, *(each for each in starts if each > begins_on)}):
        try:
            product = product_on(day, model, parameters, f"{model.product}@draft/{day}")
        except Refusal as refusal:
            findings.setdefault((refusal.place, refusal.code), refusal.as_finding())
            continue
        if day == on:
            shown = product
        for each in faults_in_force(product, day):
            findings.setdefault((each.place, each.code), each)
    return DraftRead(shown, tuple(findings.values()), content, parameters)


def value_at(document: Mapping[str, Any], path: str, on: date) -> Any:
    """The plain value at a key path on a day; :data:`UNSAID` where the draft says nothing."""
    parameter = part_at(document, path)
    begun = [each for each in (parameter or {}).get("values", ()) if each["from"] <= str(on)]
    return begun[-1]["value"] if begun else UNSAID


def part_at(document: Mapping[str, Any], path: str) -> dict[str, Any] | None:
    """What stands at a key path; None for nothing."""
    part: Any = document
    for name in path.split("."):
        if not isinstance(part, Mapping) or name not in part:
            return None
        part = part[name]
    return part if isinstance(part, dict) else None


def with_values(
    document: Mapping[str, Any], values: Mapping[str, Any], *, on: date, source: str
) -> dict[str, Any]:
    """The draft with plain values by key path, in force from a day on; the others stay.

    :data:`UNSAID` takes a value away with its past: care of earlier days keeps the version of its
    own day. What stands already is not written again.
    """
    content: dict[str, Any] = copy.deepcopy(dict(document))
    for path, value in values.items():
        parents, _, name = path.rpartition(".")
        if value is UNSAID:
            part = part_at(content, parents) if parents else content
            if part is not None:
                part.pop(name, None)
        elif value_at(content, path, on) != value:
            unit = parameter_type(path).expected_unit
            unit = str(content.get("currency", "")) if unit == "money" else unit
            part = content
            for parent in parents.split(".") if parents else ():
                part = part.setdefault(parent, {})
            parameter = part.setdefault(name, {"unit": unit, "values": []})
            entry = {"from": str(on), "value": value, "source": source}
            kept = [each for each in parameter["values"] if each["from"] != str(on)]
            parameter["values"] = sorted([*kept, entry], key=lambda each: str(each["from"]))
    return content


def without(document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """The draft without the rule at a key path, nor the parts that its going leaves empty."""
    content: dict[str, Any] = copy.deepcopy(dict(document))
    names = path.split(".")
    holders: list[dict[str, Any]] = [content]
    for name in names[:-1]:
        inner = holders[-1].get(name)
        if not isinstance(inner, dict):
            return content
        holders.append(inner)
    holders[-1].pop(names[-1], None)
    for rank in range(len(holders) - 1, 0, -1):
        if holders[rank] == {} and names[rank - 1] != "benefits":
            holders[rank - 1].pop(names[rank - 1])
    return content


def restated(document: Mapping[str, Any], *, on: date, source: str) -> dict[str, Any]:
    """The same rules said anew from one day on: what a mutual takes over from an example.

    Each value is that of the day, or the first that comes after it.
    """
    content: dict[str, Any] = copy.deepcopy(dict(document))
    for parameter in _parameters(content):
        values = parameter["values"]
        begun = [each for each in values if each["from"] <= str(on)] or values[:1]
        parameter["values"] = [{"from": str(on), "value": begun[-1]["value"], "source": source}]
    return content


def moved(
    document: Mapping[str, Any], *, was: tuple[date, str], now: tuple[date, str]
) -> dict[str, Any]:
    """The draft with what it changed (its day and its source) counting from another day on."""
    content: dict[str, Any] = copy.deepcopy(dict(document))
    (old_on, old_source), (on, source) = was, now
    for parameter in _parameters(content):
        own = [
            each
            for each in parameter["values"]
            if each["from"] == str(old_on) and each["source"] == old_source
        ]
        if not own:
            continue
        others = [each for each in parameter["values"] if each not in own]
        kept = [each for each in others if each["from"] != str(on)]
        entry = {"from": str(on), "value": own[0]["value"], "source": source}
        parameter["values"] = sorted([*kept, entry], key=lambda each: str(each["from"]))
    return content


def reformulated(document: Mapping[str, Any], kind: ContributionKind) -> dict[str, Any]:
    """The draft with another formula of contribution: what only other formulas read is gone, and
    what this one needs is yet to be written."""
    content: dict[str, Any] = copy.deepcopy(dict(document))
    part = content["contribution"]
    read = {name for names in READ_BY_KIND[kind] for name in names}
    for names in READ_BY_KIND.values():
        for name in {each for group in names for each in group} - read:
            part.pop(name, None)
    if not any("brackets" in name for name in read):
        part.pop("brackets", None)
    part["kind"] = str(kind)
    return content


def _parameters(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("values"), list) and "unit" in part:
            yield part
        else:
            for child in part.values():
                yield from _parameters(child)


def care_differs(document: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two products promise care otherwise: contribution and membership aside, but for the
    time in which a claim is handed in."""
    limits = [part.get("membership", {}).get("claim_time_limit_days") for part in (document, other)]
    return limits[0] != limits[1] or any(
        (document.get(name) or None) != (other.get(name) or None) for name in _OF_CARE
    )


def new_document(
    *,
    code: str,
    titles: Mapping[str, str],
    currency: str,
    kind: str,
    amount_minor: int,
    fund_share_rate: str,
    cover_months: int,
    categories: list[str],
    on: date,
    source: str,
) -> dict[str, Any]:
    """A product that promises whole care of some categories, for a flat contribution (``kind``:
    ``per_household`` or ``per_person``): where a draft from nothing begins."""
    bare: dict[str, Any] = {
        "product": code,
        "title": dict(titles),
        "currency": currency,
        "contribution": {"kind": kind},
    }
    values: dict[str, Any] = {
        "fund_share_rate": fund_share_rate,
        "contribution.amount_minor": amount_minor,
        "membership.cover_months": cover_months,
        **{f"benefits.{category}.is_covered": True for category in categories},
    }
    return with_values(bare, values, on=on, source=source)
