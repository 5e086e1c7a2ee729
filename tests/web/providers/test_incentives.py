"""Incentive terms: entered by one, decided by another, told where money is paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.incentives import decide_incentive, enter_incentive
from entraide.apps.providers.models import Agreement, IncentiveTerm, Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement import awards
from entraide.apps.settlement.models import IncentiveAward
from entraide.apps.settlement.services import prepare_batch
from entraide.core.ledger import AccountRole
from entraide.web.providers import incentives
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


@pytest.mark.requirement("R073")
def test_one_enters_another_decides_and_it_is_never_edited(
    agreement: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    new = address("incentive-new", uid=agreement.uid)
    coordinator, director = signed_in(people.coordinator), signed_in(people.director)
    shown = coordinator.get(new).content.decode()
    assert "Échéance" not in shown
    assert "Document qui le dit" in shown
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


@pytest.mark.requirement("R073")
def test_the_pages_of_a_batch_tell_the_discount_that_its_payment_keeps(
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
    claim = a_claim(member, provider, people.awa, care_on=date(2025, 6, 10))
    act = {"mutual": scoped, "actor": people.moussa, "on": date(2025, 6, 16)}
    approve_decided_claims(idempotency_key=a_key(), **act)
    officer = signed_in(people.moussa)
    before = officer.get(address("batch-new"))
    assert before.context["total_minor"] == claim.payable_minor  # not approved yet
    term = IncentiveTerm.objects.get()
    director.post(
        address("incentive-decide", uid=term.uid), {"act": "approve", "idempotency_key": a_key()}
    )
    offered = signed_in(people.moussa).get(address("batch-new"))
    off = claim.payable_minor * 2 // 100
    [payee] = offered.context["payees"]
    assert (payee.discount_minor, payee.total_minor) == (off, claim.payable_minor - off)
    assert "pour paiement rapide" in offered.content.decode()
    batch = prepare_batch(
        idempotency_key=a_key(), treasury_account=account_for(scoped, AccountRole.BANK), **act
    )
    assert batch.total_minor == payee.total_minor
    for page, uid in (("batch", batch.uid), ("payout", batch.payouts.get().uid)):
        shown = signed_in(people.moussa).get(address(page, uid=uid)).content.decode()
        assert "Remise pour paiement rapide" in shown
        assert "au plus 20 jours avant" in shown


@pytest.mark.requirement("R073")
def test_a_bonus_is_prepared_and_approved_on_the_page_of_its_convention(
    agreement: Agreement, scoped: Mutual, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    term = enter_incentive(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 16), idempotency_key=a_key(),
        agreement=agreement, kind="bonus", effective_from=date(2024, 1, 1), rate=Decimal("0.01"),
        source="Avenant", measure="welcome", threshold=Decimal("0.8"),
    )  # fmt: skip
    decide_incentive(
        mutual=scoped, actor=people.director, on=date(2025, 6, 16), idempotency_key=a_key(),
        term=term, is_approved=True,
    )  # fmt: skip
    here, new = address("convention", uid=agreement.uid), address("bonus-new", uid=term.uid)
    officer = signed_in(people.moussa)
    assert "trop peu de familles" in officer.get(here).content.decode()
    officer.post(new, {"idempotency_key": a_key()})
    assert not IncentiveAward.objects.exists()
    for module in (awards, incentives):
        monkeypatch.setattr(module, "bonus_of", lambda _term, _year: 500)
    assert new in officer.get(here).content.decode()
    officer.post(new, {"idempotency_key": a_key()})
    award = IncentiveAward.objects.get()
    assert (award.year, award.amount_minor) == (2024, 500)
    assert new not in officer.get(here).content.decode()
    decide = address("bonus-decide", uid=award.uid)
    yes = {"act": "approve", "idempotency_key": a_key()}
    assert officer.post(decide, yes).status_code == 403
    director = signed_in(people.director)
    assert decide in director.get(here).content.decode()
    director.post(decide, yes)
    award.refresh_from_db()
    assert (award.state, award.approved_by) == ("approved", people.director)
    assert "Payée avec le prochain bordereau" in director.get(here).content.decode()
