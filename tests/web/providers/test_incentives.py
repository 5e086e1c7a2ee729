"""Incentive terms: entered by one, decided by another, told where money is paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Agreement, IncentiveTerm, Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.services import prepare_batch
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

PROMPT: dict[str, Any] = {
    "kind": "prompt", "rate": "2", "effective_from": "01/06/2025", "within_days": "20",
    "measure": "welcome", "source": "Avenant du 2 juin",
}  # fmt: skip


@pytest.fixture
def agreement(provider: Provider, scoped: Mutual) -> Agreement:
    return Agreement.objects.get(provider=provider)


@pytest.mark.requirement("R073", begun=True)
def test_one_enters_another_decides_and_it_is_never_edited(
    agreement: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    new = address("incentive-new", uid=agreement.uid)
    coordinator, director = signed_in(people.coordinator), signed_in(people.director)
    assert signed_in(people.awa).get(new).status_code == 403
    assert signed_in(people.fanta).get(new).status_code in (403, 404)
    for wrong in ({"within_days": ""}, {"kind": "bonus"}, {"rate": "0"}):
        sent = PROMPT | wrong | {"idempotency_key": a_key()}
        assert coordinator.post(new, sent).status_code == 422
    assert coordinator.post(new, PROMPT | {"idempotency_key": a_key()}).status_code == 302
    term = IncentiveTerm.objects.get()
    decide = address("incentive-decide", uid=term.uid)
    yes = {"act": "approve", "idempotency_key": a_key()}
    assert coordinator.post(decide, yes).status_code == 403
    assert director.post(decide, yes).status_code == 302
    term.refresh_from_db()
    assert (term.is_approved, term.decided_by) == (True, people.director)
    with pytest.raises(DatabaseError), transaction.atomic():
        IncentiveTerm.objects.filter(pk=term.pk).update(within_days=60)
    page = director.get(address("convention", uid=agreement.uid)).content.decode()
    assert "sous 20 jours après réception" in page


@pytest.mark.requirement("R073", begun=True)
def test_the_page_of_the_batch_tells_the_discount_and_that_it_is_not_posted(
    agreement: Agreement, provider: Provider, product: Product, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    coordinator, director = signed_in(people.coordinator), signed_in(people.director)
    coordinator.post(
        address("incentive-new", uid=agreement.uid), PROMPT | {"idempotency_key": a_key()}
    )
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    member = household.persons.get(is_member=True)
    a_claim(member, provider, people.awa, care_on=date(2025, 6, 10))
    act = {"mutual": scoped, "actor": people.moussa, "on": date(2025, 6, 16)}
    approve_decided_claims(idempotency_key=a_key(), **act)
    batch = prepare_batch(
        idempotency_key=a_key(), treasury_account=account_for(scoped, AccountRole.BANK), **act
    )
    page = address("batch", uid=batch.uid)
    assert signed_in(people.moussa).get(page).context["discounts"] == []  # not approved yet
    term = IncentiveTerm.objects.get()
    director.post(
        address("incentive-decide", uid=term.uid), {"act": "approve", "idempotency_key": a_key()}
    )
    answer = signed_in(people.moussa).get(page)
    (shown,) = answer.context["discounts"]
    assert shown.discount.base_minor == batch.total_minor
    assert shown.discount.amount_minor == batch.total_minor * 2 // 100
    assert "ni retenue ni comptabilisée" in answer.content.decode()
