"""A product over time: read from a pack or from a mutual's approved version, asked by day."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.parameters import Dated
from entraide.core.product import (
    Benefit,
    BracketMode,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    MembershipUnit,
    PayingCategory,
    Product,
    Sector,
)
from entraide.rulebook.consistency import document_faults, faults_in_force
from entraide.rulebook.document import canonical_text, checksum_of, plain, read_document
from entraide.rulebook.schema import Bracket, Parameter, ProductDocument, Step
from entraide.rulebook.validation import validated


@dataclass(frozen=True)
class ProductRules:
    """All the dated values of one product. Immutable; two of one checksum are the same rules.

    ``parameters`` maps a key path such as ``benefits.consultation.copayment_rate`` to its values
    over time, each with its source: what a page of rules shows.
    """

    code: str
    currency: str
    checksum: str
    titles: Mapping[str, str] = field(compare=False)
    parameters: Mapping[str, Dated[Any]] = field(compare=False, repr=False)
    canonical: str = field(compare=False, repr=False)
    _days: tuple[date, ...] = field(compare=False, repr=False)  # a value or more begins
    _products: tuple[Product, ...] = field(compare=False, repr=False)  # from each of these days

    def on(self, day: date) -> Product:
        """The product in force on a day; ``PRODUCT_NOT_YET`` before the rules begin.

        ``Product.version`` is ``code@checksum/day``, the day being the one since which these
        values are in force together: enough to find the same rules again years later.
        """
        index = bisect_right(self._days, day)
        if index == 0:
            raise Refusal("PRODUCT_NOT_YET", product=self.code, on=day, begins_on=self.begins_on)
        return self._products[index - 1]

    @property
    def begins_on(self) -> date:
        """The first day on which the product exists."""
        return self._days[0]

    @property
    def change_days(self) -> tuple[date, ...]:
        """Every day on which a value begins, the first day included, in order."""
        return self._days

    @property
    def document(self) -> dict[str, Any]:
        """The rules as JSON values, days as ISO text: what :func:`parse_product` reads."""
        content: dict[str, Any] = json.loads(self.canonical)
        return content

    def to_json(self) -> dict[str, Any]:
        """What a mutual stores of an approved version: the document."""
        return self.document

    @staticmethod
    def from_json(document: dict[str, Any]) -> ProductRules:
        """The rules of a stored document; checked again as if it came from a file."""
        return parse_product(document)


def read_product(path: Path) -> ProductRules:
    """The rules in a ``product.yaml``. Every fault at once, as in :func:`parse_product`."""
    return parse_product(read_document(path))


def parse_product(document: Any) -> ProductRules:
    """The rules in a document of plain values (YAML or JSON).

    Refused with :class:`RefusedRows`: each finding names the key path at fault. A product begins
    on the first day of ``fund_share_rate``. A parameter counts from its own first day: before it,
    it is as if not written; a benefit exists from the first day of any of its parameters.
    """
    content = plain(document)
    context = {"currency": content["currency"]} if _names_currency(content) else {}
    model = validated(ProductDocument, content, **context)
    faults = document_faults(model)
    if faults:
        raise RefusedRows(faults)
    parameters = {name: parameter.dated(name) for name, parameter in _walk(model, "")}
    begins_on = model.fund_share_rate.values[0].effective_from
    later = {
        value.effective_from
        for dated in parameters.values()
        for value in dated.values
        if value.effective_from > begins_on
    }
    days = (begins_on, *sorted(later))
    checksum = checksum_of(content)
    products = tuple(
        _product_on(day, model, parameters, f"{model.product}@{checksum[:12]}/{day}")
        for day in days
    )
    contradictions = _first_of_each(
        finding
        for day, product in zip(days, products, strict=True)
        for finding in faults_in_force(product, day)
    )
    if contradictions:
        raise RefusedRows(contradictions)
    return ProductRules(
        code=model.product,
        currency=model.currency,
        titles=model.title.model_dump(),
        checksum=checksum,
        parameters=parameters,
        canonical=canonical_text(content),
        _days=days,
        _products=products,
    )


def _names_currency(content: Any) -> bool:
    return isinstance(content, dict) and isinstance(content.get("currency"), str)


def _walk(part: BaseModel, place: str) -> Iterator[tuple[str, Parameter[Any]]]:
    """Every parameter of a document with its key path, in the order of the schema."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        path = f"{place}.{name}" if place else name
        if isinstance(value, Parameter):
            yield path, value
        elif isinstance(value, BaseModel):
            yield from _walk(value, path)
        elif isinstance(value, dict):
            for key, child in value.items():
                yield from _walk(child, f"{path}.{key}")


def _first_of_each(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """One finding by place and code, on the first day: a fault lasts until it is mended."""
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.place, finding.code), finding)
    return tuple(first.values())


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


def _product_on(
    day: date, model: ProductDocument, parameters: Mapping[str, Dated[Any]], version: str
) -> Product:
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
        **_in_force(parameters, "", day),
    )


def _categories_on(
    day: date, model: ProductDocument, parameters: Mapping[str, Dated[Any]]
) -> Iterator[PayingCategory]:
    """The categories that get something on a day; one that begins later is not there yet."""
    for code, part in model.contribution.categories.items():
        values = _in_force(parameters, f"contribution.categories.{code}", day)
        if values:
            yield PayingCategory(code, titles=part.title.model_dump(), **values)


def _membership_on(day: date, parameters: Mapping[str, Dated[Any]]) -> MembershipRule:
    values = _in_force(parameters, "membership", day)
    if "unit" in values:
        values["unit"] = MembershipUnit(values["unit"])
    return MembershipRule(**values)


def _benefits_on(
    day: date, category: str, sectors: tuple[str, ...], parameters: Mapping[str, Dated[Any]]
) -> Iterator[Benefit]:
    """The promise of a category: each sector's own, then the one for all other sectors."""
    place = f"benefits.{category}"
    general = _in_force(parameters, place, day)
    own = {
        Sector(sector): _in_force(parameters, f"{place}.by_sector.{sector}", day)
        for sector in sectors
    }
    if not general and not any(own.values()):
        return  # promised later: until then the category is not in the package
    for sector, values in own.items():
        yield Benefit(category, sector, **{**general, **values})
    if len(own) < len(Sector):
        yield Benefit(category, None, **general)
