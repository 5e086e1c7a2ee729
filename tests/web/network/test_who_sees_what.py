"""Every address under ``/reseau/``, by role: nobody meets a mutual where they do not work."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from entraide.apps.access.models import AuditEvent, User
from entraide.apps.nomenclature.guide_text import Said
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.nomenclature.services import ensure_diagnosis, ensure_guide_entry
from entraide.apps.schemes.flags import RENEWAL_IN_LIST
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.web.network.urls import urlpatterns
from tests.builders import a_care_item
from tests.people import People, person
from tests.web.conftest import Browser
from tests.web.network.test_network import also_appointed

pytestmark = pytest.mark.requirement("R199", begun=True)

OPEN_TO_WHO_WORKS = {"lists", "acts"}
READS_REPORTS = {"benchmark", "follow-up"}


@pytest.fixture
def addresses(mutual: Mutual, other_mutual: Mutual, people: People) -> dict[str, str]:
    """Name → an address of the other mutual, or of the network, for every pattern."""
    appointment = Appointment.objects.filter(mutual=other_mutual).earliest("id")
    item = CareItem.objects.first() or a_care_item()
    diagnosis = Diagnosis.objects.first() or ensure_diagnosis(
        system="test", code="A00", label="Test"
    )
    guided = ensure_guide_entry(Said("Test."), diagnosis=diagnosis)
    uids = {
        "appointment-end": appointment.uid,
        "care-item": item.uid,
        "diagnosis": diagnosis.uid,
        "guide-entry": guided.uid,
    }
    found = {}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        name = str(pattern.name)
        values: dict[str, Any] = {
            "code": "reseau" if "union" in name or name == "federation" else other_mutual.code,
            "uid": uids.get(name, uuid.uuid4()),
            "flag": RENEWAL_IN_LIST.code,
        }
        wanted = pattern.pattern.converters
        kwargs = {key: value for key, value in values.items() if key in wanted}
        found[name] = reverse(f"network:{name}", kwargs=kwargs)
    assert len(found) == len(urlpatterns)
    assert get_resolver() is not None
    return found


def met(browser: Client, addresses: dict[str, str]) -> Iterator[tuple[str, int, str]]:
    """(name, status, page) of every address."""
    for name, address in addresses.items():
        answer = browser.get(address)
        yield name, answer.status_code, answer.content.decode()


def refused_everywhere_but(
    browser: Client, addresses: dict[str, str], opened: set[str], hidden: str
) -> None:
    for name, status, page in met(browser, addresses):
        if name == "tree":  # what people type leads them to where they work
            assert status == 302
            continue
        assert status == (200 if name in opened else 403), name
        assert hidden not in page, name


def test_a_clerk_sees_the_lists_and_her_own_acts(
    addresses: dict[str, str], people: People, other_mutual: Mutual, signed_in: Browser
) -> None:
    browser = signed_in(people.awa)
    refused_everywhere_but(browser, addresses, OPEN_TO_WHO_WORKS, other_mutual.name)
    assert AuditEvent.objects.filter(actor=people.awa, code="FORBIDDEN").exists()


def test_who_reads_reports_of_one_mutual_compares_and_follows_that_one(
    addresses: dict[str, str], people: People, mutual: Mutual, other_mutual: Mutual,
    signed_in: Browser,
) -> None:  # fmt: skip
    opened = OPEN_TO_WHO_WORKS | READS_REPORTS
    refused_everywhere_but(signed_in(people.moussa), addresses, opened, other_mutual.name)
    refused_everywhere_but(signed_in(people.fanta), addresses, opened, mutual.name)


def test_the_administrator_opens_every_page_and_no_register(
    addresses: dict[str, str], people: People, mutual: Mutual, other_mutual: Mutual,
    signed_in: Browser,
) -> None:  # fmt: skip
    browser = signed_in(people.network_admin)
    for name, status, page in met(browser, addresses):
        assert status == 200, name
        if name == "follow-up":
            assert mutual.name in page
            assert other_mutual.name in page
            assert reverse("web:home", args=[mutual.code]) not in page
    for page in ("households", "claims", "report"):
        assert browser.get(reverse(f"web:{page}", args=[mutual.code])).status_code == 403


def test_an_agent_of_two_mutuals_sees_both_and_no_third(
    addresses: dict[str, str], people: People, mutual: Mutual, other_mutual: Mutual,
    signed_in: Browser,
) -> None:  # fmt: skip
    also_appointed(people.adviser, other_mutual, Role.ADVISER)
    browser = signed_in(people.adviser)
    led = browser.get(addresses.pop("tree"), follow=True)
    assert led.redirect_chain == [(reverse("entrance"), 302)]
    shown = led.content.decode()
    assert "tenu par son administrateur" in shown
    assert mutual.name in shown
    assert other_mutual.name in shown
    assert not AuditEvent.objects.filter(actor=people.adviser, code="FORBIDDEN").exists()
    for name, status, page in met(browser, addresses):
        assert status == (200 if name in OPEN_TO_WHO_WORKS | READS_REPORTS else 403), name
        if name == "follow-up":
            assert mutual.name in page
            assert other_mutual.name in page


def test_who_works_nowhere_finds_nothing(
    addresses: dict[str, str], mutual: Mutual, signed_in: Browser
) -> None:
    stranger = person("personne", "Personne de connu", mutual=None)
    assert isinstance(stranger, User)
    for name, status, _page in met(signed_in(stranger), addresses):
        assert status == 403, name
    refused = AuditEvent.objects.filter(actor=stranger, code="FORBIDDEN")
    assert refused.filter(subject=addresses["tree"]).exists()


def test_nobody_acts_there_but_the_administrator(
    addresses: dict[str, str], people: People, signed_in: Browser
) -> None:
    for who in (people.awa, people.moussa, people.fanta, people.adviser):
        browser = signed_in(who)
        for name, address in addresses.items():
            assert browser.post(address, {}).status_code in (403, 405), (who, name)


def test_signed_out_every_address_leads_to_the_door(
    addresses: dict[str, str], client: Client
) -> None:
    for address in addresses.values():
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))
