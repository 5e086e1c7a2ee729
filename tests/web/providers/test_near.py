"""« Centres proches »: the three nearest of those under agreement, by a point or by a place."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from entraide.apps.nomenclature.models import Area
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

pytestmark = pytest.mark.requirement("R068")

# Lomé, and centres east of it along the coast; a degree of longitude is some 110 km there.
PLACES = {"csps-1": "1.25", "csps-2": "1.30", "csps-3": "1.20", "csps-4": "1.60"}


@pytest.fixture
def centres(scoped: Mutual, people: People) -> dict[str, Provider]:
    found = {}
    for code, east in PLACES.items():
        centre = a_provider(scoped, people.moussa, code=code)
        centre.latitude, centre.longitude = Decimal("6.17"), Decimal(east)
        centre.phone, centre.opening_hours = "22 21 00 00", "8 h – 17 h"
        centre.save()
        found[code] = centre
    return found


def names(page: str) -> list[str]:
    """The centres of the first list, in their order."""
    found = page.partition('data-part="list"')[2].partition("</ol>")[0]
    return re.findall(r"<h3>(.*?) <", found)


def test_the_three_nearest_of_a_point_with_their_distance(
    centres: dict[str, Provider], people: People, signed_in: Browser, address: Address
) -> None:
    answer = signed_in(people.field_agent).get(address("providers-near"), {"at": "6.17, 1.31"})
    page = answer.content.decode()
    found = answer.context["found"]
    assert [each.provider.code for each in found] == ["csps-2", "csps-1", "csps-3"]
    assert [each.far for each in found] == ["1,1", "6,6", "12,2"]  # 110.5 km × 0.01, 0.06, 0.11
    assert "22 21 00 00" in page
    assert "8 h – 17 h" in page
    assert page.count("data-at=") == 4  # all of them, for the telephone to measure by itself


def test_a_centre_without_agreement_or_position_is_not_among_the_nearest(
    centres: dict[str, Provider], people: People, signed_in: Browser, address: Address
) -> None:
    centres["csps-2"].latitude = None
    centres["csps-2"].save()
    Provider.objects.create(
        system="test", code="autre", name="Sans convention", sector="public",
        latitude=Decimal("6.17"), longitude=Decimal("1.31"),
    )  # fmt: skip
    page = signed_in(people.awa).get(address("providers-near"), {"at": "6.17; 1.31"})
    assert [each.provider.code for each in page.context["found"]] == ["csps-1", "csps-3", "csps-4"]
    assert "Sans convention" not in page.content.decode()
    assert page.context["without_gps"] == 1


def test_a_place_finds_what_shares_the_smallest_place_first(
    centres: dict[str, Provider], people: People, signed_in: Browser, address: Address
) -> None:
    region = Area.objects.create(
        system="t", code="r", name="Maritime", name_key="maritime", level=1
    )
    towns = {
        name: Area.objects.create(
            system="t", code=name, name=name, name_key=name.lower(), level=2, parent=region
        )
        for name in ("Golfe", "Lacs")
    }
    for code, town in (("csps-1", "Golfe"), ("csps-4", "Lacs")):
        centres[code].area = towns[town]
        centres[code].save()
    page = signed_in(people.awa).get(address("providers-near"), {"place": "Lacs"})
    assert [each.provider.code for each in page.context["found"]] == ["csps-4", "csps-1"]


def test_what_is_no_position_is_refused_and_the_page_stays(
    centres: dict[str, Provider], people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    for text in ("midi", "95, 1", "6.17", "NaN, 1"):
        answer = browser.get(address("providers-near"), {"at": text})
        assert answer.status_code == 422, text
        assert answer.content.decode().count("data-at=") == 4


def test_the_page_holds_nothing_of_members_and_the_worker_keeps_only_it(
    centres: dict[str, Provider], people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    page = browser.get(address("providers-near")).content.decode()
    assert "Awa" not in page
    script = browser.get(address("providers-near-worker"))
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert f'const PAGE = "{address("providers-near")}"' in script.content.decode()
    assert address("providers-near-worker").startswith(address("providers-near"))
    assert signed_in(people.fanta).get(address("providers-near")).status_code == 404
