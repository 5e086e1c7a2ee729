"""Duties are work for who holds them, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from entraide.apps.access.services import system_user
from entraide.apps.enrolment.groups import appoint_officer, set_briefing_items
from entraide.apps.enrolment.models import OfficerRole
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.apps.schemes.services import appoint
from entraide.apps.schemes.titles import Duty, duties_held
from tests.builders import a_household, a_key, an_approved_product
from tests.people import People
from tests.web.conftest import Browser
from tests.web.groups.test_pages import TODAY, act
from tests.web.households.conftest import Address, address

__all__ = ["address"]
pytestmark = pytest.mark.requirement("R247", begun=True)


def whats(browser: Any, url: str) -> list[str]:
    return [each.what for each in browser.get(url).context["decisions"]]


def test_who_answers_for_the_data_sees_the_files_to_complete(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    asks_photos = an_approved_product(scoped, people.moussa, people.director, "dagbe").product
    family = a_household(scoped, people.awa, asks_photos)
    family.persons.update(has_photo=False)
    home = address("home")
    assert not any("Compléter" in what for what in whats(signed_in(people.awa), home))
    appoint(
        mutual=scoped, actor=system_user(), on=TODAY, idempotency_key=a_key(), user=people.awa,
        role=Role.DATA_ENTRY_CLERK, effective_from=TODAY, title="Référence OS",
        duties=(Duty.DATA_QUALITY,),
    )  # fmt: skip
    assert duties_held(people.awa, scoped, TODAY) == {Duty.DATA_QUALITY}
    assert any("Compléter" in what for what in whats(signed_in(people.awa), home))
    assert not any("Compléter" in what for what in whats(signed_in(people.cashier), home))


def test_who_closes_the_month_is_asked_to(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    appoint(
        mutual=scoped, actor=system_user(), on=TODAY, idempotency_key=a_key(), user=people.moussa,
        role=Role.FINANCE_OFFICER, effective_from=TODAY, duties=(Duty.MONTH_END,),
    )  # fmt: skip
    assert "Finir le mois" in " ".join(whats(signed_in(people.moussa), address("home")))


def test_who_follows_a_group_is_told_which_president_to_brief(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    group = create_group(
        **act(scoped, people.awa), code="be", name="Marché de Bè", kind="village", product=product
    )
    assign_portfolio(
        **act(scoped, people.coordinator), group=group, animator=people.field_agent,
        starts_on=TODAY,
    )  # fmt: skip
    appoint_officer(
        **act(scoped, people.awa), group=group, role=OfficerRole.PRESIDENT, name="Dodji Mensah",
        phone="", starts_on=TODAY,
    )  # fmt: skip
    set_briefing_items(**act(scoped, people.coordinator), texts=["Les délais d’attente"])
    home = address("home")
    assert "Informer Dodji Mensah" in whats(signed_in(people.field_agent), home)
    assert "Informer Dodji Mensah" not in whats(signed_in(people.awa), home)
