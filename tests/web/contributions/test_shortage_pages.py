"""The pages of missing cash: who books it, who settles it, who sees it."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from entraide.apps.access.models import CommandLog
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import (
    CashShortage,
    CashSurplus,
    CollectionSlip,
    ContributionPayment,
    ShortageSettlement,
    SurplusClearance,
)
from entraide.apps.contributions.shortage_settlements import receive_repayment
from entraide.apps.contributions.shortages import establish_shortage
from entraide.apps.contributions.slips import prepare_slip, record_deposit
from entraide.apps.enrolment.models import Household
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from tests.builders import a_key, a_payment
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address

TODAY = date(2025, 6, 16)


def plain(page: bytes) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", page.decode())


@pytest.fixture
def slip(receipt: ContributionPayment, people: People) -> CollectionSlip:
    return prepare_slip(
        mutual=receipt.mutual, actor=people.awa, on=TODAY, idempotency_key=a_key(),
        receipts=(receipt,),
    )  # fmt: skip


def found(amount: str = "2 000", **changed: str) -> dict[str, str]:
    return {
        "idempotency_key": a_key(), "amount": amount, "found_on": "16/06/2025",
        "reason": "Monnaie rendue en trop",
    } | changed  # fmt: skip


@pytest.fixture
def shortage(
    slip: CollectionSlip, people: People, signed_in: Browser, address: Address
) -> CashShortage:
    """Awa’s, 2 000 of 5 000, established by Moussa in his browser."""
    signed_in(people.moussa).post(address("shortage-new", uid=slip.uid), found())
    return CashShortage.objects.get()


@pytest.mark.requirement("R035")
def test_the_finance_officer_books_it_and_the_rest_is_deposited(
    slip: CollectionSlip, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    moussa = signed_in(people.moussa)
    assert "Il manque de l’argent" in plain(moussa.get(address("slip", uid=slip.uid)).content)
    url = address("shortage-new", uid=slip.uid)
    assert "Awa Kodjo répond de" in plain(moussa.get(url).content)
    wrong = moussa.post(url, found("9 000", found_on="01/06/2025"))
    assert wrong.status_code == 422
    assert "Il ne peut pas manquer 9 000 F CFA" in plain(wrong.content)
    assert "son argent n’a pas pu être compté avant" in plain(wrong.content)
    page = plain(moussa.post(url, found(), follow=True).content)
    assert "Awa Kodjo doit" in page
    assert "Constaté par" in page
    custody = plain(moussa.get(address("custody")).content)
    assert "Manquants, et qui les doit" in custody
    assert "Manquant, dû par une personne" in custody
    heads = re.findall(
        r"<th scope=\"col\"[^>]*>([^<]+)<", plain(moussa.get(address("shortages")).content)
    )
    assert {"Manquant", "Montant manquant"} <= set(heads)
    assert len(heads) == len(set(heads))
    sent = {
        "idempotency_key": a_key(), "bank": str(account_for(scoped, AccountRole.BANK).uid),
        "deposited_on": "16/06/2025", "amount": "3 000",
    }  # fmt: skip
    page = moussa.post(address("slip-deposit", uid=slip.uid), sent, follow=True)
    assert "Manquant, dû par Awa Kodjo" in plain(page.content)
    assert "−2 000" in plain(page.content)
    slip.refresh_from_db()
    assert slip.deposited_on == TODAY
    assert "dont 2 000 F CFA manquants" in plain(moussa.get(address("slips")).content)
    paper = moussa.get(address("slip-paper", uid=slip.uid))
    assert paper.content.startswith(b"%PDF")


def test_the_holder_acknowledges_and_another_clerk_does_not(
    slip: CollectionSlip, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("shortage-new", uid=slip.uid)
    assert signed_in(people.cashier).get(url).status_code == 409
    assert signed_in(people.auditor).get(url).status_code == 403
    page = signed_in(people.awa).post(url, found(), follow=True)
    assert "Reconnu par" in plain(page.content)
    assert CashShortage.objects.get().is_acknowledged


@pytest.mark.requirement("R035")
def test_each_settles_by_their_right_and_never_their_own(
    shortage: CashShortage, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("shortage", uid=shortage.uid)
    cash = str(account_for(scoped, AccountRole.CASH).uid)
    bank = str(account_for(scoped, AccountRole.BANK).uid)
    day = "16/06/2025"
    repay = {
        "idempotency_key": a_key(), "act": "repay", "repay-amount": "1 500",
        "repay-treasury": cash, "repay-paid_on": day,
    }  # fmt: skip
    awa, cashier = signed_in(people.awa), signed_in(people.cashier)
    assert "L’argent est rendu" not in plain(awa.get(url).content)
    assert awa.post(url, repay).status_code in (403, 409)
    too_much = cashier.post(url, repay | {"repay-amount": "2 500", "idempotency_key": a_key()})
    assert "dépasse ce qui reste dû" in plain(too_much.content)
    assert "Remboursé" in plain(cashier.post(url, repay, follow=True).content)
    assert shortage.holder == people.awa
    paid = ShortageSettlement.objects.get()
    assert paid.document_number in plain(cashier.get(address("slip-new")).content)
    cashier.post(address("slip-new"), {"idempotency_key": a_key(), "repayments": [str(paid.uid)]})
    paid.refresh_from_db()
    assert paid.slip is not None
    page = plain(cashier.get(address("slip", uid=paid.slip.uid)).content)
    assert "Manquant remboursé par Awa Kodjo" in page
    write_off = {
        "idempotency_key": a_key(), "act": "write_off", "write_off-amount": "200",
        "write_off-reason": "Billet faux",
    }  # fmt: skip
    assert signed_in(people.moussa).post(url, write_off).status_code == 403
    deduct = {
        "idempotency_key": a_key(), "act": "deduct", "deduct-amount": "300",
        "deduct-treasury": bank, "deduct-paid_on": day, "deduct-reason": "Paie de juin",
    }  # fmt: skip
    assert "Retenu sur le salaire" in plain(
        signed_in(people.moussa).post(url, deduct, follow=True).content
    )
    for person in (people.director, people.elected_officer):
        assert "Personne ne le rendra" in plain(signed_in(person).get(url).content)
    page = plain(signed_in(people.director).post(url, write_off, follow=True).content)
    assert "Awa Kodjo ne doit plus rien" in page
    assert "Réglé" in plain(cashier.get(address("shortages"), {"show": "settled"}).content)
    assert "Aucun manquant ici" in plain(
        cashier.get(address("shortages"), {"show": "owed"}).content
    )
    assert signed_in(people.director).post(url, {"act": "forget"}).status_code == 404


def test_cash_found_too_much_is_recorded_with_its_reason(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("surplus-new")
    box = {"cash_account": str(account_for(scoped, AccountRole.CASH).uid)}
    cashier = signed_in(people.cashier)
    assert cashier.get(url).status_code == 200
    assert cashier.post(url, found("0", reason="") | box).status_code == 422
    page = cashier.post(url, found("700") | box, follow=True)
    number = CashSurplus.objects.get().document_number
    assert "Excédent de caisse" in plain(page.content)
    listed = plain(cashier.get(address("shortages")).content)
    assert number in listed
    assert "En attente" in listed
    assert signed_in(people.director).get(url).status_code == 403


@pytest.fixture
def surplus(scoped: Mutual, people: People, signed_in: Browser, address: Address) -> CashSurplus:
    """The cashier's, of 700."""
    box = {"cash_account": str(account_for(scoped, AccountRole.CASH).uid)}
    signed_in(people.cashier).post(address("surplus-new"), found("700") | box)
    return CashSurplus.objects.get()


