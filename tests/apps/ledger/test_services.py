"""Posting: balanced, chained, gapless, numbered once; corrected by reversal only."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraide.apps.ledger import selectors
from entraide.apps.ledger.models import Entry, LedgerHead, Posting
from entraide.apps.ledger.opening import add_treasury_account
from entraide.apps.ledger.operations import (
    record_bank_charge,
    record_expense,
    record_grant,
    record_interest,
    record_opening_balances,
    reverse_document,
    transfer_between_accounts,
)
from entraide.apps.ledger.services import (
    Draft,
    post_entries_in_bulk,
    post_entry,
    reverse_posted,
)
from entraide.apps.ledger.verification import check_chain, check_documents
from entraide.apps.schemes.models import Mutual
from entraide.core import ledger as core
from entraide.core import posting_rules
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from tests.builders import a_key, a_treasury_account
from tests.people import People

TODAY = date(2025, 6, 16)
CASH = posting_rules.Treasury(AccountRole.CASH)


def a_receipt(number: str, fund: int = 9000, running: int = 3000, on: date = TODAY) -> core.Entry:
    return posting_rules.contribution_paid(
        document_number=number,
        occurred_on=on,
        treasury=CASH,
        party="household:0197",
        amounts_minor={FundCode.MUTUAL: fund, FundCode.RUNNING: running},
        label="F-2025-00001",
    )


def rows_of(mutual: Mutual) -> list[tuple[object, ...]]:
    """Everything that the books hold of a mutual, apart from keys and instants."""
    return list(
        Posting.objects.filter(mutual=mutual)
        .order_by("entry__sequence", "position")
        .values_list(
            "entry__sequence",
            "entry__journal",
            "entry__document_number",
            "entry__kind",
            "entry__label",
            "entry__occurred_on",
            "entry__posted_on",
            "entry__posted_by",
            "entry__reverses__document_number",
            "entry__previous_hash",
            "entry__hash",
            "position",
            "account__number",
            "fund",
            "side",
            "amount_minor",
            "party",
        )
    )


@pytest.mark.requirement("R131", begun=True)
@pytest.mark.requirement("R056", begun=True)
def test_an_entry_takes_the_next_place_in_the_chain(scoped: Mutual, people: People) -> None:
    first = post_entry(
        mutual=scoped, entry=a_receipt("R-1", on=date(2025, 6, 3)), actor=people.moussa, on=TODAY
    )
    second = post_entry(mutual=scoped, entry=a_receipt("R-2"), actor=people.moussa, on=TODAY)
    assert (first.sequence, second.sequence) == (1, 2)
    assert (first.previous_hash, second.previous_hash) == (core.GENESIS, first.hash)
    assert (first.occurred_on, first.posted_on) == (date(2025, 6, 3), TODAY)
    head = LedgerHead.objects.get(mutual=scoped)
    assert (head.last_sequence, head.last_hash) == (2, second.hash)
    assert selectors.core_entry(first) == a_receipt("R-1", on=date(2025, 6, 3))
    assert list(check_chain(scoped)) == []


@pytest.mark.requirement("R130", begun=True)
def test_a_document_number_stands_once_in_the_books(scoped: Mutual, people: People) -> None:
    post_entry(mutual=scoped, entry=a_receipt("R-1"), actor=people.moussa, on=TODAY)
    for drafts in (
        [Draft(a_receipt("R-1"), TODAY, people.moussa)],
        [Draft(a_receipt("R-2"), TODAY, people.moussa)] * 2,
    ):
        with pytest.raises(Refusal, match="DOCUMENT_NUMBER_TAKEN"), transaction.atomic():
            post_entries_in_bulk(mutual=scoped, drafts=drafts)
    assert list(Entry.objects.values_list("document_number", flat=True)) == ["R-1"]
    assert list(check_documents(scoped)) == []


def test_two_mutuals_have_each_their_own_chain(
    mutual: Mutual, other_mutual: Mutual, people: People
) -> None:
    for each, actor in ((mutual, people.moussa), (other_mutual, people.fanta)):
        with scope(mutual=each):
            row = post_entry(mutual=each, entry=a_receipt("R-1"), actor=actor, on=TODAY)
            assert row.sequence == 1
            assert Entry.objects.count() == 1


def test_posting_before_its_day_or_to_an_unknown_account_is_refused(
    scoped: Mutual, people: People
) -> None:
    with pytest.raises(Refusal, match="ENTRY_IN_FUTURE"):
        post_entry(mutual=scoped, entry=a_receipt("R-1"), actor=people.moussa, on=date(2025, 6, 15))
    nowhere = posting_rules.expense_paid(
        document_number="D-1",
        occurred_on=TODAY,
        treasury=posting_rules.Treasury(AccountRole.BANK, "nulle-part"),
        expense=AccountRole.STAFF_COSTS,
        amount_minor=1,
    )
    with pytest.raises(Refusal, match="ACCOUNT_MISSING"), transaction.atomic():
        post_entry(mutual=scoped, entry=nowhere, actor=people.moussa, on=TODAY)
    assert not Entry.objects.exists()


def test_in_bulk_or_one_by_one_the_books_are_the_same(
    mutual: Mutual, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entraide.apps.ledger.services._CHUNK", 7)
    entries = [a_receipt(f"R-{number}", fund=number) for number in range(1, 20)]
    entries.append(core.reverse(entries[-1], "X-1", TODAY))  # in one chunk with what it reverses
    entries.append(core.reverse(entries[0], "X-2", TODAY))  # of an earlier chunk
    with scope(mutual=mutual):
        with transaction.atomic():
            for entry in entries:
                post_entry(mutual=mutual, entry=entry, actor=people.moussa, on=TODAY)
            one_by_one = rows_of(mutual)
            transaction.set_rollback(True)
        assert not Entry.objects.exists()
        posted = post_entries_in_bulk(
            mutual=mutual, drafts=(Draft(entry, TODAY, people.moussa) for entry in entries)
        )
        assert rows_of(mutual) == one_by_one
        assert [row.document_number for row in posted] == [row.document_number for row in entries]
        assert list(check_chain(mutual)) == []


@pytest.mark.requirement("R131", begun=True)
def test_a_reversal_mirrors_and_stays_linked(scoped: Mutual, people: People) -> None:
    post_entry(
        mutual=scoped, entry=a_receipt("R-1", on=date(2025, 6, 3)), actor=people.awa, on=TODAY
    )
    entry = selectors.entry_by_document(scoped, "R-1")
    reversal = reverse_posted(
        mutual=scoped, entry=entry, actor=people.moussa, on=TODAY, reason="Saisi deux fois"
    )
    assert (reversal.document_number, reversal.label) == ("EXT-2025-00001", "Saisi deux fois")
    assert selectors.entry_by_document(scoped, "R-1").reversed_by == reversal
    assert all(row.balance_minor == 0 for row in selectors.trial_balance(scoped))
    with pytest.raises(Refusal) as refused:
        reverse_posted(mutual=scoped, entry=entry, actor=people.moussa, on=TODAY)
    assert (refused.value.code, refused.value.data["by"]) == ("ALREADY_REVERSED", "EXT-2025-00001")
    with pytest.raises(Refusal, match="REVERSAL_NOT_REVERSIBLE"):
        reverse_posted(mutual=scoped, entry=reversal, actor=people.moussa, on=TODAY)


@pytest.mark.requirement("R127", begun=True)
def test_the_operations_of_a_month_and_the_balances_they_leave(
    mutual: Mutual, people: People
) -> None:
    """Worked by hand. Mutual fund: 200 000 opening + 1 500 interest = 201 500.
    Running: 50 000 opening + 30 000 grant − 12 000 salary − 500 charge = 67 500."""
    common = {"mutual": mutual, "actor": people.moussa, "on": TODAY}
    with scope(mutual=mutual):
        cash = selectors.account_for(mutual, AccountRole.CASH)
        bank = selectors.account_for(mutual, AccountRole.BANK)
        record_opening_balances(
            **common,
            idempotency_key=a_key(),
            opened_on=date(2025, 6, 1),
            balances=((bank, FundCode.MUTUAL, 200_000), (cash, FundCode.RUNNING, 50_000)),
        )
        expense = record_expense(
            **common,
            idempotency_key=a_key(),
            role=AccountRole.STAFF_COSTS,
            amount_minor=12_000,
            paid_on=date(2025, 6, 5),
            label="Salaire",
            treasury_account=cash,
        )
        record_grant(
            **common,
            idempotency_key=a_key(),
            amount_minor=30_000,
            received_on=date(2025, 6, 6),
            label="Don",
            treasury_account=bank,
        )
        record_bank_charge(
            **common,
            idempotency_key=a_key(),
            amount_minor=500,
            charged_on=date(2025, 6, 7),
            label="Tenue de compte",
            treasury_account=bank,
        )
        record_interest(
            **common,
            idempotency_key=a_key(),
            amount_minor=1_500,
            received_on=date(2025, 6, 8),
            label="Intérêts",
            treasury_account=bank,
        )
        transfer = transfer_between_accounts(
            **common,
            idempotency_key=a_key(),
            source=cash,
            destination=bank,
            amounts_minor={FundCode.RUNNING: 20_000},
            moved_on=date(2025, 6, 9),
            label="Versement",
        )
        assert expense.document_number == "DEP-2025-00001"
        assert transfer.document_number == "VIR-2025-00001"
        assert selectors.fund_balance(mutual, FundCode.MUTUAL, TODAY) == 201_500
        assert selectors.fund_balance(mutual, FundCode.RUNNING, TODAY) == 67_500
        assert selectors.fund_balance(mutual, FundCode.RUNNING, date(2025, 6, 5)) == 38_000
        assert selectors.treasury_balance(mutual, TODAY, account=cash) == 18_000
        assert selectors.treasury_balance(mutual, TODAY, account=bank) == 251_000
        page = selectors.general_ledger(cash, start=date(2025, 6, 2), until=date(2025, 7, 1))
        assert (page.opening_minor, page.closing_minor) == (50_000, 18_000)
        assert [balance for _movement, balance in page.lines] == [38_000, 18_000]
        assert [move.amount_minor for move in selectors.movements(bank)] == [
            200_000,
            30_000,
            -500,
            1_500,
            20_000,
        ]
        balance = selectors.trial_balance(mutual, until=date(2025, 7, 1))
        assert sum(row.debit_minor for row in balance) == sum(row.credit_minor for row in balance)
        assert {row.fund for row in selectors.trial_balance(mutual, fund="mutual")} == {"mutual"}
        assert list(check_chain(mutual)) == []


def test_what_the_finance_officer_entered_is_taken_back_with_a_reason(
    mutual: Mutual, people: People
) -> None:
    with scope(mutual=mutual):
        cash = selectors.account_for(mutual, AccountRole.CASH)
        bank = selectors.account_for(mutual, AccountRole.BANK)
        common = {"mutual": mutual, "actor": people.moussa, "on": TODAY}
        record_grant(
            **common,
            idempotency_key=a_key(),
            amount_minor=30_000,
            received_on=TODAY,
            label="Don",
            treasury_account=cash,
        )
        transfer_between_accounts(
            **common,
            idempotency_key=a_key(),
            source=cash,
            destination=bank,
            amounts_minor={FundCode.RUNNING: 10_000},
            moved_on=TODAY,
            label="Versement",
        )
        post_entry(mutual=mutual, entry=a_receipt("REC-2025-00001"), actor=people.awa, on=TODAY)

        def take_back(number: str, reason: str = "Erreur de saisie") -> Entry:
            return reverse_document(
                **common, idempotency_key=a_key(), document_number=number, reason=reason
            )

        assert take_back("SUB-2025-00001").reverses.document_number == "SUB-2025-00001"
        assert take_back("VIR-2025-00001").document_number == "EXT-2025-00002"
        for number, code in (
            ("REC-2025-00001", "REVERSE_IN_ITS_OWN_STEP"),
            ("EXT-2025-00001", "REVERSAL_NOT_REVERSIBLE"),
            ("SUB-2025-00001", "ALREADY_REVERSED"),
            ("SUB-2025-00009", "NOT_FOUND"),
        ):
            with pytest.raises(Refusal, match=code):
                take_back(number)
        with pytest.raises(Refusal, match="REASON_MISSING"):
            take_back("VIR-2025-00001", reason=" ")
        # A refused reversal gave its number back: the book has no gap.
        assert Entry.objects.filter(document_number__startswith="EXT").count() == 2


def test_an_operation_cannot_come_from_the_future_nor_from_an_account_that_holds_no_money(
    mutual: Mutual, people: People
) -> None:
    with scope(mutual=mutual):
        income = selectors.account_for(mutual, AccountRole.GRANT_INCOME)
        cash = selectors.account_for(mutual, AccountRole.CASH)
        for account, paid_on, code in (
            (cash, date(2025, 6, 17), "DATE_IN_FUTURE"),
            (income, TODAY, "NOT_A_TREASURY_ROLE"),
        ):
            with pytest.raises(Refusal, match=code):
                record_expense(
                    mutual=mutual,
                    actor=people.moussa,
                    on=TODAY,
                    idempotency_key=a_key(),
                    role=AccountRole.STAFF_COSTS,
                    amount_minor=1,
                    paid_on=paid_on,
                    label="Essai",
                    treasury_account=account,
                )
        assert not Entry.objects.exists()


def test_a_second_bank_takes_the_next_number_under_the_first(
    mutual: Mutual, people: People
) -> None:
    for rank, key in enumerate(("orabank", "ecobank"), start=1):
        account = a_treasury_account(mutual, people.moussa, AccountRole.BANK, key, key.title())
        assert (account.number, account.kind) == (f"521{rank}", "asset")
    with scope(mutual=mutual):
        assert selectors.treasury_accounts(mutual).count() == 6
        assert selectors.account_for(mutual, AccountRole.BANK, "ecobank") == account
    for role, key, number, code in (
        (AccountRole.BANK, "ecobank", "", "ACCOUNT_KEY_TAKEN"),
        (AccountRole.BANK, " ", "", "ACCOUNT_KEY_MISSING"),
        (AccountRole.BANK, "autre", "5211", "ACCOUNT_NUMBER_TAKEN"),
        (AccountRole.STAFF_COSTS, "autre", "", "NOT_A_TREASURY_ROLE"),
    ):
        with pytest.raises(Refusal, match=code):
            add_treasury_account(
                mutual=mutual,
                actor=people.moussa,
                on=TODAY,
                idempotency_key=a_key(),
                role=role,
                key=key,
                label="Autre",
                number=number,
            )


def test_entries_are_found_by_what_people_know_of_them(scoped: Mutual, people: People) -> None:
    for number, on in (("R-1", date(2025, 6, 3)), ("R-2", TODAY)):
        entry = a_receipt(number, on=on)
        post_entry(mutual=scoped, entry=entry, actor=people.moussa, on=TODAY)
    cash = selectors.account_for(scoped, AccountRole.CASH)
    bank = selectors.account_for(scoped, AccountRole.BANK)
    for filters, numbers in (
        ({}, ["R-2", "R-1"]),
        ({"until": TODAY}, ["R-1"]),
        ({"start": TODAY}, ["R-2"]),
        ({"text": "r-2"}, ["R-2"]),
        ({"text": "F-2025"}, ["R-2", "R-1"]),
        ({"journal": "cash", "kind": "contribution_paid", "fund": "running"}, ["R-2", "R-1"]),
        ({"journal": "bank"}, []),
        ({"party": "household:0197", "account": cash}, ["R-2", "R-1"]),
        ({"account": bank}, []),
    ):
        found = selectors.entries(scoped, **filters)
        assert [entry.document_number for entry in found] == numbers
    assert (
        selectors.account_balance(scoped, AccountRole.MEMBERS_RECEIVABLE, fund="mutual") == -18_000
    )


_serial = itertools.count(1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)), max_size=6))
def test_whatever_is_posted_the_books_balance_and_the_chain_holds(
    scoped: Mutual, people: People, amounts: list[tuple[int, int]]
) -> None:
    for fund, running in amounts:
        entry = a_receipt(f"H-{next(_serial)}", fund, running)
        post_entry(mutual=scoped, entry=entry, actor=people.moussa, on=TODAY)
    rows = selectors.trial_balance(scoped)
    for fund in {row.fund for row in rows}:
        assert sum(row.balance_minor for row in rows if row.fund == fund) == 0
    assert list(check_chain(scoped)) == []


@pytest.mark.django_db(transaction=True)
def test_people_who_post_at_once_leave_one_chain_without_gap(
    mutual: Mutual, people: People
) -> None:
    """Four at once on PostgreSQL; one on SQLite, whose memory database has a single writer."""
    workers = 4 if connection.vendor == "postgresql" else 1

    def work(worker: int) -> None:
        with scope(mutual=mutual):
            for number in range(5):
                with transaction.atomic():
                    entry = a_receipt(f"W-{worker}-{number}")
                    post_entry(mutual=mutual, entry=entry, actor=people.moussa, on=TODAY)
        connection.close()

    if workers == 1:
        work(0)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
    with scope(mutual=mutual):
        sequences = Entry.objects.order_by("sequence").values_list("sequence", flat=True)
        assert list(sequences) == list(range(1, 5 * workers + 1))
        assert list(check_chain(mutual)) == []
