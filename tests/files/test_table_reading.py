from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from entraide.core.errors import Refusal, RefusedRows
from entraide.files.cell_days import Birth
from entraide.files.sheets import read_workbook
from entraide.files.table_headers import recognise, with_columns
from entraide.files.table_profile import TableProfile, parse_table_profile, read_table_profile
from entraide.files.table_reading import Table, corrected_rows, read_table
from tests.files.workbooks import HEADER, csv_of, xlsx_of

FOLDER = Path(__file__).resolve().parents[2] / "rules" / "imports"
PROFILES = [read_table_profile(path) for path in sorted(FOLDER.glob("*.yaml"))]
TODAY = date(2026, 11, 30)
ADO = ("1", "Ado Koffi", "12/06/1987", "M", "Adhérent", "90 12 34 56")


def read(content: bytes, code: str = "") -> Table:
    found = recognise(read_workbook(content), PROFILES, code=code)
    return read_table(found.profile, found.headings, currency="XOF", today=TODAY)


def told(findings: list[Any]) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in findings]


def test_a_list_as_people_make_it_is_read_whole() -> None:
    def decorate(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("A5:A7")

    table = read(
        xlsx_of(
            ("Mutuelle Essentielle — liste au 1er mai",),
            (),
            HEADER,
            ("Village de Koumi",),
            (1, "Ado Koffi", date(1987, 6, 12), "M", "Adhérent", 90123456),
            (None, "Ado Afi", "vers 1990", "F", "Conjointe", None),
            (None, "Ado Kossi", 2010, "Q", "Enfant", None),
            (None, "Ado Kossi", 2010, "Q", "Enfant", None),
            ("TOTAL", 3),
            (),
            ("Fait à Lomé, le 2 mai 2025",),
            change=decorate,
            more={"Notes": [("rien",)]},
        )
    )
    assert told(table.faults) == [("SEX_UNREADABLE", "sheet Liste, row 7, column D (Sexe)"),
                                  ("SEX_UNREADABLE", "sheet Liste, row 8, column D (Sexe)")]  # fmt: skip
    assert [(row.number, row.text("household_number"), row.get("birth")) for row in table.rows] == [
        (5, "1", Birth(date(1987, 6, 12))),
        (6, "1", Birth(date(1990, 1, 1), "around")),
    ]
    assert [finding.code for finding in table.remarks] == ["ROW_ASIDE", "ROW_TOTAL", "ROW_ASIDE"]


def test_every_fault_is_named_at_once_by_row_and_column() -> None:
    table = read(
        csv_of(
            HEADER,
            ADO,
            ("1", "Ado Afi", "03/25/1990", "Z", "voisine", "x"),
            ("1", "", "31/02/2010", "M", "Enfant", ""),
            ("2", "Bodo, Yao", "1975", "M", "Titulaire", "90 00 00 00", "", "13e"),
        )
    )
    assert told(table.faults) == [
        ("CELL_DAY_SWAPPED", "row 3, column C (Date de naissance)"),
        ("SEX_UNREADABLE", "row 3, column D (Sexe)"),
        ("RELATION_UNREADABLE", "row 3, column E (Lien)"),
        ("PHONE_UNREADABLE", "row 3, column F (Téléphone)"),
        ("CELL_MISSING", "row 4, column B (Nom et prénoms)"),
        ("CELL_DAY_IMPOSSIBLE", "row 4, column C (Date de naissance)"),
        ("ROW_TOO_LONG", "row 5"),
    ]
    assert [row.number for row in table.rows] == [2]


def test_rows_written_twice_are_left_out_and_two_contents_for_one_key_refused() -> None:
    header = ("N° carte", *HEADER[1:])
    table = read(csv_of(header, ADO, ADO, ("1", "Autre Nom", *ADO[2:])))
    assert told(table.remarks) == [("ROW_TWICE", "row 3")]
    assert told(table.faults) == [("KEY_TWICE", "row 4, column A (N° carte)")]


def test_a_total_is_compared_with_its_rows() -> None:
    header = ("N° reçu", "N° famille", "Date paiement", "Montant")
    rows = (("R1", "7", "02/01/2025", "10 000"), ("R2", "8", "03/01/2025", "2 500 F CFA"))
    right = read(csv_of(header, *rows, ("", "", "Total", "12 500")))
    assert [finding.code for finding in right.remarks] == ["ROW_TOTAL"]
    wrong = read(csv_of(header, *rows, ("", "", "Total", "13 500")))
    assert [finding.code for finding in wrong.remarks] == ["ROW_TOTAL", "TABLE_TOTAL_DIFFERS"]
    assert wrong.remarks[1].data["rows_minor"] == 12_500
    bare = read(csv_of(header, *rows, ("", "", "", "12 500")))
    assert [finding.code for finding in bare.remarks] == ["ROW_TOTAL"]
    assert bare.faults == []


def test_a_merged_amount_counts_once() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("D2:D3")

    header = ("N° reçu", "N° famille", "Date paiement", "Montant")
    table = read(
        xlsx_of(header, ("R1", 7, "02/01/2025", 10_000), ("R2", 8, "03/01/2025"), change=merge)
    )
    assert told(table.faults) == [("CELL_MISSING", "sheet Liste, row 3, column D (Montant)")]


def test_each_profile_is_recognised_by_its_own_headers() -> None:
    for profile in PROFILES:
        header = tuple(names[0] for names in profile.columns.values())
        found = recognise(read_workbook(csv_of(header, ("x",) * len(header))), PROFILES)
        assert found.profile.profile == profile.profile
        assert found.is_whole
        assert found.headings[0].unknown == ()


def test_a_file_that_no_profile_knows_is_refused_and_one_asked_for_says_what_it_lacks() -> None:
    content = csv_of(("Rubrique", "Valeur"), ("a", "1"))
    with pytest.raises(Refusal) as refused:
        read(content)
    assert refused.value.code == "TABLE_UNRECOGNISED"
    with pytest.raises(Refusal) as refused:
        read(content, "nulle-part")
    assert refused.value.code == "TABLE_PROFILE_UNKNOWN"
    table = read(csv_of(("Nom", "Sexe", "Bizarre"), ("Ado", "M", "1")), "liste-de-membres")
    assert told(table.faults) == [("COLUMN_NOT_FOUND", "row 1")]
    assert table.headings[0].unknown == ((2, "Bizarre"),)


def test_a_person_may_choose_the_columns() -> None:
    found = recognise(
        read_workbook(csv_of(("Nom", "Sexe", "Bizarre"), ("Ado", "M", "1975"))),
        PROFILES,
        code="liste-de-membres",
    )
    chosen = with_columns(found.headings[0], found.profile, {"name": 0, "sex": 1, "birth": 2})
    table = read_table(found.profile, [chosen], currency="XOF", today=TODAY)
    assert table.faults == []
    assert table.rows[0].get("birth") == Birth(date(1975, 1, 1), "year")
    assert table.examples["birth"] == [("1975", Birth(date(1975, 1, 1), "year"))]


def test_several_sheets_of_one_form_are_all_read() -> None:
    content = xlsx_of(HEADER, ADO, title="Koumi", more={"Bè": [HEADER, ("2", *ADO[1:])]})
    table = read(content)
    assert [row.heading.sheet.name for row in table.rows] == ["Koumi", "Bè"]


def test_the_table_to_correct_can_be_sent_again() -> None:
    content = csv_of(HEADER, ADO, ("1", "Ado Afi", "1990", "Z", "Conjoint", ""))
    table = read(content)
    told_rows = {("", 3): ["Sexe illisible."]}
    rows = list(corrected_rows(table.headings, told_rows))
    assert rows[0][-1] == "À corriger"
    assert rows[2][-1] == "Sexe illisible."
    mended = [[cell.replace("Z", "F") for cell in row] for row in rows]
    assert read(csv_of(*mended)).faults == []


def _document(**changes: Any) -> dict[str, Any]:
    base = PROFILES[0].model_dump()
    return base | changes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "recettes"}, "PROFILE_KEY"),
        ({"version": 0}, "PROFILE_KEY"),
        ({"columns": {"name": ["Nom"]}}, "PROFILE_FIELD_MISSING"),
        ({"required": ["rien"]}, "PROFILE_FIELD_UNKNOWN"),
    ],
)
def test_a_profile_with_a_fault_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedRows) as refused:
        parse_table_profile(_document(**changes))
    assert code in {finding.code for finding in refused.value.findings}


