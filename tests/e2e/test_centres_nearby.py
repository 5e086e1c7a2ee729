"""The three nearest centres on a telephone that has lost the network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.office import CLERK, PHONE, Desks, Office


@pytest.mark.requirement("R068")
def test_a_telephone_without_network_finds_the_three_nearest_centres(
    desks: Desks, office: Office
) -> None:
    page = desks.sit(CLERK, size=PHONE)
    page.goto(office.page("prestataires/proches/"))
    first = page.locator("[data-part=all] [data-at]").first
    latitude, longitude = (first.get_attribute("data-at") or "").split(",")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": float(latitude), "longitude": float(longitude)})

    page.context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="D’ici, où je suis").click()
    found = page.locator("[data-part=list] > li")
    expect(found).to_have_count(3)
    expect(found.first.locator("[data-far]")).to_have_text("0,0 km")
    page.context.set_offline(False)
