"""A case asked in two papers, and two deliveries too near: a person looks, nothing is refused."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.models import ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 2)
PRICES = {"consultation-1": 4000, "consultation-2": 3000, "delivery-1": 20000}


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    """Covered since January, paid up."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return household.persons.get(is_member=True)


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa, prices=PRICES)


@pytest.mark.requirement("R058", begun=True)
def test_a_case_in_two_papers_of_a_day_waits_for_a_person(
    scoped: Mutual, people: People, provider: Provider, person: Person
) -> None:
    first = a_claim(person, provider, people.awa, care_on=ON)
    assert first.review_codes == []
    second = a_claim(person, provider, people.awa, ("consultation-2", "1", 3000), care_on=ON)
    assert (second.state, second.review_codes) == (ClaimState.IN_REVIEW, ["CASE_SPLIT"])
    assert second.warnings[0]["data"]["other_claim"] == first.document_number
    other = a_provider(scoped, people.moussa, code="csps-2", prices=PRICES)
    assert a_claim(
        person, other, people.awa, ("consultation-2", "1", 3000), care_on=date(2025, 6, 3)
    ).review_codes == []  # fmt: skip


def test_a_claim_that_follows_the_other_in_one_episode_splits_nothing(
    people: People, provider: Provider, person: Person
) -> None:
    first = a_claim(person, provider, people.awa, care_on=ON)
    following = a_claim(
        person, provider, people.awa, ("consultation-2", "1", 3000), care_on=ON,
        circumstances=Circumstances(episode=first),
    )  # fmt: skip
    assert following.review_codes == []


@pytest.mark.requirement("R058", begun=True)
def test_two_deliveries_within_six_months_wait_for_a_person(
    people: People, provider: Provider, person: Person
) -> None:
    lines = ("delivery-1", "1", 20000)
    first = a_claim(person, provider, people.awa, lines, care_on=date(2025, 11, 20))
    assert (first.state, first.review_codes) == (ClaimState.DECIDED, [])
    second = a_claim(person, provider, people.awa, lines, care_on=date(2025, 11, 30))
    assert (second.state, second.review_codes) == (ClaimState.IN_REVIEW, ["DELIVERY_TOO_SOON"])
    assert second.warnings[0]["data"]["other_claim"] == first.document_number
    earlier = a_claim(person, provider, people.awa, lines, care_on=date(2025, 5, 20))
    assert "DELIVERY_TOO_SOON" not in earlier.review_codes
