"""An account pays what it holds: a box and a wallet never more, a bank if who authorises says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entraide.apps.ledger.selectors import account_for, treasury_balance
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.holdings import holding
from entraide.apps.settlement.models import BatchState, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.builders import money_brought
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
    found = holding(scoped, bank, 3000, ON)
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
