"""Tables as people make them, in CSV or XLSX: typed cells with their place, and nothing guessed.

A :class:`Workbook` holds sheets, a sheet rows, a row cells. Rows are numbered as the spreadsheet
shows them (the first is 1, empty rows count); columns have their letter. What a cell means is
decided later, by who knows the column (:mod:`entraide.files.cell_values`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from entraide.core.errors import Finding, Refusal
from entraide.core.texts import without_unseen

SIZE_LIMIT = 20_000_000  # bytes of the file
ROW_LIMIT = 200_000  # of one sheet
COLUMN_LIMIT = 200
SHEET_LIMIT = 60

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Value = str | Decimal | date | bool | None


class CellFault(StrEnum):
    """What a cell holds instead of a value."""

    ERROR = "error"  # #REF!, #N/A …: the spreadsheet itself could not tell
    UNCOMPUTED = "uncomputed"  # a formula saved without its result


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``is_filled``: it stands inside merged cells and repeats their first one.

    ``was`` is the text as it stood in the file when broken accents were repaired.
    """

    value: Value
    fault: CellFault | None = None
    is_filled: bool = False
    was: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing is written here."""
        return self.fault is None and (self.value is None or self.value == "")

    @property
    def text(self) -> str:
        """The value as a person would type it: ``12/06/1987``, ``12500``, ``oui``."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "oui" if value else "non"
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}" if value != value.to_integral() else f"{value:.0f}"
        return value


EMPTY = Cell(None)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number in the spreadsheet; its cells from column A on."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell of a column counted from 0; an empty one beyond the end."""
        return self.cells[column] if column < len(self.cells) else EMPTY

    @property
    def is_empty(self) -> bool:
        """No cell holds anything."""
        return all(cell.is_empty for cell in self.cells)

    @property
    def filled_length(self) -> int:
        """The number of cells up to the last one that holds something."""
        for index in range(len(self.cells), 0, -1):
            if not self.cells[index - 1].is_empty:
                return index
        return 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file; ``name`` is empty for a CSV. Empty rows are left out."""

    name: str
    rows: tuple[Row, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """Every sheet of a file, and what was understood of the file as a whole.

    ``form`` is ``xlsx`` or the CSV's encoding and separator, for the person to see.
    """

    sheets: tuple[Sheet, ...]
    form: str
    remarks: tuple[Finding, ...] = field(default=())


def read_workbook(content: bytes) -> Workbook:
    """The tables of a file, told apart by its first bytes, never by its name.

    Refused with ``SHEET_TOO_LARGE``, ``SHEET_EMPTY``, ``SHEET_OLD_EXCEL`` (the binary .xls),
    ``SHEET_UNREADABLE``, ``SHEET_TOO_LARGE_INSIDE`` (a file that would swell when opened),
    ``SHEET_TOO_LONG``, ``SHEET_QUOTE_OPEN`` or ``SHEET_NOT_TEXT``.
    """
    from entraide.files import sheet_csv, sheet_xlsx

    if len(content) > SIZE_LIMIT:
        raise Refusal("SHEET_TOO_LARGE", megabytes=SIZE_LIMIT // 1_000_000)
    if content.startswith(_OLD_EXCEL):
        raise Refusal("SHEET_OLD_EXCEL")
    if content.startswith(_ZIP):
        workbook = sheet_xlsx.read(content)
    else:
        workbook = sheet_csv.read(content)
    if all(not sheet.rows for sheet in workbook.sheets):
        raise Refusal("SHEET_EMPTY")
    return workbook


def require_few_rows(count: int) -> None:
    """Refuse with ``SHEET_TOO_LONG`` a table of more than :data:`ROW_LIMIT` rows."""
    if count > ROW_LIMIT:
        raise Refusal("SHEET_TOO_LONG", maximum=ROW_LIMIT)


def text_cell(text: str, *, is_filled: bool = False) -> Cell:
    """A cell of text: blanks made one, characters that nobody sees left out, accents repaired."""
    plain = " ".join(without_unseen(text).split())
    mended = repaired(plain)
    return Cell(mended, is_filled=is_filled, was=plain if mended != plain else "")


def repaired(text: str) -> str:
    """A text whose UTF-8 was once read as Windows text and saved so: ``RenÃ©`` gives ``René``.

    Only when the whole text makes sense again; otherwise it is answered as it is.
    """
    if text.isascii() or not any(mark in text for mark in _DOUBLE_MARKS):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            mended = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return " ".join(mended.split())
    return text


_DOUBLE_MARKS = ("Ã", "Â", "â€", "Å")


def letter(column: int) -> str:
    """The letter of a column counted from 0: ``A`` … ``Z``, ``AA`` …"""
    text, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def place(sheet: str, row: int, column: int | None = None, header: str = "") -> str:
    """Where a fault stands: ``sheet Feuil1, row 12, column C (Date de naissance)``."""
    told = f"row {row}"
    if column is not None:
        told += f", column {letter(column)}" + (f" ({header})" if header else "")
    return f"sheet {sheet}, {told}" if sheet else told
