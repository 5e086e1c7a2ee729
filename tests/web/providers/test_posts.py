"""The pages of posts at the portal, and the list of covered persons for a place without network."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.providers.models import PostState, Provider, ProviderPost
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address


def test_the_coordinator_proposes_the_director_approves_with_a_first_password(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    page, content = address("provider-posts", uid=provider.uid), {
        "display_name": "Abla Dossou", "username": "abla", "effective_from": "16/06/2025",
    }  # fmt: skip
    chief = signed_in(people.coordinator)
    assert chief.post(page, {"idempotency_key": a_key(), "username": ""}).status_code == 422
    chief.post(page, content | {"idempotency_key": a_key()})
    post = ProviderPost.objects.get()
    decide = address("provider-post-decide", uid=post.uid)
    for user, status in ((people.coordinator, 403), (people.awa, 403), (people.fanta, 404)):
        assert signed_in(user).post(decide, {"answer": "approve"}).status_code == status
        assert signed_in(user).get(page).status_code == (
            200 if user == people.coordinator else status
        )
    director = signed_in(people.director)
    assert "Laisser Abla Dossou servir au portail" in director.get(address("home")).content.decode()
    shown = director.post(decide, {"answer": "approve", "idempotency_key": a_key()}, follow=True)
    text = shown.content.decode()
    assert re.search(r"premier mot de passe.*: (\w{4}-){3}\w{4}", text)
    post.refresh_from_db()
    assert post.state == PostState.APPROVED
    assert post.user.has_usable_password()
    end = address("provider-post-end", uid=post.uid)
    assert (
        "Écrivez pourquoi"
        in chief.post(end, {"idempotency_key": a_key()}, follow=True).content.decode()
    )
    chief.post(end, {"reason": "Partie", "idempotency_key": a_key()})
    post.refresh_from_db()
    assert post.effective_until == date(2025, 6, 16)
    assert "Terminé" in chief.get(page).content.decode()


def test_a_post_is_refused_with_its_reason(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    page = address("provider-posts", uid=provider.uid)
    signed_in(people.coordinator).post(
        page,
        {"display_name": "Abla", "username": "abla", "effective_from": "16/06/2025",
         "idempotency_key": a_key()},
    )  # fmt: skip
    post = ProviderPost.objects.get()
    decide = address("provider-post-decide", uid=post.uid)
    director = signed_in(people.director)
    director.post(decide, {"answer": "refuse", "reason": "Inconnue", "idempotency_key": a_key()})
    assert "Inconnue" in director.get(page).content.decode()


def test_the_list_of_covered_persons_is_printed_and_kept_in_the_journal(
    provider: Provider, scoped: Mutual, people: People, product: Product, signed_in: Browser,
    address: Address, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    paid = a_household(scoped, people.awa, product)
    a_payment(paid, people.awa, 13000)
    unpaid = a_household(scoped, people.awa, product)
    page = address("provider-covered", uid=provider.uid)
    assert signed_in(people.awa).get(page).status_code == 403
    assert signed_in(people.fanta).get(page).status_code == 404
    text = signed_in(people.coordinator).get(page, {"area": ""}).content.decode()
    for person in paid.persons.all():
        assert person.number in text
    assert not any(person.number in text for person in unpaid.persons.all())
    event = AuditEvent.objects.get(kind=AuditKind.EXPORT)
    assert event.details["provider"] == str(provider.uid)
    assert "3 persons" in event.subject
    monkeypatch.setattr("entraide.apps.portal.covered.MOST", 1)
    long = signed_in(people.coordinator).get(page, {"area": ""})
    assert long.status_code == 422
    assert "choisissez un lieu" in long.content.decode()
