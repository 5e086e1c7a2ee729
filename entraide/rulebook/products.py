"""A product over time: read from a pack or from a mutual's approved version, asked by day."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.parameters import Dated
from entraide.core.product import Product
from entraide.rulebook.consistency import document_faults, faults_in_force
from entraide.rulebook.document import canonical_text, checksum_of, plain, read_document
from entraide.rulebook.product_on import parameters_in, product_on
from entraide.rulebook.schema_product import ProductDocument
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
        """The rules of a stored document; checked again as what was accepted."""
        return parse_product(document, is_kept=True)


def read_product(path: Path) -> ProductRules:
    """The rules in a ``product.yaml``. Every fault at once, as in :func:`parse_product`."""
    return parse_product(read_document(path))


def parse_product(document: Any, *, is_kept: bool = False) -> ProductRules:
    """The rules in a document of plain values (YAML or JSON).

    Refused with :class:`RefusedRows`: each finding names the key path at fault. A product begins
    on the first day of ``fund_share_rate``. A parameter counts from its own first day: before it,
    it is as if not written; a benefit exists from the first day of any of its parameters.
    ``is_kept``: a version accepted before, readable whatever is asked of new ones since
    (``rulebook.consistency_nesting``).
    """
    content = plain(document)
    context = {"currency": content["currency"]} if _names_currency(content) else {}
    model = validated(ProductDocument, content, **context)
    faults = document_faults(model)
    if faults:
        raise RefusedRows(faults)
    parameters = {name: parameter.dated(name) for name, parameter in parameters_in(model, "")}
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
        product_on(day, model, parameters, f"{model.product}@{checksum[:12]}/{day}") for day in days
    )
    contradictions = _first_of_each(
        finding
        for day, product in zip(days, products, strict=True)
        for finding in faults_in_force(product, day, is_kept=is_kept)
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


def _first_of_each(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """One finding by place and code, on the first day: a fault lasts until it is mended."""
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.place, finding.code), finding)
    return tuple(first.values())
