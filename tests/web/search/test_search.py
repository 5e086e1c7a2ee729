"""The search of the top bar: by name, card, telephone or number, never across mutuals."""

from __future__ import annotations

import re

from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from tests.builders import a_claim, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address, household

__all__ = ["address", "household"]


def plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


def test_a_person_is_found_with_the_rights_of_the_day(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("search")
    page = plain(browser.get(url, {"q": "eloise"}).content)
    assert "ADJOVI Éloïse" in page
    assert "Pas couverte ce jour" in page
    assert address("household", uid=household.uid) in page
    assert "Rien trouvé" in plain(browser.get(url, {"q": "inconnu"}).content)
    assert "<h1>Chercher" in plain(browser.get(url).content)


def test_a_name_spelt_nearly_so_is_proposed(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("search")
    for typed in ("Eloyse", "Ajovi", "adjovy eloise"):
        page = plain(browser.get(url, {"q": typed}).content)
        assert "Orthographes proches" in page
        assert "ADJOVI Éloïse" in page
    assert "Orthographes proches" not in plain(browser.get(url, {"q": "adjovi"}).content)


def test_a_number_opens_its_page_at_once(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    receipt: ContributionPayment = a_payment(household, people.awa, 13_000)
    provider = a_provider(scoped, people.moussa)
    claim = a_claim(household.persons.get(is_member=True), provider, people.awa)
    due = household.dues.first()
    browser, url = signed_in(people.awa), address("search")
    for number, page in (
        (household.number.lower(), address("household", uid=household.uid)),
        (receipt.document_number, address("receipt", uid=receipt.uid)),
        (due.document_number, address("due", uid=due.uid)),
        (claim.document_number, address("claim", uid=claim.uid)),
    ):
        assert browser.get(url, {"q": number})["Location"] == page
    several = plain(browser.get(url, {"q": receipt.document_number[:-1]}).content)
    assert receipt.document_number in several


def test_a_rank_alone_finds_the_receipt_and_a_persons_name_their_claims(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    receipt: ContributionPayment = a_payment(household, people.awa, 13_000)
    member = household.persons.get(is_member=True)
    claim = a_claim(member, a_provider(scoped, people.moussa), people.awa)
    browser, url = signed_in(people.awa), address("search")
    rank = str(int(receipt.document_number.rpartition("-")[2]))
    assert receipt.document_number in plain(browser.get(url, {"q": rank}).content)
    assert claim.document_number in plain(browser.get(url, {"q": member.name}).content)


def test_who_may_not_read_registers_searches_nothing(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("search")
    assert signed_in(people.adviser).get(url, {"q": "eloise"}).status_code == 403
    assert signed_in(people.fanta).get(url, {"q": "eloise"}).status_code == 404
