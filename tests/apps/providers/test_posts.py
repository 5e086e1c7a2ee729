"""Posts at a provider's portal: two persons, one provider each, never somebody of an office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from entraide.apps.providers.models import PostState, Provider
from entraide.apps.providers.posts import (
    approve_post,
    end_post,
    places_of,
    propose_post,
    refuse_post,
    require_place,
)
from entraide.apps.providers.services import ensure_provider
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.apps.schemes.rights import posts_on
from entraide.apps.schemes.selectors import mutuals_of
from entraide.apps.schemes.services import appoint
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import Sector
from tests.builders import a_key, a_provider
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return a_provider(scoped, people.moussa)


def proposed(mutual: Mutual, people: People, provider: Provider, **more: Any) -> Any:
    content = {"username": "abla", "display_name": "Abla Dossou", "effective_from": ON, **more}
    return propose_post(
        mutual=mutual, actor=people.coordinator, on=ON, idempotency_key=a_key(),
        provider=provider, **content,
    )  # fmt: skip


def once(mutual: Mutual, actor: Any) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": ON, "idempotency_key": a_key()}


def test_one_person_proposes_another_approves_and_the_door_opens(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    post = proposed(scoped, people, provider)
    assert places_of(post.user, ON) == []
    assert not post.user.has_usable_password()
    approved = approve_post(**once(scoped, people.director), post=post)
    assert approved.state == PostState.APPROVED
    [place] = places_of(post.user, ON)
    assert (place.mutual, place.provider) == (scoped, provider)
    assert posts_on(post.user, scoped, ON).roles == {Role.PROVIDER_USER}
    assert not mutuals_of(post.user, ON).exists(), "no office"
    with pytest.raises(Refusal, match="POST_DECIDED"):
        approve_post(**once(scoped, people.director), post=post)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        require_place(people.awa, scoped, ON)


def test_rights_are_those_of_conventions(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    post = proposed(scoped, people, provider)
    for actor in (people.awa, people.moussa, people.coordinator, people.fanta):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            approve_post(**once(scoped, actor), post=post)
    for actor in (people.awa, people.director):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            propose_post(
                **once(scoped, actor), provider=provider, username="kofi", display_name="Kofi",
                effective_from=ON,
            )  # fmt: skip


def test_who_may_not_serve_is_named(scoped: Mutual, people: People, provider: Provider) -> None:
    for username in ("awa", "Moussa", "njaka"):
        with pytest.raises(Refusal, match="POST_OF_OFFICE"):
            proposed(scoped, people, provider, username=username)
    with pytest.raises(RefusedRows):
        proposed(scoped, people, provider, username="deux mots")
    post = proposed(scoped, people, provider)
    with pytest.raises(Refusal, match="POST_TWICE"):
        proposed(scoped, people, provider)
    other = a_provider(scoped, people.moussa, code="csps-2")
    with pytest.raises(Refusal, match="POST_OF_ANOTHER_PROVIDER"):
        proposed(scoped, people, other)
    Appointment.objects.create(user=post.user, mutual=scoped, role=Role.CASHIER, effective_from=ON)
    with pytest.raises(Refusal, match="POST_OF_OFFICE"):
        approve_post(**once(scoped, people.director), post=post)
    unknown = ensure_provider(system="test", code="x", name="Autre", sector=Sector.PUBLIC)
    with pytest.raises(Refusal, match="POST_WITHOUT_CONVENTION"):
        proposed(scoped, people, unknown, username="kofi")


def test_a_refused_post_opens_nothing_and_an_ended_one_nothing_more(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    post = proposed(scoped, people, provider)
    with pytest.raises(Refusal, match="POST_REASON_MISSING"):
        refuse_post(**once(scoped, people.director), post=post, reason=" ")
    refuse_post(**once(scoped, people.director), post=post, reason="Inconnue du centre")
    assert places_of(post.user, ON) == []
    again = approve_post(**once(scoped, people.director), post=proposed(scoped, people, provider))
    with pytest.raises(Refusal, match="POST_REASON_MISSING"):
        end_post(**once(scoped, people.coordinator), post=again, reason="")
    end_post(**once(scoped, people.coordinator), post=again, reason="Partie")
    assert places_of(again.user, ON) == []
    assert places_of(again.user, date(2025, 7, 1)) == []
    with pytest.raises(Refusal, match="POST_ENDED"):
        end_post(**once(scoped, people.coordinator), post=again, reason="Partie")


def test_who_serves_a_provider_is_given_no_office_before_the_post_ends(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    post = approve_post(**once(scoped, people.director), post=proposed(scoped, people, provider))
    office = {"user": post.user, "role": Role.DATA_ENTRY_CLERK}
    with pytest.raises(Refusal, match="SERVES_PROVIDER"):
        appoint(**once(scoped, people.network_admin), **office, effective_from=ON)
    end_post(**once(scoped, people.coordinator), post=post, reason="Quitte le centre")
    later = ON + timedelta(days=1)
    appoint(**once(scoped, people.network_admin), **office, effective_from=later)
    with pytest.raises(Refusal, match="POST_OF_OFFICE"):
        proposed(scoped, people, provider)
