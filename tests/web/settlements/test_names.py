"""Whoever pays or calls a family reads its name; a payment in cash waits for no bank."""

from __future__ import annotations

from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import Payout
from entraide.apps.settlement.payees import AccountEntry, note_payment_account
from entraide.apps.settlement.selectors import payouts_of
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address
from tests.web.settlements.test_desk import due  # noqa: F401
from tests.web.settlements.test_payouts import ON, settled


def test_the_member_is_named_on_batch_payment_and_list(
    signed_in: Browser, people: People, address: Address, person: Person,
    due: Payout,  # noqa: F811
) -> None:  # fmt: skip
    pages = (
        address("batch", uid=due.batch.uid), address("payout", uid=due.uid), address("unclaimed"),
    )  # fmt: skip
    cashier = signed_in(people.cashier)
    for page in pages:
        assert person.full_name in cashier.get(page).content.decode(), page
    payment = cashier.get(pages[1]).content.decode()
    assert "Sur le relevé" not in payment
    assert "Du sinistre aux espèces remises" in payment


def test_a_provider_is_not_taken_for_a_family(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    scoped: Mutual,
) -> None:  # fmt: skip
    note_payment_account(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), provider=provider,
        channel="bank", account=AccountEntry("Ecobank", "TG53 0001", "Centre csps-1"),
    )  # fmt: skip
    [payout] = payouts_of(settled(person, provider, people, scoped, 1))
    page = signed_in(people.cashier).get(address("payout", uid=payout.uid)).content.decode()
    assert "La famille a demandé" not in page
    assert "Sur le compte du prestataire" in page
    assert "TG53 0001" in page
