"""What each product promises for each service and item, and the care categories this makes.

openIMIS writes a limit for each item in each product; our products promise by care category. Items
that every product treats alike therefore share a category: the plain one for the largest group of
its kind, one of its own for each other group. What is decided after the import is then exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from entraide.apps.nomenclature.services import CATEGORIES
from entraide.exchange.openimis.reading import Reading, Row
from entraide.exchange.openimis.report import ImportReport
from entraide.exchange.openimis.tables import (
    ITEMS,
    PRODUCT_ITEMS,
    PRODUCT_SERVICES,
    PRODUCTS,
    SERVICES,
    Table,
)

_BY_CATEGORY = {
    "S": "surgery",
    "D": "delivery",
    "C": "consultation",
    "V": "consultation",
    "H": "hospital",
    "A": "other",  # antenatal care
    "O": "other",
}
_BY_LEVEL = {"V": "consultation", "S": "examinations", "D": "hospital", "H": "hospital"}
_DRUGS = "consultation"  # the category is « Consultation et médicaments »
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Promise:
    """What one product pays of one item, and after how many months of cover."""

    copayment_rate: Decimal
    waiting_period_months: int


_Item = tuple[str, int]  # table and key of a service or item
_Signature = tuple[Promise | None, ...]  # one for each product, in the order of their keys


@dataclass(frozen=True, slots=True)
class CareGroups:
    """The category of each service and item, and what each product promises by category."""

    categories: Mapping[_Item, str]
    promises: Mapping[int, Mapping[str, Promise]]  # product key → category → promise
    labels: Mapping[str, tuple[str, str]]  # of the categories that had to be made: French, English
    excluded: frozenset[_Item]  # those that no product covers

    def category_of(self, table: Table, key: int) -> str:
        """The code of the category of a service or item."""
        return self.categories[table.name, key]

    def is_excluded(self, table: Table, key: int) -> bool:
        """Whether no product covers it at all."""
        return (table.name, key) in self.excluded

    def is_divided(self, category: str) -> bool:
        """Whether a plain category had to be divided, so that its ceilings cannot be shared."""
        return any(code.startswith(f"{category}_") for code in self.labels)


def group_care(reading: Reading, report: ImportReport) -> CareGroups:
    """Group services and items by their kind of care and by what every product promises."""
    products = sorted(reading[PRODUCTS])
    signatures = _signatures(reading, report, products)
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
    return CareGroups(categories, promises, labels, frozenset(excluded))


def _plain_category(table: Table, row: Row) -> str:
    if table is ITEMS:
        return _DRUGS
    return _BY_CATEGORY.get(row["ServCategory"]) or _BY_LEVEL.get(row["ServLevel"], "other")


def _signatures(
    reading: Reading, report: ImportReport, products: list[int]
) -> dict[_Item, _Signature]:
    found: dict[_Item, dict[int, Promise]] = defaultdict(dict)
    for table, of, column in (
        (PRODUCT_SERVICES, SERVICES, "ServiceID"),
        (PRODUCT_ITEMS, ITEMS, "ItemID"),
    ):
        for row in reading[table].values():
            if row["ProdID"] not in reading[PRODUCTS]:
                report.leave(row, "OI_PRODUCT_GONE", "ProdID")
            elif row[column] not in reading[of]:
                report.leave(row, "OI_CARE_GONE", column)
            else:
                found[of.name, row[column]][row["ProdID"]] = _promise(row, report)
    return {
        (table.name, key): tuple(found[table.name, key].get(product) for product in products)
        for table in (SERVICES, ITEMS)
        for key in reading[table]
    }


def _promise(row: Row, report: ImportReport) -> Promise:
    """The promise of an « other » visit of an adult; whatever differs from it is listed."""
    if row["LimitationType"] == "F":
        report.leave(row, "OI_LIMIT_LEFT_OUT", "LimitAdult")
        rate = Decimal(0)
    else:
        limit = row["LimitAdult"]
        rate = 1 - min(_WHOLE if limit is None else limit, _WHOLE) / _WHOLE
        for suffix in ("", "R", "E"):
            type_column, differs = f"LimitationType{suffix}", ""
            if row[type_column] not in ("", row["LimitationType"]):
                differs = type_column
            for column in (f"LimitAdult{suffix}", f"LimitChild{suffix}"):
                if row[column] is not None and row[column] != limit:
                    differs = differs or column
            if differs:
                report.leave(row, "OI_LIMIT_LEFT_OUT", differs)
    waiting = row["WaitingPeriodAdult"] or 0
    if (row["WaitingPeriodChild"] or 0) != waiting:
        report.leave(row, "OI_LIMIT_LEFT_OUT", "WaitingPeriodChild")
    for column in (
        "LimitNoAdult", "LimitNoChild", "CeilingExclusionAdult", "CeilingExclusionChild",
    ):  # fmt: skip
        if row[column]:
            report.leave(row, "OI_LIMIT_LEFT_OUT", column)
    if row["PriceOrigin"] not in ("", "P"):
        report.leave(row, "OI_LIMIT_LEFT_OUT", "PriceOrigin")
    return Promise(rate, waiting)


def _own_code(plain: str, signature: _Signature) -> str:
    """A code that the same promises always give."""
    text = "|".join(
        f"{each.copayment_rate.normalize()}:{each.waiting_period_months}" if each else "-"
        for each in signature
    )
    return f"{plain}_{sha256(text.encode()).hexdigest()[:8]}"


def _own_label(
    reading: Reading, plain: str, signature: _Signature, products: list[int]
) -> tuple[str, str]:
    covering = ", ".join(
        reading[PRODUCTS][key]["ProductCode"]
        for key, promise in zip(products, signature, strict=True)
        if promise is not None
    )
    french, english = next((fr, en) for code, fr, en in CATEGORIES if code == plain)
    return f"{french} ({covering})"[:120], f"{english} ({covering})"[:120]
