"""Care, persons and expectations of each month and product, added up into the board's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from entraide.apps.planning.tariff_assumptions import Expectation, Key
from entraide.core.periods import Period
from entraide.core.risk_gaps import Seen, Tally
from entraide.indicators.definitions import risk as facts_of_risk
from entraide.indicators.engine import Engine

Expected = Callable[[str, date], Mapping[Key, Expectation]]
"""What the tariff of a product (its code) expects in a month; empty where it says nothing."""

_PLACES = 10  # kept of sums of fractions of days
_NONE = (0, 0)


class Cells:
    """The facts of a period, of every product or of one, ready to be added up."""

    def __init__(self, engine: Engine, period: Period, product: str | None = None) -> None:
        facts = engine.facts

        def read(table: Any) -> Iterable[dict[str, Any]]:
            rows = table.filter(table.month >= period.start, table.month < period.until)
            for row in engine.fetch(rows):
                if product is None or row["product"] == product:
                    month = row["month"]
                    row["month"] = month.date() if isinstance(month, datetime) else month
                    yield row

        self._care: dict[tuple[date, str, str], tuple[int, int]] = {
            (row["month"], row["product"], row["category"]): _care(row)
            for row in read(facts_of_risk.care_by_category(facts))
        }
        self._of_risk = _added(
            ((row["month"], row["product"], row["risk"]), _care(row))
            for row in read(facts_of_risk.care_by_risk(facts))
        )
        self._whole = _added(
            ((month, owner, ""), care) for (month, owner, _category), care in self._care.items()
        )
        self._at_risk: dict[tuple[date, str, str], Decimal] = {
            (row["month"], row["product"], row["category"]): _years(row)
            for row in read(facts_of_risk.years_at_risk(facts))
        }
        self._covered: dict[tuple[date, str], Decimal] = {
            (row["month"], row["product"]): _years(row)
            for row in read(facts_of_risk.years_covered(facts))
        }
        self._products: dict[date, set[str]] = defaultdict(set)
        for month, code, *_rest in (*self._care, *self._covered):
            self._products[month].add(code)

    @property
    def categories(self) -> set[str]:
        """The categories of which anything was paid or asked."""
        return {category for _month, _product, category in self._care}

    @property
    def risks(self) -> set[str]:
        """The risks of the acts given; empty for those of which nobody said it."""
        return {risk for _month, _product, risk in self._of_risk}

    @property
    def products(self) -> set[str]:
        """The products with persons covered."""
        return {code for _month, code in self._covered}

    def seen(self, month: date, expected: Expected, kind: str, code: str = "") -> Seen:
        """A month of all care (``whole``), of a ``risk`` or of a ``category``."""
        total = Seen()
        for product in sorted(self._products.get(month, ())):
            tally = self._tally(month, product, kind, code)
            lines = expected(product, month)
            mine = {key: each for key, each in lines.items() if _is_of(key, kind, code)}
            if not mine:
                total += Seen(actual=tally)
                continue
            years = {key: self._at_risk.get((month, product, key[0]), Decimal(0)) for key in mine}
            cases = {key: years[key] * each.frequency for key, each in mine.items()}
            amounts = (cases[key] * each.cost_minor for key, each in mine.items())
            total += Seen(tally, tally, sum(cases.values(), Decimal(0)), sum(amounts, Decimal(0)))
        return total

    def _tally(self, month: date, product: str, kind: str, code: str) -> Tally:
        covered = self._covered.get((month, product), Decimal(0))
        if kind == "category":
            at_risk = self._at_risk.get((month, product, code), Decimal(0))
            return Tally(*self._care.get((month, product, code), _NONE), covered, at_risk)
        held = self._of_risk if kind == "risk" else self._whole
        return Tally(*held.get((month, product, code), _NONE), covered, covered)


Part = tuple[date, str, str]  # month, product, category or risk


def _added(parts: Iterable[tuple[Part, tuple[int, int]]]) -> dict[Part, tuple[int, int]]:
    """Cases and amounts of the same part together."""
    found: dict[Part, tuple[int, int]] = {}
    for key, (cases, amount) in parts:
        before = found.get(key, _NONE)
        found[key] = (before[0] + cases, before[1] + amount)
    return found


def _is_of(key: Key, kind: str, code: str) -> bool:
    category, risk = key
    return kind == "whole" or code == (risk if kind == "risk" else category)


def _care(row: Mapping[str, Any]) -> tuple[int, int]:
    return int(row["cases"]), int(row["amount_minor"])


def _years(row: Mapping[str, Any]) -> Decimal:
    return Decimal(repr(round(row["years"], _PLACES)))
