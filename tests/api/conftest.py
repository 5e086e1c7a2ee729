"""The API as its callers see it: requests with a token, in the person's mutual."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.services import issue_token
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_care_item, a_household, a_payment, a_provider
from tests.people import People

CARE_ON = date(2025, 3, 3)


class Caller:
    """One program that calls the API with a token."""

    def __init__(self, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client(raise_request_exception=False)

    def get(self, address: str, **headers: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{address}", headers={**self.headers, **headers})

    def post(self, address: str, body: Any, **headers: str) -> HttpResponse:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/api/v1/{address}",
            content,
            content_type="application/json",
            headers={**self.headers, **headers},
        )


@pytest.fixture
def caller() -> Callable[[User, Mutual], Caller]:
    def make(user: User, mutual: Mutual) -> Caller:
        return Caller(issue_token(user=user, mutual=mutual, label="test"))

    return make


@pytest.fixture
def awa(caller: Callable[[User, Mutual], Caller], mutual: Mutual, people: People) -> Caller:
    """The data-entry clerk's program."""
    return caller(people.awa, mutual)


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    a_care_item("surgery-1")
    prices = {"consultation-1": 4000, "examinations-1": 2500, "hospital-1": 30000}
    return a_provider(mutual, people.moussa, prices=prices)


@pytest.fixture
def covered(mutual: Mutual, people: People, product: Product) -> Person:
    """Éloïse Adjovi, covered from 10 January 2025, everything paid."""
    with scope(mutual=mutual):
        household = a_household(mutual, people.awa, product)
        a_payment(household, people.awa, 13000)
        return household.persons.get(is_member=True)


@pytest.fixture
def claim_body(covered: Person, provider: Provider) -> dict[str, Any]:
    return {
        "idempotency_key": "desk-7-0001",
        "person_number": covered.number,
        "provider": {"system": "test", "code": provider.code},
        "circuit": "third_party_payment",
        "care_on": "2025-03-03",
        "received_on": "2025-03-04",
        "lines": [
            {"system": "test", "code": "consultation-1", "quantity": 1, "unit_price_minor": 5000}
        ],
    }