def test_a_surplus_is_given_back_or_made_income_by_two_persons(
    surplus: CashSurplus, other_mutual: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    url = address("surplus", uid=surplus.uid)
    moussa, director = signed_in(people.moussa), signed_in(people.director)
    assert f"Dire à qui est l’excédent {surplus.document_number}" in plain(
        moussa.get(address("home")).content
    )
    back = {
        "idempotency_key": a_key(), "act": "give_back", "give_back-amount": "900",
        "give_back-given_to": "Bodo Yao", "give_back-paid_on": "16/06/2025",
        "give_back-reason": "Il avait laissé un billet de trop",
    }  # fmt: skip
    too_much = plain(moussa.post(url, back).content)
    assert "dépasse ce qui est encore en attente" in too_much
    page = moussa.post(
        url, back | {"give_back-amount": "200", "idempotency_key": a_key()}, follow=True
    )
    assert "Bodo Yao" in plain(page.content)
    propose = {
        "idempotency_key": a_key(), "act": "propose", "propose-amount": "500",
        "propose-reason": "Personne ne réclame",
    }  # fmt: skip
    page = plain(moussa.post(url, propose, follow=True).content)
    assert "une autre personne" in page
    approve = {"idempotency_key": a_key(), "act": "approve"}
    assert moussa.post(url, approve).status_code == 403
    assert f"Décider de l’excédent {surplus.document_number}" in plain(
        director.get(address("home")).content
    )
    refuse = {"idempotency_key": a_key(), "act": "refuse", "refuse-reason": ""}
    assert director.post(url, refuse).status_code == 422
    refuse |= {"idempotency_key": a_key(), "refuse-reason": "Attendre la fin du mois"}
    page = plain(director.post(url, refuse, follow=True).content)
    assert "Attendre la fin du mois" in page
    moussa.post(url, propose | {"idempotency_key": a_key()})
    page = plain(director.post(url, approve | {"idempotency_key": a_key()}, follow=True).content)
    assert "Plus rien n’en est en attente" in page
    income = SurplusClearance.objects.get(kind="income", state="posted")
    undo = address("clearance-reverse", uid=income.uid)
    assert undo in moussa.get(url).content.decode()
    assert signed_in(people.cashier).get(undo).status_code == 403
    page = moussa.post(undo, {"idempotency_key": a_key(), "reason": "Payeur trouvé"}, follow=True)
    assert "Payeur trouvé" in plain(page.content)
    surplus.refresh_from_db()
    assert surplus.remaining_minor == 500
    there = url.replace("/essentielle-lome/", f"/{other_mutual.code}/")
    assert signed_in(people.fanta).get(url).status_code in (403, 404)
    assert signed_in(people.fanta).get(there).status_code == 404


def test_a_settlement_recorded_by_mistake_is_taken_back_from_its_page(
    shortage: CashShortage, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    url = address("shortage", uid=shortage.uid)
    cashier, moussa = signed_in(people.cashier), signed_in(people.moussa)
    repay = {
        "idempotency_key": a_key(), "act": "repay", "repay-amount": "1 500",
        "repay-treasury": str(account_for(scoped, AccountRole.CASH).uid),
        "repay-paid_on": "16/06/2025",
    }  # fmt: skip
    cashier.post(url, repay)
    undo = address("settlement-reverse", uid=ShortageSettlement.objects.get().uid)
    assert undo not in cashier.get(url).content.decode()
    assert undo in moussa.get(url).content.decode()
    assert cashier.get(undo).status_code == 403
    assert moussa.post(undo, {"idempotency_key": a_key(), "reason": " "}).status_code == 422
    page = moussa.post(undo, {"idempotency_key": a_key(), "reason": "Autre personne"}, follow=True)
    assert "Autre personne" in plain(page.content)
    shortage.refresh_from_db()
    assert shortage.remaining_minor == 2000
    again = moussa.post(undo, {"idempotency_key": a_key(), "reason": "Encore"})
    assert "a déjà été annulé" in plain(again.content)


@pytest.mark.requirement("R035", begun=True)
def test_the_printed_slip_lists_what_was_paid_back_and_adds_up_to_the_cash_handed_over(
    shortage: CashShortage, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    cash = account_for(scoped, AccountRole.CASH)
    act = {"mutual": scoped, "on": TODAY}
    paid = receive_repayment(
        **act, actor=people.cashier, idempotency_key=a_key(), shortage=shortage,
        amount_minor=1_500, treasury_account=cash, paid_on=TODAY,
    )  # fmt: skip
    receipt = a_payment(household, people.cashier, 700, paid_on=TODAY)
    slip = prepare_slip(
        **act, actor=people.cashier, idempotency_key=a_key(), receipts=(receipt,),
        repayments=(paid,),
    )  # fmt: skip
    establish_shortage(
        **act, actor=people.moussa, idempotency_key=a_key(), slip=slip, amount_minor=200,
        found_on=TODAY, reason="Un billet manque",
    )  # fmt: skip
    slip.refresh_from_db()
    record_deposit(
        **act, actor=people.moussa, idempotency_key=a_key(), slip=slip, deposited_on=TODAY,
        bank_account=account_for(scoped, AccountRole.BANK),
    )  # fmt: skip
    refund = reverse_payment(
        **act, actor=people.moussa, idempotency_key=a_key(), payment=receipt, reason="Erreur",
        refund_account=account_for(scoped, AccountRole.BANK), given_to="La famille",
    ).refund  # fmt: skip
    papers = printed_papers(monkeypatch)
    signed_in(people.moussa).get(address("slip-paper", uid=slip.uid))
    [paper] = [json.loads(plain(json.dumps(each, ensure_ascii=False).encode())) for each in papers]
    first, second = paper["rows"]
    assert first[2:] == [
        f"{receipt.document_number}, contrepassé le 16 juin 2025, {refund.document_number}",
        "16 juin 2025", "700",
    ]  # fmt: skip
    assert second[1:] == [
        "Awa Kodjo, manquant remboursé", f"{paid.document_number} ({shortage.document_number})",
        "16 juin 2025", "1 500",
    ]  # fmt: skip
    assert [(each["name"], each["value"]) for each in paper["totals"]] == [
        ("Espèces", "700 F CFA"), ("Manquants remboursés", "1 500 F CFA"),
        ("Dont rendu depuis", "700 F CFA"), ("Somme des pièces", "2 200 F CFA"),
        ("Dont manquant", "−200 F CFA"),
    ]  # fmt: skip
    assert paper["total"] == {"name": "Espèces remises", "value": "2 000 F CFA"}
    assert paper["words"].lower().startswith("deux mille")
    page = plain(signed_in(people.moussa).get(address("slip", uid=slip.uid)).content)
    assert f"({refund.document_number})" in page


def test_a_stranger_sees_no_missing_cash(
    shortage: CashShortage, scoped: Mutual, other_mutual: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    fanta = signed_in(people.fanta)
    here, there = f"/m/{scoped.code}/", f"/m/{other_mutual.code}/"
    url = address("shortage", uid=shortage.uid)
    assert fanta.get(url).status_code in (403, 404)
    assert fanta.get(url.replace(here, there)).status_code == 404
    booking = address("shortage-new", uid=shortage.slip.uid).replace(here, there)
    assert fanta.post(booking, found()).status_code == 404
    listed = fanta.get(address("shortages").replace(here, there)).content.decode()
    assert shortage.document_number not in listed
    assert CommandLog.objects.filter(name="establish_shortage").count() == 1
