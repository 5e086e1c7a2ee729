from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django_scopes import scopes_disabled

from entraide.apps.banking.models import BankAccount, StatementLine
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from tests.apps.banking.statements import a_bank_account, camt
from tests.cli.running import CommandLine
from tests.people import People

MAY = camt(
    900_000,
    [(date(2025, 5, 5), 36_000, "VERST AFI"), (date(2025, 5, 30), -1_500, "FRAIS")],
)


@pytest.fixture(autouse=True)
def _database_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entraide.cli.main._prepare_database", lambda: None)


@pytest.fixture
def bank(scoped: Mutual, people: People) -> BankAccount:
    return a_bank_account(scoped, people.moussa)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "mai.xml"
    path.write_bytes(MAY)
    return str(path)


def line_count() -> int:
    with scopes_disabled():
        return StatementLine.objects.count()


@pytest.mark.requirement("R140", begun=True)
def test_a_trial_run_then_the_import_then_once_more(
    cli: CommandLine, bank: BankAccount, file: str
) -> None:
    words = ("import", "statements", file, "--mutual", bank.mutual.code)
    assert cli.run(*words, "--dry-run", "--json") == 0, cli.err
    assert (cli.document["new_lines"], cli.document["is_dry_run"], line_count()) == (2, True, 0)
    assert cli.run(*words, "--json", "--profile", "camt053") == 0, cli.err
    assert cli.document["account"] == "Compte courant"
    assert cli.document["statements"][0]["closing_minor"] == 934_500
    assert (cli.document["open_lines"], line_count()) == (2, 2)
    assert (cli.document["matched_lines"], cli.document["lines_without_entry"]) == (0, 2)
    assert cli.run(*words) == 0
    assert "étaient déjà là" in cli.out
    assert line_count() == 2


def test_what_is_said_to_a_person(cli: CommandLine, bank: BankAccount, file: str) -> None:
    words = ("import", "statements", file, "--mutual", bank.mutual.code)
    assert cli.run(*words, "--dry-run") == 0
    assert "ajouterait 2 lignes" in cli.out
    assert cli.run(*words) == 0
    assert cli.out.splitlines() == [
        "Compte courant\u00a0: 2 lignes ajoutées (0 déjà là).",
        "Solde de la banque au 31 mai 2025\u00a0: 934\u202f500\u00a0F CFA.",
        (
            "Lignes pointées d’office\u00a0: 0. Avec une proposition à examiner\u00a0: 0. "
            "Sans aucune écriture\u00a0: 2."
        ),
    ]


def test_a_refused_file_leaves_nothing(cli: CommandLine, bank: BankAccount, tmp_path: Path) -> None:
    path = tmp_path / "faux.xml"
    path.write_bytes(camt(0, [(date(2025, 5, 5), 5, "X")], closing_minor=6))
    assert cli.run("import", "statements", str(path), "--mutual", bank.mutual.code, "--json") == 1
    assert cli.error["code"] == "INPUT_REFUSED"
    assert [finding["code"] for finding in cli.document["findings"]] == ["STATEMENT_UNBALANCED"]
    assert line_count() == 0


def test_the_account_must_be_found_or_said(
    cli: CommandLine, bank: BankAccount, people: People, tmp_path: Path, file: str
) -> None:
    path = tmp_path / "autre.xml"
    path.write_bytes(camt(0, [], account="TG99"))
    words = ("--mutual", bank.mutual.code, "--json")
    assert cli.run("import", "statements", str(path), *words) == 1
    assert cli.error["code"] == "ACCOUNT_NOT_SAID"
    assert cli.run("import", "statements", file, "--account", "Autre", *words) == 1
    assert cli.error["code"] == "ACCOUNT_UNKNOWN"
    assert cli.run("import", "statements", str(path), "--account", bank.name, *words) == 1
    assert cli.error["code"] == "STATEMENT_OF_OTHER_ACCOUNT"


def test_a_csv_goes_to_the_account_of_its_profile(
    cli: CommandLine, scoped: Mutual, people: People, tmp_path: Path
) -> None:
    a_bank_account(
        scoped,
        people.moussa,
        role=AccountRole.MOBILE_MONEY,
        name="Flooz",
        identifier="",
        csv_profile="tg_mobile_money",
    )
    path = tmp_path / "flooz.csv"
    path.write_text(
        "ID;Jour;Opération;Nom;Sortie;Entrée;Solde\n77001;02-05-2025;Réception;AFI;;3 600;3 600\n",
        encoding="utf-8",
    )
    assert cli.run("import", "statements", str(path), "--mutual", scoped.code, "--json") == 0
    assert (cli.document["account"], cli.document["new_lines"]) == ("Flooz", 1)


def test_a_csv_is_recognised_without_any_profile(
    cli: CommandLine, bank: BankAccount, tmp_path: Path
) -> None:
    path = tmp_path / "flooz.csv"
    path.write_text(
        "ID;Jour;Opération;Nom;Sortie;Entrée;Solde\n77001;02-05-2025;Réception;AFI;;3 600;3 600\n",
        encoding="utf-8",
    )
    words = ("import", "statements", str(path), "--mutual", bank.mutual.code, "--json")
    assert cli.run(*words) == 0, cli.err
    assert (cli.document["format"], cli.document["new_lines"]) == ("tg_mobile_money", 1)
    path.write_text("Day;Amount\n02-05-2025;3600\n", encoding="utf-8")
    assert cli.run(*words) == 1
    assert cli.error["code"] == "PROFILE_UNRECOGNISED"
    assert "--profile tg_mobile_money" in cli.err
    assert "«\u00a0Argent mobile, Togo\u00a0»" in cli.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("absent.xml",), "FILE_NOT_FOUND"),
        ((".",), "FILE_UNREADABLE"),
        (("{file}",), "MUTUAL_NOT_SAID"),
        (("{file}", "--mutual", "nowhere"), "MUTUAL_UNKNOWN"),
        (("{file}", "--mutual", "{mutual}", "--profile", "../x"), "PROFILE_UNKNOWN"),
    ],
)
def test_what_cannot_be_imported(
    cli: CommandLine,
    bank: BankAccount,
    other_mutual: Mutual,
    file: str,
    words: tuple[str, ...],
    code: str,
) -> None:
    filled = [word.format(file=file, mutual=bank.mutual.code) for word in words]
    assert cli.run("import", "statements", *filled, "--json") == 1
    assert cli.error["code"] == code


def test_a_kind_is_asked_for(cli: CommandLine, db: None) -> None:
    assert cli.run("import", "--json") == 2
    assert cli.run("import", "nothing", "--json") == 2
