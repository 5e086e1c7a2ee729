"""From the rows of recognised sheets to typed values: every fault at once, with its place.

What is no row of the table (a title, a total, a signature, a row written twice) is left out and
said in a remark; what is a row and cannot be read is a fault. Totals are compared with the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from entraide.core.errors import Finding, Refusal
from entraide.files import cell_days, cell_values
from entraide.files.cell_values import plain
from entraide.files.sheets import Cell, Row, place
from entraide.files.table_fields import Field, Reader
from entraide.files.table_headers import Heading
from entraide.files.table_profile import TableProfile

_TOTALS = ("total", "sous total", "totaux", "montant total", "somme", "ensemble", "arrete")
_EXAMPLES = 3
FIRST_YEAR = 1950  # no mutual that is taken over here is older


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row that was read: field → value. A field that is empty or has no column is absent.

    ``is_whole`` is false when a cell of it could not be read: it is known to be there, no more.
    """

    heading: Heading
    number: int
    values: Mapping[str, Any]
    is_whole: bool = True

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, or the default where nothing was written."""
        return self.values.get(name, default)

    def text(self, name: str) -> str:
        """The value of a field of text, empty where nothing was written."""
        return str(self.values.get(name, ""))

    def place(self, name: str = "") -> str:
        """Where the row, or its cell of a field, stands in the file."""
        column = self.heading.columns.get(name)
        return place(self.heading.sheet.name, self.number, column, self.heading.header(name))

    def fault(self, code: str, name: str = "", /, **data: Any) -> Finding:
        """Something to correct in this row."""
        return Finding(
            code,
            place=self.place(name),
            data={"row": self.number, "column": self.heading.header(name), **data},
        )


@dataclass
class Table:
    """What a file says by one profile. Nothing is to be written while ``faults`` holds one.

    ``rows`` are those that were read whole; ``every_row`` has the others too, in their order.
    ``examples``: field → texts of the file with the value understood, where the two differ.
    """

    profile: TableProfile
    headings: tuple[Heading, ...]
    rows: list[TableRow] = field(default_factory=list)
    every_row: list[TableRow] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    examples: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)


def read_table(
    profile: TableProfile, headings: Iterable[Heading], *, currency: str, today: date
) -> Table:
    """Every row of the sheets; a missing column is a fault and its rows are then not read."""
    table = Table(profile, tuple(headings))
    for heading in table.headings:
        if heading.missing:
            table.faults += [
                Finding(
                    "COLUMN_NOT_FOUND",
                    place=place(heading.sheet.name, heading.row.number),
                    data={"column": profile.columns[name][0]},
                )
                for name in heading.missing
            ]
            continue
        _Reading(table, heading, currency, today).read()
    return table


class _Reading:
    """One sheet while it is read."""

    def __init__(self, table: Table, heading: Heading, currency: str, today: date) -> None:
        self.table, self.heading = table, heading
        self.fields = [each for each in table.profile.fields if each.name in heading.columns]
        self.required = {each.name for each in self.fields if table.profile.is_required(each)}
        self.required_columns = [heading.columns[name] for name in sorted(self.required)]
        self.currency, self.readers = currency, _readers(currency, today)
        self.seen: dict[tuple[str, ...], int] = {}
        self.keys: dict[str, int] = {}
        self.sums: dict[str, int] = {}
        self.header_text = [plain(cell.text) for cell in heading.row.cells]

    def read(self) -> None:
        rows = [row for row in self.heading.sheet.rows if row.number > self.heading.row.number]
        last = self._last_row(rows)
        for row in rows:
            if not self._is_aside(row, is_foot=row.number > last):
                self._row(row)

    def _last_row(self, rows: list[Row]) -> int:
        """The number of the last row that has most of what it must say."""
        for row in reversed(rows):
            held = sum(not row.cell(column).is_empty for column in self.required_columns)
            if 2 * held > len(self.required) and not self._is_total(row):
                return row.number
        return 0

    def _is_aside(self, row: Row, *, is_foot: bool) -> bool:
        """Whether a row is none of the table's, which is then said."""
        if not self._lacks_something(row) and not self._may_be_header(row):
            return False  # the usual row, answered first
        if self._is_total(row):
            self._remark("ROW_TOTAL", row, text=_shown(row))
            self._compare_totals(row)
            return True
        if [plain(cell.text) for cell in row.cells[: len(self.header_text)]] == self.header_text:
            self._remark("ROW_HEADER_AGAIN", row)
            return True
        held = [each for each in self.fields if not self._cell(row, each).is_empty]
        is_caption = sum(not cell.is_empty for cell in row.cells) == 1 and (
            is_foot or not any(each.reader is Reader.NAME for each in held)
        )
        if not held or is_caption or (is_foot and len(held) < len(self.required)):
            self._remark("ROW_ASIDE", row, text=_shown(row))
            return True
        return False

    def _lacks_something(self, row: Row) -> bool:
        return any(row.cell(column).is_empty for column in self.required_columns)

    def _may_be_header(self, row: Row) -> bool:
        column = self.required_columns[0]
        return row.cell(column).text == self.heading.row.cell(column).text

    def _is_total(self, row: Row) -> bool:
        texts = [plain(cell.text) for cell in row.cells if isinstance(cell.value, str)]
        if self._lacks_something(row) and any(
            text.split(" ")[0] in _TOTALS or text in _TOTALS for text in texts
        ):
            return True
        held = {each.reader for each in self.fields if not self._cell(row, each).is_empty}
        return held == {Reader.MONEY} and len(self.required) > 1

    def _compare_totals(self, row: Row) -> None:
        for each in self.fields:
            cell = self._cell(row, each)
            if each.reader is not Reader.MONEY or cell.is_empty:
                continue
            try:
                found = self.readers[each.reader](cell)
            except Refusal:
                continue
            if found != self.sums.get(each.name, 0):
                self._remark(
                    "TABLE_TOTAL_DIFFERS", row, each,
                    found_text=cell.text, rows_minor=self.sums.get(each.name, 0),
                )  # fmt: skip

    def _row(self, row: Row) -> None:
        if not self._is_new(row):
            return
        values: dict[str, Any] = {}
        is_whole = self._has_no_more(row)
        for each in self.fields:
            cell = self._cell(row, each)
            if cell.is_empty:
                if each.name in self.required:
                    is_whole = self._fault("CELL_MISSING", row, each)
                continue
            try:
                value = self.readers[each.reader](cell)
                if each.most is not None:
                    cell_values.require_believable(value, cell, self.currency, each.most)
            except Refusal as refusal:
                is_whole = self._fault(refusal.code, row, each, **refusal.data)
                continue
            values[each.name] = value
            self._keep_example(each, cell, value)
            if each.reader is Reader.MONEY:
                self.sums[each.name] = self.sums.get(each.name, 0) + value
        made = TableRow(self.heading, row.number, values, is_whole)
        if is_whole and not self._is_only_one(row, made):
            made = TableRow(self.heading, row.number, values, is_whole=False)
        self.table.every_row.append(made)
        if made.is_whole:
            self.table.rows.append(made)

    def _is_new(self, row: Row) -> bool:
        """Whether no row above holds the same in every column."""
        texts = tuple(self._cell(row, each).text for each in self.fields)
        first = self.seen.setdefault(texts, row.number)
        if first != row.number:
            self._remark("ROW_TWICE", row, first=first)
            return False
        return True

    def _is_only_one(self, row: Row, made: TableRow) -> bool:
        for each in self.fields:
            if each.is_key and each.name in made.values:
                first = self.keys.setdefault(made.values[each.name], row.number)
                if first != row.number:
                    return self._fault(
                        "KEY_TWICE", row, each, text=made.text(each.name), first=first
                    )
        return True

    def _has_no_more(self, row: Row) -> bool:
        """Whether a row stops with its header: what stands beyond may have moved all columns."""
        extra = [cell.text for cell in row.cells[self.heading.length :] if not cell.is_empty]
        if extra and not self.heading.sheet.name:
            return self._fault(
                "ROW_TOO_LONG",
                row,
                found=row.filled_length,
                expected=self.heading.length,
                text=extra[0],
            )
        if extra:
            self._remark("CELL_BEYOND_HEADER", row, text=extra[0])
        return True

    def _cell(self, row: Row, each: Field) -> Cell:
        cell = row.cell(self.heading.columns[each.name])
        # An amount in merged cells stands once; a family's number counts for each of its rows.
        return Cell(None) if cell.is_filled and each.reader is Reader.MONEY else cell

    def _keep_example(self, each: Field, cell: Cell, value: Any) -> None:
        told = self.table.examples.setdefault(each.name, [])
        if len(told) < _EXAMPLES and all(text != cell.text for text, _ in told):
            told.append((cell.text, value))

    def _fault(self, code: str, row: Row, each: Field | None = None, **data: Any) -> bool:
        self.table.faults.append(self._finding(code, row, each, data))
        return False

    def _remark(self, code: str, row: Row, each: Field | None = None, **data: Any) -> None:
        self.table.remarks.append(self._finding(code, row, each, data))

    def _finding(self, code: str, row: Row, each: Field | None, data: Mapping[str, Any]) -> Finding:
        column = self.heading.columns[each.name] if each is not None else None
        header = self.heading.header(each.name) if each is not None else ""
        where = place(self.heading.sheet.name, row.number, column, header)
        return Finding(code, place=where, data={"row": row.number, "column": header, **data})


