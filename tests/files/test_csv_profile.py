from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal, RefusedRows
from entraide.files import csv_profile
from entraide.files.bank_profile import BankProfile, parse_profile, read_profile
from entraide.files.statement import BankStatement

HERE = Path(__file__).parent
COUNTRIES = HERE.parents[1] / "rules" / "countries"
BANK = read_profile(COUNTRIES / "mg" / "banks" / "mg_bank.yaml")
BANK_FILE = (HERE / "mg_bank_2025.csv").read_bytes()


def read(name: str, country: str) -> BankStatement:
    profile = read_profile(COUNTRIES / country / "banks" / f"{name}.yaml")
    (statement,) = csv_profile.read((HERE / f"{name}_2025.csv").read_bytes(), profile).statements
    return statement


def rows(statement: BankStatement) -> list[tuple[str, int, str, str]]:
    return [
        (row.booked_on.isoformat(), row.amount_minor, row.label, row.reference)
        for row in statement.lines
    ]


def faults(content: bytes, profile: BankProfile = BANK) -> set[tuple[str, str]]:
    with pytest.raises(RefusedRows) as refused:
        csv_profile.read(content, profile)
    return {(finding.code, finding.place) for finding in refused.value.findings}


@pytest.mark.requirement("R140", begun=True)
def test_a_bank_with_debit_credit_and_running_balance() -> None:
    statement = read("mg_bank", "mg")
    assert rows(statement) == [
        ("2025-03-03", 185_000, "VERSEMENT ESPECES VRS 2025-0041", "VRS-2025-0041"),
        ("2025-03-05", -64_000, 'VIREMENT CSB II "AMBOHIMANGA"', "REG-2025-0009"),
        ("2025-03-05", 12_000, "VERSEMENT ESPECES", ""),
        ("2025-03-05", 12_000, "VERSEMENT ESPECES", ""),
        ("2025-03-31", -1_500, "FRAIS TENUE DE COMPTE", ""),
    ]
    assert statement.account_id == "00005 00012 09876543210 41"
    assert (statement.opening_minor, statement.closing_minor) == (1_250_000, 1_393_500)
    assert statement.lines[0].value_on == date(2025, 3, 4)


@pytest.mark.requirement("R042", begun=True)
def test_mobile_money_newest_first_with_fees_and_statuses() -> None:
    statement = read("mg_mobile_money", "mg")
    assert rows(statement) == [
        ("2025-03-07", 5_000, "Dépôt Rabe Paul", "REC-1186"),
        ("2025-03-08", 15_000, "Dépôt Rasoa Marie", "REC-1188"),
        ("2025-03-09", -40_000, "Paiement CSB II Ambohimanga", "REG-2025-0010"),
        ("2025-03-09", -500, "Frais Paiement CSB II Ambohimanga", ""),
    ]
    assert (statement.opening_minor, statement.closing_minor) == (250_000, 229_500)
    assert [row.amount_minor for row in statement.pending] == [20_000]
    assert statement.lines[3].bank_code == "FEE"


def test_microfinance_with_signed_amounts_and_balances_around_the_lines() -> None:
    statement = read("bf_microfinance", "bf")
    assert rows(statement) == [
        ("2025-02-03", 45_000, "Dépôt Section de Koubri", "BV 0117"),
        ("2025-02-14", -27_250, "Retrait Règlement CSPS", "REG-0031"),
        ("2025-02-28", 1_035, "Intérêts", ""),
    ]
    assert (statement.account_id, statement.opening_minor) == ("BF-042-778", 310_500)
    assert statement.closing_minor == 329_285


def test_a_wallet_with_money_in_and_out() -> None:
    statement = read("tg_mobile_money", "tg")
    assert [row.amount_minor for row in statement.lines] == [3_600, 3_600, -18_400, -184]
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 88_616)


def test_every_bank_profile_of_the_countries_is_valid_and_named_as_its_file() -> None:
    paths = sorted(COUNTRIES.glob("*/banks/*.yaml"))
    assert len(paths) >= 5
    assert all(read_profile(path).profile == path.stem for path in paths)


def test_equal_lines_have_different_keys_that_an_overlapping_file_repeats() -> None:
    whole = read("mg_bank", "mg")
    keys = [row.key for row in whole.lines]
    assert len(set(keys)) == 5
    lines = BANK_FILE.decode().splitlines()
    shorter = [*lines[:5], *lines[7:]]  # without the opening row and the line of 3 March
    (part,) = csv_profile.read("\n".join(shorter).encode(), BANK).statements
    assert part.opening_minor == 1_435_000
    assert [row.key for row in part.lines] == keys[1:]


def test_all_faults_at_once_with_row_and_column() -> None:
    content = (
        BANK_FILE.decode()
        .replace("03/03/2025;", "31/02/2025;")
        .replace(";64 000,00;;", ";64 00x;;")
        .replace(";1 500,00;;", ";1 500,00;7;")
        .replace("12 000;1 383", ";1 383")
    )
    assert faults(content.encode()) == {
        ("STATEMENT_DATE_UNREADABLE", "row 7, column Date opération"),
        ("AMOUNT_UNREADABLE", "row 8, column Débit"),
        ("AMOUNT_MISSING", "row 9, column Débit / Crédit"),
        ("AMOUNT_ON_BOTH_SIDES", "row 11, column Débit / Crédit"),
    }


