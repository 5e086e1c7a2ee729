"""A family that paid, a provider under agreement, and the steps that carry claims to the money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 3, 10)
Act = Callable[..., Any]


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


@pytest.fixture
def act(scoped: Mutual) -> Act:
    """``act(command, actor, …)``: a command of the mutual on the day of the tests."""

    def run(command: Callable[..., Any], actor: object, *, on: date = ON, **content: Any) -> Any:
        return command(mutual=scoped, actor=actor, on=on, idempotency_key=a_key(), **content)

    return run


@pytest.fixture
def approved(person: Person, provider: Provider, people: People, act: Act) -> Callable[..., Any]:
    """``approved(1, 2, home=3)``: claims of these days of March, the provider's and then the
    family's, each paying 3 000, approved as the rules decided."""

    def of(*days: int, home: tuple[int, ...] = (), channel: str = "") -> list[Claim]:
        claims = [
            a_claim(person, provider, people.awa, care_on=date(2025, 3, day), on=ON)
            for day in days
        ] + [
            a_claim(
                person, provider, people.awa, care_on=date(2025, 3, day), on=ON,
                circuit=Circuit.REIMBURSEMENT, channel=channel,
            )
            for day in home
        ]  # fmt: skip
        act(approve_decided_claims, people.moussa)
        return claims

    return of


@pytest.fixture
def authorised(scoped: Mutual, people: People, act: Act) -> Callable[..., SettlementBatch]:
    """A batch of what waits (or of these claims), prepared by Moussa and let go by the director."""

    def of(claims: list[Claim] | None = None, role: AccountRole = AccountRole.BANK) -> Any:
        account = account_for(scoped, role)
        batch = act(prepare_batch, people.moussa, treasury_account=account, claims=claims)
        return act(authorise_batch, people.director, batch=batch)

    return of


@pytest.fixture
def paid(people: People, act: Act) -> Callable[..., list[Payout]]:
    """Every payout of a batch, recorded by the cashier."""

    def of(batch: SettlementBatch) -> list[Payout]:
        return [
            act(record_payout, people.cashier, payout=each, paid_on=ON)
            for each in payouts_of(batch)
        ]

    return of
