"""What each product promises for each service and item, and the care categories this makes.

openIMIS writes a limit for each item in each product; our products promise by care category. Items
that every product treats alike therefore share a category: the plain one for the largest group of
its kind, one of its own for each other group. What is decided after the import is then exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from entraide.apps.nomenclature.services import CATEGORIES, FURTHER_CATEGORIES
from entraide.exchange.openimis.promises import Promise, promise_of
from entraide.exchange.openimis.reading import Reading, Row, distinct_codes
from entraide.exchange.openimis.report import ImportReport
from entraide.exchange.openimis.tables import (
    ITEMS,
    PRODUCT_ITEMS,
    PRODUCT_SERVICES,
    PRODUCTS,
    SERVICES,
    Table,
)
from entraide.exchange.openimis.takeover import SYSTEM

_BY_CATEGORY = {
    "S": "surgery",
    "D": "delivery",
    "C": "consultation",
    "V": "consultation",
    "H": "hospital",
    "A": "antenatal",
    "O": "other",
}
_BY_LEVEL = {"V": "consultation", "S": "examinations", "D": "hospital", "H": "hospital"}
_DRUGS = "consultation"  # the category is « Consultation et médicaments »
_LABELS = {code: (fr, en) for code, fr, en in CATEGORIES} | FURTHER_CATEGORIES


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """How many units of one item a product pays for, to an adult and to a child."""

    key: int
    kind: str  # service or drug
    item: str  # openimis:code
    label: str
    adult: int | None
    child: int | None


_Item = tuple[str, int]  # table and key of a service or item
_Signature = tuple[Promise | None, ...]  # one for each product, in the order of their keys


@dataclass(frozen=True, slots=True)
class CareGroups:
    """The category of each service and item, and what each product promises by category."""

    categories: Mapping[_Item, str]
    promises: Mapping[int, Mapping[str, Promise]]  # product key → category → promise
    labels: Mapping[str, tuple[str, str]]  # of the categories that had to be made: French, English
    excluded: frozenset[_Item]  # those that no product covers
    unit_limits: Mapping[int, tuple[UnitLimit, ...]]  # product key → its limits of quantity
    visits: tuple[str, ...]  # the services that openIMIS calls visits

    def category_of(self, table: Table, key: int) -> str:
        """The code of the category of a service or item."""
        return self.categories[table.name, key]

    def is_excluded(self, table: Table, key: int) -> bool:
        """Whether no product covers it at all."""
        return (table.name, key) in self.excluded

    def plain_of(self, category: str) -> str:
        """The plain category of one that had to be divided by what products promise."""
        return category.partition("_")[0]

    def label_of(self, plain: str) -> tuple[str, str]:
        """The French and English label of a plain category."""
        return _LABELS[plain]


def group_care(reading: Reading, report: ImportReport, currency_code: str) -> CareGroups:
    """Group services and items by their kind of care and by what every product promises."""
    products = sorted(reading[PRODUCTS])
    signatures = _signatures(reading, report, products, currency_code)
    references = _references(reading)
    groups: dict[str, dict[_Signature, list[_Item]]] = defaultdict(lambda: defaultdict(list))
    for table in (SERVICES, ITEMS):
        for key, row in sorted(reading[table].items()):
            item = (table.name, key)
            groups[_plain_category(table, row)][signatures[item]].append(item)
    categories: dict[_Item, str] = {}
    labels: dict[str, tuple[str, str]] = {}
    promises: dict[int, dict[str, Promise]] = {key: {} for key in products}
    excluded: set[_Item] = set()
    for plain, by_signature in groups.items():
        covered = [each for each in by_signature if any(each)]
        largest = max(covered, key=lambda each: len(by_signature[each]), default=None)
        for signature, items in by_signature.items():
            code = plain
            if not any(signature):
                excluded.update(items if products else ())
            elif signature != largest:
                code = _own_code(plain, signature)
                labels[code] = _own_label(reading, plain, signature, products)
            categories.update(dict.fromkeys(items, code))
            for product, promise in zip(products, signature, strict=True):
                if promise is not None:
                    promises[product][code] = promise
    if "antenatal" in groups:  # the product ships no such category
        labels["antenatal"] = _LABELS["antenatal"]
    return CareGroups(
        categories, promises, labels, frozenset(excluded),
        unit_limits=_unit_limits(reading, report, references),
        visits=tuple(
            references[SERVICES.name, key]
            for key, row in sorted(reading[SERVICES].items())
            if row["ServCategory"] == "V"
        ),
    )  # fmt: skip


def _plain_category(table: Table, row: Row) -> str:
    if table is ITEMS:
        return _DRUGS
    return _BY_CATEGORY.get(row["ServCategory"]) or _BY_LEVEL.get(row["ServLevel"], "other")


def _signatures(
    reading: Reading, report: ImportReport, products: list[int], currency_code: str
) -> dict[_Item, _Signature]:
    found: dict[_Item, dict[int, Promise]] = defaultdict(dict)
    for table, of, column, prefix in (
        (PRODUCT_SERVICES, SERVICES, "ServiceID", "Serv"),
        (PRODUCT_ITEMS, ITEMS, "ItemID", "Item"),
    ):
        for row in reading[table].values():
            if row["ProdID"] not in reading[PRODUCTS]:
                report.leave(row, "OI_PRODUCT_GONE", "ProdID")
            elif row[column] not in reading[of]:
                report.leave(row, "OI_CARE_GONE", column)
            else:
                found[of.name, row[column]][row["ProdID"]] = promise_of(
                    row, reading[of][row[column]], prefix, currency_code
                )
                if row["PriceOrigin"] not in ("", "P"):
                    report.leave(row, "OI_LIMIT_LEFT_OUT", "PriceOrigin")
    return {
        (table.name, key): tuple(found[table.name, key].get(product) for product in products)
        for table in (SERVICES, ITEMS)
        for key in reading[table]
    }


def _unit_limits(
    reading: Reading, report: ImportReport, references: Mapping[_Item, str]
) -> dict[int, tuple[UnitLimit, ...]]:
    """``LimitNoAdult`` and ``LimitNoChild`` by product, where they are whole numbers."""
    found: dict[int, list[UnitLimit]] = defaultdict(list)
    for table, of, column, name in (
        (PRODUCT_SERVICES, SERVICES, "ServiceID", "ServName"),
        (PRODUCT_ITEMS, ITEMS, "ItemID", "ItemName"),
    ):
        for row in reading[table].values():
            numbers = row["LimitNoAdult"] or 0, row["LimitNoChild"] or 0
            item = (of.name, row[column])
            if not any(numbers) or item not in references:
                continue
            if any(number != int(number) for number in numbers):
                report.leave(row, "OI_LIMIT_LEFT_OUT", "LimitNoAdult")
                continue
            adult, child = (int(number) or None for number in numbers)
            kind = "service" if of is SERVICES else "drug"
            label = reading[of][row[column]][name]
            limit = UnitLimit(row[column], kind, references[item], label, adult, child)
            found[row["ProdID"]].append(limit)
    return {product: tuple(limits) for product, limits in found.items()}


def _references(reading: Reading) -> dict[_Item, str]:
    """How a rule of a product names a service or item: ``openimis:code``."""
    references: dict[_Item, str] = {}
    for table, column in ((SERVICES, "ServCode"), (ITEMS, "ItemCode")):
        codes, _ = distinct_codes(reading[table], column)
        references |= {(table.name, key): f"{SYSTEM}:{code}" for key, code in codes.items()}
    return references


def _own_code(plain: str, signature: _Signature) -> str:
    """A code that the same promises always give."""
    text = "|".join(each.text() if each else "-" for each in signature)
    return f"{plain}_{sha256(text.encode()).hexdigest()[:8]}"


def _own_label(
    reading: Reading, plain: str, signature: _Signature, products: list[int]
) -> tuple[str, str]:
    covering = ", ".join(
        reading[PRODUCTS][key]["ProductCode"]
        for key, promise in zip(products, signature, strict=True)
        if promise is not None
    )
    french, english = _LABELS[plain]
    return f"{french} ({covering})"[:120], f"{english} ({covering})"[:120]
