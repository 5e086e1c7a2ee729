"""A payment that went wrong, and money asked back: by the right person, from the right mutual."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.care_control.models import Recovery
from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.ledger import AccountRole
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

ON = date(2025, 6, 16)


def settled(
    person: Person, provider: Provider, people: People, mutual: Mutual, *days: int
) -> SettlementBatch:
    """Claims of these days of March, approved, on an authorised batch."""
    for day in days:
        a_claim(person, provider, people.awa, care_on=date(2025, 3, day))
    act = {"mutual": mutual, "on": ON}
    approve_decided_claims(actor=people.moussa, idempotency_key=a_key(), **act)
    batch = prepare_batch(
        actor=people.moussa, idempotency_key=a_key(),
        treasury_account=account_for(mutual, AccountRole.BANK), **act,
    )  # fmt: skip
    return authorise_batch(actor=people.director, idempotency_key=a_key(), batch=batch, **act)


@pytest.fixture
def paid(person: Person, provider: Provider, people: People, scoped: Mutual) -> Payout:
    """One payment of two claims of 3 000, recorded."""
    batch = settled(person, provider, people, scoped, 1, 2)
    return record_payout(
        mutual=scoped, actor=people.cashier, on=ON, idempotency_key=a_key(),
        payout=payouts_of(batch)[0], paid_on=ON,
    )  # fmt: skip


def test_an_overpayment_is_seen_line_by_line_until_it_is_kept_back(
    signed_in: Browser,
    people: People,
    address: Address,
    person: Person,
    provider: Provider,
    paid: Payout,
    scoped: Mutual,
) -> None:
    claim = Claim.objects.order_by("pk")[0]
    officer = signed_in(people.moussa)
    page = officer.get(address("payout", uid=paid.uid)).content.decode()
    assert f'href="{address("overpayment", uid=claim.uid)}"' in page
    form = {"idempotency_key": a_key(), "amount_minor": "1 000", "reason": "Saisi deux fois"}
    too_much = officer.post(
        address("overpayment", uid=claim.uid), {**form, "amount_minor": "3 001"}
    )
    assert too_much.status_code == 422
    assert "3 000 F CFA" in too_much.content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    officer.post(address("overpayment", uid=claim.uid), form)
    recovery = Recovery.objects.get()
    listed = officer.get(address("control-recoveries")).content.decode()
    assert recovery.document_number in listed
    assert "Saisi deux fois" in listed
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 4))
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())
    opened = officer.get(address("batch-new"))
    [payee] = opened.context["payees"]
    assert (payee.gross_minor, payee.kept_minor, payee.total_minor) == (3000, 1000, 2000)
    officer.post(
        address("batch-new"),
        {
            "idempotency_key": a_key(),
            "account": str(account_for(scoped, AccountRole.BANK).uid),
            "claims": [str(claim.uid) for claim in payee.claims],
        },
    )
    batch = SettlementBatch.objects.latest("pk")
    assert batch.total_minor == 2000
    shown = signed_in(people.director).get(address("batch", uid=batch.uid))
    sums = shown.context["sums"]
    assert (sums.gross_minor, sums.kept_minor, sums.discount_minor) == (3000, 1000, 0)
    paper = officer.get(address("batch-paper", uid=batch.uid)).content.decode()
    assert f"Retenu {recovery.document_number}" in paper


def test_a_payment_that_came_back_leaves_its_claims_to_another_batch(
    signed_in: Browser, people: People, address: Address, paid: Payout, scoped: Mutual
) -> None:
    cashier = signed_in(people.cashier)
    form = {
        "idempotency_key": a_key(), "returned_on": "16/06/2025", "code": "account_closed",
        "reason": "AC04",
    }  # fmt: skip
    early = cashier.post(
        address("payout-return", uid=paid.uid), {**form, "returned_on": "15/06/2025"}
    )
    assert early.status_code == 422
    answer = cashier.post(address("payout-return", uid=paid.uid), form, follow=True)
    assert "Compte fermé (AC04)" in answer.content.decode()
    assert {claim.state for claim in Claim.objects.all()} == {ClaimState.APPROVED}
    assert verify(scoped).findings == ()
    again = cashier.post(
        address("payout-return", uid=paid.uid), {**form, "idempotency_key": a_key()}
    )
    assert again.status_code == 422


def test_only_who_may_takes_a_payment_back(
    signed_in: Browser, people: People, address: Address, paid: Payout
) -> None:
    """Awa enters, Fanta is of another mutual, Moussa reverses what the cashier recorded."""
    form = {"idempotency_key": a_key(), "reason": "Pas viré"}
    for page, uid in (
        ("payout-reverse", paid.uid),
        ("payout-return", paid.uid),
        ("overpayment", Claim.objects.order_by("pk")[0].uid),
    ):
        assert signed_in(people.awa).post(address(page, uid=uid), form).status_code == 403
        assert signed_in(people.fanta).post(address(page, uid=uid), form).status_code == 404
    assert signed_in(people.cashier).get(address("payout-reverse", uid=paid.uid)).status_code == 403
    signed_in(people.moussa).post(address("payout-reverse", uid=paid.uid), form)
    paid.refresh_from_db()
    assert (paid.return_code, paid.returned_by) == ("mistake", people.moussa)
