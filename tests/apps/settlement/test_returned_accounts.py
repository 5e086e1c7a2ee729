"""An account that sent a transfer back is paid again only once a person answers for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from entraide.apps.enrolment.models import Household, Person
from entraide.apps.ledger.operations import transfer_between_accounts
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import AccountConfirmation, Payout, SettlementBatch
from entraide.apps.settlement.orders import transfers_to_make
from entraide.apps.settlement.payees import AccountEntry, note_payment_account
from entraide.apps.settlement.returned_accounts import (
    confirm_account,
    confirmed_accounts,
    mark_of_family,
    mark_of_provider,
)
from entraide.apps.settlement.returns import return_payout, reverse_payout
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.apps.takeover.clients import note_payout_account
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from tests.apps.settlement.conftest import ON, Act
from tests.builders import a_provider
from tests.people import People

OLD = AccountEntry("Ecobank", "TG53 0001 2222", "Centre csps-1")
Returned = Callable[..., Payout]


@pytest.fixture
def returned(
    approved: Any, authorised: Any, paid: Any, provider: Provider, people: People, act: Act
) -> Returned:
    """The one payment of a claim of this day to the provider's account, sent back as closed."""

    def of(day: int = 1, code: str = "account_closed") -> Payout:
        act(
            note_payment_account, people.moussa, provider=provider, channel="bank", account=OLD
        )  # fmt: skip
        [payout] = paid(authorised(approved(day)))
        return act(
            return_payout, people.cashier, payout=payout, returned_on=ON, code=code,
            reason="Compte clos",
        )  # fmt: skip

    return of


def test_a_closed_account_is_neither_proposed_nor_accepted(
    returned: Returned, provider: Provider, people: People, act: Act, scoped: Mutual
) -> None:
    payout = returned()
    assert mark_of_provider(scoped, provider) == payout
    bank = account_for(scoped, AccountRole.BANK)
    claims = [row.claim for row in payout.claims.select_related("claim")]
    with pytest.raises(Refusal, match="NOTHING_TO_PAY"):
        act(prepare_batch, people.moussa, treasury_account=bank)
    with pytest.raises(Refusal, match="ACCOUNT_CAME_BACK"):
        act(prepare_batch, people.moussa, treasury_account=bank, claims=claims)
    # The same number under another bank, otherwise written, is the same account.
    for number in ("tg53-0001-2222", "00 01 2222 ".replace("00 ", "TG53 00")):
        again = AccountEntry("Autre banque", number, "Centre")
        act(note_payment_account, people.moussa, provider=provider, channel="bank", account=again)
        with pytest.raises(Refusal, match="ACCOUNT_CAME_BACK"):
            act(prepare_batch, people.moussa, treasury_account=bank, claims=claims)
    other = AccountEntry("Orabank", "TG53 9999 8888", "Centre csps-1")
    act(note_payment_account, people.moussa, provider=provider, channel="bank", account=other)
    assert mark_of_provider(scoped, provider) is None
    batch = act(prepare_batch, people.moussa, treasury_account=bank, claims=claims)
    assert batch.payouts.get().destination.number == "TG53 9999 8888"
    # Back to the closed one: still marked.
    act(note_payment_account, people.moussa, provider=provider, channel="bank", account=OLD)
    assert mark_of_provider(scoped, provider) == payout


