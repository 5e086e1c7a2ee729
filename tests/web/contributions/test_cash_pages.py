"""The pages of booklets, papers, cash between people, sums of groups and the check of the day."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.cards.keys import public_keys_of
from entraide.apps.cards.receipts import receipt_code
from entraide.apps.cards.signing import is_signature
from entraide.apps.contributions.handovers import hand_over_cash
from entraide.apps.contributions.models import (
    BankDeposit,
    CashHandover,
    CollectionSlip,
    ContributionPayment,
    GroupPayment,
    ReceiptPrint,
    ReceiptRange,
)
from entraide.apps.contributions.prints import check_code
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.cards import Proof, proof_of
from entraide.core.ledger import AccountRole
from entraide.core.receipt_codes import read_receipt_code
from tests.builders import a_household, a_key, a_payment
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address

TODAY = date(2025, 6, 16)


def plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


def slip_of(receipt: ContributionPayment, people: People) -> CollectionSlip:
    return prepare_slip(
        mutual=receipt.mutual, actor=people.awa, on=TODAY, idempotency_key=a_key(),
        receipts=(receipt,),
    )  # fmt: skip


@pytest.mark.requirement("R111", begun=True)
def test_a_receipt_tells_whom_to_call_and_what_to_do_before(
    receipt: ContributionPayment, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser, url = signed_in(people.awa), address("receipt-print", uid=receipt.uid)
    sent = {"idempotency_key": a_key(), "format": "text"}
    assert "Aide" not in browser.post(url, sent).content.decode()
    for name, value in (("help_number", "8200"), ("help_steps", "Montrer la carte\nAppeler")):
        change_choice(
            mutual=scoped, actor=people.director, on=TODAY, idempotency_key=a_key(),
            name=name, value=value, source="Conseil",
        )  # fmt: skip
    ticket = browser.post(url, {**sent, "idempotency_key": a_key()}).content.decode()
    told = " ".join(ticket.split())
    assert (
        "Aide : 8200 En cas de problème au centre de santé : 1. Montrer la carte 2. Appeler"
        in told.replace("\u00a0", " ")
    )


@pytest.mark.requirement("R034", begun=True)
def test_a_receipt_is_printed_once_and_then_as_a_duplicate(
    receipt: ContributionPayment, scoped: Mutual, people: People, signed_in: Browser,
    address: Address, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    browser, url = signed_in(people.awa), address("receipt-print", uid=receipt.uid)
    papers = printed_papers(monkeypatch)
    for format_ in ("a4", "a5", "t80", "t58"):
        answer = browser.post(url, {"idempotency_key": a_key(), "format": format_})
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    ticket = browser.post(url, {"idempotency_key": a_key(), "format": "text"}).content.decode()
    assert "DUPLICATA n° 4" in ticket
    # As on the screen: the month that is paid; and on every paper the boxes to sign.
    shown = [
        name for _part, name in browser.get(address("receipt", uid=receipt.uid)).context["parts"]
    ]
    assert "Cotisation, janvier 2025" in shown
    for paper in (*papers, {"lines": [{"name": ticket}], "boxes": [ticket]}):
        told = " ".join(str(line["name"]) for line in paper["lines"])
        assert all(name in " ".join(told.split()) for name in shown)
        assert "Visa" in paper["boxes"][-1]
    assert "Cinq mille francs CFA" in ticket
    assert max(len(line) for line in ticket.splitlines()) <= 32
    assert ReceiptPrint.objects.filter(payment=receipt).count() == 5
    page = plain(browser.get(address("receipt", uid=receipt.uid)).content)
    assert "Cinq mille francs CFA" in page
    assert check_code(receipt) in page
    assert "<svg" in page


def test_a_paper_is_checked_by_its_number_and_code(
    receipt: ContributionPayment, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser, url = signed_in(people.awa), address("receipt-check")
    right = {"number": receipt.document_number, "code": check_code(receipt)}
    assert "Le code est bon" in plain(browser.get(url, right).content)
    wrong = right | {"code": "AAAAA-AAAAA"}
    assert "Ce code n’est pas celui de ce reçu" in plain(browser.get(url, wrong).content)
    unknown = {"number": "REC-2025-99999"}
    assert "Aucun reçu de cette mutuelle" in plain(browser.get(url, unknown).content)
    scanned = "|".join(
        ("ENTRAIDE-R1", scoped.code, receipt.document_number, "5000", "XOF", "2025-01-10",
         check_code(receipt))
    )  # fmt: skip
    assert "Le code est bon" in plain(browser.get(url, {"number": scanned}).content)


@pytest.mark.requirement("R034", begun=True)
def test_the_qr_of_a_printed_receipt_is_signed_and_proved(
    receipt: ContributionPayment, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser = signed_in(people.awa)
    assert receipt_code(scoped, receipt).startswith("ENTRAIDE-R1|")  # no key yet
    browser.post(address("receipt-print", uid=receipt.uid),
                 {"idempotency_key": a_key(), "format": "a5"})  # fmt: skip
    code = receipt_code(scoped, receipt)
    signed = read_receipt_code(code)
    assert (signed.payload.number, signed.payload.amount_minor) == (receipt.document_number, 5_000)
    assert proof_of(signed, public_keys_of(scoped), is_signature) is Proof.GENUINE
    url = address("receipt-check")
    page = plain(browser.get(url, {"number": code}).content)
    assert "Signature vraie" in page
    assert "Le code est bon" in page
    forged = plain(browser.get(url, {"number": code.replace("|5000|", "|50000|")}).content)
    assert "Signature fausse" in forged
    assert "Signature" not in plain(browser.get(url, {"number": code[:-4]}).content)


def test_cash_at_the_bank_is_given_back_by_a_voucher_or_moved_to_its_family(
    receipt: ContributionPayment, household: Household, scoped: Mutual, product: Product,
    people: People, signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    slip = slip_of(receipt, people)
    bank = account_for(scoped, AccountRole.BANK)
    record_deposit(
        mutual=scoped, actor=people.moussa, on=TODAY, idempotency_key=a_key(), slip=slip,
        bank_account=bank, deposited_on=TODAY,
    )  # fmt: skip
    other = a_household(scoped, people.awa, product)
    browser = signed_in(people.moussa)
    move = address("receipt-reassign", uid=receipt.uid)
    sent = {"idempotency_key": a_key(), "move-reason": "au nom des voisins"}
    unknown = browser.post(move, sent | {"move-household": "F-1999-1"})
    assert "Aucune famille ne porte ce numéro." in plain(unknown.content)
    done = browser.post(move, sent | {"move-household": other.number}, follow=True)
    assert f"au nom de la famille {other.number}" in plain(done.content)
    back = address("receipt-reverse", uid=receipt.uid)
    sent = {"idempotency_key": a_key(), "reason": "payé deux fois"}
    assert browser.post(back, sent).status_code == 422
    browser.post(back, sent | {"refund_from": str(bank.uid), "given_to": "Kofi A."})
    receipt.refresh_from_db()
    assert receipt.refund.given_to == "Kofi A."
    paper = browser.get(address("receipt-reversal", uid=receipt.uid))
    assert paper.content.startswith(b"%PDF")


@pytest.mark.requirement("R036", begun=True)
def test_a_booklet_is_given_followed_and_handed_back(
    receipt: ContributionPayment, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    cashier = signed_in(people.cashier)
    assert signed_in(people.awa).get(address("range-new")).status_code == 403
    sent = {
        "idempotency_key": a_key(), "kind": "paper", "holder": str(people.awa.uid),
        "first_number": "A-001", "last_number": "A-020", "given_on": "01/06/2025",
    }  # fmt: skip
    page = plain(cashier.post(address("range-new"), sent, follow=True).content)
    assert "Numéros A-001 à A-020 confiés à Awa Kodjo." in page
    given = ReceiptRange.objects.get()
    for number in ("A-001", "A-004"):
        a_payment(household, people.awa, 100, paid_on=date(2025, 6, 2), paper_number=number)
    url = address("range", uid=given.uid)
    void = {"idempotency_key": a_key(), "act": "void", "number": "A-002", "reason": "déchirée"}
    page = plain(cashier.post(url, void, follow=True).content)
    assert "A-003" in page
    assert "déchirée" in page
    listed = plain(cashier.get(address("booklets")).content)
    assert "A-001 – A-020" in listed
    back = {"idempotency_key": a_key(), "act": "return", "returned_on": "16/06/2025"}
    assert "Les numéros sont rendus." in plain(cashier.post(url, back, follow=True).content)
    daily = address("daily-check")
    assert "A-003" in plain(cashier.get(daily).content)
    note = {
        "idempotency_key": a_key(), "kind": "hole", "subject": "A-003",
        "explanation": "souche retrouvée",
    }  # fmt: skip
    assert signed_in(people.awa).post(daily, note).status_code == 403
    assert "souche retrouvée" in plain(cashier.post(daily, note, follow=True).content)


@pytest.mark.requirement("R035", begun=True)
def test_cash_is_handed_over_counted_and_deposited_together(
    receipt: ContributionPayment, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    slip = slip_of(receipt, people)
    awa, cashier = signed_in(people.awa), signed_in(people.cashier)
    assert "Awa Kodjo" in plain(awa.get(address("custody")).content)
    sent = {
        "idempotency_key": a_key(), "slips": [str(slip.uid)], "given_on": "16/06/2025",
        "receiver": str(people.cashier.uid),
    }  # fmt: skip
    assert slip.document_number in plain(awa.get(address("handover-new")).content)
    page = plain(awa.post(address("handover-new"), sent, follow=True).content)
    assert "À compter" in page
    handover = CashHandover.objects.get()
    url = address("handover", uid=handover.uid)
    count = {"idempotency_key": a_key(), "counted": "4 000"}
    assert cashier.post(url, count).status_code == 422
    page = cashier.post(url, count | {"explanation": "un billet manque"}, follow=True)
    assert "Compte différent" in plain(page.content)
    count = {"idempotency_key": a_key(), "counted": "5 000"}
    assert "Confirmé" in plain(cashier.post(url, count, follow=True).content)
    assert handover.document_number in plain(cashier.get(address("handovers")).content)
    second = slip_of(a_payment(household, people.awa, 700, paid_on=date(2025, 6, 2)), people)
    deposit = {
        "idempotency_key": a_key(), "slips": [str(slip.uid), str(second.uid)],
        "bank": str(account_for(scoped, AccountRole.BANK).uid), "deposited_on": "16/06/2025",
        "amount": "5 000",
    }  # fmt: skip
    partial = cashier.post(address("deposit-new"), deposit)
    assert "On ne verse pas une partie d’un bordereau" in plain(partial.content)
    page = cashier.post(address("deposit-new"), deposit | {"amount": "5 700"}, follow=True)
    assert BankDeposit.objects.get().document_number in plain(page.content)
    paper = awa.get(address("slip-paper", uid=slip.uid))
    assert paper.content.startswith(b"%PDF")
    assert "Par quelles mains" in plain(awa.get(address("slip", uid=slip.uid)).content)


@pytest.mark.requirement("R040", begun=True)
def test_a_sum_is_received_proposed_and_shared(
    household: Household, scoped: Mutual, product: Product, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    other = a_household(scoped, people.awa, product)
    browser = signed_in(people.awa)
    sent = {
        "idempotency_key": a_key(), "origin": "collective_field", "payer_name": "Groupement",
        "treasury": str(account_for(scoped, AccountRole.CASH).uid), "amount": "20 000",
        "paid_on": "16/06/2025",
    }  # fmt: skip
    page = plain(browser.post(address("lump-sum-new"), sent, follow=True).content)
    assert "Champ collectif" in page
    lump_sum = GroupPayment.objects.get()
    url = address("lump-sum-share", uid=lump_sum.uid)
    numbers = f"{household.number} {other.number}"
    proposed = plain(browser.get(url, {"rule": "equal", "numbers": numbers}).content)
    assert proposed.count('value="10 000"') == 2
    wrong = {"idempotency_key": a_key(), "numbers": numbers, "record": "1"}
    refused = browser.post(url, wrong | {f"part-{other.uid}": "19 000"})
    assert f"{other.number} : " in plain(refused.content)
    browser.post(url, wrong | {f"part-{household.uid}": "6 000", f"part-{other.uid}": "4 000"})
    lump_sum.refresh_from_db()
    assert (lump_sum.allocated_minor, lump_sum.rest_minor) == (10_000, 10_000)
    statement = plain(browser.get(address("lump-sum", uid=lump_sum.uid)).content)
    assert "10 000 F CFA" in statement
    assert lump_sum.document_number in plain(browser.get(address("slip-new")).content)
    # The same money under the same words: one sum here, its parts as receipts of families.
    page = plain(browser.get(address("contributions")).content)
    assert "une somme, partagée entre des familles" in page
    assert page.count(f"part de {lump_sum.document_number}") == 2
    assert page.count("part de") == plain(browser.get(address("receipts")).content).count("part de")
    held = plain(browser.get(address("custody")).content)
    assert 'Sommes de groupes</a></th><td class="num">20 000' in held
    assert 'Reçus en espèces</a></th><td class="num">0 F CFA' in held
    assert lump_sum.document_number in plain(browser.get(address("lump-sums")).content)


def test_a_stranger_sees_none_of_it(
    receipt: ContributionPayment, scoped: Mutual, other_mutual: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    handover = hand_over_cash(
        mutual=scoped, actor=people.awa, on=TODAY, idempotency_key=a_key(),
        slips=(slip_of(receipt, people),), receiver=people.cashier, given_on=TODAY,
    )  # fmt: skip
    fanta = signed_in(people.fanta)
    here, there = f"/m/{scoped.code}/", f"/m/{other_mutual.code}/"
    for page, uid in (("handover", handover.uid), ("receipt-reversal", receipt.uid)):
        url = address(page, uid=uid)
        assert fanta.get(url).status_code in (403, 404)
        assert fanta.get(url.replace(here, there)).status_code == 404
    assert (
        str(people.awa) not in fanta.get(address("custody").replace(here, there)).content.decode()
    )
