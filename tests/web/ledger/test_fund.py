"""The page of the fund, its journal, its trial balance: each figure opens to what makes it."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import (
    account_for,
    fund_changes,
    month_end_balances,
    trial_balance,
)
from entraide.apps.ledger.services import post_entry, reverse_posted
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole, EntryKind, FundCode
from entraide.core.posting_rules import Treasury, payout_made
from tests.apps.banking.statements import a_receipt
from tests.people import People
from tests.web.conftest import Browser
from tests.web.ledger.conftest import Address

PAGES = ("ledger", "journal", "trial-balance")


def test_the_fund_opens_on_its_balances_and_what_changed_them(
    signed_in: Browser, people: People, address: Address, rent: Entry
) -> None:
    page = signed_in(people.moussa).get(address("ledger")).content.decode()
    assert "Ce qui a fait varier les fonds" in page
    assert "500\u202f000" in page  # the mutual fund, untouched by the rent
    assert "455\u202f000" in page  # the running costs after it
    assert "−45\u202f000" in page
    assert "Aucun relevé n’est encore rapproché." in page


def test_changes_add_up_to_the_closing_balance(scoped: Mutual, people: People, rent: Entry) -> None:
    a_receipt(scoped, people.moussa, 7_000, date(2025, 6, 10))
    changes = fund_changes(scoped, date(2025, 6, 1), date(2025, 7, 1))
    assert changes == {
        EntryKind.EXPENSE_PAID: {"running": -45_000},
        EntryKind.GRANT_RECEIVED: {"mutual": 7_000},
    }
    trend = month_end_balances(scoped, FundCode.MUTUAL, date(2025, 6, 16), 3)
    assert trend == [500_000, 500_000, 507_000]


def test_the_rows_behind_a_change_add_up_to_its_figure(
    signed_in: Browser, people: People, address: Address, scoped: Mutual, opening: Entry
) -> None:
    day = date(2025, 6, 10)

    def paid(number: str, amount_minor: int, recovered_minor: int = 0) -> Entry:
        drafted = payout_made(
            document_number=number, occurred_on=day, treasury=Treasury(AccountRole.BANK),
            payable=AccountRole.PROVIDERS_PAYABLE, party="provider:x", amount_minor=amount_minor,
            recovered_minor=recovered_minor,
        )  # fmt: skip
        return post_entry(mutual=scoped, entry=drafted, actor=people.moussa, on=day)

    paid("BR-25-1", 61_914, 4_211)
    paid("BR-25-2", 0, 3_000)  # kept back whole: no money moves
    reverse_posted(mutual=scoped, entry=paid("BR-25-3", 9_000), actor=people.moussa, on=day)
    client = signed_in(people.moussa)
    overview = client.get(address("ledger"), {"year": "2025", "month": "6"})
    [change] = overview.context["changes"]
    assert change.total_minor == -61_914
    assert "?change=payout_made&" in change.url
    latest = overview.content.decode()
    assert "66\u202f125" in latest
    assert "dont argent \u221261\u202f914" in latest
    rows = client.get(change.url)
    assert rows.context["moved_minor"] == change.total_minor
    assert sum(row.money_minor for row in rows.context["rows"]) == change.total_minor
    assert {row.entry.document_number for row in rows.context["rows"]} >= {"BR-25-1", "BR-25-3"}
    page = rows.content.decode()
    assert "BR-25-2" not in page
    assert "Total\u00a0: Soins réglés" in page


def test_a_month_shows_what_it_began_with(
    signed_in: Browser, people: People, address: Address, rent: Entry
) -> None:
    client = signed_in(people.moussa)
    june = client.get(address("ledger"), {"year": "2025", "month": "6"}).content.decode()
    assert "juin 2025" in june
    assert "1\u202f000\u202f000" in june
    may = client.get(address("ledger"), {"year": "2025", "month": "5"}).content.decode()
    assert "Aucun mouvement sur cette période." in may
    nonsense = client.get(address("ledger"), {"year": "²", "month": "99"})
    assert nonsense.status_code == 200
    assert "2025" in nonsense.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_empty_books_say_so(
    signed_in: Browser, people: People, address: Address, page: str
) -> None:
    assert signed_in(people.moussa).get(address(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_read_the_books_is_told_who_may(
    signed_in: Browser, people: People, address: Address, page: str
) -> None:
    answer = signed_in(people.awa).get(address(page))
    assert answer.status_code == 403
    assert "Finance" in answer.content.decode()
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=people.awa).exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing(
    signed_in: Browser, people: People, address: Address, page: str
) -> None:
    assert signed_in(people.fanta).get(address(page)).status_code == 404


def test_an_entry_of_another_mutual_does_not_exist(
    signed_in: Browser, people: People, address: Address, rent: Entry, other_mutual: Mutual
) -> None:
    client = signed_in(people.fanta)
    own = address("entry", uid=rent.uid).replace("essentielle-lome", other_mutual.code)
    assert client.get(own).status_code == 404


def test_the_journal_filters_and_finds_a_number_anywhere(
    signed_in: Browser, people: People, address: Address, rent: Entry, opening: Entry
) -> None:
    client, journal = signed_in(people.moussa), address("journal")
    every = client.get(journal).content.decode()
    assert rent.document_number in every
    assert opening.document_number in every
    some = client.get(journal, {"kind": "expense_paid"}).content.decode()
    assert rent.document_number in some
    assert opening.document_number not in some
    old = client.get(journal, {"q": rent.document_number, "year": "2023"}).content.decode()
    assert rent.document_number in old
    assert "quelle que soit la période" in old
    account = {"account": "not-an-account", "journal": "x", "kind": "y", "fund": "z"}
    assert client.get(journal, account).status_code == 200
    rows = client.get(journal, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in rows
    assert rent.document_number in rows


def test_both_sides_of_the_trial_balance_agree(
    signed_in: Browser, people: People, address: Address, rent: Entry, scoped: Mutual
) -> None:
    client = signed_in(people.moussa)
    page = client.get(address("trial-balance")).content.decode()
    assert "Vérifié : les deux côtés concordent".replace(" :", "\u00a0:") in page
    of_fund = client.get(address("trial-balance"), {"fund": "mutual"}).content.decode()
    assert "45\u202f000" not in of_fund
    assert sum(row.balance_minor for row in trial_balance(scoped)) == 0


def test_the_general_ledger_carries_the_balance_after_each_movement(
    signed_in: Browser, people: People, address: Address, rent: Entry, scoped: Mutual
) -> None:
    bank = account_for(scoped, AccountRole.BANK)
    page = signed_in(people.moussa).get(address("account", uid=bank.uid)).content.decode()
    assert address("entry", uid=rent.uid) in page
    assert "955\u202f000" in page


def test_pages_of_the_books_cost_the_same_whatever_their_length(
    signed_in: Browser,
    people: People,
    address: Address,
    rent: Entry,
    scoped: Mutual,
    django_assert_max_num_queries: object,
) -> None:
    for _times in range(8):
        a_receipt(scoped, people.moussa, 1_000, date(2025, 6, 10))
    client = signed_in(people.moussa)
    for page in PAGES:
        with django_assert_max_num_queries(60):  # type: ignore[operator]
            client.get(address(page))
