"""``entraide report``: what the terminal shows, the files it writes, what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from entraide.apps.schemes.models import Mutual
from tests.cli.running import CommandLine
from tests.indicators.three_households import three_households
from tests.people import People

MONTHS = ("--from", "2025-01", "--to", "2025-12")


@pytest.fixture
def counted(mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch) -> Mutual:
    """The three families; the test's own database is ready."""
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)
    three_households(mutual, people)
    return mutual


def test_a_table_in_french(cli: CommandLine, counted: Mutual) -> None:
    assert cli.run("report", counted.code, *MONTHS) == 0
    assert "Rapport mutuelle, 2025" in cli.out
    assert "Qui est couvert\u202f?" in cli.out
    [ratio] = [line for line in cli.out.splitlines() if line.startswith("RSP (ratio")]
    assert ratio.split("  ")[-3:] != []
    assert "195,3\u00a0%" in ratio
    assert "19,0\u00a0%" in ratio
    assert "+176,3\u00a0pts" in ratio
    assert "hors provision pour soins non encore reçus" in cli.out


def test_the_whole_report_as_one_document(cli: CommandLine, counted: Mutual) -> None:
    assert cli.run("report", counted.code, *MONTHS, "--json") == 0
    document = cli.document
    assert document["mutual"]["code"] == counted.code
    assert document["period"] == {"from": "2025-01", "to": "2025-12"}
    ratio = document["figures"]["claims_ratio"]
    assert (ratio["numerator"], ratio["denominator"]) == (38000, 19455)
    assert str(ratio["value"]) == "1.953225"
    assert document["figures"]["autonomy_rate"]["previous"]["value"] is None
    assert document["files"] == []


@pytest.mark.requirement("R141")
def test_a_spreadsheet_and_a_pdf(cli: CommandLine, counted: Mutual, tmp_path: Path) -> None:
    xlsx, pdf = tmp_path / "rapport.xlsx", tmp_path / "rapport.pdf"
    xlsx.write_text("l'ancien")
    files = ("--xlsx", str(xlsx), "--pdf", str(pdf))
    assert cli.run("report", counted.code, *MONTHS, "--json", *files) == 0
    assert cli.document["files"] == [str(xlsx), str(pdf)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rapport.pdf", "rapport.xlsx"]
    assert pdf.read_bytes().startswith(b"%PDF")
    book = load_workbook(io.BytesIO(xlsx.read_bytes()))
    assert book.sheetnames[0] == "Rapport"
    rows = {row[1]: row for row in book["Rapport"].iter_rows(values_only=True)}
    assert rows["RSP (ratio sinistres à primes)"][2:5] == (1.953225, 38000, 19455)
    assert rows["Solde du fonds mutuel"][2] == 27000


def test_a_name_is_never_a_formula(cli: CommandLine, counted: Mutual, tmp_path: Path) -> None:
    counted.name = "=HYPERLINK(1)\x07"
    counted.save()
    target = tmp_path / "r.xlsx"
    assert cli.run("report", counted.code, *MONTHS, "--xlsx", str(target)) == 0
    cell = load_workbook(target)["Rapport"]["A1"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("report", "nowhere"), "MUTUAL_UNKNOWN"),
        (
            ("report", "essentielle-lome", "--from", "2025-12", "--to", "2025-01"),
            "REPORT_MONTHS_SWAPPED",
        ),
        (("report", "essentielle-lome", "--from", "2025-13"), "REPORT_MONTH_UNREADABLE"),
        (("report", "essentielle-lome", "--to", "mars 2025"), "REPORT_MONTH_UNREADABLE"),
        (
            ("report", "essentielle-lome", "--from", "2999-01", "--to", "2999-02"),
            "REPORT_NOT_BEGUN",
        ),
        (
            ("report", "essentielle-lome", "--pdf", "/no/such/folder/r.pdf"),
            "REPORT_FILE_UNWRITABLE",
        ),
        (("report", "essentielle-lome", "--xlsx", "."), "REPORT_FILE_UNWRITABLE"),
        (("report", "essentielle-lome", "--xlsx", "r" * 300), "REPORT_FILE_UNWRITABLE"),
    ],
)
def test_refusals(
    cli: CommandLine,
    mutual: Mutual,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: str,
) -> None:
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)
    assert cli.run(*words, "--json") == 1
    assert cli.error["code"] == code
    assert len(json.dumps(cli.error["message"])) > 20
