"""Slips: the cash of one person, handed in together, then deposited under the slip's number."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.contributions.models import CollectionSlip, ContributionPayment
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for, entry_by_document
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from entraide.web.contributions.counts import waiting
from tests.builders import a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address


def plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


@pytest.mark.requirement("R035", begun=True)
def test_cash_is_handed_in_and_deposited(
    receipt: ContributionPayment, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    kept = a_payment(household, people.awa, 1_000, paid_on=date(2025, 6, 2))
    browser = signed_in(people.awa)
    page = plain(browser.get(address("slip-new")).content)
    assert "Awa Kodjo" in page
    assert "6 000 F CFA" in page
    sent = {"idempotency_key": a_key(), "receipts": [str(receipt.uid)]}
    answer = browser.post(address("slip-new"), sent, follow=True)
    browser.post(address("slip-new"), sent)
    slip = CollectionSlip.objects.get()
    assert (slip.total_minor, slip.holder) == (5_000, people.awa)
    assert f"Bordereau {slip.document_number} préparé." in plain(answer.content)
    assert kept.document_number in plain(browser.get(address("slip-new")).content)
    assert slip.document_number in plain(browser.get(address("receipt", uid=receipt.uid)).content)

    url = address("slip-deposit", uid=slip.uid)
    bank = str(account_for(scoped, AccountRole.BANK).uid)
    deposit = {"idempotency_key": a_key(), "bank": bank, "deposited_on": "16/06/2025"}
    assert browser.post(url, deposit).status_code == 403
    cashier = signed_in(people.cashier)
    wrong = cashier.post(url, deposit | {"deposited_on": "10/06/2025"})
    assert wrong.status_code == 422
    assert "Corrigez la date" in plain(wrong.content)
    done = plain(cashier.post(url, deposit, follow=True).content)
    assert f"Versement du bordereau {slip.document_number} enregistré." in done
    assert "détenus par" not in done
    assert "préparé le 16 juin 2025 par Awa Kodjo, versé le 16 juin 2025." in done
    assert entry_by_document(scoped, slip.document_number).occurred_on == date(2025, 6, 16)


def test_a_slip_that_cannot_be_made_says_every_reason(
    receipt: ContributionPayment, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    others = a_payment(household, people.cashier, 1_000, paid_on=date(2025, 6, 2))
    browser, url = signed_in(people.awa), address("slip-new")
    empty = browser.post(url, {"idempotency_key": a_key()})
    assert empty.status_code == 422
    assert "Il n’y a aucun reçu sur ce bordereau" in plain(empty.content)
    mixed = browser.post(
        url, {"idempotency_key": a_key(), "receipts": [str(receipt.uid), str(others.uid)]}
    )
    assert f"Le reçu {others.document_number} a été fait par une autre personne" in plain(
        mixed.content
    )
    assert not CollectionSlip.objects.exists()


def test_what_waits_is_counted_and_listed(
    receipt: ContributionPayment, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    today = date(2025, 6, 16)
    before = waiting(scoped, today)
    # The family is late; a receipt of January is on no slip, and Awa still holds its cash.
    assert (before.count, before.is_due) == (3, True)
    assert any("contrôle du jour" in told for told in before.told)
    browser = signed_in(people.awa)
    browser.post(address("slip-new"), {"idempotency_key": a_key(), "receipts": [str(receipt.uid)]})
    after = waiting(scoped, today)
    assert (after.count, after.is_due) == (3, True)  # late, a slip to deposit, cash held
    slips = address("slips")
    number = CollectionSlip.objects.get().document_number
    assert number in plain(browser.get(slips, {"show": "open"}).content)
    assert number not in plain(browser.get(slips, {"show": "deposited"}).content)


def test_strangers_find_no_slip(
    receipt: ContributionPayment, people: People, signed_in: Browser, address: Address
) -> None:
    signed_in(people.awa).post(
        address("slip-new"), {"idempotency_key": a_key(), "receipts": [str(receipt.uid)]}
    )
    url = address("slip", uid=CollectionSlip.objects.get().uid)
    assert signed_in(people.auditor).get(url).status_code == 200
    assert signed_in(people.fanta).get(url).status_code == 404
    foreign = {"idempotency_key": a_key(), "receipts": ["01856fc7-0000-7000-8000-000000000000"]}
    assert signed_in(people.awa).post(address("slip-new"), foreign).status_code == 404