def test_the_profiles_of_the_repository_say_their_source() -> None:
    assert {profile.kind for profile in PROFILES} == {
        "members", "contributions", "visits", "claims", "loans", "movements", "photos",
        "providers", "tariffs", "returns", "covers",
    }  # fmt: skip
    assert all(isinstance(profile, TableProfile) and profile.source for profile in PROFILES)


NUMBERED = ("N°", "Nom", "Date de naissance", "Sexe", "Téléphone")


@pytest.mark.parametrize("counted", [(1, 2, 3), ("1", "", "2"), (1, 2, 4), ("1.", "2.", "3.")])
def test_a_bare_number_that_counts_the_rows_is_no_card(counted: tuple[Any, ...]) -> None:
    rows = [(number, f"Ado {name}", "12/06/1987", "M", "90123456")
            for number, name in zip(counted, ("Koffi", "Kodjo", "Yao"), strict=True)]  # fmt: skip
    table = read(xlsx_of(NUMBERED, *rows), "liste-de-membres")
    assert table.faults == []
    assert [row.text("card_number") for row in table.rows] == ["", "", ""]
    assert table.headings[0].unknown == ((0, "N°"),)
    assert table.examples["phone"][0] == ("90123456", "90 12 34 56")


@pytest.mark.parametrize("borne", [("MA-01", "MA-02"), (1204, 1207), (2, 1)])
def test_a_bare_number_that_does_not_count_is_that_of_the_card(borne: tuple[Any, ...]) -> None:
    rows = [(number, f"Ado {name}", "12/06/1987", "M", "")
            for number, name in zip(borne, ("Koffi", "Kodjo"), strict=True)]  # fmt: skip
    table = read(xlsx_of(NUMBERED, *rows), "liste-de-membres")
    assert [row.text("card_number") for row in table.rows] == [str(each) for each in borne]


