from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal, RefusedRows
from entraide.files import camt053
from entraide.files import statement as statement_module
from entraide.files.statement import StatementFile
from tests.apps.banking.statements import camt

HERE = Path(__file__).parent
TOGO = (HERE / "tg_bank_camt053_02.xml").read_bytes()
BURKINA = (HERE / "bf_bank_camt053_08.xml").read_bytes()


def rows(file: StatementFile, index: int = 0) -> list[tuple[str, int, str, str, str]]:
    return [
        (row.booked_on.isoformat(), row.amount_minor, row.label, row.reference, row.bank_code)
        for row in file.statements[index].lines
    ]


def faults(content: bytes) -> set[tuple[str, str]]:
    with pytest.raises(RefusedRows) as refused:
        camt053.read(content)
    return {(finding.code, finding.place) for finding in refused.value.findings}


@pytest.mark.requirement("R140", begun=True)
def test_version_02_with_a_batch_a_charge_and_a_pending_entry() -> None:
    file = camt053.read(TOGO)
    assert rows(file) == [
        ("2025-05-05", 36000, "Cotisation 2025 AFI KOFFI", "REC-301", "PMNT-RCDT-ESCT"),
        ("2025-05-05", 24000, "KOSSI MENSAH", "REC-302", "PMNT-RCDT-ESCT"),
        ("2025-05-12", -15000, "REG-2025-0044 USP DE TSEVIE", "", "TRF"),
        ("2025-05-30", -1500, "FRAIS DE TENUE DE COMPTE", "", "FEE"),
    ]
    (statement,) = file.statements
    assert (statement.account_id, statement.currency) == ("TG53TG0000000000000000000042", "XOF")
    assert (statement.opening_minor, statement.closing_minor) == (900_000, 943_500)
    assert (statement.opening_on, statement.closing_on) == (date(2025, 5, 1), date(2025, 5, 31))
    assert [row.amount_minor for row in statement.pending] == [7000]
    assert statement.lines[0].value_on == date(2025, 5, 6)
    assert statement.lines[3].value_on == date(2025, 5, 30)


def test_version_08_with_two_accounts_an_overdraft_and_a_reversal() -> None:
    file = camt053.read(BURKINA)
    assert rows(file, 0) == [
        ("2025-05-10", -70000, "CMA DE KOUBRI", "V-88", "PMNT-ICDT-ESCT"),
        ("2025-05-10", 10000, "", "V-88", "PMNT-ICDT-ESCT"),
    ]
    assert rows(file, 1) == [("2025-05-20", 2500, "Annulation de frais", "", "RET")]
    assert [statement.account_id for statement in file.statements] == ["BF-0001-77", "BF-0001-78"]
    assert file.statements[0].closing_minor == -10_000
    assert [line.is_reversal for line in file.statements[1].lines] == [True]


def test_a_batch_whose_details_do_not_sum_stays_one_line() -> None:
    file = camt053.read(TOGO.replace(b">36000<", b">35000<"))
    first = rows(file)[0]
    assert first[1] == 60_000
    assert first[3] == "REC-301 REC-302"


def test_a_line_has_the_same_key_in_an_overlapping_file() -> None:
    """The second file lacks the first entry: the keys of the others do not move."""
    text = TOGO.decode()
    begin, end = text.index("<Ntry>"), text.index("</Ntry>") + len("</Ntry>")
    shorter = text[:begin] + text[end:]
    shorter = shorter.replace(">900000.00<", ">960000.00<")
    whole, part = camt053.read(TOGO), camt053.read(shorter.encode())
    keys = [row.key for row in whole.statements[0].lines]
    assert [row.key for row in part.statements[0].lines] == keys[2:]
    assert len(set(keys)) == 4


def test_one_bank_reference_for_two_lines_loses_neither() -> None:
    file = camt053.read(TOGO.replace(b"BK0002", b"BK0001"))
    assert len({row.key for row in file.statements[0].lines}) == 4


@pytest.mark.requirement("R140", begun=True)
def test_lines_that_do_not_lead_to_the_closing_balance_are_refused_with_the_difference() -> None:
    with pytest.raises(RefusedRows) as refused:
        camt053.read(TOGO.replace(b">943500.00<", b">943600.00<"))
    (finding,) = refused.value.findings
    assert (finding.code, finding.place) == ("STATEMENT_UNBALANCED", "Stmt[1]")
    assert finding.data["difference_minor"] == 100


