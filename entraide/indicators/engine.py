"""Figures from a folder of facts: one short query a flow, all its months at once.

DuckDB reads the Parquet files. A flow is asked once by month, for all time; the figures of any
period, and every ratio, are then made here from those exact months, so that the months of a year
add up to the year and a series costs no more than a figure. Only what does not add up (a median)
and cuts (by category, product …) are asked again for each period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir

from entraide.core.periods import Period, add_months, month_start
from entraide.indicators.catalogue import BY_CODE, Indicator, Unit
from entraide.indicators.quantities import (
    Combined,
    Flow,
    MonthlyMean,
    Number,
    Over,
    Quantity,
    Ratio,
    divided,
)
from entraide.indicators.schema import COLUMNS, RENEWAL_DAYS, Facts

NO_DENOMINATOR, NOTHING_TO_MEASURE = "no_denominator", "nothing_to_measure"
NOT_BY_PART = "not_by_part"  # the figure is of the whole mutual only
_PLACES = 6  # of what is shown
_PLACES_KEPT = 10  # of sums of fractions of days: beyond this they are noise


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure over one period, with what it divides; ``value`` is None when it is absent.

    Amounts are minor units, rates fractions of one. ``note`` says why a figure is absent:
    ``no_denominator``, ``nothing_to_measure`` or ``not_by_part``.
    """

    code: str
    value: Number | None
    unit: Unit
    period: Period
    numerator: Number | None = None
    denominator: Number | None = None
    note: str = ""


