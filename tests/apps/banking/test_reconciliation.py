from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from entraide.apps.banking.matches import explain_line, match_by_hand, post_bank_charge_for
from entraide.apps.banking.models import BankAccount, StatementLine
from entraide.apps.banking.selectors import (
    bank_account_for,
    bank_account_named,
    line_for,
    lines,
    match_for,
    matches,
    reconciled_fund_balance,
    reconciliation_state,
    rules,
    statement_for,
    statements,
)
from entraide.apps.banking.worksheet import overdue_movements
from entraide.apps.ledger.operations import reverse_document
from entraide.apps.ledger.selectors import fund_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.core.ids import uuid7
from entraide.core.ledger import AccountRole, FundCode
from entraide.core.reconciliation import LeftoverClass
from tests.apps.banking.statements import (
    OPENED,
    a_bank_account,
    a_receipt,
    an_expense,
    an_import,
    an_opening,
    camt,
)
from tests.builders import a_key
from tests.people import People

pytestmark = pytest.mark.usefixtures("scoped")

A, B, C = date(2025, 5, 5), date(2025, 5, 12), date(2025, 5, 30)
MAY_END, TODAY = date(2025, 5, 31), date(2025, 6, 16)


@pytest.fixture
def bank(mutual: Mutual, people: People) -> BankAccount:
    an_opening(mutual, people.moussa)
    return a_bank_account(mutual, people.moussa)


def june(opening_minor: int, rows: list[tuple[date, int, str]]) -> bytes:
    return camt(opening_minor, rows, opening_on=date(2025, 6, 1), closing_on=date(2025, 6, 15))


