"""The product of one day, built from the dated values of its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from entraide.core.care_package import (
    Benefit,
    Deductible,
    ItemRule,
    Limit,
    Review,
    Sector,
    Variant,
)
from entraide.core.care_path import CarePath
from entraide.core.parameters import Dated
from entraide.core.product import (
    BracketMode,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    MembershipUnit,
    PayingCategory,
    Product,
)
from entraide.rulebook.schema import Bracket, Parameter, Step
from entraide.rulebook.schema_care import Ranked
from entraide.rulebook.schema_product import ProductDocument

_Rule = TypeVar("_Rule", bound=Ranked)
_Parameters = Mapping[str, Dated[Any]]


def parameters_in(part: BaseModel, place: str) -> Iterator[tuple[str, Parameter[Any]]]:
    """Every parameter of a document with its key path, in the order of the schema."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        path = f"{place}.{name}" if place else name
        if isinstance(value, Parameter):
            yield path, value
        elif isinstance(value, BaseModel):
            yield from parameters_in(value, path)
        elif isinstance(value, dict):
            for key, child in value.items():
                yield from parameters_in(child, f"{path}.{key}")


def _in_force(parameters: Mapping[str, Dated[Any]], prefix: str, day: date) -> dict[str, Any]:
    """The values in force on a day of the parameters right under a key path, by name."""
    values: dict[str, Any] = {}
    for path, dated in parameters.items():
        parent, _, name = path.rpartition(".")
        if parent == prefix and dated.values[0].effective_from <= day:
            value = dated.at(day).value
            if isinstance(value, list):
                value = tuple(_row(row) for row in value)
            values[name] = value
    return values


def _row(row: Any) -> Any:
    """A row of a table as the core reads it: a pair."""
    if isinstance(row, Step):
        return row.up_to, row.amount_minor
    return (row.up_to, row.rate) if isinstance(row, Bracket) else row


def product_on(day: date, model: ProductDocument, parameters: _Parameters, version: str) -> Product:
    """The product as it stands on a day; ``parameters`` are those of :func:`parameters_in`."""
    return Product(
        code=model.product,
        version=version,
        currency=model.currency,
        contribution=ContributionRule(
            kind=ContributionKind(model.contribution.kind),
            brackets=BracketMode(model.contribution.brackets or BracketMode.MARGINAL),
            categories=tuple(_categories_on(day, model, parameters)),
            **_in_force(parameters, "contribution", day),
        ),
        membership=_membership_on(day, parameters),
        benefits=tuple(
            benefit
            for category, part in model.benefits.items()
            for benefit in _benefits_on(day, category, tuple(part.by_sector), parameters)
        ),
        titles=model.title.model_dump(),
        variants=tuple(
            variant
            for category in model.benefits
            for variant in _variants_on(day, category, model, parameters)
        ),
        item_rules=tuple(_item_rules_on(day, model, parameters)),
        limits=tuple(_limits_on(day, model, parameters)),
        deductibles=tuple(_deductibles_on(day, model, parameters)),
        review=Review(**_in_force(parameters, "review", day)),
        care_path=_care_path_on(day, model, parameters),
        **_in_force(parameters, "", day),
    )


def _categories_on(
    day: date, model: ProductDocument, parameters: _Parameters
) -> Iterator[PayingCategory]:
    """The categories that get something on a day; one that begins later is not there yet."""
    for code, part in model.contribution.categories.items():
        values = _in_force(parameters, f"contribution.categories.{code}", day)
        if values:
            yield PayingCategory(code, titles=part.title.model_dump(), **values)


def _membership_on(day: date, parameters: _Parameters) -> MembershipRule:
    values = _in_force(parameters, "membership", day)
    if "unit" in values:
        values["unit"] = MembershipUnit(values["unit"])
    return MembershipRule(**values)


def _promise(parameters: _Parameters, place: str, day: date) -> dict[str, Any]:
    """What a part of a benefit says on a day, as ``Benefit`` reads it."""
    values = _in_force(parameters, place, day)
    if values.get("copayment_payer") == "member":
        values["copayment_payer"] = ""
    return values


def _promises(
    day: date, category: str, sectors: tuple[str, ...], parameters: _Parameters
) -> tuple[dict[str, Any], dict[Sector, dict[str, Any]]]:
    """What is said of a category in general, and in each sector that has its own words."""
    place = f"benefits.{category}"
    own = {
        Sector(sector): _promise(parameters, f"{place}.by_sector.{sector}", day)
        for sector in sectors
    }
    return _promise(parameters, place, day), own


def _benefits_on(
    day: date, category: str, sectors: tuple[str, ...], parameters: _Parameters
) -> Iterator[Benefit]:
    """The promise of a category: each sector's own, then the one for all other sectors."""
    general, own = _promises(day, category, sectors, parameters)
    if not general and not any(own.values()):
        return  # promised later: until then the category is not in the package
    for sector, values in own.items():
        yield Benefit(category, sector, **{**general, **values})
    if len(own) < len(Sector):
        yield Benefit(category, None, **general)


def _in_order(rules: Mapping[str, _Rule]) -> list[tuple[str, _Rule]]:
    """By rank, then by code: the same whatever the order in which the document was kept."""
    return sorted(rules.items(), key=lambda rule: (rule[1].rank, rule[0]))


def _variants_on(
    day: date, category: str, model: ProductDocument, parameters: _Parameters
) -> Iterator[Variant]:
    """The variants of a category in their order; in a sector that has its own promise, over it."""
    part = model.benefits[category]
    general, own = _promises(day, category, tuple(part.by_sector), parameters)
    if not general and not any(own.values()):
        return
    for code, variant in _in_order(part.variants):
        values = _promise(parameters, f"benefits.{category}.variants.{code}", day)
        if not values:
            continue  # promised later
        when, waits = variant.when.condition(), "waiting_period_months" in values
        for sector, of_sector in own.items():
            if not when.sectors or sector in when.sectors:
                promise = Benefit(category, sector, **{**general, **of_sector, **values})
                yield Variant(code, replace(when, sectors=(sector,)), promise, waits)
        yield Variant(code, when, Benefit(category, None, **{**general, **values}), waits)


def _item_rules_on(
    day: date, model: ProductDocument, parameters: _Parameters
) -> Iterator[ItemRule]:
    for code, part in _in_order(model.items):
        values = _in_force(parameters, f"items.{code}", day)
        if values:
            yield ItemRule(code, part.about.target(), part.when.condition(), **values)


def _limits_on(day: date, model: ProductDocument, parameters: _Parameters) -> Iterator[Limit]:
    """The limits that bound something on a day: one lifted from a day on is not there."""
    for code, part in sorted(model.limits.items()):
        values = _in_force(parameters, f"limits.{code}", day)
        if any(values.get(name) is not None for name in ("amount_minor", "count", "quantity")):
            yield Limit(code, **part.place(), **values)


def _care_path_on(day: date, model: ProductDocument, parameters: _Parameters) -> CarePath | None:
    """The path of care that is asked for on a day; None before it is said, or once it ends."""
    values = _in_force(parameters, "care_path", day)
    if model.care_path is None or not values or not values.pop("is_asked", True):
        return None
    return CarePath(**model.care_path.place(), **values)


def _deductibles_on(
    day: date, model: ProductDocument, parameters: _Parameters
) -> Iterator[Deductible]:
    for code, part in sorted(model.deductibles.items()):
        values = _in_force(parameters, f"deductibles.{code}", day)
        if values.get("amount_minor"):
            yield Deductible(code, **part.place(), **values)