@pytest.mark.parametrize(
    "counted",
    [(1, 2, 3, 4, 5, 6, 7, 7), (1, 1, 2, 3), (1, 2, 6, 7), (1, 2, 3, 1, 2), ("1.", "2.", "2.")],
)
def test_repeats_gaps_and_a_new_beginning_count_all_the_same(counted: tuple[Any, ...]) -> None:
    names = ["Koffi", "Kodjo", "Yao", "Ama", "Afi", "Edem", "Sena", "Sena"][-len(counted) :]
    rows = [(number, f"Ado {name}", "12/06/1987", "M", "")
            for number, name in zip(counted, names, strict=True)]  # fmt: skip
    table = read(xlsx_of(NUMBERED, *rows), "liste-de-membres")
    assert table.faults == []
    assert {row.text("card_number") for row in table.rows} == {""}
    assert table.headings[0].counting == {0}


def test_a_row_copied_further_down_does_not_make_the_count_a_column_of_cards() -> None:
    names = {1: "Koffi", 2: "Kodjo", 3: "Yao", 4: "Ama"}
    rows = [(at, f"Ado {names[at]}", "12/06/1987", "M", "") for at in (1, 2, 3, 2, 4)]
    table = read(xlsx_of(NUMBERED, *rows), "liste-de-membres")
    assert table.headings[0].counting == {0}
    assert [remark.code for remark in table.remarks] == ["ROW_TWICE"]
    assert [row.text("card_number") for row in table.rows] == [""] * 4


def test_a_count_that_goes_on_or_begins_again_on_the_next_sheet_is_no_card_either() -> None:
    def page(first: int) -> list[tuple[Any, ...]]:
        return [NUMBERED, *((each, f"Ado {'abcdefg'[first]}{'abcdefg'[each]}", "12/06/1987", "F", "")
                            for each in (first, first + 1))]  # fmt: skip

    more = {"Suite": page(3), "Autre village": page(1)}
    content = xlsx_of(*page(1), more=more)
    table = read(content, "liste-de-membres")
    assert table.faults == []
    assert [row.text("card_number") for row in table.rows] == [""] * 6


def test_a_person_may_say_that_a_counting_column_bears_the_cards() -> None:
    rows = [(1, "Ado Koffi", "12/06/1987", "M", ""), (2, "Ado Yao", "12/06/1988", "M", "")]
    found = recognise(read_workbook(xlsx_of(NUMBERED, *rows)), PROFILES, code="liste-de-membres")
    (heading,) = found.headings
    chosen = with_columns(heading, found.profile, {**heading.columns, "card_number": 0})
    table = read_table(found.profile, [chosen], currency="XOF", today=TODAY)
    assert [row.text("card_number") for row in table.rows] == ["1", "2"]


def test_the_words_of_a_lender_are_known() -> None:
    header = ("Code client", "Nom", "Référence du prêt", "Montant du prêt", "Décaissé le")
    for kept_back in ("Prime mutuelle", "Prime"):
        content = csv_of((*header, kept_back), ("C-1", "Ado", "P1", "500 000", "01/06/2026", "900"))
        [row] = read(content).rows
        assert (row.text("loan_number"), row.get("contribution_minor")) == ("P1", 900)
