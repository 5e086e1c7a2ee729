"""How payees are paid: said at entry, asked by the family, or where the provider has an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model

from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.apps.settlement.account_changes import changed_accounts
from entraide.apps.settlement.models import PaymentAccount, PayoutPreference, SettlementBatch
from entraide.apps.settlement.orders import bank_order, transfers_of
from entraide.apps.settlement.payees import (
    AccountEntry,
    note_payment_account,
    note_payout_preference,
    usual_channels,
)
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import prepare_batch
from entraide.apps.takeover.clients import note_payout_account
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ledger import AccountRole
from tests.apps.settlement.conftest import ON, Act
from tests.people import People

ECOBANK = AccountEntry("Ecobank", "TG53 0001", "Centre csps-1", "ecoctgtg")


def ways(mutual: Mutual, claims: list[Claim]) -> list[str]:
    return list(usual_channels(mutual, claims).values())


def test_a_claim_goes_the_way_that_was_said_else_asked_else_noted(
    approved: Any, person: Person, provider: Provider, scoped: Mutual, people: People, act: Act
) -> None:
    direct, *refunds = approved(1, home=(2,)) + approved(home=(3,), channel="cash")
    claims = [direct, *refunds]
    assert ways(scoped, claims) == ["bank", "bank", "cash"]
    act(note_payout_preference, people.awa, household=person.household, channel="home")
    act(
        note_payment_account, people.moussa, provider=provider, channel="mobile_money",
        account=AccountEntry("Tmoney", "90 12 34 56", "Centre csps-1"),
    )  # fmt: skip
    assert ways(scoped, claims) == ["mobile_money", "home", "cash"]
    bank = account_for(scoped, AccountRole.BANK)
    with pytest.raises(Refusal, match="BATCH_CHANNELS_MIXED"):
        act(prepare_batch, people.moussa, treasury_account=bank, claims=claims)


def test_what_was_asked_before_is_kept_with_its_days(
    person: Person, people: People, act: Act, scoped: Mutual
) -> None:
    """A savings account is offered only where the lender may not take arrears from it."""
    with pytest.raises(Refusal, match="SAVINGS_NOT_SAFE"):
        act(note_payout_preference, people.awa, household=person.household, channel="savings")
    scoped.settings["refunds_to_savings"] = True
    said = [
        act(note_payout_preference, people.awa, household=person.household, channel=channel)
        for channel in ("home", "home", "savings")
    ]
    assert said[0] == said[1]
    rows = PayoutPreference.objects.order_by("pk").values_list("channel", "effective_until")
    assert list(rows) == [("home", ON), ("savings", None)]
    with pytest.raises(Refusal, match="CHANNEL_UNKNOWN"):
        act(note_payout_preference, people.awa, household=person.household, channel="cheque")
    for stranger in (people.moussa, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(note_payout_preference, stranger, household=person.household, channel="bank")


def test_an_account_is_refused_with_all_its_faults(
    provider: Provider, people: People, act: Act
) -> None:
    with pytest.raises(RefusedRows) as error:
        act(
            note_payment_account, people.moussa, provider=provider, channel="home",
            account=AccountEntry(" ", "", "Centre", "12"),
        )  # fmt: skip
    assert [(each.code, each.place) for each in error.value.findings] == [
        ("ACCOUNT_INCOMPLETE", "institution"),
        ("ACCOUNT_INCOMPLETE", "number"),
        ("CHANNEL_UNKNOWN", "channel"),
        ("BIC_INVALID", "bic"),
    ]
    for stranger in (people.awa, people.cashier, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            act(note_payment_account, stranger, provider=provider, channel="bank", account=ECOBANK)


def test_what_is_exported_is_what_was_noted_when_the_batch_was_prepared(
    approved: Any,
    authorised: Callable[..., SettlementBatch],
    person: Person,
    provider: Provider,
    scoped: Mutual,
    people: People,
    act: Act,
) -> None:
    act(note_payment_account, people.moussa, provider=provider, channel="bank", account=ECOBANK)
    act(
        note_payout_account, people.awa, household=person.household, institution="CECAM",
        number="0012", holder_name="Adjovi Éloïse",
    )  # fmt: skip
    approved(1, home=(2,))
    batch = authorised()
    changed = AccountEntry("Banque inconnue", "666", "Autre")
    act(note_payment_account, people.moussa, provider=provider, channel="bank", account=changed)
    family, centre = transfers_of(payouts_of(batch), "Famille {number}")
    assert centre.account is not None
    assert (centre.account.institution, centre.account.bic) == ("Ecobank", "ECOCTGTG")
    assert family.account is not None
    assert (family.payee, family.account.number) == (f"Famille {person.household.number}", "0012")
    with pytest.raises(Refusal, match="TREASURY_WITHOUT_IDENTITY"):
        bank_order(batch, pay_on=ON, made_at=batch.recorded_at, family="Famille {number}")
    act(
        note_payment_account, people.moussa, treasury_account=batch.treasury_account,
        channel="bank", account=AccountEntry("Orabank", "TG53 9999", "Mutuelle"),
    )  # fmt: skip
    order = bank_order(batch, pay_on=ON, made_at=batch.recorded_at, family="Famille {number}")
    assert (order.debtor.institution, order.total_minor) == ("Orabank", 6000)
    assert PaymentAccount.objects.filter(effective_until__isnull=True).count() == 2


def test_what_is_given_into_a_hand_is_no_transfer(
    approved: Any, authorised: Callable[..., SettlementBatch], people: People, act: Act,
    scoped: Mutual,
) -> None:  # fmt: skip
    approved(home=(1,), channel="agency")
    batch = authorised(role=AccountRole.CASH)
    assert transfers_of(payouts_of(batch), "") == []
    cash: Model = batch.treasury_account
    act(
        note_payment_account, people.moussa, treasury_account=cash, channel="bank",
        account=AccountEntry("Caisse", "1", "Mutuelle"),
    )  # fmt: skip
    with pytest.raises(Refusal, match="NOTHING_TO_TRANSFER"):
        bank_order(batch, pay_on=ON, made_at=batch.recorded_at, family="")


def test_an_account_changed_since_the_last_payment_is_told_with_who_changed_it(
    approved: Any,
    authorised: Any,
    paid: Any,
    provider: Provider,
    people: People,
    act: Act,
    scoped: Mutual,
) -> None:
    def changed() -> list[tuple[str, object, bool]]:
        batch = authorised()
        found = changed_accounts(batch, payouts_of(batch))
        paid(batch)
        return [(each.account.number, each.account.noted_by, each.is_preparers) for each in found]

    of_provider = {"provider": provider, "channel": "bank"}
    act(note_payment_account, people.moussa, account=ECOBANK, **of_provider)
    approved(1)
    assert changed() == []
    approved(2)
    assert changed() == []
    other = AccountEntry("Banque X", "00000 99", "Moussa")
    act(note_payment_account, people.moussa, account=other, **of_provider)
    approved(3)
    assert changed() == [("00000 99", people.moussa, True)]
    Appointment.objects.create(
        user=people.coordinator, mutual=scoped, role=Role.FINANCE_OFFICER, effective_from=ON
    )
    act(note_payment_account, people.coordinator, account=ECOBANK, **of_provider)
    approved(4)
    assert changed() == [("TG53 0001", people.coordinator, False)]
    approved(5)
    assert changed() == []
