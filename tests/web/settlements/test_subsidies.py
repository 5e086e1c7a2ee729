"""The pages of the State's share: closed until opened, then from the period to the provider."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.utils.translation import override

from entraide.apps.claims.approval import approve_decided_claims, reverse_claim
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.selectors import account_for
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.flags import Stage, set_flag
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import (
    SubsidyCredit,
    SubsidyInvoice,
    SubsidyPayment,
    SubsidyReceipt,
    SubsidyRepayment,
    SubsidyState,
)
from entraide.core.ledger import AccountRole
from entraide.web.settlements import subsidy_states
from tests.apps.settlement.test_subsidies import shared
from tests.apps.settlement.test_subsidy_shares import decided_again
from tests.builders import a_claim, a_key
from tests.documents.printed import printed_papers
from tests.people import People
from tests.web.conftest import Browser
from tests.web.settlements.conftest import Address

__all__ = ["shared"]

ON = date(2025, 6, 16)


@pytest.fixture
def claimed(
    shared: None, person: Person, provider: Provider, people: People, scoped: Mutual
) -> None:
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 1))
    approve_decided_claims(mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key())


@pytest.mark.requirement("R226", begun=True)
def test_an_invoice_goes_from_the_period_to_the_provider(
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Browser,
    people: People,
    address: Address,
    claimed: None,
    scoped: Mutual,
) -> None:
    officer = signed_in(people.moussa)
    assert "l’État paie lui-même" in officer.get(address("subsidies")).content.decode()
    form = {
        "idempotency_key": a_key(), "period_from": "01/03/2025", "period_until": "31/03/2025",
        "payer_name": "Ministère de la Santé",
    }  # fmt: skip
    assert officer.post(address("subsidy-new"), form).status_code == 422
    set_flag(
        mutual=scoped, actor=people.network_admin, on=ON, idempotency_key=a_key(),
        flag="state_share", stage=Stage.OPEN, effective_from=date(2025, 1, 1),
    )  # fmt: skip
    officer.post(address("subsidy-new"), {**form, "idempotency_key": a_key()})
    invoice = SubsidyInvoice.objects.get()
    assert (invoice.total_minor, invoice.period_until) == (1600, date(2025, 4, 1))
    here = address("subsidy", uid=invoice.uid)
    signed_in(people.director).post(
        address("subsidy-decide", uid=invoice.uid), {"idempotency_key": a_key()}
    )
    listed = officer.get(address("subsidy-list", uid=invoice.uid)).content.decode("utf-8-sig")
    assert listed.splitlines()[1].endswith(";4000;1600")
    papers = printed_papers(monkeypatch)
    printed = officer.get(address("subsidy-paper", uid=invoice.uid))
    assert printed["Content-Type"] == "application/pdf"
    assert papers[-1]["papers"][0]["left"] == [1, 2], "day and card stand apart"
    paper = str(papers[-1]).replace("\u202f", " ").replace("\u00a0", " ")
    for told in ("Ministère de la Santé", "1 600 F CFA", "francs CFA", "4 000 F CFA"):
        assert told in paper.replace("\\u202f", " ").replace("\\xa0", " "), told
    assert "1 600 F CFA de cette facture" not in officer.get(here).content.decode()
    Claim.objects.update(state=ClaimState.REVERSED)
    assert "annulés depuis" in officer.get(here).content.decode()
    Claim.objects.update(state=ClaimState.APPROVED)
    bank = str(account_for(scoped, AccountRole.BANK).uid)
    officer.post(
        address("subsidy-receive", uid=invoice.uid),
        {
            "idempotency_key": a_key(), "amount_minor": "1 600", "received_on": "16/06/2025",
            "account": bank, "reference": "TRESOR",
        },
    )  # fmt: skip
    for page in (address("subsidies"), here):
        told = officer.get(page).content.decode()
        assert "Reçue" in told, page
    assert "Émise" not in officer.get(address("subsidies")).content.decode()
    cashier = signed_in(people.cashier)
    onward = address("subsidy-pass-on", uid=invoice.uid, rank=1)
    assert onward in cashier.get(here).content.decode()
    cashier.post(onward, {"idempotency_key": a_key(), "account": bank})
    payment = SubsidyPayment.objects.get()
    assert (payment.amount_minor, payment.paid_by) == (1600, people.cashier)
    assert payment.document_number in cashier.get(here).content.decode()
    for page in ("subsidy", "subsidy-list", "subsidy-receive"):
        assert signed_in(people.awa).get(address(page, uid=invoice.uid)).status_code == 403
        assert signed_in(people.fanta).get(address(page, uid=invoice.uid)).status_code == 404


def _paid_back(
    signed_in: Browser, people: People, address: Address, invoice: SubsidyInvoice
) -> None:
    """What the State paid too much goes back to it: three persons, and its account tells it."""
    here = address("subsidy", uid=invoice.uid)
    signed_in(people.moussa).post(
        address("subsidy-repayment-new", uid=invoice.uid),
        {"idempotency_key": a_key(), "reason": "dernière facture"},
    )
    repayment = SubsidyRepayment.objects.get()
    listed = signed_in(people.director).get(address("subsidies")).content.decode()
    assert f'href="{here}">{repayment.document_number}</a>' in listed
    assert "À approuver" in listed
    pay = address("subsidy-repayment-pay", uid=repayment.uid)
    decide = address("subsidy-repayment-decide", uid=repayment.uid)
    assert decide in signed_in(people.director).get(here).content.decode()
    signed_in(people.director).post(decide, {"idempotency_key": a_key()})
    cashier = signed_in(people.cashier)
    assert pay in cashier.get(here).content.decode()
    assert "1 600 F CFA" in cashier.get(pay).content.decode().replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    bank = str(account_for(invoice.mutual, AccountRole.BANK).uid)
    form = {"idempotency_key": a_key(), "paid_on": "16/06/2025", "account": bank}
    assert cashier.post(pay, form).status_code == 302
    shown = html.unescape(cashier.get(here).content.decode())
    assert "Remboursé" in shown
    assert "de trop sur cette facture" not in shown
    account = html.unescape(cashier.get(address("subsidy-statement")).content.decode())
    assert repayment.document_number in account
    assert "L’État doit 0" in account.replace("\u202f", " ").replace("\u00a0", " ")
    csv = cashier.get(address("subsidy-statement-csv")).content.decode("utf-8-sig")
    assert csv.splitlines()[-1].endswith(";1600;0;0")
    assert signed_in(people.awa).get(address("subsidy-statement")).status_code == 403
    assert signed_in(people.fanta).get(pay).status_code == 404


@pytest.mark.parametrize(
    ("received", "left", "told"),
    [(0, 1600, "Issued"), (600, 1000, "Received in part"), (1600, 0, "Received"),
     (1700, -100, "Received"), (0, 0, "Settled")],
)  # fmt: skip
def test_an_invoice_that_went_out_says_what_came_in(
    monkeypatch: pytest.MonkeyPatch, received: int, left: int, told: str
) -> None:
    monkeypatch.setattr(subsidy_states, "settled_minor", lambda _: received)
    monkeypatch.setattr(subsidy_states, "left_minor", lambda _: left)
    invoice = SubsidyInvoice(state=SubsidyState.ISSUED)
    with override("en"):
        assert str(subsidy_states.as_received(invoice, ("ok", "Issued"))[1]) == told
    prepared = SubsidyInvoice(state=SubsidyState.PREPARED)
    assert subsidy_states.as_received(prepared, ("wait", "x")) == ("wait", "x")


@pytest.mark.requirement("R225")
def test_a_claim_undone_since_is_given_back_on_the_page_of_its_invoice(
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Browser,
    people: People,
    address: Address,
    claimed: None,
    scoped: Mutual,
) -> None:
    set_flag(
        mutual=scoped, actor=people.network_admin, on=ON, idempotency_key=a_key(),
        flag="state_share", stage=Stage.OPEN, effective_from=date(2025, 1, 1),
    )  # fmt: skip
    officer = signed_in(people.moussa)
    form = {
        "idempotency_key": a_key(), "period_from": "01/03/2025", "period_until": "31/03/2025",
        "payer_name": "Ministère",
    }  # fmt: skip
    officer.post(address("subsidy-new"), form)
    invoice = SubsidyInvoice.objects.get()
    decide = address("subsidy-decide", uid=invoice.uid)
    signed_in(people.director).post(decide, {"idempotency_key": a_key()})
    bank = str(account_for(scoped, AccountRole.BANK).uid)
    money = {"amount_minor": "1 600", "received_on": "16/06/2025", "account": bank}
    receive = address("subsidy-receive", uid=invoice.uid)
    officer.post(receive, {"idempotency_key": a_key(), **money})
    here = address("subsidy", uid=invoice.uid)
    assert "Noté par erreur" in officer.get(here).content.decode()
    receipt = SubsidyReceipt.objects.get()
    officer.post(
        address("subsidy-receipt-reverse", uid=receipt.uid),
        {"idempotency_key": a_key(), "reason": "virement d’un autre ministère"},
    )
    shown = html.unescape(officer.get(here).content.decode())
    assert "virement d’un autre ministère" in shown
    officer.post(receive, {"idempotency_key": a_key(), **money})
    reverse_claim(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(),
        claim=Claim.objects.get(), reason="acte non fait",
    )  # fmt: skip
    assert "rendez-les à l’État par un avoir" in html.unescape(officer.get(here).content.decode())
    officer.post(
        address("subsidy-credit-new", uid=invoice.uid),
        {"idempotency_key": a_key(), "reason": "acte non fait"},
    )
    credit = SubsidyCredit.objects.get()
    issue = address("subsidy-credit-decide", uid=credit.uid)
    director = signed_in(people.director)
    assert issue in director.get(here).content.decode()
    director.post(issue, {"idempotency_key": a_key()})
    credit.refresh_from_db()
    assert (credit.state, credit.issued_by) == ("issued", people.director)
    after = html.unescape(signed_in(people.moussa).get(here).content.decode())
    assert "1\u202f600\u00a0F\u00a0CFA rendus" in after
    assert "de trop sur cette facture" in after
    assert "Cela attend la prochaine facture" in after
    _paid_back(signed_in, people, address, invoice)
    papers = printed_papers(monkeypatch)
    printed = signed_in(people.moussa).get(address("subsidy-credit-paper", uid=credit.uid))
    assert printed["Content-Type"] == "application/pdf"
    assert "Avoir sur la part de l’État ASE-2025-00001" in str(papers[-1])
    stranger = signed_in(people.fanta)
    assert stranger.get(address("subsidy-credit-paper", uid=credit.uid)).status_code == 404


@pytest.mark.requirement("R225")
def test_a_claim_decided_again_tells_what_becomes_of_the_states_share(
    signed_in: Browser, people: People, address: Address, claimed: None, scoped: Mutual
) -> None:
    set_flag(
        mutual=scoped, actor=people.network_admin, on=ON, idempotency_key=a_key(),
        flag="state_share", stage=Stage.OPEN, effective_from=date(2025, 1, 1),
    )  # fmt: skip
    officer = signed_in(people.moussa)
    form = {
        "idempotency_key": a_key(), "period_from": "01/03/2025", "period_until": "31/03/2025",
        "payer_name": "Ministère",
    }  # fmt: skip
    officer.post(address("subsidy-new"), form)
    invoice, claim = SubsidyInvoice.objects.get(), Claim.objects.get()
    here, listed = address("subsidy", uid=invoice.uid), address("subsidies")
    page = address("claim", uid=claim.uid)

    def shown(url: str) -> str:
        text = html.unescape(officer.get(url).content.decode())
        return text.replace("\u202f", " ").replace("\u00a0", " ")

    assert f'href="{here}">{invoice.document_number}</a>' in shown(page)
    decided_again(claim, 1000, people)
    assert "abandonnez-la et préparez-la de nouveau" in shown(here)
    Claim.objects.update(decision_number=1)
    decide = address("subsidy-decide", uid=invoice.uid)
    signed_in(people.director).post(decide, {"idempotency_key": a_key()})
    Claim.objects.update(decision_number=2)
    officer = signed_in(people.moussa)
    assert "600 F CFA ont été demandés de trop" in shown(page)
    assert "décision 2 : 600 F CFA à rendre" in shown(here)
    assert "600 F CFA à rendre par un avoir" in shown(listed)
    Claim.objects.update(state=ClaimState.DECIDED)
    assert "La nouvelle décision attend d’être validée" in shown(page)
    Claim.objects.update(state=ClaimState.APPROVED)
    decided_again(claim, 2000, people)
    assert "400 F CFA sont dus en plus" in shown(page)
    assert "400 F CFA pour un sinistre, à demander sur la prochaine facture" in shown(listed)
    officer.post(address("subsidy-new"), {**form, "idempotency_key": a_key()})
    later = SubsidyInvoice.objects.latest("pk")
    csv = officer.get(address("subsidy-list", uid=later.uid)).content.decode("utf-8-sig")
    assert csv.splitlines()[1].startswith(f"{claim.document_number} (complément, décision 3);")
