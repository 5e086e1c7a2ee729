"""An account from which a transfer came back is told wherever money is about to go to it."""

from __future__ import annotations

import html

from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import AccountConfirmation
from entraide.apps.settlement.payees import AccountEntry, note_payment_account
from entraide.apps.settlement.returns import return_payout
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.settlement.services import record_payout
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address
from tests.web.settlements.test_payouts import ON, settled


def test_it_is_warned_of_left_out_and_confirmed(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    scoped: Mutual,
) -> None:  # fmt: skip
    act = {"mutual": scoped, "on": ON}
    note_payment_account(
        actor=people.moussa, idempotency_key=a_key(), provider=provider, channel="bank",
        account=AccountEntry("Ecobank", "TG53 0001", "Centre csps-1"), **act,
    )  # fmt: skip
    batch = settled(person, provider, people, scoped, 1)
    act["actor"] = people.cashier
    payout = record_payout(idempotency_key=a_key(), payout=payouts_of(batch)[0], paid_on=ON, **act)
    return_payout(
        idempotency_key=a_key(), payout=payout, returned_on=ON, code="account_closed",
        reason="AC04", **act,
    )  # fmt: skip
    officer = signed_in(people.moussa)

    def page(name: str, **more: object) -> str:
        text = html.unescape(officer.get(address(name, **more)).content.decode())
        return text.replace("\u00a0", " ")

    confirm = address("account-confirm", uid=payout.uid)
    told = "revenu le 16 juin 2025 : Compte fermé (AC04)"
    for shown in (
        page("batch-new"), page("payment-accounts"), page("provider", uid=provider.uid),
    ):  # fmt: skip
        assert told in shown
        assert payout.document_number in shown
        assert confirm in shown
    assert officer.get(address("batch-new")).context["ticked"] == set()
    assert signed_in(people.cashier).get(confirm).status_code == 403
    assert signed_in(people.fanta).get(confirm).status_code == 404
    officer = signed_in(people.moussa)
    assert officer.post(confirm, {"idempotency_key": a_key(), "reason": " "}).status_code == 422
    form = {"idempotency_key": a_key(), "reason": "Le centre a rappelé"}
    answer = officer.post(confirm, form, follow=True)
    assert "Compte confirmé" in answer.content.decode()
    assert AccountConfirmation.objects.get().confirmed_by == people.moussa
    assert told not in page("batch-new")
    assert len(officer.get(address("batch-new")).context["ticked"]) == 1
