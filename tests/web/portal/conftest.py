"""A centre whose nurse serves at the portal for one mutual, and a family that is covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.providers.posts import approve_post, propose_post
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import OPENED_ON, a_household, a_key, a_payment, a_provider
from tests.people import People

Address = Callable[..., str]


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    """A health centre whose consultation costs 4 000."""
    return a_provider(scoped, people.moussa)


@pytest.fixture
def person(scoped: Mutual, people: People, product: Product) -> Person:
    """The member of a family that has paid."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    return household.persons.get(is_member=True)


def a_post(
    mutual: Mutual, provider: Provider, people: People, username: str = "abla", **more: Any
) -> User:
    """Somebody whom the coordinator proposed and the director approved."""
    once = {"mutual": mutual, "on": more.pop("on", OPENED_ON)}
    post = propose_post(
        **once, actor=people.coordinator, idempotency_key=a_key(), provider=provider,
        username=username, display_name=more.pop("display_name", "Abla Dossou"),
        effective_from=OPENED_ON,
    )  # fmt: skip
    return approve_post(**once, actor=people.director, idempotency_key=a_key(), post=post).user


@pytest.fixture
def nurse(scoped: Mutual, people: People, provider: Provider) -> User:
    """Abla serves at the centre."""
    return a_post(scoped, provider, people)


@pytest.fixture
def address(mutual: Mutual) -> Address:
    """``address("claim", uid=…)``: a page of the portal for the first mutual."""

    def of(name: str, **kwargs: Any) -> str:
        if name in ("desk", "offline", "worker"):
            return reverse(f"portal:{name}")
        return reverse(f"portal:{name}", kwargs={"mutual": mutual.code, **kwargs})

    return of
