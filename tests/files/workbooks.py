"""Tables as people make them, for the tests of what reads them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER = ("N° famille", "Nom et prénoms", "Date de naissance", "Sexe", "Lien", "Téléphone")


def csv_of(*rows: Sequence[str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """Rows as a CSV file, nothing quoted."""
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def xlsx_of(
    *rows: Sequence[Any],
    change: Callable[[Worksheet], None] | None = None,
    title: str = "Liste",
    more: dict[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:
    """Rows as a workbook; ``change`` gets the sheet before it is saved, ``more`` adds sheets."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    for name, others in (more or {}).items():
        added = book.create_sheet(name)
        for row in others:
            added.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
