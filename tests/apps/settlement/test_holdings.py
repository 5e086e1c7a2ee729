"""An account pays what it holds: a box and a wallet never more, a bank if who authorises says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entraide.apps.ledger.models import Account
from entraide.apps.ledger.operations import transfer_between_accounts
from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.desk import move_float
from entraide.apps.settlement.holdings import promised_minor, room
from entraide.apps.settlement.models import BatchState, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from tests.apps.settlement.conftest import ON, Act
from tests.builders import a_treasury_account, money_brought
from tests.people import People


@pytest.mark.requirement("R057")
def test_a_wallet_never_pays_what_it_does_not_hold(
    approved: Any,
    authorised: Callable[..., SettlementBatch],
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    approved(home=(1,), channel="mobile_money")
    batch = authorised(role=AccountRole.MOBILE_MONEY)
    payout = payouts_of(batch)[0]
    with pytest.raises(Refusal, match="ACCOUNT_TOO_SMALL"):
        act(record_payout, people.cashier, payout=payout, paid_on=ON)
    money_brought(scoped, people.moussa, AccountRole.MOBILE_MONEY, 3000, ON)
    act(record_payout, people.cashier, payout=payout, paid_on=ON)
    wallet = account_for(scoped, AccountRole.MOBILE_MONEY)
    assert treasury_balance(scoped, ON, account=wallet) == 0


def test_a_bank_lends_what_who_authorises_was_told(
    approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    claims = approved(1)
    bank = account_for(scoped, AccountRole.BANK)
    found = room(scoped, bank, 3000, ON)
    assert (found.held_minor, found.short_minor, found.is_overdraft) == (0, 3000, True)
    batch = act(prepare_batch, people.moussa, treasury_account=bank, claims=claims)
    with pytest.raises(Refusal, match="BATCH_OVERDRAWS"):
        act(authorise_batch, people.director, batch=batch, seen_overdraft_minor=2999)
    done = act(authorise_batch, people.director, batch=batch, seen_overdraft_minor=3000)
    assert done.state == BatchState.AUTHORISED


def test_the_account_fits_the_means_of_payment(
    approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    claims = approved(1)
    for role in (AccountRole.CASH, AccountRole.MOBILE_MONEY):
        account = account_for(scoped, role)
        with pytest.raises(Refusal, match="CHANNEL_NOT_OF_ACCOUNT"):
            act(prepare_batch, people.moussa, treasury_account=account, claims=claims)
    assert not SettlementBatch.objects.exists()


def test_what_an_agent_gives_is_not_recorded_from_the_list(
    approved: Any, authorised: Callable[..., SettlementBatch], people: People, act: Act
) -> None:
    approved(home=(1,), channel="home")
    payout = payouts_of(authorised(role=AccountRole.CASH))[0]
    with pytest.raises(Refusal, match="REFUND_AT_DESK"):
        act(record_payout, people.cashier, payout=payout, paid_on=ON)
    payout.refresh_from_db()
    assert payout.paid_on is None


def _lender(scoped: Mutual, people: People, act: Act, minor: int) -> Account:
    """An account at a microfinance institution that holds this."""
    account = a_treasury_account(scoped, people.moussa, AccountRole.MICROFINANCE, "cec", "CEC")
    act(
        transfer_between_accounts, people.moussa, destination=account, moved_on=ON,
        source=account_for(scoped, AccountRole.BANK), amounts_minor={FundCode.MUTUAL: minor},
        label="Approvisionnement",
    )  # fmt: skip
    return account


@pytest.mark.requirement("R057")
def test_what_was_promised_before_is_not_promised_twice(
    approved: Any, scoped: Mutual, people: People, act: Act
) -> None:
    """5 000 held: a batch of 3 000 is authorised; the next of 3 000 would make the bank lend."""
    claims = approved(1, 2)
    bank = _lender(scoped, people, act, 5000)
    pay = {"treasury_account": bank}
    first, second = (act(prepare_batch, people.moussa, claims=[each], **pay) for each in claims)
    act(authorise_batch, people.director, batch=first, seen_overdraft_minor=0)
    assert promised_minor(scoped, bank) == 3000
    assert promised_minor(scoped, bank, besides=first) == 0
    with pytest.raises(Refusal, match="BATCH_OVERDRAWS") as refused:
        act(authorise_batch, people.director, batch=second, seen_overdraft_minor=0)
    assert (refused.value.data["promised_minor"], refused.value.data["short_minor"]) == (3000, 1000)
    act(authorise_batch, people.director, batch=second, seen_overdraft_minor=1000)
    for batch in (first, second):
        act(record_payout, people.cashier, payout=payouts_of(batch)[0], paid_on=ON)
    assert promised_minor(scoped, bank) == 0


def test_what_agents_hold_already_is_promised_no_more(
    approved: Any, authorised: Callable[..., SettlementBatch], scoped: Mutual, people: People,
    act: Act,
) -> None:  # fmt: skip
    approved(home=(1,), channel="home")
    authorised(role=AccountRole.CASH)
    cash = account_for(scoped, AccountRole.CASH)
    assert (promised_minor(scoped, cash), promised_minor(scoped, cash, by_agents=False)) == (
        3000,
        0,
    )
    box = a_treasury_account(scoped, people.moussa, AccountRole.CASH, "agence", "Caisse agence")
    source = _lender(scoped, people, act, 2000)
    give = {"holder": people.field_agent, "cash_account": box, "other_account": source}
    act(move_float, people.moussa, amount_minor=2000, seen_overdraft_minor=0, **give)
    assert promised_minor(scoped, cash) == 1000


@pytest.mark.parametrize("role", [AccountRole.BANK, AccountRole.MICROFINANCE])
def test_cash_for_an_agent_follows_the_rule_of_batches(
    role: AccountRole, scoped: Mutual, people: People, act: Act
) -> None:
    """A bank and a microfinance institution lend alike: what the person confirmed."""
    empty = a_treasury_account(scoped, people.moussa, role, "vide", "Compte vide")
    give = {
        "holder": people.field_agent, "cash_account": account_for(scoped, AccountRole.CASH),
        "other_account": empty, "amount_minor": 1000,
    }  # fmt: skip
    with pytest.raises(Refusal, match="ACCOUNT_OVERDRAWS"):
        act(move_float, people.moussa, seen_overdraft_minor=999, **give)
    act(move_float, people.moussa, seen_overdraft_minor=1000, **give)