@pytest.mark.requirement("R125", begun=True)
@pytest.mark.requirement("R128")
def test_the_statement_and_the_books_differ_by_what_is_named(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    """Worked by hand: books 1 000 000 + 30 000 + 5 000 − 2 222 = 1 032 778; the bank says
    1 000 000 + 30 000 − 1 500 + 60 000 = 1 088 500; 1 088 500 + 5 000 − 2 222 = 1 091 278,
    which is the books + 58 500 of lines that are in no entry."""
    assert reconciliation_state(bank) is None
    known = a_receipt(mutual, people.moussa, 30_000, A)
    a_receipt(mutual, people.moussa, 5_000, C)
    an_expense(mutual, people.moussa, 2_222, C)
    a_receipt(mutual, people.moussa, 9_999, date(2025, 6, 2))  # after the statement
    rows = [(B, 30_000, known.document_number), (C, -1_500, "FRAIS"), (C, 60_000, "RASOA")]
    an_import(bank, people.moussa, camt(OPENED, rows))
    state = reconciliation_state(bank)
    assert state is not None
    assert (state.on, state.statement_minor, state.ledger_minor) == (MAY_END, 1_088_500, 1_032_778)
    assert (state.in_transit_minor, state.uncashed_minor) == (5_000, -2_222)
    assert (state.open_line_count, state.open_lines_minor) == (2, 58_500)
    assert (state.opening_difference_minor, state.residual_minor) == (0, 0)
    assert state.difference_minor == 55_722
    assert not state.is_reconciled


def test_the_opening_difference_is_named(bank: BankAccount, people: People, mutual: Mutual) -> None:
    a_receipt(mutual, people.moussa, 7_000, date(2025, 3, 3))
    an_import(bank, people.moussa, camt(OPENED + 6_500, []))
    state = reconciliation_state(bank)
    assert state is not None
    assert (state.opening_difference_minor, state.in_transit) == (-500, ())
    assert (state.difference_minor, state.residual_minor) == (-500, 0)


def test_a_cheque_from_before_the_first_statement_is_cashed_later(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    cheque = an_expense(mutual, people.moussa, 8_000, date(2025, 4, 28))
    an_import(bank, people.moussa, camt(OPENED, [(A, -8_000, f"CHQ {cheque.document_number}")]))
    state = reconciliation_state(bank)
    assert state is not None
    assert state.is_reconciled
    assert state.difference_minor == 0


def test_an_entry_dated_after_the_statement_answers_to_it(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    late = a_receipt(mutual, people.moussa, 4_000, date(2025, 6, 2))
    an_import(bank, people.moussa, camt(OPENED, [(C, 4_000, late.document_number)]))
    state = reconciliation_state(bank)
    assert state is not None
    assert (state.later_entries_minor, state.difference_minor) == (4_000, 4_000)
    assert state.is_reconciled


@pytest.mark.requirement("R256")
def test_the_reconciled_balance_is_the_funds_at_the_last_reconciled_day(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    assert reconciled_fund_balance(mutual) is None  # no statement
    may = a_receipt(mutual, people.moussa, 30_000, A)
    an_expense(mutual, people.moussa, 20_000, A)  # running costs: not the mutual fund's
    an_import(bank, people.moussa, camt(OPENED, [(B, 30_000, may.document_number)]))
    a_receipt(mutual, people.moussa, 11_000, date(2025, 6, 2))
    balance = reconciled_fund_balance(mutual)
    assert balance is not None
    assert (balance.on, balance.amount_minor) == (MAY_END, 500_000 + 30_000)
    assert balance.unreconciled_since_minor == 11_000
    assert fund_balance(mutual, FundCode.MUTUAL, TODAY) == 541_000

    an_import(bank, people.moussa, june(OPENED + 30_000, [(date(2025, 6, 3), 700, "RASOA")]))
    held_up = reconciled_fund_balance(mutual)
    assert held_up is not None
    (account,) = held_up.accounts
    assert (held_up.on, account.statement_on) == (MAY_END, date(2025, 6, 15))
    assert (account.reconciled_on, account.open_line_count) == (MAY_END, 1)

    line = StatementLine.objects.get(label="RASOA")
    explain_line(
        mutual=mutual,
        actor=people.moussa,
        on=TODAY,
        idempotency_key=a_key(),
        line=line,
        explanation_class=LeftoverClass.BANK_ERROR,
        note="Recrédité le 17 juin",
    )
    balance = reconciled_fund_balance(mutual)
    assert balance is not None
    assert (balance.on, balance.amount_minor) == (date(2025, 6, 15), 541_000)
    assert balance.unreconciled_since_minor == 0
    before = reconciled_fund_balance(mutual, as_of=date(2025, 6, 1))
    assert before is not None
    assert (before.on, before.unreconciled_since_minor) == (MAY_END, 0)


def test_an_open_line_of_an_older_statement_holds_up_the_later_ones(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    an_import(bank, people.moussa, camt(OPENED, [(A, -1_500, "FRAIS")]))
    an_import(bank, people.moussa, june(OPENED - 1_500, []))
    assert reconciled_fund_balance(mutual) is None
    line = StatementLine.objects.select_related("bank_account__account", "mutual").get()
    post_bank_charge_for(
        mutual=mutual, actor=people.moussa, on=TODAY, idempotency_key=a_key(), line=line
    )
    balance = reconciled_fund_balance(mutual)
    assert balance is not None
    assert (balance.on, balance.amount_minor) == (date(2025, 6, 15), 500_000)


def test_of_two_accounts_the_one_that_is_behind_gives_the_day(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    wallet = a_bank_account(
        mutual, people.moussa, role=AccountRole.MOBILE_MONEY, name="Flooz", identifier="90112233"
    )
    an_import(bank, people.moussa, camt(OPENED, []))
    a_receipt(mutual, people.moussa, 2_000, A, role=AccountRole.MOBILE_MONEY)
    alone = reconciled_fund_balance(mutual)
    assert alone is not None
    assert (alone.amount_minor, alone.without_statement_minor) == (502_000, 2_000)
    assert [account.reconciled_on for account in alone.accounts] == [MAY_END, None]
    assert alone.on == MAY_END
    april = camt(
        0, [], opening_on=date(2025, 4, 1), closing_on=date(2025, 4, 30), account="90112233"
    )
    an_import(wallet, people.moussa, april)
    both = reconciled_fund_balance(mutual)
    assert both is not None
    assert both.without_statement_minor == 0
    assert both.on == date(2025, 4, 30)


@pytest.mark.requirement("R128")
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    movements=st.lists(
        st.tuples(
            st.integers(-5, 5).filter(bool),
            st.integers(0, 45),  # days after 20 April: before, on and after the statement
            st.sampled_from(["named", "unnamed", "absent", "reversed"]),
        ),
        max_size=8,
    ),
    strangers=st.lists(st.tuples(st.integers(-5, 5).filter(bool), st.integers(0, 29)), max_size=4),
    opening_error=st.sampled_from([0, 0, 300]),
)
def test_the_identity_holds_whatever_is_on_either_side(
    bank: BankAccount,
    people: People,
    mutual: Mutual,
    movements: list[tuple[int, int, str]],
    strangers: list[tuple[int, int]],
    opening_error: int,
) -> None:
    """Statement + in transit + uncashed = books + opening difference + lines in no entry + later
    entries, for any mixture of receipts, payments, reversals and lines of which nobody knows."""
    from django.db import transaction

    with transaction.atomic():
        point = transaction.savepoint()
        rows = [
            (date(2025, 5, 1) + timedelta(days=day), amount * 1_000, "X")
            for amount, day in strangers
        ]
        for amount, day, kind in movements:
            on = date(2025, 4, 20) + timedelta(days=day)
            make = a_receipt if amount > 0 else an_expense
            entry = make(mutual, people.moussa, abs(amount) * 1_000, on)
            if kind == "reversed":
                reverse_document(
                    mutual=mutual,
                    actor=people.moussa,
                    on=on + timedelta(days=3),
                    idempotency_key=a_key(),
                    document_number=entry.document_number,
                    reason="Erreur",
                )
            elif kind != "absent":
                booked_on = min(max(on, date(2025, 5, 1)), MAY_END)
                label = entry.document_number if kind == "named" else "VERSEMENT"
                rows.append((booked_on, amount * 1_000, label))
        an_import(bank, people.moussa, camt(OPENED + opening_error, rows))
        state = reconciliation_state(bank)
        assert state is not None
        assert state.statement_minor + state.in_transit_minor + state.uncashed_minor == (
            state.ledger_minor
            + state.opening_difference_minor
            + state.open_lines_minor
            + state.explained_lines_minor
            + state.later_entries_minor
        )
        assert verify(mutual).findings == ()
        transaction.savepoint_rollback(point)


def test_reading_costs_the_same_whatever_the_history(
    bank: BankAccount,
    people: People,
    mutual: Mutual,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = []
    for day in range(1, 29):
        entry = a_receipt(mutual, people.moussa, 1_000 + day, date(2025, 5, day))
        rows.append((date(2025, 5, day), 1_000 + day, entry.document_number))
        rows.append((date(2025, 5, day), 50_000 + day, f"INCONNU {day}"))
    an_import(bank, people.moussa, camt(OPENED, rows))
    with django_assert_max_num_queries(8):
        reconciliation_state(bank)
    with django_assert_max_num_queries(4):
        reconciled_fund_balance(mutual)
    with django_assert_max_num_queries(5):
        for match in matches(bank):
            assert all(matched.line.label for matched in match.matched_lines.all())


def test_records_are_found_in_their_own_mutual_only(
    bank: BankAccount, people: People, mutual: Mutual, other_mutual: Mutual
) -> None:
    entry = a_receipt(mutual, people.moussa, 30_000, A)
    statement = an_import(bank, people.moussa, camt(OPENED, [(B, 30_000, entry.document_number)]))
    match, line = matches(bank).get(), lines(bank).get()
    assert bank_account_for(mutual, bank.uid) == bank_account_named(mutual, bank.identifier) == bank
    assert (match_for(mutual, match.uid), line_for(mutual, line.uid)) == (match, line)
    assert statement_for(mutual, statement.uid) == statements(bank).get() == statement
    assert not rules(bank).exists()
    for find in (bank_account_for, statement_for, line_for, match_for):
        with pytest.raises(Refusal, match="NOT_FOUND"):
            find(mutual, uuid7())
        with pytest.raises(Refusal, match="NOT_FOUND"):
            find(other_mutual, bank.uid)


def test_sums_are_compared_after_a_match_by_hand(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    first = an_expense(mutual, people.moussa, 3_000, A)
    second = an_expense(mutual, people.moussa, 4_000, A)
    an_import(bank, people.moussa, camt(OPENED, [(B, -7_000, "VIREMENTS GROUPES")]))
    match_by_hand(
        mutual=mutual,
        actor=people.moussa,
        on=TODAY,
        idempotency_key=a_key(),
        bank_account=bank,
        lines=list(lines(bank)),
        entries=[first, second],
    )
    state = reconciliation_state(bank)
    assert state is not None
    assert state.is_reconciled
    assert state.difference_minor == 0


def test_what_the_statement_should_have_shown_is_told_the_oldest_first(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    """Closing on 31 May: 25 May is six days before it, 26 May may still come."""
    late = a_receipt(mutual, people.moussa, 5_000, date(2025, 5, 25))
    cheque = an_expense(mutual, people.moussa, 2_222, A)
    a_receipt(mutual, people.moussa, 6_000, date(2025, 5, 26))
    proposed = a_receipt(mutual, people.moussa, 7_000, A)
    an_import(bank, people.moussa, camt(OPENED, [(date(2025, 5, 6), 7_000, "VERST")]))
    assert matches(bank).get().matched_entries.get().entry == proposed
    state = reconciliation_state(bank)
    assert state is not None
    found = overdue_movements(state)
    assert [each.document_number for each in found] == [
        cheque.document_number,
        late.document_number,
    ]
    an_import(bank, people.moussa, june(OPENED + 7_000, []))
    state = reconciliation_state(bank)
    assert state is not None
    assert [each.amount_minor for each in overdue_movements(state)] == [-2_222, 5_000, 6_000]


def test_nothing_is_overdue_before_the_first_statement(
    bank: BankAccount, people: People, mutual: Mutual
) -> None:
    a_receipt(mutual, people.moussa, 7_000, date(2025, 3, 3))
    an_import(bank, people.moussa, camt(OPENED + 7_000, []))
    state = reconciliation_state(bank)
    assert state is not None
    assert overdue_movements(state) == []
