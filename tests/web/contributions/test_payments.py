"""Receiving a contribution: the amount is filled in, the receipt opens, the books follow."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.access.models import AuditEvent
from entraide.apps.contributions.models import Channel, ContributionPayment
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address


def plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


def money(mutual: Mutual, role: AccountRole = AccountRole.CASH, **more: str) -> dict[str, str]:
    """What the payment form sends: 13 000 in cash today, unless told otherwise."""
    return {
        "idempotency_key": a_key(),
        "treasury": str(account_for(mutual, role).uid),
        "amount": "13 000",
        "paid_on": "16/06/2025",
        "external_reference": "",
        "brought_by": "",
        "payer_name": "",
        **more,
    }


def test_the_family_is_found_and_its_form_filled_in(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    answer = browser.get(address("payment-choose"), {"q": "éloïse"})
    assert answer["Location"] == address("payment-new", uid=household.uid)
    page = plain(browser.get(answer["Location"]).content)
    assert 'value="13 000"' in page
    assert "Droit d’adhésion" in page
    assert "Reste à payer : 13 000 F CFA, dont 13 000 F CFA en retard." in page
    assert "Aucune famille trouvée" in plain(
        browser.get(address("payment-choose"), {"q": "inconnu"}).content
    )


@pytest.mark.requirement("R028", begun=True)
def test_the_receipt_is_recorded_once_and_leads_to_call_entry_and_slip(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("payment-new", uid=household.uid)
    sent = money(scoped)
    answer = browser.post(url, sent, follow=True)
    browser.post(url, sent)
    payment = ContributionPayment.objects.get()
    assert answer.redirect_chain[-1][0] == address("receipt", uid=payment.uid)
    page = plain(answer.content)
    assert f"Reçu {payment.document_number} enregistré." in page
    assert "13 000 F CFA" in page
    assert "Dont 9 000 F CFA au fonds mutuel et 4 000 F CFA au fonctionnement." in page
    assert "Il ne reste rien à payer." in page
    assert "Signature ou empreinte de qui paie" in page
    for due in household.dues.all():
        assert due.document_number in page
    assert address("slip-new") in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": "20 000"}, "rendez le surplus"),
        ({"amount": ""}, "Ce champ est obligatoire"),
        ({"amount": "douze"}, "n’est pas un montant"),
        ({"paid_on": "31/02/2025"}, "n’existe pas"),
        ({"paid_on": "17/06/2025"}, "17 juin 2025"),
    ],
)
def test_a_refused_payment_keeps_what_was_typed_and_says_why(
    change: dict[str, str], told: str, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    url = address("payment-new", uid=household.uid)
    sent = money(scoped, payer_name="Yao, son frère") | change
    answer = signed_in(people.awa).post(url, sent)
    page = plain(answer.content)
    assert answer.status_code == 422
    assert told in page
    assert 'value="Yao, son frère"' in page
    assert 'class="errors"' in page
    assert not ContributionPayment.objects.exists()


@pytest.mark.requirement("R042", begun=True)
def test_mobile_money_needs_its_number_and_the_lender_is_named(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("payment-new", uid=household.uid)
    asked = plain(browser.get(url).content)
    assert "Nécessaire pour l’argent mobile" in asked
    assert "Numéro de transaction</label>" in asked  # not « facultatif »
    refused = browser.post(url, money(scoped, AccountRole.MOBILE_MONEY))
    assert refused.status_code == 422
    assert "Le numéro de transaction manque" in plain(refused.content)
    browser.post(url, money(scoped, AccountRole.MOBILE_MONEY, external_reference="TM-1"))
    assert ContributionPayment.objects.get().channel == Channel.MOBILE_MONEY


def test_the_lender_brings_it_to_a_bank_and_not_to_the_cash_box(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.awa), address("payment-new", uid=household.uid)
    refused = browser.post(url, money(scoped, brought_by="lender"))
    assert refused.status_code == 422
    assert "id_treasury" in plain(refused.content)
    browser.post(url, money(scoped, AccountRole.BANK, brought_by="lender"))
    assert ContributionPayment.objects.get().channel == Channel.LENDER


def test_a_receipt_is_reversed_with_its_reason_by_who_may(
    receipt: ContributionPayment, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("receipt-reverse", uid=receipt.uid)
    page = address("receipt", uid=receipt.uid)
    sent = {"idempotency_key": a_key(), "reason": "Saisi deux fois"}
    assert signed_in(people.awa).post(url, sent).status_code == 403
    assert "Contrepasser ce reçu" not in plain(signed_in(people.awa).get(page).content)
    assert "Contrepasser ce reçu" in plain(signed_in(people.moussa).get(page).content)
    assert signed_in(people.moussa).post(url, sent | {"reason": ""}).status_code == 422
    answer = signed_in(people.moussa).post(url, sent, follow=True)
    assert "Contrepassé le 16 juin 2025" in plain(answer.content)
    receipt.refresh_from_db()
    assert receipt.reversed_on == date(2025, 6, 16)
    again = signed_in(people.moussa).post(url, sent | {"idempotency_key": a_key()})
    assert again.status_code == 422


def test_the_entry_opens_for_who_reads_the_books_and_is_named_to_the_others(
    receipt: ContributionPayment, people: People, signed_in: Browser, address: Address
) -> None:
    page, entry = address("receipt", uid=receipt.uid), address("entry", uid=receipt.entry.uid)
    assert entry in plain(signed_in(people.auditor).get(page).content)
    assert signed_in(people.auditor).get(entry).status_code == 200
    assert entry not in plain(signed_in(people.awa).get(page).content)


def test_receipts_are_searched_and_filtered(
    receipt: ContributionPayment, people: People, signed_in: Browser, address: Address
) -> None:
    browser, url = signed_in(people.auditor), address("receipts")
    number = receipt.document_number
    assert number in plain(browser.get(url).content)
    assert number in plain(browser.get(url, {"q": "adjovi", "channel": "cash"}).content)
    assert number not in plain(browser.get(url, {"channel": "bank"}).content)
    assert number not in plain(browser.get(url, {"from": "01/02/2025"}).content)
    rows = browser.get(url, headers={"HX-Request": "true"}).content
    assert b"<html" not in rows


def test_strangers_and_readers_receive_nothing(
    household: Household, receipt: ContributionPayment, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    url = address("payment-new", uid=household.uid)
    assert signed_in(people.auditor).post(url, money(scoped)).status_code == 403
    assert signed_in(people.fanta).post(url, money(scoped)).status_code == 404
    assert signed_in(people.fanta).get(address("receipt", uid=receipt.uid)).status_code == 404
    assert AuditEvent.objects.filter(code="FORBIDDEN", actor=people.auditor).exists()
    assert ContributionPayment.objects.count() == 1
