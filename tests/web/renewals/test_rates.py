"""The pages of the rate of renewal by animator: from the list to the covers behind a figure."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]


@pytest.mark.requirement("R019", begun=True)
def test_the_rate_opens_to_its_covers(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    home = a_household(scoped, people.awa, product, enrolled_on=date(2024, 3, 10))
    browser = signed_in(people.awa)
    assert address("renewals-rates") in browser.get(address("renewals")).content.decode()
    page = browser.get(address("renewals-rates"))
    [row] = page.context["rows"]
    assert (row.agent, row.ended_count, row.renewed_count) == (None, 1, 0)
    nobody = address("renewals-agent", key="personne")
    assert nobody in page.content.decode()
    assert home.number in browser.get(nobody).content.decode()
    assert browser.get(address("renewals-agent", key="pas-une-cle")).status_code == 404
    assert signed_in(people.fanta).get(address("renewals-rates")).status_code == 404