def test_all_faults_at_once_with_their_place() -> None:
    broken = (
        TOGO.replace(b'<Amt Ccy="XOF">15000.00</Amt>', b'<Amt Ccy="EUR">15000.00</Amt>')
        .replace(
            b"<BookgDt><Dt>2025-05-30</Dt></BookgDt>", b"<BookgDt><Dt>2025-05-32</Dt></BookgDt>"
        )
        .replace(b">1500.00<", b">1500.50<")
        .replace(b'<Amt Ccy="XOF">60000.00</Amt><CdtDbtInd>CRDT', b"<Amt>6O000</Amt><CdtDbtInd>UP")
    )
    assert faults(broken) == {
        ("AMOUNT_UNREADABLE", "Stmt[1]/Ntry[1]/Amt"),
        ("STATEMENT_DIRECTION_UNKNOWN", "Stmt[1]/Ntry[1]/CdtDbtInd"),
        ("STATEMENT_CURRENCY_DIFFERS", "Stmt[1]/Ntry[2]/Amt"),
        ("STATEMENT_DATE_UNREADABLE", "Stmt[1]/Ntry[3]/BookgDt"),
        ("STATEMENT_ELEMENT_MISSING", "Stmt[1]/Ntry[3]/BookgDt"),
        ("AMOUNT_TOO_PRECISE", "Stmt[1]/Ntry[3]/Amt"),
    }


def test_a_statement_without_balances_is_refused() -> None:
    assert faults(TOGO.replace(b"OPBD", b"XXXX").replace(b"CLBD", b"XXXX")) == {
        ("STATEMENT_OPENING_MISSING", "Stmt[1]"),
        ("STATEMENT_CLOSING_MISSING", "Stmt[1]"),
    }


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<Document>&a;</Document>"""


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("XML_FORBIDDEN", BOMB),
        ("XML_FORBIDDEN", OUTSIDE),
        ("XML_BROKEN", TOGO[: len(TOGO) // 2]),
        ("XML_BROKEN", b""),
        ("XML_BROKEN", b"Date;Solde\n"),
        ("XML_BROKEN", TOGO.replace(b"AFI KOFFI", "KOFFI Adélé".encode("cp1252"))),
        ("CAMT_VERSION", TOGO.replace(b"camt.053.001.02", b"camt.052.001.02")),
        ("CAMT_VERSION", b"<Document/>"),
        ("FILE_ENCODING", TOGO.replace(b"UTF-8", b"KLINGON")),
        (
            "STATEMENT_MISSING",
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>',
        ),
    ],
)
def test_files_that_are_no_statement(code: str, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        camt053.read(content)
    assert refused.value.code == code


def test_days_and_amounts_that_cannot_be_are_refused() -> None:
    may, june = date(2025, 5, 1), date(2025, 5, 31)
    swapped = camt(0, [], opening_on=june, closing_on=may)
    assert faults(swapped) == {("STATEMENT_DATES_SWAPPED", "Stmt[1]")}
    outside = camt(0, [(date(1990, 1, 1), 70, "A"), (date(2025, 6, 1), -70, "B")])
    with pytest.raises(RefusedRows) as refused:
        camt053.read(outside)
    (finding,) = refused.value.findings
    assert (finding.code, finding.data["count"], finding.data["label"]) == (
        "STATEMENT_LINE_OUTSIDE",
        2,
        "A",
    )
    huge = camt(0, [(may, 2**53 - 1, "A"), (may, -(2**53) + 1, "B")])
    assert faults(huge) == {("STATEMENT_AMOUNTS_TOO_LARGE", "Stmt[1]")}


def test_a_file_of_more_lines_than_anybody_answers_for_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statement_module, "LINE_LIMIT", 2)
    day = date(2025, 5, 1)
    assert len(camt053.read(camt(0, [(day, 1, "A"), (day, 1, "B")])).statements[0].lines) == 2
    with pytest.raises(Refusal, match="STATEMENT_TOO_LONG"):
        camt053.read(camt(0, [(day, 1, "A"), (day, 1, "B"), (day, 1, "C")]))


def test_a_label_loses_what_nobody_sees_and_keeps_its_key() -> None:
    day = date(2025, 5, 1)
    (plain,) = camt053.read(camt(0, [(day, 1, "VERST RASOA")])).statements[0].lines
    (turned,) = camt053.read(camt(0, [(day, 1, "VERST \u202eRASOA")])).statements[0].lines
    assert turned == plain


def test_a_declared_encoding_is_followed() -> None:
    content = TOGO.replace(b"UTF-8", b"ISO-8859-1").replace(
        b"AFI KOFFI", "Adélé".encode("iso-8859-1")
    )
    assert rows(camt053.read(content))[0][2] == "Cotisation 2025 Adélé"


def test_a_file_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Refusal, match="FILE_TOO_LARGE"):
        camt053.read(b" " * 20_000_001)


@given(st.integers(0, len(TOGO) - 1), st.binary(max_size=3))
def test_a_damaged_file_is_read_or_refused_never_a_crash(at: int, noise: bytes) -> None:
    damaged = TOGO[:at] + noise + TOGO[at + len(noise) :]
    try:
        file = camt053.read(damaged)
    except Refusal:
        return
    for statement in file.statements:
        moved = sum(row.amount_minor for row in statement.lines)
        assert statement.opening_minor + moved == statement.closing_minor