def test_a_person_confirms_it_with_a_reason_and_who_signs_is_told(
    returned: Returned, provider: Provider, people: People, act: Act, scoped: Mutual
) -> None:
    payout = returned()
    for stranger in (people.cashier, people.awa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(confirm_account, stranger, payout=payout, reason="Vu")
    with pytest.raises(Refusal, match="REASON_MISSING"):
        act(confirm_account, people.moussa, payout=payout, reason=" ")
    done = act(confirm_account, people.moussa, payout=payout, reason="Le centre a rappelé")
    with pytest.raises(Refusal, match="ACCOUNT_NOT_MARKED"):
        act(confirm_account, people.moussa, payout=payout, reason="Encore")
    bank = account_for(scoped, AccountRole.BANK)
    batch = act(prepare_batch, people.moussa, treasury_account=bank)
    assert confirmed_accounts(batch) == [(batch.payouts.get(), done)]
    batch = act(authorise_batch, people.director, batch=batch)
    [transfer] = transfers_to_make(batch, "")
    paid = act(record_payout, people.cashier, payout=batch.payouts.get(), paid_on=ON)
    assert transfer.number == paid.document_number
    again = act(return_payout, people.cashier, payout=paid, returned_on=ON, code="refused")
    assert mark_of_provider(scoped, provider) == again
    with pytest.raises(IntegrityError, match="never changed"):
        AccountConfirmation.objects.update(reason="Autre")


def test_what_came_back_since_stops_the_batches_already_made(
    approved: Any, authorised: Callable[..., SettlementBatch], paid: Any, provider: Provider,
    people: People, act: Act, scoped: Mutual,
) -> None:  # fmt: skip
    act(note_payment_account, people.moussa, provider=provider, channel="bank", account=OLD)
    first, second = authorised(approved(1)), authorised(approved(2))
    bank = account_for(scoped, AccountRole.BANK)
    third = act(prepare_batch, people.moussa, treasury_account=bank, claims=approved(3))
    [payout] = paid(first)
    act(return_payout, people.cashier, payout=payout, returned_on=ON, code="account_closed")
    with pytest.raises(Refusal, match="ACCOUNT_CAME_BACK"):
        act(authorise_batch, people.director, batch=third)
    with pytest.raises(Refusal, match="NOTHING_TO_TRANSFER"):
        transfers_to_make(second, "")


def test_a_payment_recorded_by_mistake_says_nothing_of_the_account(
    approved: Any, authorised: Any, paid: Any, provider: Provider, people: People, act: Act,
    scoped: Mutual,
) -> None:  # fmt: skip
    act(note_payment_account, people.moussa, provider=provider, channel="bank", account=OLD)
    [payout] = paid(authorised(approved(1)))
    act(reverse_payout, people.moussa, payout=payout, reason="Saisi trop tôt")
    assert mark_of_provider(scoped, provider) is None


def test_a_family_is_paid_in_cash_meanwhile(
    approved: Any, authorised: Any, paid: Any, person: Person, people: People, act: Act,
    scoped: Mutual,
) -> None:  # fmt: skip
    act(
        note_payout_account, people.awa, household=person.household, institution="CECAM",
        number="0012 345", holder_name="Adjovi Éloïse",
    )  # fmt: skip
    [payout] = paid(authorised(approved(home=(1,))))
    act(return_payout, people.cashier, payout=payout, returned_on=ON, code="name_differs")
    assert mark_of_family(person.household) == payout
    in_hand = approved(home=(2,), channel="agency")
    cash = account_for(scoped, AccountRole.CASH)
    assert act(prepare_batch, people.moussa, treasury_account=cash, claims=in_hand).total_minor


def test_a_closed_account_is_closed_whoever_is_said_to_hold_it(
    returned: Returned, people: People, act: Act, scoped: Mutual
) -> None:
    payout = returned()
    other = a_provider(scoped, people.moussa, code="csps-9")
    act(note_payment_account, people.moussa, provider=other, channel="bank", account=OLD)
    assert mark_of_provider(scoped, other) == payout
    act(confirm_account, people.moussa, payout=payout, reason="La banque l’a rouvert")
    assert mark_of_provider(scoped, other) is None


def test_a_name_that_differs_marks_the_account_of_its_payee_only(
    returned: Returned, people: People, act: Act, scoped: Mutual
) -> None:
    returned(code="name_differs")
    other = a_provider(scoped, people.moussa, code="csps-9")
    act(note_payment_account, people.moussa, provider=other, channel="bank", account=OLD)
    assert mark_of_provider(scoped, other) is None


def test_a_telephone_that_stands_for_an_account_is_marked_too(
    approved: Any, authorised: Any, paid: Any, person: Person, people: People, act: Act,
    scoped: Mutual,
) -> None:  # fmt: skip
    Household.objects.filter(pk=person.household_id).update(phone="90 12 34 56")
    person.household.refresh_from_db()
    wallet = account_for(scoped, AccountRole.MOBILE_MONEY)
    act(
        transfer_between_accounts, people.moussa, destination=wallet, moved_on=ON, label="Wallet",
        source=account_for(scoped, AccountRole.CASH), amounts_minor={FundCode.MUTUAL: 6000},
    )  # fmt: skip
    first = approved(home=(1,), channel="mobile_money")
    [payout] = paid(authorised(first, role=AccountRole.MOBILE_MONEY))
    act(return_payout, people.cashier, payout=payout, returned_on=ON, code="not_fetched")
    assert mark_of_family(person.household) == payout
    with pytest.raises(Refusal, match="ACCOUNT_CAME_BACK"):
        act(prepare_batch, people.moussa, treasury_account=wallet, claims=first)
    Household.objects.filter(pk=person.household_id).update(phone="91 99 88 77")
    assert act(prepare_batch, people.moussa, treasury_account=wallet, claims=first).total_minor
