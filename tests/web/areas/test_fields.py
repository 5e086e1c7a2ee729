"""A place typed on the membership form: found, asked, or proposed; without JavaScript."""

from __future__ import annotations

import pytest

from entraide.apps.enrolment.models import Household
from entraide.apps.nomenclature.models import Area, AreaProposal
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Product
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address, typed

__all__ = ["address"]


@pytest.fixture
def village(scoped: Mutual) -> Area:
    return ensure_area(system="test", code="v1", name="Adidogomé", level=5, country="tg")


def test_a_known_village_is_recorded_with_the_family(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address,
    village: Area,
) -> None:  # fmt: skip
    signed_in(people.awa).post(address("household-new"), typed(area="adidogome"))
    assert Household.objects.get().area == village


def test_an_uncertain_village_is_asked_then_chosen(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address,
    village: Area,
) -> None:  # fmt: skip
    awa = signed_in(people.awa)
    answer = awa.post(address("household-new"), typed(area="Adidogomme"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Household.objects.exists()
    assert f'<option value="{village.uid}">Adidogomé</option>' in page
    chosen = {"area": "Adidogomme", "area-asked": "Adidogomme", "area-choice": str(village.uid)}
    awa.post(address("household-new"), typed(**chosen))
    assert Household.objects.get().area == village


def test_a_new_village_is_proposed_when_the_desk_says_so(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    said = {"area": "Kpogan", "area-asked": "Kpogan", "area-choice": "new"}
    signed_in(people.awa).post(address("household-new"), typed(**said))
    proposal = AreaProposal.objects.get()
    assert (proposal.area.name, proposal.proposed_by) == ("Kpogan", people.awa)
    assert Household.objects.get().area == proposal.area


def test_a_choice_made_for_another_text_does_not_count(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    said = {"area": "Kpogan II", "area-asked": "Kpogan", "area-choice": "new"}
    answer = signed_in(people.awa).post(address("household-new"), typed(**said))
    assert answer.status_code == 422
    assert not AreaProposal.objects.exists()


def test_places_are_offered_while_the_name_is_typed(
    scoped: Mutual, people: People, signed_in: Browser, address: Address, village: Area
) -> None:
    answer = signed_in(people.awa).get(address("areas-offered"), {"area": "adid"})
    assert answer.content.decode() == '<option value="Adidogomé"></option>'
    assert signed_in(people.fanta).get(address("areas-offered")).status_code == 404
