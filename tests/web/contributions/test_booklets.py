"""Receipt booklets: the number typed with the money, what is missing and what is double."""

from __future__ import annotations

import pytest

from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from tests.people import People
from tests.web.conftest import Browser
from tests.web.contributions.test_payments import money, plain
from tests.web.households.conftest import Address


@pytest.mark.requirement("R036", begun=True)
def test_a_number_is_typed_with_the_money_and_its_booklet_is_checked(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, page = signed_in(people.awa), address("booklets")
    assert "Aucun reçu papier saisi" in plain(browser.get(page).content)
    url = address("payment-new", uid=household.uid)
    for number in ("a-0007", "A-0008"):
        browser.post(url, money(scoped, amount="500", paper_number=number))
    assert "2 reçus papier saisis : aucun ne manque" in plain(browser.get(page).content)
    for number in ("A-0011", "A 0011".replace(" ", "-")):
        browser.post(url, money(scoped, amount="500", paper_number=number))
    shown = plain(browser.get(page).content)
    assert "A-0009 – A-0010" in shown
    assert "2 numéros manquent" in shown
    assert "A servi 2 fois" in shown
    first, last = (
        ContributionPayment.objects.filter(paper_number=number).earliest("id")
        for number in ("A-0007", "A-0011")
    )
    assert last.document_number in shown
    assert first.document_number not in shown
    receipt = plain(browser.get(address("receipt", uid=last.uid)).content)
    assert "Reçu papier" in receipt
    assert "A-0011" in receipt
    found = plain(browser.get(address("receipts"), {"q": "a-0007"}).content)
    assert first.document_number in found
    assert last.document_number not in found
