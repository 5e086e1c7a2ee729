"""A family that is covered, a provider under agreement, and pages to call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_care_item, a_household, a_payment, a_provider
from tests.people import People

Address = Callable[..., str]


@pytest.fixture
def provider(mutual: Mutual, people: People) -> Provider:
    """A health centre whose consultation costs 4 000."""
    return a_provider(mutual, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    """The member of a family that has paid; an act without agreed price exists too."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    a_care_item("consultation-9")
    return household.persons.get(is_member=True)


@pytest.fixture
def address(mutual: Mutual) -> Address:
    """``address("claim", uid=…)``: the address of a page of the first mutual."""

    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of
