"""Who is offered as a provider: those of the country, whoever has the agreement."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from entraide.apps.providers.selectors import agreed_providers, providers_without_agreement
from entraide.apps.providers.services import ensure_provider
from entraide.apps.schemes.models import Federation, Mutual
from entraide.core.product import Sector
from tests.builders import a_mutual, a_provider
from tests.people import People

DAY = date(2025, 3, 3)


@pytest.mark.requirement("R056")
def test_providers_of_other_countries_are_not_offered(
    federation: Federation, people: People, bare_other_mutual: Mutual
) -> None:
    """Awa's mutual is in Madagascar with a neighbour; Fanta's is in Burkina Faso."""
    ours = a_mutual(federation, "fenoarivo", "Fenoarivo Santé", "mg")
    neighbour = a_mutual(federation, "itaosy", "Itaosy Santé", "mg")
    of_awa = a_provider(ours, people.system, code="csb-1")
    of_neighbour = a_provider(neighbour, people.system, code="csb-2")
    of_fanta = a_provider(bare_other_mutual, people.fanta, code="csps-1")
    of_nobody = ensure_provider(
        system="test", code="libre", name="Centre libre", sector=Sector.PUBLIC
    )

    with scope(mutual=ours):
        assert list(agreed_providers(DAY)) == [of_awa]
        assert list(providers_without_agreement(ours, DAY)) == [of_neighbour, of_nobody]
    with scope(mutual=bare_other_mutual):
        assert list(agreed_providers(DAY)) == [of_fanta]
        assert list(providers_without_agreement(bare_other_mutual, DAY)) == [of_nobody]


def test_a_provider_of_both_countries_is_offered_and_a_past_agreement_counts(
    bare_mutual: Mutual, people: People, bare_other_mutual: Mutual
) -> None:
    ours = bare_mutual
    shared = a_provider(ours, people.system, code="frontiere")
    a_provider(bare_other_mutual, people.fanta, code="frontiere")
    with scope(mutual=ours):
        before_any_agreement = date(2023, 1, 1)
        assert list(agreed_providers(before_any_agreement)) == []
        assert list(providers_without_agreement(ours, before_any_agreement)) == [shared]
