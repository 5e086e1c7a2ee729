"""What lists of batches say was paid: what went and stands, without what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.batch_figures import CAME_BACK, money_in_all, money_of
from entraide.apps.settlement.models import BatchState, Payout, SettlementBatch
from entraide.apps.settlement.returns import return_payout
from entraide.apps.settlement.selectors import batches
from entraide.apps.settlement.services import cancel_batch, prepare_batch
from tests.apps.settlement.conftest import ON, Act
from tests.people import People


def test_what_came_back_is_counted_as_paid_nowhere(
    approved: Callable[..., Any],
    authorised: Callable[..., SettlementBatch],
    paid: Callable[..., list[Payout]],
    people: People,
    act: Act,
    scoped: Mutual,
) -> None:
    approved(1, 2, home=(3,))
    batch = authorised()
    to_family, to_provider = paid(batch)
    assert money_of([batch])[batch.pk].paid_minor == 9000
    act(return_payout, people.cashier, payout=to_family, returned_on=ON, code="account_closed")
    batch.refresh_from_db()
    money = money_of([batch])[batch.pk]
    assert (money.paid_minor, money.returned_minor, money.returned_count) == (6000, 3000, 1)
    assert money.told_state(batch.state) == "paid_in_part"
    # What is prepared anew and given up is neither paid nor to pay.
    again = act(prepare_batch, people.moussa, treasury_account=batch.treasury_account)
    assert money_in_all(batches(scoped)).left_minor == 3000
    act(cancel_batch, people.moussa, batch=again)
    in_all = money_in_all(batches(scoped))
    assert (in_all.paid_minor, in_all.returned_minor, in_all.left_minor) == (6000, 3000, 0)
    assert list(batches(scoped, state=CAME_BACK)) == [batch]
    act(return_payout, people.cashier, payout=to_provider, returned_on=ON, code="refused")
    assert money_of([batch])[batch.pk].told_state(BatchState.PAID) == "came_back"
