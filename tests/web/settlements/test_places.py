"""The page of the places of payment, from the form of the cashier to the figure and its rows."""

from __future__ import annotations

import html
from datetime import date

import pytest

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

ON = date(2025, 6, 16)


@pytest.mark.requirement("R054")
def test_minutes_told_at_the_payment_give_what_a_payment_costs(
    person: Person, provider: Provider, people: People, scoped: Mutual,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 3), circuit=Circuit.REIMBURSEMENT)
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    claim = person.claims.get()
    bank = account_for(scoped, AccountRole.BANK)
    signed_in(people.moussa).post(
        address("batch-new"),
        {"idempotency_key": a_key(), "account": str(bank.uid), "claims": [str(claim.uid)]},
    )
    batch = SettlementBatch.objects.get()
    signed_in(people.director).post(
        address("batch-authorise", uid=batch.uid),
        {"idempotency_key": a_key(), "overdraft": "99999"},
    )
    cashier = signed_in(people.cashier)
    assert cashier.get(address("batch", uid=batch.uid)).context["form"]["place"].value() == (
        "transfer"
    )
    form = {"idempotency_key": a_key(), "paid_on": "16/06/2025", "place": "transfer", "minutes": "90",
            "payouts": [str(batch.payouts.get().uid)]}  # fmt: skip
    refused = cashier.post(address("batch-pay", uid=batch.uid), {**form, "minutes": "1500"})
    assert refused.status_code == 422
    cashier.post(address("batch-pay", uid=batch.uid), form)
    page = html.unescape(cashier.get(address("payout-places")).content.decode())
    assert "Par virement" in page
    assert "Le coût d’une heure de travail n’est pas indiqué." in page
    change_choice(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(),
        name="hour_cost", value=1000, source="Paie de juin",
    )  # fmt: skip
    [row] = cashier.get(address("payout-places"), {"place": "transfer"}).context["rows"]
    assert row.cost.term.startswith("1\u202f500")
    assert batch.payouts.get().document_number in page
    assert signed_in(people.awa).get(address("payout-places")).status_code == 403


def test_a_payment_of_the_day_waited_no_day_and_not_one(
    person: Person, provider: Provider, people: People, scoped: Mutual,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    a_claim(person, provider, people.awa, care_on=ON, received_on=ON, circuit=Circuit.REIMBURSEMENT)
    act = {"mutual": scoped, "on": ON}
    approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **act)
    bank = account_for(scoped, AccountRole.BANK)
    batch = prepare_batch(
        actor=people.moussa, idempotency_key=a_key(), treasury_account=bank, **act
    )
    authorise_batch(actor=people.director, idempotency_key=a_key(), batch=batch, **act)
    record_payout(
        actor=people.cashier, idempotency_key=a_key(), payout=batch.payouts.get(), paid_on=ON,
        place="transfer", **act,
    )  # fmt: skip
    page = html.unescape(signed_in(people.cashier).get(address("payout-places")).content.decode())
    assert page.count("0 jour<") == 2
    assert "un jour" not in page
