"""Where families are paid: place and minutes recorded with the payment, summed place by place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Circuit
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.desk import hand_over_refund, move_float
from entraide.apps.settlement.models import Payout
from entraide.apps.settlement.places import by_place, family_payouts, waited_days
from entraide.apps.settlement.receivers import Proof, Receiver
from entraide.apps.settlement.services import authorise_batch, prepare_batch, record_payout
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.apps.settlement.test_desk import a_picture
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R054")]

RECEIVED_ON, PAID_ON = date(2025, 3, 10), date(2025, 3, 20)
YEAR = (date(2025, 1, 1), date(2026, 1, 1))


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa)


@pytest.fixture
def persons(scoped: Mutual, people: People, product: Product) -> list[Person]:
    found = []
    for _family in range(3):
        household = a_household(scoped, people.awa, product)
        a_payment(household, people.awa, 13_000)
        found.append(household.persons.get(is_member=True))
    return found


@pytest.fixture
def payouts(
    scoped: Mutual, people: People, persons: list[Person], provider: Provider
) -> list[Payout]:
    """Three families to reimburse, authorised, not paid."""
    for person, channel in zip(persons, ("home", "home", "bank"), strict=True):
        a_claim(person, provider, people.awa, circuit=Circuit.REIMBURSEMENT, channel=channel,
                care_on=date(2025, 3, 1), received_on=RECEIVED_ON)  # fmt: skip
    act = {"mutual": scoped, "on": PAID_ON}
    approve_decided_claims(**act, actor=people.moussa, idempotency_key=a_key())
    bank = account_for(scoped, AccountRole.BANK)
    batch = prepare_batch(
        **act, actor=people.moussa, idempotency_key=a_key(), treasury_account=bank
    )
    authorise_batch(**act, actor=people.director, idempotency_key=a_key(), batch=batch)
    return list(batch.payouts.order_by("-channel", "pk"))


def paid(payout: Payout, people: People, place: str, minutes: int | None) -> Payout:
    """Given at home out of the agent's own cash and signed for; else as the list records it."""
    if place == "home":
        return _given_at_home(payout, people, minutes)
    return record_payout(
        mutual=payout.mutual, actor=people.cashier, on=PAID_ON, idempotency_key=a_key(),
        payout=payout, paid_on=PAID_ON, place=place, minutes=minutes,
    )  # fmt: skip


def _given_at_home(payout: Payout, people: People, minutes: int | None) -> Payout:
    act: dict[str, Any] = {"mutual": payout.mutual, "on": PAID_ON}
    bank, box = (account_for(payout.mutual, role) for role in (AccountRole.BANK, AccountRole.CASH))
    move_float(
        **act, actor=people.moussa, idempotency_key=a_key(), holder=people.field_agent,
        cash_account=box, other_account=bank, amount_minor=payout.amount_minor,
    )  # fmt: skip
    assert payout.household is not None
    return hand_over_refund(
        **act, actor=people.field_agent, idempotency_key=a_key(), payout=payout, cash_account=box,
        receiver=Receiver(person=payout.household.persons.get(is_member=True)),
        proof=Proof("signature", a_picture(payout.pk % 5 + 1)), place="home", minutes=minutes,
    )  # fmt: skip


def test_each_place_tells_its_wait_and_its_work(
    scoped: Mutual, people: People, payouts: list[Payout]
) -> None:
    for payout, place, minutes in zip(
        payouts, ("home", "home", "transfer"), (90, 60, None), strict=True
    ):
        paid(payout, people, place, minutes)
    home, transfer = by_place(scoped, *YEAR)
    assert (home.place, home.count, home.delay_days) == ("home", 2, 10)
    assert home.amount_minor == sum(payout.amount_minor for payout in payouts[:2])
    assert home.work.mean_minutes == Decimal(75)
    assert (transfer.place, transfer.work.acts_count) == ("transfer", 0)
    rows = list(family_payouts(scoped, *YEAR, place="home"))
    assert {row.pk for row in rows} == {payout.pk for payout in payouts[:2]}
    assert {waited_days(row) for row in rows} == {10}
    assert by_place(scoped, date(2024, 1, 1), date(2025, 1, 1)) == []


@pytest.mark.parametrize(
    ("place", "minutes", "code"),
    [
        ("moon", 5, "PAYOUT_PLACE_UNKNOWN"),
        ("office", 5, "PAYOUT_PLACE_NOT_OF_CHANNEL"),
        ("transfer", -1, "PAYOUT_MINUTES_INVALID"),
        ("transfer", 1441, "PAYOUT_MINUTES_INVALID"),
    ],
)
def test_what_no_payment_can_be_is_refused(
    people: People, payouts: list[Payout], place: str, minutes: int, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        paid(payouts[2], people, place, minutes)
    assert refused.value.code == code
    payouts[2].refresh_from_db()
    assert payouts[2].paid_on is None


def test_a_place_nobody_said_stays_apart(
    scoped: Mutual, people: People, payouts: list[Payout]
) -> None:
    paid(payouts[2], people, "", None)
    [row] = by_place(scoped, *YEAR)
    assert (row.place, row.count) == ("", 1)
