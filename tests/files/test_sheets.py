from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from entraide.core.errors import Refusal
from entraide.files import sheet_csv, sheet_xlsx, sheets
from entraide.files.flat_csv import csv_file
from entraide.files.sheets import CellFault, letter, place, read_workbook, repaired
from entraide.messages import sentence
from tests.files.workbooks import csv_of, xlsx_of


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "cp850", "utf-16"])
def test_any_separator_and_encoding(separator: str, encoding: str) -> None:
    content = csv_of(("Nom", "Prénom"), ("Éloïse", "Aïcha Noël"), separator=separator,
                     encoding=encoding)  # fmt: skip
    [sheet] = read_workbook(content).sheets
    assert [[cell.value for cell in row.cells] for row in sheet.rows] == [
        ["Nom", "Prénom"], ["Éloïse", "Aïcha Noël"],
    ]  # fmt: skip


def test_accents_broken_by_another_program_are_repaired_and_said() -> None:
    broken = "René".encode().decode("cp1252")
    workbook = read_workbook(csv_of(("Nom", "Sexe"), (broken, "M")))
    assert workbook.sheets[0].rows[1].cells[0].value == "René"
    [remark] = workbook.remarks
    assert (remark.code, remark.data["text"], remark.data["understood"]) == (
        "SHEET_ACCENTS_REPAIRED", broken, "René",
    )  # fmt: skip
    assert repaired("Âge") == "Âge"


def test_rows_keep_their_number_and_quotes_may_hold_line_ends() -> None:
    content = b'a;b\r\n\r\n"x\ny";2\r\n;\r\nz;3\r\n'
    rows = read_workbook(content).sheets[0].rows
    assert [(row.number, row.cells[0].value) for row in rows] == [(1, "a"), (3, "x y"), (5, "z")]


def test_a_quotation_mark_left_open_is_named() -> None:
    content = csv_of(("a", "b"), ('"x', "1"), *((("y", "2"),) * 40))
    with pytest.raises(Refusal) as refused:
        read_workbook(content)
    assert (refused.value.code, refused.value.data["row"]) == ("SHEET_QUOTE_OPEN", 2)


@pytest.mark.parametrize("mark", [b"", b'"'])
def test_a_cell_too_long_for_anybody_to_have_written_is_named(mark: bytes) -> None:
    cell = mark + b"x" * 9_000_000 + mark
    with pytest.raises(Refusal) as refused:
        read_workbook(b"a;b\r\n1;2\r\n3;" + cell + b"\r\n5;6\r\n")
    assert (refused.value.code, refused.value.place) == ("SHEET_CELL_TOO_LONG", "row 3")
    told = sentence(refused.value.code, refused.value.data, "fr")
    assert told.startswith("La ligne 3 contient une case de plus de 100\u202f000 caractères")


def test_a_mark_left_open_over_many_long_lines_is_no_long_cell() -> None:
    content = b'a;b\r\n"x;1\r\n' + b"\r\n".join([b"y" * 4_000 + b";2"] * 40)
    with pytest.raises(Refusal) as refused:
        read_workbook(content)
    assert (refused.value.code, refused.value.data["row"]) == ("SHEET_QUOTE_OPEN", 2)


def test_a_workbook_gives_typed_cells() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")

    content = xlsx_of(
        ("Famille", "Né le", "Montant", "Oui", "Erreur", "Formule"),
        (7, datetime(1987, 6, 12, tzinfo=UTC).replace(tzinfo=None), 12500.5, True, "#REF!", "=1+1"),
        (None, date(2001, 1, 2), 3, False, "texte", None),
        change=merge,
    )
    rows = read_workbook(content).sheets[0].rows
    first, second = rows[1].cells, rows[2].cells
    assert [cell.value for cell in first[:4]] == [
        Decimal(7), date(1987, 6, 12), Decimal("12500.5"), True,
    ]  # fmt: skip
    assert (first[4].fault, first[5].fault) == (CellFault.ERROR, CellFault.UNCOMPUTED)
    assert (second[0].value, second[0].is_filled) == (Decimal(7), True)
    assert (second[1].text, second[2].text, second[3].text) == ("02/01/2001", "3", "non")


def _bomb(size: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * size)
    return content.getvalue()


def _with_entities() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><workbook/>')
    return content.getvalue()