@pytest.mark.parametrize("text", ["12.50", "1.25,0.0", "12,000.00", "1e3", "١٢"])
def test_an_amount_grouped_in_a_strange_way_is_refused_not_guessed(text: str) -> None:
    content = BANK_FILE.decode().replace(";;12 000;1 383", f";;{text};1 383")
    assert faults(content.encode()) == {("AMOUNT_UNREADABLE", "row 9, column Crédit")}


def test_a_line_taken_out_of_the_file_shows_where_it_is_missing() -> None:
    lines = BANK_FILE.decode().splitlines()
    content = "\n".join([*lines[:7], *lines[8:]]).encode()
    found = faults(content)
    assert ("RUNNING_BALANCE_BROKEN", "row 8, column Solde") in found


def test_a_wrong_closing_balance_is_refused_with_the_difference() -> None:
    content = BANK_FILE.decode().replace("Solde final;;;;1 393 500", "Solde final;;;;1 393 400")
    with pytest.raises(RefusedRows) as refused:
        csv_profile.read(content.encode(), BANK)
    (finding,) = refused.value.findings
    assert finding.code == "STATEMENT_UNBALANCED"
    assert finding.data["difference_minor"] == -100


def test_a_status_nobody_described_is_refused() -> None:
    profile = read_profile(COUNTRIES / "mg" / "banks" / "mg_mobile_money.yaml")
    content = (HERE / "mg_mobile_money_2025.csv").read_text().replace("Annulé", "x")
    content = content.replace("Échoué", "Remboursé")
    assert faults(content.encode(), profile) == {("STATUS_UNKNOWN", "row 5, column Statut")}


def test_a_row_without_date_is_not_passed_over() -> None:
    content = BANK_FILE.decode().replace("31/03/2025;31/03/2025;FRAIS", ";;FRAIS")
    assert ("ROW_WITHOUT_DATE", "row 11, column Date opération") in faults(content.encode())


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("COLUMNS_MISSING", BANK_FILE.replace(b"Solde\n", b"Balance\n")),
        ("COLUMNS_MISSING", b""),
        ("COLUMNS_MISSING", BANK_FILE.replace(b";", b",")),
        ("FILE_ENCODING", BANK_FILE.decode().encode("utf-16")),
        ("FILE_NOT_CSV", BANK_FILE + b'"never closed'),
        pytest.param("FILE_CELL_TOO_LONG", BANK_FILE + b"x" * 9_000_000 + b";1\n", id="long"),
        ("STATEMENT_EMPTY", b"\n".join(BANK_FILE.splitlines()[:5])),
        pytest.param("FILE_TOO_LARGE", b" " * 20_000_001, id="large"),
    ],
)
def test_files_that_are_no_statement(code: str, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        csv_profile.read(content, BANK)
    assert refused.value.code == code


def test_the_old_encoding_of_offices_is_read() -> None:
    (statement,) = csv_profile.read(BANK_FILE.decode().encode("cp1252"), BANK).statements
    assert rows(statement) == rows(read("mg_bank", "mg"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"columns": {"booked_on": "D", "label": ["L"], "balance": "S"}}, "PROFILE_AMOUNT_COLUMNS"),
        (
            {"columns": {"booked_on": "D", "label": ["L"], "balance": "S", "debit": "X"}},
            "PROFILE_AMOUNT_COLUMNS",
        ),
        ({"columns": {"booked_on": "D", "label": ["L"], "amount": "A"}}, "PROFILE_BALANCE"),
        ({"statuses": {"booked": ["ok"]}}, "PROFILE_STATUS"),
        ({"currency": "FCFA"}, "CURRENCY_UNKNOWN"),
        ({"encodings": ["klingon"]}, "PROFILE_ENCODING"),
        ({"colour": "red"}, "PROFILE_KEY"),
        ({"delimiter": ";;"}, "PROFILE_KEY"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(
    changes: dict[str, object], code: str
) -> None:
    document: dict[str, object] = {
        "profile": "xx_bank",
        "title": {"fr": "Banque", "en": "Bank"},
        "kind": "bank",
        "currency": "XOF",
        "columns": {"booked_on": "D", "label": ["L"], "amount": "A", "balance": "S"},
    }
    assert parse_profile(document).currency == "XOF"
    with pytest.raises(RefusedRows) as refused:
        parse_profile({**document, **changes})
    assert [finding.code for finding in refused.value.findings] == [code]


def test_a_profile_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "xx_bank.yaml"
    broken.write_text("a: [")
    with pytest.raises(Refusal, match="PROFILE_UNREADABLE"):
        read_profile(broken)


@given(st.integers(0, len(BANK_FILE) - 1), st.binary(max_size=4))
def test_a_damaged_file_is_read_or_refused_never_a_crash(at: int, noise: bytes) -> None:
    damaged = BANK_FILE[:at] + noise + BANK_FILE[at + len(noise) :]
    try:
        (statement,) = csv_profile.read(damaged, BANK).statements
    except Refusal:
        return
    moved = sum(row.amount_minor for row in statement.lines)
    assert statement.opening_minor + moved == statement.closing_minor