def _shown(row: Row) -> str:
    return " ".join(cell.text for cell in row.cells if not cell.is_empty)[:80]


def _act_day(cell: Cell, today: date) -> date:
    """The day of an act or of a cover; before ``FIRST_YEAR`` only somebody's birth is believed."""
    day = cell_days.read_day(cell, today=today)
    if day.year < FIRST_YEAR:
        raise Refusal("CELL_DAY_LONG_AGO", text=cell.text, first=FIRST_YEAR)
    return day


def _readers(currency: str, today: date) -> dict[Reader, Callable[[Cell], Any]]:
    return {
        Reader.TEXT: cell_values.read_text,
        Reader.NAME: cell_values.read_name,
        Reader.NUMBER: cell_values.read_number,
        Reader.COUNT: cell_values.read_count,
        Reader.DAY: lambda cell: _act_day(cell, today),
        Reader.BIRTH: lambda cell: cell_days.read_birth(cell, today=today),
        Reader.SEX: cell_values.read_sex,
        Reader.RELATION: cell_values.read_relation,
        Reader.PHONE: cell_values.read_phone,
        Reader.MONEY: lambda cell: cell_values.read_money(cell, currency),
        Reader.YES: cell_values.read_yes,
    }


def corrected_rows(
    headings: Iterable[Heading], told: Mapping[tuple[str, int], list[str]]
) -> Iterator[list[str]]:
    """The table again as texts, a last column saying what to correct in each row.

    ``told``: (sheet, row number) → sentences. That file can be corrected and sent as it is.
    """
    for rank, heading in enumerate(headings):
        length = heading.length
        if rank == 0:
            yield [*(cell.text for cell in _padded(heading.row, length)), "À corriger"]
        for row in heading.sheet.rows:
            if row.number > heading.row.number:
                sentences = told.get((heading.sheet.name, row.number), [])
                yield [*(cell.text for cell in _padded(row, length)), " ".join(sentences)]


def _padded(row: Row, length: int) -> list[Cell]:
    return [row.cell(column) for column in range(length)]