class Engine:
    """The figures of one mutual, read from one export of its facts as known on a day.

    Used as a context, so that its connection is closed. Periods are whole months. ``only`` keeps
    the facts of one value of each dimension named (``{"group_kind": "village"}``): a figure whose
    table does not know the dimension is then absent.
    """

    def __init__(
        self,
        folder: Path,
        on: date,
        only: Mapping[str, str] | None = None,
        *,
        renewal_days: int = RENEWAL_DAYS,
    ) -> None:
        self.facts = Facts(on, renewal_days)
        self._only = dict(only or {})
        self._folder = folder
        self._database = duckdb.connect(":memory:")
        self._database.execute("SET enable_progress_bar = false")
        self._known: set[str] = set()
        self._months: dict[str, dict[date, Number]] = {}
        self._quantities: dict[str, Quantity] = {}

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def figure(self, code: str, period: Period) -> Figure:
        """One figure over a period."""
        indicator = BY_CODE[code]
        assert not indicator.only_by, f"{code} is read by {indicator.only_by} only"
        if not self._tells(indicator):
            return Figure(code, None, indicator.unit, period, note=NOT_BY_PART)
        quantity = self._quantity(code)
        if isinstance(quantity, Ratio):
            above = self._value(quantity.numerator, period)
            below = self._value(quantity.denominator, period)
            return _divided(indicator, period, above, below)
        value = self._value(code, period)
        note = "" if value is not None else NOTHING_TO_MEASURE
        return Figure(code, _shown(value), indicator.unit, period, note=note)

    def series(self, code: str, period: Period, *, months: int = 1) -> tuple[Figure, ...]:
        """One figure for each month of a period; over the ``months`` that end with it, if more."""
        ends = [add_months(month_start(month.start), 1) for month in period.months()]
        return tuple(self.figure(code, Period(add_months(end, -months), end)) for end in ends)

    def cut(self, code: str, period: Period, by: str) -> dict[str, Figure]:
        """One figure for each value of a dimension that occurs in the period."""
        indicator = BY_CODE[code]
        assert by in indicator.dimensions, f"{code} cannot be cut by {by}"
        if not self._tells(indicator):
            return {}
        quantity = self._quantity(code)
        if isinstance(quantity, Ratio):
            above = self._cut_values(quantity.numerator, period, by)
            below = self._cut_values(quantity.denominator, period, by)
            return {
                key: _divided(indicator, period, above.get(key, 0), below.get(key, 0))
                for key in sorted(above.keys() | below.keys())
            }
        values = self._cut_values(code, period, by)
        return {
            key: Figure(code, _shown(value), indicator.unit, period)
            for key, value in sorted(values.items())
        }

    def rows(self, code: str, period: Period) -> ir.Table:
        """The facts behind a flow in a period: the expression, to count or to list them."""
        flow = self._quantity(code)
        assert isinstance(flow, Flow), f"{code} is made of {BY_CODE[code].parts}"
        return _within(flow, period)

    def fetch(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression over the facts."""
        for table in expression.op().find(ibis.expr.operations.UnboundTable):
            self._open(table.name)
        query = str(ibis.to_sql(expression, dialect="duckdb"))
        cursor = self._database.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _quantity(self, code: str) -> Quantity:
        """How a figure is made; an expression takes longer to build than to look up."""
        if code not in self._quantities:
            quantity = BY_CODE[code].function(self.facts)
            if isinstance(quantity, Flow):
                for name, value in self._only.items():
                    if name in quantity.rows.columns:
                        kept = quantity.rows.filter(quantity.rows[name] == value)
                        quantity = replace(quantity, rows=kept)
            self._quantities[code] = quantity
        return self._quantities[code]

    def _tells(self, indicator: Indicator) -> bool:
        """Whether a figure can be read of the part that was asked for."""
        return not self._only or self._only.keys() <= set(indicator.dimensions)

    def _open(self, table: str) -> None:
        if table not in self._known:
            assert table in COLUMNS, f"{table} is no table of the star"
            path = str(self._folder / f"{table}.parquet").replace("'", "''")
            self._database.execute(f"CREATE VIEW {table} AS FROM read_parquet('{path}')")
            self._known.add(table)

    def _value(self, code: str, period: Period) -> Number | None:
        quantity = self._quantity(code)
        if isinstance(quantity, Ratio):
            above = self._value(quantity.numerator, period)
            return divided(above, self._value(quantity.denominator, period))
        if isinstance(quantity, Combined):
            return _combined(quantity, [self._value(part, period) for part in quantity.of])
        if isinstance(quantity, MonthlyMean):
            span = _span_of_mean(quantity, period)
            return divided(self._value(quantity.of, span), _month_count(span))
        return self._flow_value(code, quantity, period)

    def _flow_value(self, code: str, flow: Flow, period: Period) -> Number | None:
        if flow.over is Over.APART:
            rows = self.fetch(_within(flow, period).aggregate(value=flow.value))
            return None if rows[0]["value"] is None else _exact(rows[0]["value"])
        months = self._by_month(code, flow)
        if flow.over is Over.LAST:
            return months.get(add_months(period.until, -1), 0)
        if flow.over is Over.FIRST:
            return months.get(period.start, 0)
        start = date.min if flow.over is Over.RUNNING else period.start
        return sum(value for month, value in months.items() if start <= month < period.until)

    def _by_month(self, code: str, flow: Flow) -> Mapping[date, Number]:
        """All months of a flow, the earliest first; asked once."""
        if code not in self._months:
            dated = flow.rows.mutate(month_of_day=flow.rows[flow.day].truncate("M").cast("date"))
            asked = dated.group_by("month_of_day").aggregate(value=flow.value)
            rows = [row for row in self.fetch(asked) if row["month_of_day"] is not None]
            self._months[code] = {
                _month(row["month_of_day"]): _exact(row["value"] or 0)
                for row in sorted(rows, key=lambda row: _month(row["month_of_day"]))
            }
        return self._months[code]

    def _cut_values(self, code: str, period: Period, by: str) -> dict[str, Number]:
        quantity = self._quantity(code)
        if isinstance(quantity, MonthlyMean):
            span = _span_of_mean(quantity, period)
            count = _month_count(span)
            return {
                key: Decimal(value) / count
                for key, value in self._cut_values(quantity.of, span, by).items()
            }
        if isinstance(quantity, Combined):
            cuts = [self._cut_values(part, period, by) for part in quantity.of]
            keys = {key for cut in cuts for key in cut}
            return {key: quantity.combine(*(cut.get(key, 0) for cut in cuts)) for key in keys}
        if isinstance(quantity, Ratio):
            above = self._cut_values(quantity.numerator, period, by)
            below = self._cut_values(quantity.denominator, period, by)
            made = {key: divided(value, below.get(key)) for key, value in above.items()}
            return {key: value for key, value in made.items() if value is not None}
        rows = _within(quantity, period)
        asked = rows.group_by(key=rows[by]).aggregate(value=quantity.value)
        return {
            row["key"]: _exact(row["value"])
            for row in self.fetch(asked)
            if row["value"] is not None
        }


def _within(flow: Flow, period: Period) -> ir.Table:
    """The rows that make the figure of a period: of its last month for a state, of all time until
    its end for a balance."""
    day = flow.rows[flow.day]
    if flow.over is Over.RUNNING:
        return flow.rows.filter(day < period.until)
    start = add_months(period.until, -1) if flow.over is Over.LAST else period.start
    until = add_months(period.start, 1) if flow.over is Over.FIRST else period.until
    return flow.rows.filter(day >= start, day < until)


def _span_of_mean(mean: MonthlyMean, period: Period) -> Period:
    return (
        period
        if mean.months is None
        else Period(add_months(period.until, -mean.months), period.until)
    )


def _month_count(period: Period) -> int:
    return sum(1 for _ in period.months())


def _combined(quantity: Combined, parts: list[Number | None]) -> Number | None:
    known = [part for part in parts if part is not None]
    return quantity.combine(*known) if len(known) == len(parts) else None


def _divided(
    indicator: Indicator,
    period: Period,
    numerator: Number | None,
    denominator: Number | None,
) -> Figure:
    value = divided(numerator, denominator)
    return Figure(
        indicator.code,
        _shown(value),
        indicator.unit,
        period,
        _shown(numerator),
        _shown(denominator),
        "" if value is not None else NO_DENOMINATOR,
    )


def _month(value: date | datetime) -> date:
    return month_start(value.date() if isinstance(value, datetime) else value)


def _exact(value: Any) -> Number:
    """A count or an amount as it is; a sum of fractions without its noise."""
    if isinstance(value, float):
        return Decimal(repr(round(value, _PLACES_KEPT)))
    return int(value)


def _shown(value: Number | None) -> Number | None:
    """A fraction to six places, without noughts at its end."""
    if not isinstance(value, Decimal):
        return value
    rounded = round(value, _PLACES)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded.normalize()
