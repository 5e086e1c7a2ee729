"""XLSX workbooks: values as they stand, merged cells filled, formulas by their saved results.

A workbook is a ZIP of XML files: what would swell beyond :data:`INSIDE_LIMIT` is not opened.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from entraide.core.errors import Finding, Refusal
from entraide.files.sheets import (
    COLUMN_LIMIT,
    EMPTY,
    SHEET_LIMIT,
    Cell,
    CellFault,
    Row,
    Sheet,
    Value,
    Workbook,
    require_few_rows,
    text_cell,
)

INSIDE_LIMIT = 300_000_000  # bytes of everything in the ZIP, unpacked
_RATIO_LIMIT = 200  # a sheet of repeated cells packs to a hundredth; a bomb to a thousandth
_PARTS_LIMIT = 3_000
_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|CALC!|SPILL!)", re.IGNORECASE)


def read(content: bytes) -> Workbook:
    """The sheets of a workbook; see :func:`entraide.files.sheets.read_workbook`."""
    has_merged, has_formulas = _looked_into(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are of no use here
            book = load_workbook(io.BytesIO(content), read_only=not has_merged, data_only=True)
            formulas = (
                load_workbook(io.BytesIO(content), read_only=True, data_only=False)
                if has_formulas
                else None
            )
            sheets = tuple(_sheets(book, formulas))
    except Refusal:
        raise
    except Exception:  # openpyxl answers a damaged file with whatever it stumbles over
        raise Refusal("SHEET_UNREADABLE") from None
    return Workbook(sheets, "xlsx", _remarks(sheets))


def _looked_into(content: bytes) -> tuple[bool, bool]:
    """(has merged cells, has formulas), after refusing what must not be unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refusal("SHEET_UNREADABLE") from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Refusal("SHEET_NOT_XLSX")
    unpacked = sum(part.file_size for part in parts)
    swells = any(
        part.file_size > 1_000_000 and part.file_size > _RATIO_LIMIT * max(1, part.compress_size)
        for part in parts
    )
    if len(parts) > _PARTS_LIMIT or unpacked > INSIDE_LIMIT or swells:
        raise Refusal("SHEET_TOO_LARGE_INSIDE")
    has_merged = has_formulas = False
    try:
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            is_sheet = part.filename.startswith("xl/worksheets/")
            text = archive.read(part) if is_sheet else archive.open(part).read(2_000)
            if b"<!DOCTYPE" in text[:2_000] or b"<!ENTITY" in text[:2_000]:
                raise Refusal("SHEET_UNREADABLE")
            has_merged = has_merged or (is_sheet and b"<mergeCell " in text)
            has_formulas = has_formulas or (is_sheet and (b"<f>" in text or b"<f " in text))
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError):
        raise Refusal("SHEET_UNREADABLE") from None
    return has_merged, has_formulas


def _sheets(book: Any, formulas: Any) -> Iterator[Sheet]:
    names = [sheet.title for sheet in book.worksheets][:SHEET_LIMIT]
    for name in names:
        sheet = book[name]
        uncomputed = _uncomputed(formulas[name]) if formulas is not None else frozenset()
        filled = _merged(sheet)
        rows = tuple(_rows(sheet.iter_rows(), uncomputed, filled))
        yield Sheet(name, rows, is_hidden=sheet.sheet_state != "visible")


def _uncomputed(sheet: Any) -> frozenset[tuple[int, int]]:
    """The (row, column from 0) of every formula of a sheet."""
    return frozenset(
        (cell.row, cell.column - 1)
        for row in sheet.iter_rows()
        for cell in row
        if getattr(cell, "data_type", "") == "f"
    )


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Each place inside merged cells → their first cell, columns from 0."""
    ranges = getattr(sheet, "merged_cells", None)
    filled = {}
    for block in ranges.ranges if ranges is not None else ():
        if (block.max_row - block.min_row) * (block.max_col - block.min_col) > 100_000:
            continue  # a merged background, no table
        for row in range(block.min_row, block.max_row + 1):
            for column in range(block.min_col, block.max_col + 1):
                if (row, column) != (block.min_row, block.min_col):
                    filled[row, column - 1] = (block.min_row, block.min_col - 1)
    return filled


def _rows(
    rows: Iterable[Any],
    uncomputed: frozenset[tuple[int, int]],
    filled: dict[tuple[int, int], tuple[int, int]],
) -> Iterator[Row]:
    firsts: dict[tuple[int, int], Cell] = {}
    wanted = set(filled.values())
    for number, cells in enumerate(rows, start=1):
        made = []
        for column, raw in enumerate(cells[:COLUMN_LIMIT]):
            key = (number, column)
            first = filled.get(key)
            if first is not None:
                origin = firsts.get(first, EMPTY)
                made.append(Cell(origin.value, origin.fault, is_filled=True))
                continue
            cell = _cell(raw.value, is_formula=key in uncomputed)
            if key in wanted:
                firsts[key] = cell
            made.append(cell)
        row = Row(number, tuple(made))
        if not row.is_empty:
            require_few_rows(number)
            yield row


def _cell(value: Any, *, is_formula: bool) -> Cell:
    if value is None:
        return Cell(None, CellFault.UNCOMPUTED) if is_formula else EMPTY
    if isinstance(value, str):
        cell = text_cell(value)
        if _ERROR.fullmatch(cell.text):
            return Cell(cell.value, CellFault.ERROR)
        return cell
    return Cell(_plain(value))


def _plain(value: Any) -> Value:
    """What openpyxl read, as one of our values; a number keeps the digits that people see."""
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(str(round(value, 9))).normalize() + 0


def _remarks(sheets: tuple[Sheet, ...]) -> tuple[Finding, ...]:
    mended = [cell for sheet in sheets for row in sheet.rows for cell in row.cells if cell.was]
    if not mended:
        return ()
    shown = {"count": len(mended), "text": mended[0].was, "understood": mended[0].value}
    return (Finding("SHEET_ACCENTS_REPAIRED", data=shown),)
