from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from entraide.apps.access.models import AuditEvent
from entraide.apps.banking.models import BankAccount, Match, Statement, StatementLine
from entraide.apps.banking.selectors import lines, statements
from entraide.apps.banking.services import import_statement, open_bank_account
from entraide.apps.banking.statement_files import plan_import, profile_paths
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_for
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole
from tests.apps.banking.statements import IBAN, a_bank_account, an_import, camt
from tests.builders import a_key
from tests.people import People

pytestmark = pytest.mark.usefixtures("scoped")

A, B, C = date(2025, 5, 5), date(2025, 5, 12), date(2025, 5, 30)
MAY = camt(900_000, [(A, 36_000, "VERST AFI"), (B, -15_000, "CHEQUE 12"), (C, -1_500, "FRAIS")])
CSV = (
    "ID;Jour;Opération;Nom;Sortie;Entrée;Solde\n"
    "77001;02-05-2025;Réception;AFI KOFFI;;3 600;103 600\n"
    "77002;02-05-2025;Réception;KOSSI MENSAH;;3 600;107 200\n"
    "77003;05-05-2025;Envoi;USP DE TSEVIE;18 400;;88 800\n"
)


@pytest.fixture
def bank(mutual: Mutual, people: People) -> BankAccount:
    return a_bank_account(mutual, people.moussa)


@pytest.fixture
def wallet(mutual: Mutual, people: People) -> BankAccount:
    return a_bank_account(
        mutual,
        people.moussa,
        role=AccountRole.MOBILE_MONEY,
        name="Flooz",
        identifier="",
        csv_profile="tg_mobile_money",
    )


def refused(bank: BankAccount, people: People, content: bytes, **more: object) -> Refusal:
    """The refusal of a file, which must leave nothing behind."""
    counted = (Statement, StatementLine, Match, Entry)
    before = [model.objects.count() for model in counted]
    with pytest.raises(Refusal) as caught:
        an_import(bank, people.moussa, content, **more)  # type: ignore[arg-type]
    assert [model.objects.count() for model in counted] == before
    return caught.value


@pytest.mark.requirement("R140", begun=True)
def test_a_statement_is_kept_line_by_line_and_adds_up(bank: BankAccount, people: People) -> None:
    statement = an_import(bank, people.moussa, MAY)
    assert (statement.opening_minor, statement.closing_minor) == (900_000, 919_500)
    assert [(line.booked_on, line.amount_minor, line.label) for line in lines(bank)] == [
        (A, 36_000, "VERST AFI"),
        (B, -15_000, "CHEQUE 12"),
        (C, -1_500, "FRAIS"),
    ]
    (listed,) = statements(bank)
    assert (listed.line_count, listed.open_count, listed.format) == (3, 3, "camt053")
    assert AuditEvent.objects.filter(kind="import", subject="statement releve.xml").count() == 1


@pytest.mark.requirement("R140", begun=True)
def test_the_same_file_twice_adds_nothing_and_says_so(bank: BankAccount, people: People) -> None:
    first = an_import(bank, people.moussa, MAY)
    plan = plan_import(bank, MAY)
    assert (plan.new_count, plan.known_count, plan.statements) == (0, 3, ())
    assert an_import(bank, people.moussa, MAY) == first
    assert (Statement.objects.count(), StatementLine.objects.count()) == (1, 3)


