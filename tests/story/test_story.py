"""One small mutual, twelve months: each figure was worked out by hand in README.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django_scopes import scope

from entraide.apps.banking.matches import confirm_match, post_bank_charge_for
from entraide.apps.banking.models import BankAccount, LineState, MatchState
from entraide.apps.banking.selectors import (
    lines,
    matches,
    reconciled_fund_balance,
    reconciliation_state,
)
from entraide.apps.banking.services import import_statement, open_bank_account
from entraide.apps.contributions.models import CollectionSlip, PaymentAllocation
from entraide.apps.ledger.selectors import account_for, fund_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import AccountRole, FundCode
from tests.builders import a_key
from tests.people import People
from tests.story.lafia import Lafia

LAST_DAY = date(2025, 12, 31)


@pytest.fixture
def lafia(mutual: Mutual, product: Product, people: People) -> Iterator[Lafia]:
    with scope(mutual=mutual):
        story = Lafia(mutual, people, product)
        story.live()
        yield story


@pytest.mark.requirement("R028", begun=True)
def test_contributions_are_split_as_they_are_paid(lafia: Lafia) -> None:
    first = PaymentAllocation.objects.filter(payment=lafia.payments[1])
    assert sum(part.amount_minor for part in first) == 7_000
    assert sum(part.fund_share_minor for part in first) == 4_500
    assert list(CollectionSlip.objects.values_list("total_minor", flat=True)) == [13_000, 13_000]


def test_care_is_decided_as_the_rules_say(lafia: Lafia) -> None:
    assert [claim.payable_minor for claim in lafia.claims] == [3_000, 6_400, 0, 0, 8_000, 600]
    assert lafia.states() == ["paid", "paid", "refused", "refused", "paid", "paid"]
    claimed = sum(claim.claimed_minor for claim in lafia.claims)
    assert (claimed, claimed - sum(c.payable_minor for c in lafia.claims)) == (38_800, 20_800)


def test_the_books_hold_and_each_fund_has_its_balance(lafia: Lafia) -> None:
    assert fund_balance(lafia.mutual, FundCode.MUTUAL, LAST_DAY) == 19_000
    # the account charges of December come with the bank statement
    assert fund_balance(lafia.mutual, FundCode.RUNNING, LAST_DAY) == 9_500 + 500
    assert verify(lafia.mutual).findings == ()


STATEMENT = Path(__file__).with_name("releve-2025.xml")
LATER = date(2026, 1, 5)


@pytest.fixture
def bank(lafia: Lafia) -> BankAccount:
    """The account at the bank with its statement of the year, imported and matched by itself."""
    common = {"mutual": lafia.mutual, "actor": lafia.people.moussa, "on": LATER}
    account = open_bank_account(
        account=account_for(lafia.mutual, AccountRole.BANK),
        name="Banque de Kpalimé",
        opened_on=date(2025, 1, 1),
        idempotency_key=a_key(),
        **common,
    )
    import_statement(
        bank_account=account,
        file_name=STATEMENT.name,
        content=STATEMENT.read_bytes(),
        idempotency_key=a_key(),
        **common,
    )
    return account


@pytest.mark.requirement("R140", begun=True)
def test_the_bank_answers_to_the_books(lafia: Lafia, bank: BankAccount) -> None:
    """Eighteen lines by their reference; the Chabis' transfer is proposed; the charges are posted."""
    assert lines(bank, state=LineState.MATCHED).count() == 18
    (proposed,) = matches(bank, MatchState.PROPOSED)
    common = {"mutual": lafia.mutual, "actor": lafia.people.moussa, "on": LATER}
    confirm_match(match=proposed, idempotency_key=a_key(), **common)
    (charge,) = lines(bank, state=LineState.OPEN)
    post_bank_charge_for(line=charge, idempotency_key=a_key(), **common)

    state = reconciliation_state(bank)
    assert state is not None
    assert (state.statement_minor, state.ledger_minor) == (29_100, 28_500)
    assert [movement.amount_minor for movement in state.uncashed] == [-600]
    balance = reconciled_fund_balance(lafia.mutual)
    assert balance is not None
    assert (balance.on, balance.amount_minor) == (LAST_DAY, 19_000)
    assert balance.unreconciled_since_minor == 0
    assert fund_balance(lafia.mutual, FundCode.RUNNING, LAST_DAY) == 9_500
    assert verify(lafia.mutual).findings == ()


def test_the_same_statement_twice_changes_nothing(lafia: Lafia, bank: BankAccount) -> None:
    import_statement(
        mutual=lafia.mutual,
        actor=lafia.people.moussa,
        on=LATER,
        idempotency_key=a_key(),
        bank_account=bank,
        file_name="le même.xml",
        content=STATEMENT.read_bytes(),
    )
    assert lines(bank).count() == 20
