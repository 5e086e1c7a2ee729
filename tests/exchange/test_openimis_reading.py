"""Tables of openIMIS are read whole or refused with every fault in its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.openimis.importing import import_openimis
from entraide.exchange.openimis.reading import Reading, distinct_codes, read_tables
from entraide.exchange.openimis.sources import FolderSource, open_source
from entraide.exchange.openimis.tables import INSUREES, ITEMS, LOCATIONS, PREMIUMS
from tests.exchange.conftest import ON, SMALL, Change


def read(folder: Path, currency: str = "XOF") -> Reading:
    return read_tables(FolderSource(folder), currency_code=currency, on=ON)


def faults(folder: Path, currency: str = "XOF") -> list[tuple[str, str]]:
    with pytest.raises(RefusedRows) as refused:
        read(folder, currency)
    return [(finding.code, finding.place) for finding in refused.value.findings]


def test_only_current_rows_are_kept() -> None:
    reading = read(SMALL)
    assert sorted(reading[LOCATIONS]) == [1, 2, 3, 4]
    assert reading.tables["tblLocations"].counts == {"rows": 5, "current": 4, "history": 1}
    assert reading.is_removed(INSUREES, 9), "the last version of a removed person"
    assert not reading.is_removed(INSUREES, 10), "an old version of a person who is there"
    assert reading.unread == ("tblEducations",)


def test_blanks_go_and_zero_points_at_nothing() -> None:
    reading = read(SMALL)
    assert reading[ITEMS][2]["ItemPrice"] == 900
    assert reading[PREMIUMS][2]["Receipt"] == "R-002"
    assert reading[INSUREES][1]["CurrentVillage"] is None
    assert reading[INSUREES][1]["DOB"] == date(1985, 4, 12)


def test_amounts_are_minor_units_of_the_currency() -> None:
    assert read(SMALL, "USD")[PREMIUMS][1]["Amount"] == 500_000


@pytest.mark.parametrize(
    ("table", "key", "values", "code", "place"),
    [
        ("tblPremium", 1, {"Amount": "5000.50"}, "AMOUNT_TOO_PRECISE", "tblPremium:2:Amount"),
        ("tblPremium", 1, {"Amount": "-1"}, "OI_NEGATIVE", "tblPremium:2:Amount"),
        ("tblPremium", 1, {"Amount": "NaN"}, "OI_NUMBER_UNREADABLE", "tblPremium:2:Amount"),
        ("tblPremium", 1, {"Amount": "1e16"}, "AMOUNT_TOO_LARGE", "tblPremium:2:Amount"),
        ("tblPremium", 1, {"Amount": "  "}, "OI_VALUE_MISSING", "tblPremium:2:Amount"),
        ("tblPremium", 1, {"isPhotoFee": "x"}, "OI_FLAG_UNREADABLE", "tblPremium:2:isPhotoFee"),
        ("tblClaim", 2, {"DateFrom": "2024-02-30"}, "OI_DATE_UNREADABLE", "tblClaim:3:DateFrom"),
        ("tblClaim", 2, {"DateFrom": "2031-01-01"}, "OI_DATE_IN_FUTURE", "tblClaim:3:DateFrom"),
        ("tblInsuree", 1, {"DOB": "12/04/1985"}, "OI_DATE_UNREADABLE", "tblInsuree:2:DOB"),
        ("tblHF", 2, {"HFName": " "}, "OI_VALUE_MISSING", "tblHF:3:HFName"),
        ("tblHF", 2, {"HfID": "1"}, "OI_KEY_TWICE", "tblHF:3:HfID"),
        ("tblPolicy", 1, {"FamilyID": "one"}, "OI_NUMBER_UNREADABLE", "tblPolicy:2:FamilyID"),
        ("tblPolicy", 1, {"FamilyID": "1.5"}, "OI_NUMBER_UNREADABLE", "tblPolicy:2:FamilyID"),
    ],
)
def test_a_bad_value_is_refused_with_table_row_and_column(
    folder: Path,
    change: Change,
    table: str,
    key: int,
    values: dict[str, str],
    code: str,
    place: str,
) -> None:
    change(table, key, **values)
    assert faults(folder) == [(code, place)]


def test_a_bad_value_of_an_old_version_does_not_matter(folder: Path, change: Change) -> None:
    change("tblInsuree", 10, DOB="never")
    read(folder)


def test_every_fault_is_told_at_once(folder: Path, change: Change) -> None:
    change("tblPremium", 1, Amount="-1", PayDate="soon")
    change("tblClaim", 1, ClaimCode="")
    (folder / "tblHF.csv").unlink()
    assert faults(folder) == [
        ("OI_TABLE_MISSING", "tblHF"),
        ("OI_NEGATIVE", "tblPremium:2:Amount"),
        ("OI_DATE_UNREADABLE", "tblPremium:2:PayDate"),
        ("OI_VALUE_MISSING", "tblClaim:2:ClaimCode"),
    ]


def test_another_header_is_refused(folder: Path) -> None:
    path = folder / "tblPremium.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Receipt", "Recu", 1), "utf-8")
    assert faults(folder) == [("OI_COLUMN_MISSING", "tblPremium:1:Receipt")]


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "OI_COLUMN_MISSING", "tblPayer:1:PayerID"),
        (b'PayerID,PayerName,ValidityTo\n1,"A\n', "OI_NOT_CSV", "tblPayer:2"),
        pytest.param(
            b"PayerID,PayerName,ValidityTo\n1," + b"x" * 9_000_000 + b",\n",
            "OI_CELL_TOO_LONG",
            "tblPayer:2",
            id="long",
        ),
        (b"PayerID,PayerName,ValidityTo\n1,\xe9tat,\n", "OI_NOT_UTF8", "tblPayer"),
        (b"PayerID,PayerName,ValidityTo\n1,A\n", "OI_ROW_LENGTH", "tblPayer:2"),
        (b"\x00\x01\x02", "OI_COLUMN_MISSING", "tblPayer:1:PayerID"),
    ],
)
def test_a_corrupt_file_is_refused(folder: Path, content: bytes, code: str, place: str) -> None:
    (folder / "tblPayer.csv").write_bytes(content)
    assert faults(folder)[0] == (code, place)


def test_faults_without_number_are_cut_short(folder: Path) -> None:
    rows = "".join(f"{key},,\n" for key in range(1, 801))
    (folder / "tblPayer.csv").write_text(f"PayerID,PayerName,ValidityTo\n{rows}", "utf-8")
    found = faults(folder)
    assert len(found) == 501
    assert found[-1] == ("OI_MORE_FAULTS", "")


def test_a_text_too_long_is_cut_and_said(folder: Path, change: Change) -> None:
    change("tblFamilies", 1, FamilyAddress="x" * 300)
    reading = read(folder)
    assert [(row.table, row.key, column) for row, column in reading.cut] == [
        ("tblFamilies", 1, "FamilyAddress")
    ]


def test_codes_that_several_rows_share_are_told_apart(folder: Path, change: Change) -> None:
    change("tblPremium", 2, Receipt="R-001")
    change("tblPremium", 3, Receipt="R-001-2")
    codes, shared = distinct_codes(read(folder)[PREMIUMS], "Receipt")
    assert codes[1] == "R-001"
    assert codes[3] == "R-001-2", "the row whose own code it is keeps it"
    assert codes[2] == "R-001-02"
    assert len(set(codes.values())) == 6
    assert [row.key for row in shared] == [2, 4, 5]


def test_a_source_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="OI_SOURCE_MISSING"), open_source(str(tmp_path / "none")):
        raise AssertionError("nothing to open")


def test_a_database_that_does_not_answer_is_refused_without_its_password() -> None:
    url = "postgresql://imis:secret@127.0.0.1:1/imis"
    with pytest.raises(Refusal, match="OI_DATABASE_UNREACHABLE") as refused, open_source(url):
        raise AssertionError("nothing to open")
    assert "secret" not in str(refused.value)


@pytest.mark.django_db
def test_a_refused_source_leaves_the_database_as_it_was(folder: Path, change: Change) -> None:
    from entraide.apps.schemes.models import Federation, Mutual

    change("tblClaim", 1, DateFrom="never")
    with pytest.raises(RefusedRows):
        import_openimis(str(folder), on=ON)
    assert not Mutual.objects.exists()
    assert not Federation.objects.exists()
