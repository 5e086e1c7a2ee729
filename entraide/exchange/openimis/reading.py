"""From texts to typed rows: current rows only, every fault with its table, row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import MAXIMUM_MINOR, currency
from entraide.exchange.openimis.sources import Source, Texts
from entraide.exchange.openimis.tables import TABLES, Column, Kind, Table

MOST_FAULTS = 500  # shown at once; a file of another kind would have one for each row
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([ T].*)?")
_FLAGS = {"t": True, "true": True, "1": True, "f": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Row:
    """A current row. ``number`` is its place in the file, the header being row 1."""

    table: str
    number: int
    key: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table: its current rows by key, and the keys of the records that were removed."""

    rows: Mapping[int, Row]
    removed: frozenset[int]
    read_count: int

    @property
    def counts(self) -> dict[str, int]:
        """How many rows were read, and how many of them are current or history."""
        current = len(self.rows)
        return {
            "rows": self.read_count,
            "current": current,
            "history": self.read_count - current,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read; ``cut`` are texts shortened to the room we have, ``unread`` other tables
    that hold something."""

    tables: Mapping[str, TableRead]
    cut: tuple[tuple[Row, str], ...]
    unread: tuple[str, ...]

    def __getitem__(self, table: Table) -> Mapping[int, Row]:
        return self.tables[table.name].rows

    def is_removed(self, table: Table, key: int | None) -> bool:
        """Whether a record was there once and has no current version."""
        return key in self.tables[table.name].removed


@dataclass
class _Reader:
    currency: str
    on: date
    faults: list[Finding] = field(default_factory=list)
    fault_count: int = 0
    cut: list[tuple[Row, str]] = field(default_factory=list)

    def fault(self, finding: Finding) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(finding)

    def table(self, source: Source, table: Table) -> TableRead:
        rows: dict[int, Row] = {}
        removed: set[int] = set()
        count = 0
        for number, texts in self._texts(source, table):
            count += 1
            given = dict(zip(table.names, texts, strict=True))
            key = self._value(table, number, table.key, Column(Kind.KEY), given[table.key])
            if _text(given.get("ValidityTo")):
                if key is not None and not _text(given.get("LegacyID", "-")):
                    removed.add(key)
                continue
            if key is None:
                continue
            if key in rows:
                self.fault(_finding("OI_KEY_TWICE", table.name, number, table.key, key=key))
            values = {
                name: self._value(table, number, name, column, given[name])
                for name, column in table.columns.items()
            }
            rows[key] = row = Row(table.name, number, key, values)
            self._shorten(row, values, table)
        return TableRead(rows, frozenset(removed - rows.keys()), count)

    def _texts(self, source: Source, table: Table) -> Iterator[tuple[int, Texts]]:
        try:
            header = source.header(table.name)
            if header is None:
                self.fault(
                    Finding("OI_TABLE_MISSING", place=table.name, data={"table": table.name})
                )
                return
            missing = [name for name in table.names if name not in header]
            for name in missing:
                self.fault(_finding("OI_COLUMN_MISSING", table.name, 1, name))
            if not missing:
                yield from enumerate(source.rows(table.name, table.names), start=2)
        except Refusal as refusal:
            self.fault(refusal.as_finding())

    def _shorten(self, row: Row, values: dict[str, Any], table: Table) -> None:
        for name, column in table.columns.items():
            if column.longest and len(values[name] or "") > column.longest:
                values[name] = values[name][: column.longest].rstrip()
                self.cut.append((row, name))

    def _value(self, table: Table, number: int, name: str, column: Column, given: Any) -> Any:
        text = _text(given)
        is_needed = column.is_required or column.kind is Kind.KEY
        if not text:
            if is_needed:
                self.fault(_finding("OI_VALUE_MISSING", table.name, number, name))
            return "" if column.kind is Kind.TEXT else None
        try:
            value = self._parsed(column.kind, text)
        except Refusal as refusal:
            self.fault(
                _finding(refusal.code, table.name, number, name, text=text[:60], **refusal.data)
            )
            return None
        if value is None and is_needed:
            self.fault(_finding("OI_VALUE_MISSING", table.name, number, name))
        return value

    def _parsed(self, kind: Kind, text: str) -> Any:
        if kind is Kind.TEXT:
            return text
        if kind is Kind.FLAG:
            if text.lower() not in _FLAGS:
                raise Refusal("OI_FLAG_UNREADABLE")
            return _FLAGS[text.lower()]
        if kind in (Kind.DATE, Kind.PAST):
            return self._day(text, kind)
        if kind is Kind.AMOUNT:
            return self._amount(text)
        if kind is Kind.NUMBER:
            return _number(text)
        return _integer(text, kind)

    def _day(self, text: str, kind: Kind) -> date:
        found = _DAY.fullmatch(text)
        try:
            day = date.fromisoformat(found[1]) if found else None
        except ValueError:
            day = None
        if day is None or not 1850 <= day.year <= 2200:
            raise Refusal("OI_DATE_UNREADABLE")
        if kind is Kind.PAST and day > self.on:
            raise Refusal("OI_DATE_IN_FUTURE", day=day, on=self.on)
        return day

    def _amount(self, text: str) -> int:
        minor = _number(text).scaleb(currency(self.currency).minor_digits)
        if minor > MAXIMUM_MINOR:
            raise Refusal("AMOUNT_TOO_LARGE")
        if minor != int(minor):
            raise Refusal("AMOUNT_TOO_PRECISE", currency=currency(self.currency).symbol)
        return int(minor)


def _finding(code: str, table: str, number: int, column: str, **data: Any) -> Finding:
    place = f"{table}:{number}:{column}"
    return Finding(
        code, place=place, data={"table": table, "row": number, "column": column, **data}
    )


def _text(given: str | None) -> str:
    """The text without the blanks that openIMIS leaves around it."""
    return (given or "").strip()


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Refusal("OI_NUMBER_UNREADABLE") from None
    if not number.is_finite():
        raise Refusal("OI_NUMBER_UNREADABLE")
    if number < 0:
        raise Refusal("OI_NEGATIVE")
    if number > MAXIMUM_MINOR:
        raise Refusal("AMOUNT_TOO_LARGE")
    return number


def _integer(text: str, kind: Kind) -> int | None:
    number = _number(text)
    if number != int(number):
        raise Refusal("OI_NUMBER_UNREADABLE")
    if kind is Kind.REFERENCE and number == 0:
        return None
    return int(number)


def read_tables(source: Source, *, currency_code: str, on: date) -> Reading:
    """Every current row of every table, typed; amounts in minor units of the currency.

    Refused with all faults at once (:class:`RefusedRows`), each with ``table``, ``row`` and
    ``column``: ``OI_TABLE_MISSING``, ``OI_COLUMN_MISSING``, ``OI_NOT_CSV``, ``OI_NOT_UTF8``,
    ``OI_ROW_LENGTH``, ``OI_KEY_TWICE``, ``OI_VALUE_MISSING``, ``OI_DATE_UNREADABLE``,
    ``OI_DATE_IN_FUTURE``, ``OI_NUMBER_UNREADABLE``, ``OI_NEGATIVE``, ``OI_FLAG_UNREADABLE``,
    ``AMOUNT_TOO_PRECISE``, ``AMOUNT_TOO_LARGE``; the first 500 and how many there are besides.
    """
    reader = _Reader(currency_code, on)
    tables = {table.name: reader.table(source, table) for table in TABLES}
    if reader.fault_count:
        more = reader.fault_count - len(reader.faults)
        if more:
            reader.faults.append(Finding("OI_MORE_FAULTS", data={"count": more}))
        raise RefusedRows(tuple(reader.faults))
    known = {table.name for table in TABLES}
    unread = tuple(name for name in source.table_names() if name not in known)
    return Reading(tables, tuple(reader.cut), unread)


def distinct_codes(rows: Mapping[int, Row], column: str) -> tuple[dict[int, str], list[Row]]:
    """A code for each row that no other row has, and the rows whose code had to be told apart.

    openIMIS keeps some codes unique within a place or a product only: of rows that share one, all
    but the first take their key after it.
    """
    taken = {row[column] for row in rows.values()}
    given: set[str] = set()
    codes: dict[int, str] = {}
    shared: list[Row] = []
    for key, row in sorted(rows.items()):
        code = row[column]
        if not code or code in given:
            shared.append(row)
            code = _code_with_key(code, key, taken | given)
        given.add(code)
        codes[key] = code
    return codes, shared


def _code_with_key(code: str, key: int, taken: set[str]) -> str:
    suffix = str(key)
    while True:
        longer = f"{code[: 39 - len(suffix)]}-{suffix}" if code else suffix
        if longer not in taken:
            return longer
        suffix = f"0{suffix}"
