"""What a family owes and until when it is covered: on its page, its receipt and its message."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from entraide.documents import writing
from tests.builders import a_key, a_payment
from tests.people import People
from tests.web.conftest import Browser
from tests.web.contributions.test_cash_pages import TODAY, plain
from tests.web.households.conftest import Address


@pytest.mark.requirement("R037")
def test_due_paid_remaining_and_validity_on_the_page_the_receipt_and_the_message(
    household: Household, people: People, signed_in: Browser, address: Address
) -> None:
    Household.objects.filter(pk=household.pk).update(phone="+228 90 12 34 56")
    household.refresh_from_db()
    payment = a_payment(household, people.awa, 5_000)
    browser = signed_in(people.awa)
    family = plain(browser.get(address("household", uid=household.uid)).content)
    assert "versé 5 000 F CFA · reste 8 000 F CFA · total 13 000 F CFA" in family
    assert "10 janvier 2025 – 9 janvier 2026" in family
    contract = "Contrat : 13 000 F CFA dus, 5 000 F CFA payés."
    left, until = "Reste à payer : 8 000 F CFA.", "Couverture jusqu’au 9 janvier 2026"
    answer = browser.get(address("receipt", uid=payment.uid))
    receipt = plain(answer.content)
    for told in (contract, left, until):
        assert told in receipt, told
    url = address("receipt-print", uid=payment.uid)
    sent = {"idempotency_key": a_key(), "format": "text"}
    ticket = " ".join(browser.post(url, sent).content.decode().split())
    for told in (contract, left, until):
        assert told in ticket, told
    message = answer.context["message"]
    assert message.text == (
        "Mutuelle Essentielle de Lomé : reçu REC-2025-00001 du 10 janvier 2025, 5 000 F CFA reçus. "
        "Contrat : 13 000 F CFA dus, 5 000 F CFA payés. Reste à payer : 8 000 F CFA. "
        "En retard depuis le 10 janvier 2025. "
        "Couverture jusqu'au 9 janvier 2026, si les cotisations sont payées."
    )
    number, _, body = message.url.partition("?body=")
    assert (number, unquote(body)) == ("sms:+22890123456", message.text)
    assert "sms:+22890123456" in receipt
    # The other currency of the network has no decimals either.
    assert plain(writing.money(13_000, "MGA").encode()) == "13 000 Ar"


def test_a_shared_telephone_is_named_and_a_reversed_receipt_sends_nothing(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.awa)
    payment = a_payment(household, people.awa, 5_000)
    url = address("receipt", uid=payment.uid)
    assert browser.get(url).context["message"] is None  # no telephone
    Household.objects.filter(pk=household.pk).update(phone="90 12 34 56", phone_owner="neighbour")
    assert "90 12 34 56 · D’un voisin" in plain(browser.get(url).content)
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=TODAY, idempotency_key=a_key(), payment=payment,
        reason="mauvaise famille",
    )  # fmt: skip
    assert browser.get(url).context["message"] is None
