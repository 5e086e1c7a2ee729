"""A mutual with a family, two providers and claims that were approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Household
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def family(scoped: Mutual, people: People, product: Product) -> Household:
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.cashier, 13_000)
    return household


@pytest.fixture
def centre(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa)


@pytest.fixture
def approved(
    scoped: Mutual, people: People, family: Household, centre: Provider
) -> Callable[..., Claim]:
    """A claim of the member, approved by the coordinator unless a person is to look at it first."""

    def of(care_on: date = date(2025, 3, 3), **more: object) -> Claim:
        person = more.pop("person", None) or family.persons.first()
        provider = more.pop("provider", centre)
        claim = a_claim(person, provider, people.awa, care_on=care_on, **more)  # type: ignore[arg-type]
        if claim.state == ClaimState.IN_REVIEW:
            return claim
        return approve_claim(
            mutual=scoped, actor=people.coordinator, on=claim.received_on,
            idempotency_key=a_key(), claim=claim,
        )  # fmt: skip

    return of
