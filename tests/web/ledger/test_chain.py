"""One franc from the receipt to the bank: each document opens the one before and the one after."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.banking.models import BankAccount, MatchState
from entraide.apps.banking.selectors import bank_accounts, lines, matches
from entraide.apps.ledger.selectors import entry_by_document
from entraide.apps.reporting.papers import paper_of, parties_of
from entraide.apps.schemes.models import Mutual, Product
from tests.apps.banking.statements import a_bank_account, an_import
from tests.people import People
from tests.story.lafia import Lafia
from tests.story.test_story import STATEMENT
from tests.web.conftest import Browser
from tests.web.ledger.conftest import Address


@pytest.fixture
def lafia(scoped: Mutual, product: Product, people: People) -> Lafia:
    """A year of a small mutual, its statement imported."""
    story = Lafia(scoped, people, product)
    story.live()
    account = a_bank_account(scoped, people.moussa, identifier="")
    an_import(account, people.moussa, STATEMENT.read_bytes(), on=date(2026, 1, 5))
    return story


def account_of(lafia: Lafia) -> BankAccount:
    """The account at the bank, with the statement of the year."""
    return bank_accounts(lafia.mutual).get()


@pytest.mark.requirement("R130", begun=True)
def test_a_deposit_leads_from_the_slip_to_the_statement_and_back(
    signed_in: Browser, people: People, address: Address, lafia: Lafia
) -> None:
    slip = lafia.payments[0].slip
    assert slip is not None
    assert slip.entry is not None
    client = signed_in(people.auditor)
    page = client.get(address("entry", uid=slip.entry.uid)).content.decode()
    assert address("slip", uid=slip.uid) in page
    [match] = [
        each
        for each in matches(account_of(lafia), MatchState.AUTOMATIC)
        if any(piece.entry_id == slip.entry_id for piece in each.matched_entries.all())
    ]
    [line] = [piece.line for piece in match.matched_lines.all()]
    assert address("statement-line", uid=line.uid) in page
    back = client.get(address("statement-line", uid=line.uid)).content.decode()
    assert address("entry", uid=slip.entry.uid) in back


def test_each_entry_names_its_paper_and_its_parties(lafia: Lafia) -> None:
    payment = lafia.payments[0]
    paper = paper_of(payment.entry)
    assert paper is not None
    assert (paper.register, paper.uid) == ("receipt", payment.uid)
    entry = entry_by_document(lafia.mutual, payment.document_number)
    assert [party.name for party in parties_of(entry).values()] == [
        lafia.households["Adjovi"].number
    ]
    claim = lafia.claims[0]
    claim.refresh_from_db()
    assert claim.entry is not None
    found = paper_of(claim.entry)
    assert found is not None
    assert (found.register, found.uid) == ("claim", claim.uid)
    cost = entry_by_document(lafia.mutual, "DEP-2025-00001")
    assert paper_of(cost) is None
    assert parties_of(cost) == {}


def test_who_may_not_read_registers_sees_numbers_without_their_page(
    signed_in: Browser, people: People, address: Address, lafia: Lafia
) -> None:
    payment = lafia.payments[0]
    page = signed_in(people.elected_officer).get(address("entry", uid=payment.entry.uid))
    text = page.content.decode()
    assert page.status_code == 200
    assert payment.document_number in text
    assert address("receipt", uid=payment.uid) not in text


def test_the_year_of_the_story_stands_on_the_page_of_the_fund(
    signed_in: Browser, people: People, address: Address, lafia: Lafia
) -> None:
    page = signed_in(people.moussa).get(address("ledger"), {"year": "2025"}).content.decode()
    for shown in ("27\u202f000", "−18\u202f000", "19\u202f000", "−12\u202f000"):
        assert shown in page
    assert lines(account_of(lafia)).count() == 20
