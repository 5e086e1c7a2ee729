"""Batches say what was paid, what came back, and each part of what lies between claims and money."""

from __future__ import annotations

import html
from datetime import date

from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.returns import return_payout
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import record_payout
from entraide.web.settlements.payees import Payee, sums_of
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address
from tests.web.settlements.test_payouts import ON, settled


def test_list_batch_and_paper_say_what_was_paid(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    scoped: Mutual,
) -> None:  # fmt: skip
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 3), circuit=Circuit.REIMBURSEMENT)
    batch = settled(person, provider, people, scoped, 1, 2)
    act = {"mutual": scoped, "actor": people.cashier, "on": ON}
    payouts = [
        record_payout(idempotency_key=a_key(), payout=each, paid_on=ON, **act)
        for each in payouts_of(batch)
    ]
    return_payout(
        idempotency_key=a_key(), payout=payouts[0], returned_on=ON, code="account_closed", **act
    )

    def page(url: str) -> str:
        text = html.unescape(signed_in(people.moussa).get(url).content.decode())
        return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())

    told = page(address("batch", uid=batch.uid))
    assert "Payé 6 000 F CFA, revenu 3 000 F CFA (1 paiement)" in told
    assert "Payé, sauf ce qui est revenu" in told
    for query in ("", "?state=paid", "?state=came_back"):
        told = page(address("settlements") + query)
        assert "sur 9 000 ; revenu 3 000 (1 paiement)" in told, query
        assert "Payé, sauf ce qui est revenu" in told, query
        assert "Payé en tout<small>sans 3 000, revenu (1 paiement)" in told, query
    assert batch.document_number not in page(address("settlements") + "?state=prepared")
    assert "Revenu, 1 paiement" in page(address("batch-paper", uid=batch.uid))


def test_discount_and_recovery_have_each_their_name() -> None:
    class Claim:
        payable_minor = 66_125

    sums = sums_of(
        [Payee("provider-1", "Clinique", "", (Claim(),), kept_minor=2_888, discount_minor=1_323)]
    )  # type: ignore[arg-type]
    assert (sums.gross_minor, sums.discount_minor, sums.kept_minor) == (66_125, 1_323, 2_888)
    assert (sums.total_minor, sums.is_plain) == (61_914, False)
