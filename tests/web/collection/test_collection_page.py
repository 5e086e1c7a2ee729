"""« Collecte »: by channel with its cost, by animator with the calls behind each rate."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser


def page_of(mutual: Mutual, name: str = "collection", **more: object) -> str:
    return reverse(f"web:{name}", kwargs={"mutual": mutual.code, **more})


def plain(page: bytes) -> str:
    return page.decode().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product, today: date) -> Household:
    group = create_group(
        mutual=scoped, actor=people.awa, on=today, idempotency_key=a_key(),
        code="v", name="Village Bè", kind="village",
    )  # fmt: skip
    assign_portfolio(
        mutual=scoped, actor=people.coordinator, on=today, idempotency_key=a_key(),
        animator=people.field_agent, starts_on=date(2025, 1, 1), group=group,
    )  # fmt: skip
    family = a_household(scoped, people.awa, product, group=group)
    a_payment(family, people.awa, 5_000)
    return family


@pytest.mark.requirement("R041")
def test_cost_of_a_channel_opens_to_its_formula(
    household: Household, people: People, signed_in: Browser, today: date
) -> None:
    mutual = household.mutual
    page = plain(signed_in(people.moussa).get(page_of(mutual)).content)
    assert "Coût de la collecte non renseigné pour : Espèces" in page
    for name, kept in (("receipt_cost_cash", 150), ("collection_fee_cash", "0.02")):
        change_choice(
            mutual=mutual, actor=people.director, on=today, idempotency_key=a_key(), name=name,
            value=kept, source="Conseil",
        )  # fmt: skip
    page = plain(signed_in(people.moussa).get(page_of(mutual)).content)
    assert "1 reçus × 150 F CFA + 5 000 F CFA × 2,00 % = 150 F CFA + 100 F CFA" in page
    assert "<summary>250 F CFA</summary>" in page
    assert "5,0 %" in page
    assert "channel=cash&amp;from=" in page


@pytest.mark.requirement("R032")
def test_an_animator_opens_to_groups_and_calls(
    household: Household, people: People, other_mutual: Mutual, signed_in: Browser
) -> None:
    mutual = household.mutual
    browser = signed_in(people.moussa)
    address = page_of(mutual, "collection-agent", key=people.field_agent.uid)
    assert address in browser.get(page_of(mutual)).content.decode()
    page = plain(browser.get(address).content)
    assert "5 000 F CFA reçus ÷ 13 000 F CFA échus = 38,5 %" in page
    assert "Village Bè" in page
    assert household.number in page
    nobody = plain(browser.get(page_of(mutual, "collection-agent", key="personne")).content)
    assert household.number not in nobody
    assert browser.get(page_of(mutual, "collection-agent", key="rien")).status_code == 404
    assert signed_in(people.fanta).get(address).status_code in (403, 404)
