"""The register: entered, proposed and used at once, corrected with its history, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope

from entraide.apps.nomenclature.models import ListChange
from entraide.apps.providers.models import Provider, ProviderProposal, ProviderState
from entraide.apps.providers.register import (
    ProviderFacts,
    change_provider,
    close_provider,
    decide_providers,
    enter_provider,
    proposals_waiting,
    provider_seen,
    register,
)
from entraide.apps.providers.selectors import providers_without_agreement
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from tests.builders import a_key, a_provider
from tests.people import People

pytestmark = pytest.mark.requirement("R068", begun=True)

ON = date(2025, 6, 16)
FACTS = ProviderFacts(
    name="Centre de  Kpalimé", sector="public", level="primary", phone="90 00 00 01",
    services=("delivery", "consultation"), opening_hours="8 h à 16 h",
    contact_name="Sœur Afi", latitude=Decimal("6.9"), longitude=Decimal("0.63"),
)  # fmt: skip


def said(mutual: Mutual, actor: Any) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": ON, "idempotency_key": a_key()}


def test_an_unknown_provider_is_proposed_and_used_at_once(scoped: Mutual, people: People) -> None:
    provider = enter_provider(facts=FACTS, **said(scoped, people.coordinator))
    assert (provider.code, provider.name) == ("P-001", "Centre de Kpalimé")
    assert provider.services == ["consultation", "delivery"]  # in the order of the list
    assert provider.state == ProviderState.PROPOSED
    assert provider in providers_without_agreement(scoped, ON)
    assert provider in register(scoped, text="kpalimé", sector="public", level="primary")
    assert provider not in register(scoped, sector="private")


def test_another_mutual_sees_a_proposal_once_it_is_accepted(
    scoped: Mutual, other_mutual: Mutual, people: People
) -> None:
    provider = enter_provider(facts=FACTS, **said(scoped, people.coordinator))
    proposal = proposals_waiting(scoped).get()
    with scope(mutual=other_mutual):
        with pytest.raises(Refusal) as unseen:
            provider_seen(other_mutual, provider.uid)
        assert unseen.value.code == "NOT_FOUND"
        assert not proposals_waiting(other_mutual).exists()
    decide_providers(
        proposals=[proposal], decision=ProviderState.ACCEPTED, **said(scoped, people.director)
    )
    with scope(mutual=other_mutual):
        assert provider_seen(other_mutual, provider.uid) == provider


def test_whoever_enters_does_not_accept(scoped: Mutual, people: People) -> None:
    enter_provider(facts=FACTS, **said(scoped, people.coordinator))
    proposal = proposals_waiting(scoped).get()
    ProviderProposal.objects.filter(pk=proposal.pk).update(proposed_by=people.director)
    with pytest.raises(Refusal) as own:
        decide_providers(
            proposals=[proposal], decision=ProviderState.ACCEPTED, **said(scoped, people.director)
        )
    assert own.value.code == "SEPARATION_OF_DUTIES"
    with pytest.raises(Refusal) as silent:
        decide_providers(
            proposals=[proposal], decision=ProviderState.REFUSED,
            **said(scoped, people.network_admin),
        )  # fmt: skip
    assert silent.value.code == "REASON_MISSING"
    decide_providers(
        proposals=[proposal], decision=ProviderState.REFUSED, reason="n’existe pas",
        **said(scoped, people.network_admin),
    )  # fmt: skip
    assert not register(scoped).filter(pk=proposal.provider_id).exists()


def test_what_the_administrator_enters_is_of_the_network(scoped: Mutual, people: People) -> None:
    provider = enter_provider(facts=FACTS, code="TG-7", **said(scoped, people.network_admin))
    assert (provider.state, provider.code) == (ProviderState.ACCEPTED, "TG-7")
    assert not proposals_waiting(scoped).exists()


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        ({"name": " "}, "PROVIDER_NAME_MISSING", "name"),
        ({"sector": "state"}, "PROVIDER_SECTOR_UNKNOWN", "sector"),
        ({"level": "hospital"}, "PROVIDER_LEVEL_UNKNOWN", "level"),
        ({"services": ("magic",)}, "PROVIDER_SERVICE_UNKNOWN", "services"),
        ({"latitude": Decimal(91)}, "PROVIDER_GPS_INVALID", "latitude"),
        ({"longitude": None}, "PROVIDER_GPS_HALF", "longitude"),
    ],
)
def test_what_no_register_can_hold_is_refused_with_its_place(
    scoped: Mutual, people: People, wrong: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(Refusal) as refused:
        enter_provider(facts=replace(FACTS, **wrong), **said(scoped, people.coordinator))
    assert (refused.value.code, refused.value.place) == (code, place)
    assert not Provider.objects.exists()


def test_the_same_provider_is_not_entered_twice(scoped: Mutual, people: People) -> None:
    first = enter_provider(facts=FACTS, code="K", **said(scoped, people.coordinator))
    with pytest.raises(Refusal) as again:
        enter_provider(facts=replace(FACTS, name=first.name), **said(scoped, people.moussa))
    assert again.value.code == "PROVIDER_ALREADY_THERE"
    with pytest.raises(Refusal) as taken:
        enter_provider(facts=replace(FACTS, name="Autre"), code="K", **said(scoped, people.moussa))
    assert taken.value.code == "PROVIDER_CODE_TAKEN"


def test_a_correction_keeps_what_stood_before_and_who_said_it(
    scoped: Mutual, people: People
) -> None:
    provider = enter_provider(facts=FACTS, **said(scoped, people.coordinator))
    with pytest.raises(Refusal) as same:
        change_provider(
            provider=provider, facts=replace(FACTS, name="Centre de Kpalimé"),
            source="appel", **said(scoped, people.moussa),
        )  # fmt: skip
    assert same.value.code == "LIST_SAME"
    change_provider(
        provider=provider, facts=replace(FACTS, phone="91 11 11 11"), source="appel du 2 juin",
        **said(scoped, people.moussa),
    )  # fmt: skip
    change = ListChange.objects.get(record_uid=provider.uid)
    assert change.before == {"phone": "90 00 00 01"}
    assert change.after == {"phone": "91 11 11 11"}
    assert (change.changed_by, change.source) == (people.moussa, "appel du 2 juin")


def test_what_decides_money_elsewhere_is_changed_by_the_administrator(
    scoped: Mutual, other_mutual: Mutual, people: People
) -> None:
    shared = a_provider(scoped, people.moussa)
    facts = ProviderFacts(name=shared.name, sector="private")
    change_provider(
        provider=shared, facts=facts, source="visite", **said(scoped, people.moussa)
    )  # nobody else works with it yet
    a_provider_of_other(other_mutual, people, shared)
    with pytest.raises(Refusal) as refused:
        change_provider(
            provider=shared, facts=replace(facts, sector="public"), source="visite",
            **said(scoped, people.moussa),
        )  # fmt: skip
    assert (refused.value.code, refused.value.place) == ("PROVIDER_OF_NETWORK", "sector")
    change_provider(
        provider=shared, facts=replace(facts, phone="90"), source="visite",
        **said(scoped, people.moussa),
    )  # fmt: skip
    change_provider(
        provider=shared, facts=replace(facts, sector="public", phone="90"), source="ministère",
        **said(scoped, people.network_admin),
    )  # fmt: skip


def a_provider_of_other(other_mutual: Mutual, people: People, shared: Provider) -> None:
    from entraide.apps.providers.services import make_agreement

    with scope(mutual=other_mutual):
        make_agreement(
            mutual=other_mutual, actor=people.fanta, on=ON, idempotency_key=a_key(),
            provider=shared, tariff_list=None, effective_from=ON,
        )  # fmt: skip


def test_a_provider_closes_with_a_day_once_no_convention_runs(
    scoped: Mutual, people: People
) -> None:
    provider = a_provider(scoped, people.moussa)
    with pytest.raises(Refusal) as running:
        close_provider(
            provider=provider, closed_on=ON, reason="fermé", **said(scoped, people.moussa)
        )
    assert running.value.code == "PROVIDER_UNDER_CONVENTION"
    free = enter_provider(facts=FACTS, **said(scoped, people.coordinator))
    close_provider(provider=free, closed_on=ON, reason="fermé", **said(scoped, people.moussa))
    assert free not in register(scoped)
    assert free in register(scoped, is_closed=True)
    assert free not in providers_without_agreement(scoped, ON)
    assert free in providers_without_agreement(scoped, date(2025, 6, 15))
    free.refresh_from_db()
    with pytest.raises(Refusal) as again:
        close_provider(provider=free, closed_on=ON, reason="fermé", **said(scoped, people.moussa))
    assert again.value.code == "PROVIDER_CLOSED"


def test_a_clerk_keeps_no_register(scoped: Mutual, people: People) -> None:
    for stranger in (people.awa, people.fanta):
        with pytest.raises(Refusal) as refused:
            enter_provider(facts=FACTS, **said(scoped, stranger))
        assert refused.value.code == "FORBIDDEN"
