"""Receipt booklets: the number typed with the money, what is missing and what is double."""

from __future__ import annotations

import pytest

from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from tests.builders import a_key, a_payment
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
        sent = money(scoped, amount="500", paper_number=number, double_confirmed="on")
        browser.post(url, sent)
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


@pytest.mark.requirement("R036", begun=True)
def test_a_number_already_used_is_said_where_and_recorded_only_when_confirmed(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("payment-new", uid=household.uid)
    browser.post(url, money(scoped, amount="500", paper_number="A-0007"))
    first = ContributionPayment.objects.get()
    assert "porte bien ce numéro" not in plain(browser.get(url).content)
    again = money(scoped, amount="600", paper_number="a-007")
    answer = browser.post(url, again)
    assert answer.status_code == 422
    shown = plain(answer.content)
    assert f"Le numéro A-007 du carnet figure déjà sur le reçu {first.document_number}" in shown
    assert household.number in shown
    assert "La feuille porte bien ce numéro : enregistrer quand même" in shown
    assert ContributionPayment.objects.count() == 1
    answer = browser.post(url, {**again, "double_confirmed": "on"})
    assert answer.status_code == 302
    assert ContributionPayment.objects.filter(paper_number="A-007").count() == 1


def test_the_number_of_a_receipt_taken_back_may_be_used_again(
    household: Household, scoped: Mutual, people: People
) -> None:
    first = a_payment(household, people.awa, 500, paper_number="A-0007")
    with pytest.raises(Refusal, match="PAPER_NUMBER_USED"):
        a_payment(household, people.awa, 500, paper_number="A-7")
    a_payment(household, people.awa, 500, paper_number="AA-0007")  # another booklet
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=first.paid_on, idempotency_key=a_key(),
        payment=first, reason="montant faux",
    )  # fmt: skip
    assert a_payment(household, people.awa, 600, paper_number="A-0007").amount_minor == 600
