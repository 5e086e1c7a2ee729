"""CSV files of any separator and encoding, as spreadsheets and old programs save them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice

from entraide.core.errors import Finding, Refusal
from entraide.files.csv_cells import (
    LINES_IN_A_CELL,
    LONGEST_CELL,
    is_cell_too_long,
    limit_cells,
)
from entraide.files.flat_csv import as_written
from entraide.files.sheets import (
    COLUMN_LIMIT,
    ROW_LIMIT,
    Row,
    Sheet,
    Workbook,
    require_few_rows,
    text_cell,
)

_SEPARATORS = (";", ",", "\t", "|")
_LOOKED_AT = 60  # records by which the separator is found
# Old programs under DOS wrote é as 0x82; read as Windows text that is a low quotation mark.
_OLD_ENCODINGS = ("cp1252", "cp850", "mac_roman")
_ODD_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_ODD_LOOKED_AT = 5_000  # lines beyond ASCII by which the encoding is found
_FRENCH = re.compile("[éèêëàâäîïôöùûüçœæÉÈÊÀÂÎÔÛÇŒ’«»°€ñ\u00a0]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def read(content: bytes) -> Workbook:
    """The one sheet of a CSV file; see :func:`entraide.files.sheets.read_workbook`."""
    text, encoding = _decoded(content)
    limit_cells()
    separator = _separator(text)
    rows = []
    _require_few_lines(text, separator)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = lines_count = 0
    try:
        for number, record in enumerate(reader, start=1):
            lines_count = reader.line_num
            require_few_rows(number)
            if any(value.count("\n") > LINES_IN_A_CELL for value in record):
                raise Refusal("SHEET_QUOTE_OPEN", place=f"row {number}", row=number)
            row = Row(
                number, tuple(text_cell(as_written(value)) for value in record[:COLUMN_LIMIT])
            )
            if not row.is_empty:
                rows.append(row)
    except csv.Error as fault:
        at = number + 1
        if is_cell_too_long(fault, reader.line_num - lines_count):
            raise Refusal(
                "SHEET_CELL_TOO_LONG", place=f"row {at}", row=at, maximum=LONGEST_CELL
            ) from None
        raise Refusal("SHEET_QUOTE_OPEN", place=f"row {at}", row=at) from None
    shown = {"\t": "tab"}.get(separator, separator)
    return Workbook((Sheet("", tuple(rows)),), f"{encoding} {shown}", _remarks(rows))


def _require_few_lines(text: str, separator: str) -> None:
    """Refuse a table of too many rows before any cell of it is made."""
    if text.count("\n") <= ROW_LIMIT:
        return
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        require_few_rows(sum(1 for _ in islice(reader, ROW_LIMIT + 1)))
    except csv.Error:
        return  # what is wrong is told with its row, by who reads on


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                           (b"\xfe\xff", "utf-16")):  # fmt: skip
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding.removesuffix("-sig")
            except UnicodeDecodeError:
                raise Refusal("SHEET_NOT_TEXT") from None
    if b"\x00" in content:
        raise Refusal("SHEET_NOT_TEXT")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    odd = b"\n".join(islice((line[0] for line in _ODD_LINE.finditer(content)), _ODD_LOOKED_AT))
    encoding = max(_OLD_ENCODINGS, key=lambda name: _likeness(odd.decode(name, errors="replace")))
    return content.decode(encoding, errors="replace"), encoding


def _likeness(text: str) -> int:
    """How French a text looks beyond ASCII: letters with accents less everything odd."""
    french = len(_FRENCH.findall(text))
    return 2 * french - len(_BEYOND_ASCII.findall(text))


def _separator(text: str) -> str:
    """The separator that gives most rows the same number of cells, more than one."""
    best, best_score = ";", 0
    sample = text[:200_000]
    for separator in _SEPARATORS:
        widths: Counter[int] = Counter()
        try:
            for record in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
                if any(record):
                    widths[len(record)] += 1
                if widths.total() >= _LOOKED_AT:
                    break
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: item[1] * (item[0] - 1), default=(1, 0))
        if (width - 1) * count > best_score:
            best, best_score = separator, (width - 1) * count
    return best


def _remarks(rows: list[Row]) -> tuple[Finding, ...]:
    """How many texts had their accents repaired, with one of them."""
    mended = [cell for row in rows for cell in row.cells if cell.was]
    if not mended:
        return ()
    first = mended[0]
    shown = {"count": len(mended), "text": first.was, "understood": first.value}
    return (Finding("SHEET_ACCENTS_REPAIRED", data=shown),)
