"""Where contributions stand: three figures that open, families late, calls one by one."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.contributions.lump_sums import receive_lump_sum
from entraide.apps.contributions.models import ContributionPayment, SumOrigin
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import AccountRole
from tests.builders import a_household, a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address

TODAY = date(2025, 6, 16)


def plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


@pytest.mark.requirement("R032", begun=True)
def test_the_figures_open_to_their_ratio_and_rows(
    receipt: ContributionPayment, people: People, signed_in: Browser, address: Address
) -> None:
    page = plain(signed_in(people.awa).get(address("contributions")).content)
    assert "38,5" in page  # 5 000 of 13 000
    assert "÷ 13 000 F CFA" in page
    assert "8 000" in page  # late
    assert "5 000 F CFA sans bordereau, 0 F CFA sur bordereau" in page
    assert "Une pièce de caisse n’est sur aucun bordereau" in page
    assert address("dues") in page
    assert address("arrears") in page
    assert receipt.document_number in page


def test_before_the_first_due_the_rate_is_absent_and_says_why(
    people: People, signed_in: Browser, address: Address
) -> None:
    page = plain(signed_in(people.awa).get(address("contributions")).content)
    assert "Rien n’est venu à échéance dans la période." in page
    assert "Rien n’attend" in page
    assert "Pas encore de reçu" in page


def test_families_late_are_listed_with_their_telephone(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    household.phone = "90 12 34 56"
    household.save()
    browser, url = signed_in(people.awa), address("arrears")
    page = plain(browser.get(url).content)
    assert "ADJOVI Éloïse" in page
    assert 'href="tel:90123456"' in page
    assert "157 jours" in page
    assert "13 000 F CFA" in page
    assert "ADJOVI Éloïse" in plain(browser.get(url, {"sort": "amount"}).content)
    assert b"<html" not in browser.get(url, headers={"HX-Request": "true"}).content


def test_calls_are_listed_by_state_and_year(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.auditor), address("dues")
    number = household.dues.first().document_number
    assert number in plain(browser.get(url, {"state": "late"}).content)
    assert number not in plain(browser.get(url, {"state": "paid"}).content)
    assert number not in plain(browser.get(url, {"year": "2024"}).content)
    assert number in plain(browser.get(url, {"q": number}).content)
    assert '<td data-label="Dû par">La famille</td>' in plain(
        browser.get(url, {"q": number}).content
    )


def test_a_call_shows_its_receipts_and_is_cancelled_by_who_may(
    receipt: ContributionPayment, household: Household, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    fee = household.dues.get(kind="joining_fee")
    shown = plain(signed_in(people.awa).get(address("due", uid=fee.uid)).content)
    assert receipt.document_number in shown
    assert fee.document_number in shown
    assert "Annuler cet appel" not in shown
    sent = {"idempotency_key": a_key(), "reason": "Erreur de saisie"}
    paid = signed_in(people.moussa).post(address("due", uid=fee.uid), sent)
    assert paid.status_code == 422
    assert "Contrepassez d’abord ce reçu" in plain(paid.content)
    assert signed_in(people.awa).post(address("due", uid=fee.uid), sent).status_code == 403
    assert signed_in(people.fanta).get(address("due", uid=fee.uid)).status_code == 404


def test_a_call_not_paid_is_cancelled_once(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    due = household.dues.get(kind="contribution")
    url = address("due", uid=due.uid)
    browser = signed_in(people.moussa)
    assert "Annuler cet appel" in plain(browser.get(url).content)
    sent = {"idempotency_key": a_key(), "reason": "Erreur de saisie"}
    browser.post(url, sent)
    due.refresh_from_db()
    assert due.cancelled_on == date(2025, 6, 16)
    assert browser.post(url, sent | {"idempotency_key": a_key()}).status_code == 422


def test_a_year_that_is_none_is_this_year(
    signed_in: Browser, people: People, address: Address
) -> None:
    for year in ("²", "٢٠٢٥", "0", "9" * 5000):
        answer = signed_in(people.moussa).get(address("dues"), {"year": year})
        assert answer.status_code == 200


@pytest.mark.requirement("R032", begun=True)
def test_the_page_and_the_home_page_say_the_same_money_and_the_same_pieces(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    a_payment(a_household(scoped, people.awa, product), people.awa, 5000, paid_on=TODAY)
    receive_lump_sum(
        mutual=scoped, actor=people.awa, on=TODAY, idempotency_key=a_key(),
        origin=SumOrigin.COMMON_PURSE, payer_name="Benkadi", amount_minor=12_000,
        treasury_account=account_for(scoped, AccountRole.CASH), paid_on=TODAY,
    )  # fmt: skip
    page = plain(signed_in(people.awa).get(address("contributions")).content)
    assert "<strong>17 000 F CFA encaissés</strong> en juin 2025, 2 reçus." in page
    assert "Dont 12 000 F CFA de sommes de groupes, à répartir." in page
    assert "2 pièces de caisse ne sont sur aucun bordereau" in page
    rows = signed_in(people.director).get(address("home")).context["month_rows"]
    [row] = [each for each in rows if each.step.words == "Cotisations encaissées"]
    assert row.amount_minor == 17_000
    assert plain(row.told.encode()) == (
        "2 reçus, dont 12 000 F CFA de sommes de groupes, à répartir ; "
        "2 pièces de caisse pas encore sur un bordereau"
    )
    slips = plain(signed_in(people.awa).get(address("slip-new")).content)
    assert "2 pièces" in slips
