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
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

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
_LAST_ROW = 1_048_576  # of any spreadsheet
_MERGED_LIMIT = 500_000  # cells of all blocks: openpyxl makes each of them, however few are written
# 50 000 members of 20 columns are a million. With merged cells openpyxl holds each cell as an
# object, half a kilobyte of memory, and takes ten times as long.
CELL_LIMIT = 1_200_000
CELL_LIMIT_MERGED = 300_000
_CELL = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?c[\s/>]")
_BLOCK = re.compile(
    rb"mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?[\"']",
    re.IGNORECASE,
)
_BLOCK_IN_UTF16 = "mergeCel".encode("utf-16-le")
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
    cells = 0
    try:
        for part in parts:
            # Whatever its name: the workbook says which part is a sheet.
            text = archive.read(part)
            if b"<!DOCTYPE" in text[:2_000] or b"<!ENTITY" in text[:2_000]:
                raise Refusal("SHEET_UNREADABLE")
            if b"mergeCell" in text or _BLOCK_IN_UTF16 in text:
                has_merged = True
                _require_small_blocks(text)
            cells += sum(1 for _found in islice(_CELL.finditer(text), CELL_LIMIT + 1))
            is_sheet = part.filename.startswith("xl/worksheets/")
            has_formulas = has_formulas or (is_sheet and (b"<f>" in text or b"<f " in text))
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError):
        raise Refusal("SHEET_UNREADABLE") from None
    most = CELL_LIMIT_MERGED if has_merged else CELL_LIMIT
    if cells > most:
        raise Refusal("SHEET_TOO_MANY_CELLS", maximum=most)
    return has_merged, has_formulas


def _require_small_blocks(sheet: bytes) -> None:
    """Refuse merged cells that would fill the memory: a file of a kilobyte can merge a whole sheet.

    A block that is not written as spreadsheets write it is not opened either.
    """
    area = count = 0
    for block in _BLOCK.finditer(sheet):
        left, top, right, bottom = (part.decode() if part else "" for part in block.groups())
        columns = column_index_from_string(right or left) - column_index_from_string(left)
        area += (abs(int(bottom or top) - int(top)) + 1) * (abs(columns) + 1)
        count += 1
    is_odd = count < len(re.findall(rb"mergeCell\s", sheet)) or _BLOCK_IN_UTF16 in sheet
    if area > _MERGED_LIMIT or is_odd:
        raise Refusal("SHEET_TOO_LARGE_INSIDE")


def _sheets(book: Any, formulas: Any) -> Iterator[Sheet]:
    names = [sheet.title for sheet in book.worksheets][:SHEET_LIMIT]
    for name in names:
        sheet = book[name]
        uncomputed = _uncomputed(formulas[name]) if formulas is not None else frozenset()
        filled = _merged(sheet)
        rows = tuple(_rows(_numbered(sheet), uncomputed, filled))
        yield Sheet(name, rows, is_hidden=sheet.sheet_state != "visible")


def _uncomputed(sheet: Any) -> frozenset[tuple[int, int]]:
    """The (row, column from 0) of every formula of a sheet."""
    return frozenset(
        (cell.row, cell.column - 1)
        for _number, row in _numbered(sheet)
        for cell in row
        if getattr(cell, "data_type", "") == "f"
    )


def _numbered(sheet: Any) -> Iterator[tuple[int, Any]]:
    """The rows with their number, the empty ones between too: no row stands where none can."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > _LAST_ROW:
            raise Refusal("SHEET_TOO_LARGE_INSIDE")
        yield number, cells


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
    rows: Iterable[tuple[int, Any]],
    uncomputed: frozenset[tuple[int, int]],
    filled: dict[tuple[int, int], tuple[int, int]],
) -> Iterator[Row]:
    firsts: dict[tuple[int, int], Cell] = {}
    wanted = set(filled.values())
    for number, cells in rows:
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
    if not isinstance(value, float):
        return str(value)  # a duration
    return Decimal(str(round(value, 9))).normalize() + 0


def _remarks(sheets: tuple[Sheet, ...]) -> tuple[Finding, ...]:
    mended = [cell for sheet in sheets for row in sheet.rows for cell in row.cells if cell.was]
    if not mended:
        return ()
    shown = {"count": len(mended), "text": mended[0].was, "understood": mended[0].value}
    return (Finding("SHEET_ACCENTS_REPAIRED", data=shown),)
