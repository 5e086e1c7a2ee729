"""The page of refunds that nobody comes for, for each who has something to do there."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import LazySettings

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import Payout, RefundContact, UnclaimedRefund
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

LONG_AGO = date(2025, 3, 10)


@pytest.fixture
def waiting(
    person: Person, provider: Provider, people: People, scoped: Mutual, settings: LazySettings
) -> Payout:
    """A refund of 3 000 for the agency, let go on 10 March; the mutual gives families 60 days."""
    scoped.settings |= {"unclaimed_after_days": 60, "refunds_to_savings": True}
    scoped.save(update_fields=["settings"])
    a_claim(
        person, provider, people.awa, care_on=date(2025, 3, 1), circuit=Circuit.REIMBURSEMENT,
        channel="agency",
    )  # fmt: skip
    act = {"mutual": scoped, "on": LONG_AGO}
    approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **act)
    cash = account_for(scoped, AccountRole.CASH)
    batch = prepare_batch(
        actor=people.moussa, idempotency_key=a_key(), treasury_account=cash, **act
    )
    authorise_batch(actor=people.director, idempotency_key=a_key(), batch=batch, **act)
    return payouts_of(batch)[0]


def test_a_refund_is_followed_from_the_first_call_to_the_account_of_unclaimed(
    signed_in: Browser, people: People, address: Address, waiting: Payout, scoped: Mutual
) -> None:
    agent = signed_in(people.field_agent)
    assert waiting.document_number in agent.get(address("unclaimed")).content.decode()
    agent.post(
        address("unclaimed-contact", uid=waiting.uid),
        {
            "idempotency_key": a_key(), "contacted_on": "16/06/2025", "means": "visit",
            "result": "fears_arrears", "note": "Craint pour son prêt",
        },
    )  # fmt: skip
    assert RefundContact.objects.get().recorded_by == people.field_agent
    officer = signed_in(people.moussa)
    page = officer.get(address("unclaimed")).content.decode()
    assert "Ne vient pas, étant en impayé" in page
    assert address("unclaimed-propose", uid=waiting.uid) in page
    officer.post(
        address("unclaimed-propose", uid=waiting.uid),
        {"idempotency_key": a_key(), "reason": "Trois visites"},
    )
    held = UnclaimedRefund.objects.get()
    decide = address("unclaimed-decide", uid=held.uid)
    assert signed_in(people.moussa).post(decide).status_code == 403
    assert signed_in(people.fanta).post(decide).status_code == 404
    director = signed_in(people.director)
    assert decide in director.get(address("unclaimed")).content.decode()
    empty = {"idempotency_key": a_key(), "refuse": "1", "reason": ""}
    director.post(decide, empty)
    held.refresh_from_db()
    assert held.state == "proposed"
    answer = director.post(decide, {"idempotency_key": a_key()}, follow=True)
    held.refresh_from_db()
    assert held.state == "approved"
    assert held.document_number in answer.content.decode()
    assert "toujours dus, payés quand la famille vient" in answer.content.decode()


def test_a_refund_is_sent_another_way(
    signed_in: Browser, people: People, address: Address, waiting: Payout
) -> None:
    officer = signed_in(people.moussa)
    page = address("unclaimed-reissue", uid=waiting.uid)
    answer = officer.post(page, {"idempotency_key": a_key(), "channel": "savings"}, follow=True)
    assert "Revenus, à remettre en bordereau" in answer.content.decode()
    assert "compte épargne" in officer.get(address("batch-new")).content.decode()
    assert signed_in(people.awa).get(page).status_code == 403