@pytest.mark.requirement("R140", begun=True)
def test_an_overlapping_file_adds_only_its_new_lines(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    an_import(bank, people.moussa, MAY)
    june = camt(
        936_000,  # before the cheque of 12 May
        [(B, -15_000, "CHEQUE 12"), (C, -1_500, "FRAIS"), (date(2025, 6, 3), 20_000, "DON")],
        opening_on=date(2025, 5, 6),
        closing_on=date(2025, 6, 10),
    )
    plan = plan_import(bank, june)
    assert (plan.new_count, plan.known_count) == (1, 2)
    added = an_import(bank, people.moussa, june)
    assert (added.opening_minor, added.closing_minor) == (919_500, 939_500)
    assert (added.opening_on, added.closing_on) == (date(2025, 5, 31), date(2025, 6, 10))
    assert [line.label for line in added.lines.all()] == ["DON"]
    assert verify(mutual).findings == ()


JUNE_ROWS = [(B, -15_000, "CHEQUE 12"), (C, -1_500, "FRAIS"), (date(2025, 6, 3), 20_000, "DON")]
JUNE_DAYS = {"opening_on": date(2025, 5, 6), "closing_on": date(2025, 6, 10)}


@pytest.mark.parametrize(
    ("june", "code", "difference_minor"),
    [
        # Its own lines do not lead from its opening to its closing.
        (camt(936_000, JUNE_ROWS, closing_minor=939_600, **JUNE_DAYS), "STATEMENT_UNBALANCED", 100),
        # They do, but it does not hang on the statement before.
        (camt(936_100, JUNE_ROWS, **JUNE_DAYS), "STATEMENT_OPENING_DIFFERS", 100),
        # A line that is here already was changed: it is a new one, and the sums no longer agree.
        (
            camt(936_000, [(B, -14_000, "CHEQUE 12"), *JUNE_ROWS[1:]], **JUNE_DAYS),
            "STATEMENT_OPENING_DIFFERS",
            15_000,
        ),
    ],
)
def test_an_overlapping_file_is_checked_like_any_other(
    bank: BankAccount, people: People, june: bytes, code: str, difference_minor: int
) -> None:
    an_import(bank, people.moussa, MAY)
    refusal = refused(bank, people, june)
    finding = refusal.findings[0] if isinstance(refusal, RefusedRows) else refusal.as_finding()
    assert (finding.code, finding.data["difference_minor"]) == (code, difference_minor)


def test_a_closed_period_takes_no_line_even_when_they_cancel_each_other(
    bank: BankAccount, people: People
) -> None:
    an_import(bank, people.moussa, MAY)
    rows = [(B, 70_000, "ERREUR"), (B, -70_000, "CORRECTION"), *JUNE_ROWS]
    refusal = refused(bank, people, camt(936_000, rows, **JUNE_DAYS))
    assert (refusal.code, refusal.data["count"], refusal.data["label"]) == (
        "STATEMENT_LINE_LATE",
        2,
        "ERREUR",
    )


@pytest.mark.requirement("R042", begun=True)
def test_overlapping_downloads_of_a_wallet_count_no_line_twice(
    wallet: BankAccount, people: People, mutual: Mutual
) -> None:
    """Each download begins within the one before; two equal receipts of one day stay two."""
    header, *rows = CSV.splitlines()
    twice = [
        "77004;06-05-2025;Réception;AFI KOFFI;;1 000;89 800",
        "77005;06-05-2025;Réception;AFI KOFFI;;1 000;90 800",
    ]
    for part, new in ((rows, 3), ([*rows[1:], twice[0]], 1), ([rows[2], *twice], 1), (twice, 0)):
        content = "\n".join([header, *part]).encode()
        assert plan_import(wallet, content).new_count == new
        an_import(wallet, people.moussa, content)
    assert [(each.opening_minor, each.closing_minor) for each in statements(wallet)] == [
        (89_800, 90_800),
        (88_800, 89_800),
        (100_000, 88_800),
    ]
    assert StatementLine.objects.count() == 5
    assert verify(mutual).findings == ()


def test_a_statement_without_any_line_brings_the_chain_forward(
    bank: BankAccount, people: People
) -> None:
    an_import(bank, people.moussa, MAY)
    quiet = camt(919_500, [], opening_on=date(2025, 6, 1), closing_on=date(2025, 6, 15))
    assert an_import(bank, people.moussa, quiet).closing_on == date(2025, 6, 15)
    assert an_import(bank, people.moussa, quiet).closing_on == date(2025, 6, 15)
    assert Statement.objects.count() == 2


def test_an_older_statement_must_end_where_the_first_one_begins(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    an_import(bank, people.moussa, MAY)
    days = {"opening_on": date(2025, 4, 1), "closing_on": date(2025, 4, 30)}
    row = (date(2025, 4, 8), 100_000, "DON")
    wrong = refused(bank, people, camt(800_500, [row], **days))
    assert wrong.code == "STATEMENT_CLOSING_DIFFERS"
    assert wrong.data["difference_minor"] == 500
    april = an_import(bank, people.moussa, camt(800_000, [row], **days))
    assert (april.opening_minor, april.closing_minor) == (800_000, 900_000)
    assert verify(mutual).findings == ()


@pytest.mark.requirement("R140", begun=True)
def test_a_gap_between_statements_is_refused_with_its_difference(
    bank: BankAccount, people: People
) -> None:
    an_import(bank, people.moussa, MAY)
    days = {"opening_on": date(2025, 6, 1), "closing_on": date(2025, 6, 10)}
    refusal = refused(bank, people, camt(919_000, [(date(2025, 6, 3), 1, "X")], **days))
    assert refusal.code == "STATEMENT_OPENING_DIFFERS"
    assert (refusal.data["expected_minor"], refusal.data["found_minor"]) == (919_500, 919_000)
    assert refusal.data["difference_minor"] == -500


def test_two_equal_lines_of_one_day_are_two_lines(bank: BankAccount, people: People) -> None:
    twice = camt(0, [(A, 5_000, "VERST ESP"), (A, 5_000, "VERST ESP")])
    assert an_import(bank, people.moussa, twice).lines.count() == 2
    assert plan_import(bank, twice).new_count == 0


BROKEN = {
    "unbalanced": (camt(0, [(A, 5, "X")], closing_minor=6), "INPUT_REFUSED"),
    "cut": (MAY[:-40], "XML_BROKEN"),
    "bomb": (
        b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + MAY.replace(b"FRAIS", b"&b;"),
        "XML_FORBIDDEN",
    ),
    "not a statement": (b"<html></html>", "CAMT_VERSION"),
    "encoding": (
        MAY.replace(b"<Document", b'<?xml version="1.0" encoding="none"?><Document', 1),
        "",
    ),
    "other account": (camt(0, [(A, 5, "X")], account="TG99"), "STATEMENT_OF_OTHER_ACCOUNT"),
    "other currency": (camt(0, [(A, 5, "X")], currency="MGA"), "STATEMENT_CURRENCY_DIFFERS"),
    "CSV of no known bank": (CSV.replace("Jour", "Day").encode(), "PROFILE_UNRECOGNISED"),
    "nothing": (b"", "STATEMENT_EMPTY"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_bad_file_is_refused_whole(bank: BankAccount, people: People, name: str) -> None:
    content, code = BROKEN[name]
    assert refused(bank, people, content).code == (code or "FILE_ENCODING")


def test_every_fault_of_an_unbalanced_file_is_told(bank: BankAccount, people: People) -> None:
    refusal = refused(bank, people, BROKEN["unbalanced"][0])
    assert isinstance(refusal, RefusedRows)
    assert [finding.code for finding in refusal.findings] == ["STATEMENT_UNBALANCED"]


def test_a_line_of_tomorrow_is_refused(bank: BankAccount, people: People) -> None:
    assert refused(bank, people, MAY, on=date(2025, 5, 29)).code == "DATE_IN_FUTURE"


BROKEN_CSV = {
    "missing line": (CSV.replace("77002;02-05-2025;Réception;KOSSI MENSAH;;3 600;107 200\n", "")),
    "amount": CSV.replace("18 400", "dix-huit mille"),
    "quotation mark": CSV + '77004;"05-05-2025;Envoi',
    "columns": CSV.replace("Jour", "Day"),
    "no line": CSV.splitlines()[0],
}


@pytest.mark.parametrize("name", BROKEN_CSV)
def test_a_bad_csv_is_refused_whole(wallet: BankAccount, people: People, name: str) -> None:
    code = refused(wallet, people, BROKEN_CSV[name].encode()).code
    assert code in {"INPUT_REFUSED", "FILE_NOT_CSV", "COLUMNS_MISSING", "STATEMENT_EMPTY"}


def test_a_csv_in_an_encoding_that_the_profile_does_not_know(
    wallet: BankAccount, people: People
) -> None:
    assert refused(wallet, people, CSV.encode("cp1252")).code == "FILE_ENCODING"


@pytest.mark.requirement("R042", begun=True)
def test_a_mobile_money_file_is_read_by_the_profile_of_its_account(
    wallet: BankAccount, people: People
) -> None:
    statement = an_import(wallet, people.moussa, CSV.encode(), file_name="C:\\flooz\\mai.csv")
    assert (statement.format, statement.file_name) == ("tg_mobile_money", "mai.csv")
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 88_800)
    assert [line.reference for line in lines(wallet)] == ["77001", "77002", "77003"]
    longer = CSV + "77004;06-05-2025;Réception;AFI KOFFI;;1 000;89 800\n"
    assert an_import(wallet, people.moussa, longer.encode()).lines.count() == 1


@pytest.mark.requirement("R140", begun=True)
def test_a_csv_is_recognised_by_its_header_and_comes_in_once(
    mutual: Mutual, people: People
) -> None:
    """An account that names no profile; the file is then known whether recognised or named."""
    plain = a_bank_account(mutual, people.moussa, identifier="")
    plan = plan_import(plain, CSV.encode())
    assert (plan.format, plan.new_count) == ("tg_mobile_money", 3)
    assert an_import(plain, people.moussa, CSV.encode()).format == "tg_mobile_money"
    for format in ("auto", "tg_mobile_money"):
        assert plan_import(plain, CSV.encode(), format=format).known_count == 3
        an_import(plain, people.moussa, CSV.encode(), format=format)
    assert (Statement.objects.count(), StatementLine.objects.count()) == (1, 3)


def test_a_profile_that_cannot_be_read_does_not_stop_the_others(
    mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tg_bank.yaml").write_text("a: [")
    paths = {**profile_paths(mutual), "tg_bank": tmp_path / "tg_bank.yaml"}
    monkeypatch.setattr("entraide.apps.banking.statement_files.profile_paths", lambda _: paths)
    plain = a_bank_account(mutual, people.moussa, identifier="")
    assert plan_import(plain, CSV.encode()).format == "tg_mobile_money"


@pytest.mark.parametrize("code", ["xx_bank", "../../mg/banks/mg_bank", "mg_bank"])
def test_only_a_profile_of_the_country_is_read(
    wallet: BankAccount, people: People, code: str
) -> None:
    assert refused(wallet, people, CSV.encode(), format=code).code == "PROFILE_UNKNOWN"


def test_the_number_of_the_account_is_learnt_from_its_first_statement(
    mutual: Mutual, people: People
) -> None:
    bank = a_bank_account(mutual, people.moussa, identifier="")
    an_import(bank, people.moussa, MAY)
    bank.refresh_from_db()
    assert bank.identifier == IBAN
    spaced = camt(919_500, [], account="TG53 TG00-0000 0000 0000 0000 0042", closing_on=C)
    assert plan_import(bank, spaced).other_count == 0
    assert refused(bank, people, camt(0, [], account="TG99")).code == "STATEMENT_OF_OTHER_ACCOUNT"


def test_a_file_of_several_accounts_gives_each_its_own(bank: BankAccount, people: People) -> None:
    other = camt(0, [(A, 7, "AILLEURS")], account="TG99").decode()
    both = MAY.decode().replace(
        "</BkToCstmrStmt>", other[other.index("<Stmt>") :].split("</Bk")[0] + "</BkToCstmrStmt>"
    )
    plan = plan_import(bank, both.encode())
    assert (plan.new_count, plan.other_count) == (3, 1)


def test_a_repeated_command_answers_the_first_statement(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    act = {
        "mutual": mutual,
        "actor": people.moussa,
        "on": date(2025, 6, 1),
        "idempotency_key": "once",
        "bank_account": bank,
        "file_name": "mai.xml",
    }
    first = import_statement(**act, content=MAY)
    assert import_statement(**act, content=MAY) == first
    with pytest.raises(Refusal, match="IDEMPOTENCY_CONFLICT"):
        import_statement(**act, content=MAY + b" ")


def test_only_who_may_imports(bank: BankAccount, people: People, other_mutual: Mutual) -> None:
    with pytest.raises(Refusal, match="FORBIDDEN"):
        an_import(bank, people.awa, MAY)
    with pytest.raises(Refusal, match="RECORD_OF_OTHER_MUTUAL"):
        import_statement(
            mutual=other_mutual,
            actor=people.fanta,
            on=date(2025, 6, 1),
            idempotency_key=a_key(),
            bank_account=bank,
            file_name="mai.xml",
            content=MAY,
        )
    assert Statement.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": AccountRole.CASH}, "NOT_A_TREASURY_ROLE"),
        ({"role": AccountRole.BANK}, "BANK_ACCOUNT_MIRRORED"),
        ({"name": "Compte courant"}, "BANK_ACCOUNT_NAME"),
        ({"name": " "}, "BANK_ACCOUNT_NAME"),
        ({"currency": "MGA"}, "BANK_ACCOUNT_CURRENCY"),
        ({"csv_profile": "nowhere"}, "PROFILE_UNKNOWN"),
        ({"opened_on": date(2025, 7, 1)}, "DATE_IN_FUTURE"),
    ],
)
def test_what_is_no_bank_account(
    bank: BankAccount, people: People, mutual: Mutual, change: dict[str, object], code: str
) -> None:
    fields = {
        "role": AccountRole.MICROFINANCE,
        "name": "Caisse populaire",
        "opened_on": date(2025, 6, 1),
        **change,
    }
    account = account_for(mutual, fields.pop("role"))  # type: ignore[arg-type]
    with pytest.raises(Refusal) as caught:
        open_bank_account(
            mutual=mutual,
            actor=people.moussa,
            on=date(2025, 6, 16),
            idempotency_key=a_key(),
            account=account,
            **fields,
        )
    assert caught.value.code == code


def test_the_treasury_account_bears_the_name_of_its_bank_account(
    scoped: Mutual, people: People
) -> None:
    account = account_for(scoped, AccountRole.BANK)
    assert account.label_fr == "Banques"
    bank = open_bank_account(
        mutual=scoped,
        actor=people.moussa,
        on=date(2025, 6, 16),
        idempotency_key=a_key(),
        account=account,
        name=" Banque du Golfe ",
        opened_on=date(2025, 6, 1),
    )
    account.refresh_from_db()
    assert bank.name == account.label_fr == account.label_en == "Banque du Golfe"
