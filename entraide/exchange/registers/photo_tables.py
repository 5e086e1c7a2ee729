"""A zip of photos as a table of its files, so that it is looked at and imported as any table."""

from __future__ import annotations

from typing import NamedTuple

from entraide.files.photo_bundles import PhotoBundle
from entraide.files.sheets import Row, Sheet, Workbook, text_cell
from entraide.files.table_headers import Heading, Recognised
from entraide.files.table_profile import TableProfile
from entraide.files.table_reading import Table, TableRow


class OpenedPhotos(NamedTuple):
    """What an opened table consists of."""

    workbook: Workbook
    recognised: Recognised
    table: Table


def open_photos(content: bytes, profile: TableProfile) -> OpenedPhotos:
    """One row for each file of a zip; refused as :class:`PhotoBundle` says."""
    files = PhotoBundle(content).files
    header = Row(1, (text_cell("Fichier"), text_cell("N° carte")))
    rows = [
        Row(rank, (text_cell(file.name), text_cell(file.number)))
        for rank, file in enumerate(files, start=2)
    ]
    sheet = Sheet("", (header, *rows))
    heading = Heading(sheet, header, {"file": 0, "card_number": 1}, (), ())
    table = Table(profile, (heading,))
    table.rows = [
        TableRow(heading, row.number, {"file": file.name, "card_number": file.number})
        for row, file in zip(rows, files, strict=True)
    ]
    table.every_row = list(table.rows)
    return OpenedPhotos(Workbook((sheet,), "zip"), Recognised(profile, (heading,)), table)
