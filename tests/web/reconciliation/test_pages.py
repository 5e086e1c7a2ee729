"""What an auditor reads: accounts, statements, lines and matches, without a single button."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.banking.models import (
    BankAccount,
    Match,
    MatchState,
    Statement,
    StatementLine,
    days_as_reference,
)
from entraide.apps.banking.selectors import reconciliation_state
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from entraide.web.reconciliation.sheet import gaps_of
from tests.apps.banking.statements import OPENED, a_receipt, an_expense, an_import, camt
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.reconciliation.conftest import Address

PAGES = ("bank-account", "statements", "matches", "match-rules")


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_an_account(
    signed_in: Browser, people: People, address: Address, imported: BankAccount, page: str
) -> None:
    url = address(page, uid=imported.uid)
    text = signed_in(people.auditor).get(url).content.decode()
    assert imported.name in text
    assert '<button class="btn btn--small"' not in text
    assert signed_in(people.awa).get(url).status_code == 403
    assert signed_in(people.fanta).get(url).status_code == 404


def test_a_statement_adds_up_and_opens_each_line(
    signed_in: Browser,
    people: People,
    address: Address,
    imported: BankAccount,
    unknown: StatementLine,
) -> None:
    client = signed_in(people.auditor)
    statement = Statement.objects.get(bank_account=imported)
    url = address("statement", uid=statement.uid)
    page = client.get(url).content.decode()
    assert "1\u202f000\u202f000" in page
    assert "89\u202f000" in page
    assert "1\u202f089\u202f000" in page
    assert address("statement-line", uid=unknown.uid) in page
    rows = client.get(url, {"state": "matched"}, headers={"HX-Request": "true"}).content.decode()
    assert "VIREMENT DEP" in rows
    assert "RASOA" not in rows
    assert "<html" not in rows
    assert "Aucune ligne ici" in client.get(url, {"q": "nothing like it"}).content.decode()


def test_a_statement_without_reference_is_named_by_its_days(
    signed_in: Browser,
    people: People,
    address: Address,
    imported: BankAccount,
    unknown: StatementLine,
) -> None:
    day = date(2026, 11, 28)
    Statement.objects.filter(bank_account=imported).update(
        reference=days_as_reference(day, day), opening_on=day, closing_on=day
    )
    statement = Statement.objects.get(bank_account=imported)
    client = signed_in(people.auditor)
    for url in (
        address("statement", uid=statement.uid),
        address("statement-line", uid=unknown.uid),
        address("statements", uid=imported.uid),
    ):
        page = client.get(url).content.decode().replace("\u00a0", " ")
        assert "28 novembre 2026" in page
        assert "28 novembre 2026 –" not in page
        assert "2026-11-28" not in page
    page = client.get(address("statement", uid=statement.uid)).content.decode()
    assert "<h1>Relevé, 28 novembre 2026</h1>" in page.replace("\u00a0", " ")


@pytest.mark.parametrize("state", ["", "automatic", "confirmed", "undone", "nonsense"])
def test_matches_by_state(
    signed_in: Browser, people: People, address: Address, imported: BankAccount, state: str
) -> None:
    answer = signed_in(people.moussa).get(address("matches", uid=imported.uid), {"state": state})
    assert answer.status_code == 200


def test_a_match_shows_both_sides(
    signed_in: Browser, people: People, address: Address, imported: BankAccount, rent: Entry
) -> None:
    match = Match.objects.get(state=MatchState.AUTOMATIC)
    page = signed_in(people.auditor).get(address("match", uid=match.uid)).content.decode()
    assert rent.document_number in page
    assert "−45\u202f000" in page
    assert "Le numéro de la pièce figure sur la ligne" in page


def test_before_its_first_statement_an_account_says_what_to_do(
    signed_in: Browser, people: People, address: Address, bank: BankAccount
) -> None:
    page = signed_in(people.moussa).get(address("bank-account", uid=bank.uid)).content.decode()
    assert "Demandez à la banque son relevé en fichier" in page
    assert (
        "Pas encore de relevé"
        in signed_in(people.moussa).get(address("reconciliation")).content.decode()
    )


def test_an_account_is_opened_once(
    signed_in: Browser, people: People, address: Address, scoped: Mutual
) -> None:
    client = signed_in(people.moussa)
    overview = client.get(address("reconciliation")).content.decode()
    assert "Encore sans relevé" in overview
    url = address("bank-account-new")
    form = client.get(url).context["form"]
    typed = {
        "idempotency_key": a_key(),
        "account": next(iter(form.accounts)),
        "name": "Banque de Lomé",
        "opened_on": "01/01/2025",
    }
    empty = client.post(url, {"idempotency_key": a_key()})
    assert empty.status_code == 422
    assert "3 points à corriger" in empty.content.decode()
    page = client.post(url, typed, follow=True).content.decode()
    assert "Banque de Lomé est ouvert au rapprochement." in page
    assert "Importer un relevé" in page
    client.post(url, typed)
    assert BankAccount.objects.count() == 1
    assert signed_in(people.director).get(url).status_code == 403


def test_the_gaps_always_add_up_to_the_difference(
    rf: object, people: People, imported: BankAccount, scoped: Mutual, unknown: StatementLine
) -> None:
    a_receipt(scoped, people.moussa, 3_000, unknown.booked_on)
    an_expense(scoped, people.moussa, 1_250, unknown.booked_on)
    request = rf.get("/")  # type: ignore[attr-defined]
    request.mutual, request.LANGUAGE_CODE = scoped, "fr"
    for match in [None, Match.objects.get(state=MatchState.PROPOSED)]:
        if match is not None:
            match.state = MatchState.CONFIRMED
            match.save()
            StatementLine.objects.filter(matched__match=match).update(state="matched")
        state = reconciliation_state(imported)
        assert state is not None
        gaps = gaps_of(request, state)
        assert sum(gap.gap_minor for gap in gaps) == state.difference_minor


def test_pieces_that_the_statement_should_have_shown_are_told(
    signed_in: Browser, people: People, address: Address, bank: BankAccount, scoped: Mutual
) -> None:
    """A gift of 5 May and rent of 7 May are on no statement of May; what came on the 30th may be."""
    a_receipt(scoped, people.moussa, 74_500, date(2025, 5, 5))
    an_expense(scoped, people.moussa, 45_000, date(2025, 5, 7))
    a_receipt(scoped, people.moussa, 3_000, date(2025, 5, 30))
    an_import(bank, people.moussa, camt(OPENED, []))
    client = signed_in(people.auditor)
    page = client.get(address("bank-account", uid=bank.uid)).content.decode()
    assert "2\u00a0pièces de la comptabilité devraient figurer sur ce relevé" in page
    assert "Entrées\u00a0: 74\u202f500\u00a0F\u00a0CFA." in page
    assert "Sorties\u00a0: −45\u202f000\u00a0F\u00a0CFA." in page
    assert "du 5\u00a0mai 2025, 26\u00a0jours avant la fin du relevé" in page
    assert "2\u00a0pièces attendues manquent au relevé" in page
    assert "Attendu, pas reçu" in page
    assert "Attendu, pas débité" in page
    assert page.count("En route") == 2  # the gap of the 30th and its class
    assert page.count("is-done") == 5
    assert page.count("is-doubtful") == 1
    assert "Tout est expliqué" not in page
    overview = client.get(address("reconciliation")).content.decode()
    assert "2\u00a0pièces attendues manquent" in overview


def test_a_recent_piece_leaves_the_six_steps_green(
    signed_in: Browser, people: People, address: Address, bank: BankAccount, scoped: Mutual
) -> None:
    a_receipt(scoped, people.moussa, 3_000, date(2025, 5, 30))
    an_import(bank, people.moussa, camt(OPENED, []))
    page = signed_in(people.auditor).get(address("bank-account", uid=bank.uid)).content.decode()
    assert page.count("is-done") == 6
    assert "is-doubtful" not in page
    assert "pièces attendues" not in page


def test_a_stranger_finds_neither_line_nor_match(
    signed_in: Browser, people: People, address: Address, unknown: StatementLine
) -> None:
    match = Match.objects.get(state=MatchState.PROPOSED)
    client = signed_in(people.fanta)
    for url in (
        address("reconciliation"),
        address("statement-line", uid=unknown.uid),
        address("statement", uid=unknown.statement.uid),
        address("match", uid=match.uid),
        address("match-by-hand", uid=unknown.bank_account.uid),
    ):
        assert client.get(url).status_code == 404
        own = url.replace("essentielle-lome", "essentielle-bobo")
        answer = client.get(own)
        assert answer.status_code == (200 if url == address("reconciliation") else 404)


def test_the_page_of_an_account_costs_the_same_whatever_is_open(
    signed_in: Browser,
    people: People,
    address: Address,
    imported: BankAccount,
    scoped: Mutual,
    unknown: StatementLine,
    django_assert_max_num_queries: object,
) -> None:
    for step in range(12):
        a_receipt(scoped, people.moussa, 1_000 + step, unknown.booked_on)
    client = signed_in(people.moussa)
    client.get(address("bank-account", uid=imported.uid))  # counts are worked out, and remembered
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        client.get(address("bank-account", uid=imported.uid))