def _without_workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "SHEET_EMPTY"),
        (b";;\n;;\n", "SHEET_EMPTY"),
        (b"\xd0\xcf\x11\xe0 old", "SHEET_OLD_EXCEL"),
        (b"PK\x03\x04 broken", "SHEET_UNREADABLE"),
        (b"\x00\x01\x02", "SHEET_NOT_TEXT"),
        (_bomb(20_000_000), "SHEET_TOO_LARGE_INSIDE"),
        (_with_entities(), "SHEET_UNREADABLE"),
        (_without_workbook(), "SHEET_NOT_XLSX"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_workbook(content)
    assert refused.value.code == code


def test_a_million_rows_are_refused_before_a_cell_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_csv, "text_cell", lambda text: pytest.fail("a cell was made"))
    with pytest.raises(Refusal, match="SHEET_TOO_LONG"):
        read_workbook("Nom;Âge\n".encode("cp1252") + b"Ado;38\n" * 1_000_000)


def test_limits_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROW_LIMIT", 2)
    for content in (csv_of(*[("a", "b")] * 3), xlsx_of(*[("a", "b")] * 3)):
        with pytest.raises(Refusal) as refused:
            read_workbook(content)
        assert refused.value.code == "SHEET_TOO_LONG"
    monkeypatch.setattr(sheets, "SIZE_LIMIT", 5)
    with pytest.raises(Refusal) as refused:
        read_workbook(b"a;b;c;d")
    assert refused.value.code == "SHEET_TOO_LARGE"


def test_places_are_those_of_the_spreadsheet() -> None:
    assert [letter(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert place("Feuil1", 12, 2, "Sexe") == "sheet Feuil1, row 12, column C (Sexe)"
    assert place("", 12) == "row 12"


def _with_sheet(xml: str) -> bytes:
    """A workbook whose only sheet is this, between the marks of its rows."""
    source, made = zipfile.ZipFile(io.BytesIO(xlsx_of(("Nom",)))), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            text = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                text = f'<worksheet xmlns="{space}"><sheetData>{xml}</worksheet>'.encode()
            target.writestr(part.filename, text)
    return made.getvalue()


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "A1", "B1:A9"])
def test_a_small_file_does_not_merge_a_whole_sheet(reference: str) -> None:
    content = _with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    )
    if reference == "A1:XFD1048576":
        with pytest.raises(Refusal, match="SHEET_TOO_LARGE_INSIDE"):
            read_workbook(content)
    else:
        with contextlib.suppress(Refusal):
            read_workbook(content)


def test_a_small_file_of_countless_cells_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.7 MB may hold a million cells, and a merged pair has each of them become an object."""
    monkeypatch.setattr(sheet_xlsx, "CELL_LIMIT", 50)
    monkeypatch.setattr(sheet_xlsx, "CELL_LIMIT_MERGED", 8)
    cells = "".join(f'<row r="{row}"><c><v>1</v></c><c><v>2</v></c></row>' for row in range(1, 6))
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    assert len(read_workbook(_with_sheet(f"{cells}</sheetData>")).sheets[0].rows) == 5
    with pytest.raises(Refusal, match="SHEET_TOO_MANY_CELLS"):
        read_workbook(_with_sheet(f"{cells}{merged}"))
    with pytest.raises(Refusal, match="SHEET_TOO_MANY_CELLS"):
        read_workbook(_with_sheet(f"{cells * 6}</sheetData>"))


def test_no_row_stands_where_none_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_xlsx, "_LAST_ROW", 1_000)
    content = _with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="900000000"><c r="A900000000"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(Refusal, match="SHEET_TOO_LARGE_INSIDE"):
        read_workbook(content)


def test_a_duration_and_a_row_without_end_do_not_spoil_a_table() -> None:
    [sheet] = read_workbook(xlsx_of(("Nom", "Durée"), ("Ado", timedelta(hours=30)))).sheets
    assert sheet.rows[1].cells[1].text
    [wide] = read_workbook(b";".join([b"1"] * 5_000)).sheets
    assert len(wide.rows[0].cells) == sheets.COLUMN_LIMIT


@pytest.mark.parametrize("text", ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)"])
def test_what_is_given_out_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    given = csv_file(["Nom", "Sexe"], [[text, "M"]])
    assert f"'{text}" in given.decode("utf-8-sig")
    assert read_workbook(given).sheets[0].rows[1].cells[0].value == text
