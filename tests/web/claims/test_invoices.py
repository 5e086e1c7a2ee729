"""The reception register on screen: received, entered one after another, closed, printed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entraide.apps.claims.approval import approve_claim, reverse_claim
from entraide.apps.claims.invoices import close_invoice_with_difference
from entraide.apps.claims.models import Claim, Invoice, InvoiceScan, InvoiceState
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.claims.test_entry import paper
from tests.web.conftest import Browser


def reception(provider: Provider, **more: str) -> dict[str, Any]:
    return {
        "idempotency_key": a_key(), "provider": str(provider.uid), "provider_number": "392",
        "period_from": "01/03/2025", "period_until": "31/03/2025", "received_on": "02/04/2025",
        "stated_count": "2", "stated_total": "8 500", "page_count": "3", **more,
    }  # fmt: skip


@pytest.fixture
def invoice(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> Invoice:
    answer = signed_in(people.awa).post(address("invoice-new"), reception(provider), follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return Invoice.objects.get()


def _text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.requirement("R050")
def test_its_attestations_are_entered_with_the_running_total_and_it_closes(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice,
) -> None:  # fmt: skip
    clerk = signed_in(people.awa)
    opened = clerk.get(address("claim-new"), {"invoice": str(invoice.uid)})
    form = opened.context["form"]
    assert form["provider"].value() == str(provider.uid)
    assert form["invoice_number"].value() == "392"
    assert "Écart : −8 500" in _text(opened)
    first = paper(
        person, provider, ("consultation-1", "1", "4000"), act="record_next",
        invoice=str(invoice.uid), received_on="02/04/2025", attestation_number="1",
    )  # fmt: skip
    following = clerk.post(address("claim-new"), first, follow=True)
    assert "Écart : −4 500" in _text(following)
    assert following.context["form"]["invoice"].value() == str(invoice.uid)
    assert "invoice-close" not in _text(clerk.get(address("invoice", uid=invoice.uid)))
    second = paper(
        person, provider, ("consultation-1", "1", "4500"), care_on="04/03/2025",
        invoice=str(invoice.uid), received_on="02/04/2025", attestation_number="2",
    )  # fmt: skip
    clerk.post(address("claim-new"), second)
    assert Claim.objects.filter(invoice=invoice).count() == 2
    page = _text(clerk.get(address("invoice", uid=invoice.uid)))
    assert "La facture tombe juste" in page
    closed = clerk.post(
        address("invoice-close", uid=invoice.uid), {"idempotency_key": a_key()}, follow=True
    )
    assert "est close" in _text(closed)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.CLOSED
    printed = clerk.get(address("invoice-statement", uid=invoice.uid))
    assert printed.content.startswith(b"%PDF-")
    shown = _text(clerk.get(address("invoices"), {"q": "392"}))
    assert invoice.document_number in shown


def test_the_statement_gives_reasons_and_a_letter_tells_the_difference(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from entraide.web.claims import statements

    papers: list[Any] = []
    monkeypatch.setattr(
        statements, "letters_pdf", lambda rows, **_more: papers.extend(rows) or b"%PDF-"
    )
    a_claim(
        person, provider, people.awa, ("consultation-1", "1", 4500), invoice=invoice,
        attestation_number="077", received_on=invoice.received_on,
    )  # fmt: skip
    signed_in(people.awa).get(address("invoice-statement", uid=invoice.uid))
    statement, letter = papers
    (row,) = statement.rows
    assert row[0] == "077"
    assert statement.head[3:] == (
        "Demandé", "Part de la mutuelle", "À la famille", "À votre charge", "Réductions",
    )  # fmt: skip
    plain = [each.replace("\u202f", " ") for each in row]
    assert plain[3:7] == ["4 500", "3 000", "1 000", "500"]
    assert set(plain[7].split(", ")) == {
        "Au-dessus du tarif de la convention", "Part de la famille",
    }  # fmt: skip
    assert [each.replace("\u202f", " ") for each in statement.totals[3:7]] == plain[3:7]
    assert "Toutes à l’état «\u00a0accepté, à valider\u00a0»." in statement.before[1]
    total = statement.total.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Payé : 0 F CFA." in total
    assert "Pas encore validé : 3 000 F CFA." in total
    assert [each.replace("\u202f", " ") for each in letter.rows[1]] == [
        "Total",
        "8 500",
        "4 500",
        "−4 000",
    ]
    assert letter.rows[0][3] == "−1"
    a_claim(
        person, provider, people.awa, ("consultation-1", "1", 3000), invoice=invoice,
        attestation_number="078", received_on=invoice.received_on,
    )  # fmt: skip
    papers.clear()
    signed_in(people.awa).get(address("invoice-statement", uid=invoice.uid))
    assert papers[1].rows[0][3] == "0"  # no sign before nothing


def test_a_statement_is_provisional_until_all_is_decided_and_the_letter_agrees_with_the_closure(
    scoped: Mutual, signed_in: Browser, people: People, address: Address, person: Person,
    provider: Provider, invoice: Invoice, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from entraide.web.claims import statements

    papers: list[Any] = []
    monkeypatch.setattr(
        statements, "letters_pdf", lambda rows, **_more: papers.extend(rows) or b"%PDF-"
    )
    claim = a_claim(person, provider, people.awa, invoice=invoice, received_on=invoice.received_on)
    act = {"mutual": scoped, "on": date(2025, 6, 11), "actor": people.coordinator}

    def printed() -> tuple[Any, Any]:
        papers.clear()
        signed_in(people.awa).get(address("invoice-statement", uid=invoice.uid))
        statement, letter = papers
        return statement, letter

    statement, letter = printed()
    assert (statement.stamp, statement.signs) == ("PROVISOIRE", ())
    assert "La facture n’est pas encore close." in statement.before[-1]
    assert "envoyez ce qui manque" in letter.before[0]
    reason = "Le prestataire a compté 4\u202f000 Ar de trop"
    close_invoice_with_difference(**act, idempotency_key=a_key(), invoice=invoice, reason=reason)
    statement, letter = printed()
    assert (statement.stamp, statement.signs) == ("PROVISOIRE", ())
    assert "Une attestation sur 1 n’est pas encore validée." in statement.before[-1]
    said = " ".join(letter.before)
    assert reason in said
    assert "Vous n’avez rien à envoyer." in said
    assert "facture corrigée" not in said
    approve_claim(**act, idempotency_key=a_key(), claim=claim)
    statement, _letter = printed()
    assert (statement.stamp, len(statement.signs)) == ("", 2)


def test_a_difference_is_accepted_by_the_coordinator_with_a_reason_only(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice,
) -> None:  # fmt: skip
    a_claim(person, provider, people.awa, invoice=invoice, received_on=invoice.received_on)
    page = address("invoice", uid=invoice.uid)
    assert "Clore malgré" not in _text(signed_in(people.awa).get(page))
    assert "malgré l’écart" in _text(signed_in(people.coordinator).get(page))
    close = address("invoice-close", uid=invoice.uid)
    sent = {"idempotency_key": a_key(), "reason": "une attestation manque"}
    refused = signed_in(people.awa).post(close, sent, follow=True)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.RECEIVED
    assert refused.status_code in (200, 403)
    sent = {"idempotency_key": a_key(), "reason": "une attestation manque"}
    told = _text(signed_in(people.coordinator).post(close, sent, follow=True))
    assert "une attestation manque" in told
    invoice.refresh_from_db()
    assert (invoice.state, invoice.closing_difference_count) == (InvoiceState.CLOSED, -1)


def test_a_claim_reversed_after_the_closure_is_told_on_the_invoice(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice, scoped: Mutual,
) -> None:  # fmt: skip
    """Whoever pays sees what the invoice is today, not what it was when it was closed."""
    first, _second = (
        a_claim(person, provider, people.awa, care_on=date(2025, 3, day), invoice=invoice)
        for day in (3, 17)
    )
    act = {"mutual": scoped, "on": date(2025, 4, 20)}
    close_invoice_with_difference(
        **act, actor=people.coordinator, idempotency_key=a_key(), invoice=invoice,
        reason="Compté de trop",
    )  # fmt: skip
    page = address("invoice", uid=invoice.uid)
    coordinator = signed_in(people.coordinator)
    assert "Depuis sa clôture" not in _text(coordinator.get(page))
    reverse_claim(
        **act, actor=people.moussa, idempotency_key=a_key(), claim=first, reason="Saisi deux fois"
    )
    told = _text(coordinator.get(page))
    assert "Depuis sa clôture, des attestations de cette facture ont été contrepassées." in told
    assert "il est de −4 500" in told
    assert "écart −4 500" in _text(coordinator.get(address("invoices"), {"state": "closed"}))


def test_pages_are_kept_and_given_back_as_a_file(
    signed_in: Browser, people: People, address: Address, invoice: Invoice
) -> None:
    clerk = signed_in(people.awa)
    bad = SimpleUploadedFile("x.pdf", b"rien")
    sent = {"idempotency_key": a_key(), "scan": bad}
    assert clerk.post(address("invoice-scan-new", uid=invoice.uid), sent).status_code == 422
    good = SimpleUploadedFile("f.pdf", b"%PDF-1.4\n%%EOF\n")
    sent = {"idempotency_key": a_key(), "scan": good}
    clerk.post(address("invoice-scan-new", uid=invoice.uid), sent)
    kept = InvoiceScan.objects.get()
    answer = clerk.get(address("invoice-scan", uid=kept.uid))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content == b"%PDF-1.4\n%%EOF\n"


def test_faults_of_the_reception_are_told_at_once_and_another_mutual_finds_nothing(
    signed_in: Browser, people: People, address: Address, provider: Provider, person: Person,
    invoice: Invoice,
) -> None:  # fmt: skip
    clerk = signed_in(people.awa)
    wrong = reception(provider, provider_number="400", received_on="01/02/2025", stated_count="0")
    answer = clerk.post(address("invoice-new"), wrong)
    assert answer.status_code == 422
    twice = clerk.post(address("invoice-new"), reception(provider))
    assert "a déjà été reçue" in _text(twice)
    fanta = signed_in(people.fanta)
    for page in (address("invoices"), address("invoice", uid=invoice.uid)):
        assert fanta.get(page).status_code in (403, 404)


def test_claims_that_bear_its_number_are_proposed_and_put_on_it(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    clerk = signed_in(people.awa)
    claim = a_claim(person, provider, people.awa, invoice_number="392")
    clerk.post(address("invoice-new"), reception(provider))
    invoice = Invoice.objects.get()
    assert claim.document_number in _text(clerk.get(address("invoice", uid=invoice.uid)))
    sent = {"idempotency_key": a_key(), "claim": [str(claim.uid), "x"]}
    clerk.post(address("invoice-attach", uid=invoice.uid), sent)
    claim.refresh_from_db()
    assert claim.invoice == invoice


def test_an_invoice_received_by_mistake_is_cancelled_with_a_reason(
    signed_in: Browser, people: People, address: Address, invoice: Invoice
) -> None:
    clerk = signed_in(people.awa)
    cancel = address("invoice-cancel", uid=invoice.uid)
    assert clerk.post(cancel, {"idempotency_key": a_key(), "reason": ""}).status_code == 422
    clerk.post(cancel, {"idempotency_key": a_key(), "reason": "doublon"})
    invoice.refresh_from_db()
    assert (invoice.state, invoice.reason) == (InvoiceState.CANCELLED, "doublon")


def test_care_outside_its_period_is_told_at_entry_and_in_the_register(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice,
) -> None:  # fmt: skip
    clerk = signed_in(people.awa)
    late = paper(
        person, provider, ("consultation-1", "1", "4000"), care_on="01/04/2025",
        invoice=str(invoice.uid), received_on="02/04/2025", seen="",
    )  # fmt: skip
    told = clerk.post(address("claim-new"), late)
    assert "hors de la période de la facture" in _text(told)
    assert not Claim.objects.exists()
    clerk.post(address("claim-new"), {**late, "seen": "CARE_OUTSIDE_INVOICE"})
    claim = Claim.objects.get()
    assert claim.review_codes == ["CARE_OUTSIDE_INVOICE"]
    page = _text(clerk.get(address("invoice", uid=invoice.uid)))
    assert "Les soins d’une attestation ont été donnés hors de la période" in page
    assert "Hors période" in page
    assert "1 attestation hors période" in _text(clerk.get(address("invoices")))


def test_a_claim_entered_before_is_not_ticked_when_its_care_is_outside_the_period(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice,
) -> None:  # fmt: skip
    for day in (date(2025, 3, 3), date(2025, 4, 1)):
        a_claim(
            person, provider, people.awa, care_on=day, received_on=date(2025, 4, 2),
            invoice_number="392",
        )  # fmt: skip
    page = signed_in(people.awa).get(address("invoice", uid=invoice.uid))
    assert [within for _claim, within in page.context["loose"]] == [True, False]
    assert _text(page).count('name="claim"') == 2
    assert len(re.findall(r'name="claim"[^>]* checked', page.content.decode())) == 1


def test_a_claim_that_its_invoice_holds_is_named_where_claims_are_approved(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    invoice: Invoice,
) -> None:  # fmt: skip
    claim = a_claim(person, provider, people.awa, invoice=invoice, received_on=invoice.received_on)
    worklist = _text(signed_in(people.moussa).get(address("claims"), {"state": "decided"}))
    assert "Sinistres qui attendent leur facture" in worklist
    assert address("invoice", uid=invoice.uid) in worklist
    assert "−4 500" in worklist
    assert "claims-approve" not in worklist
    page = _text(signed_in(people.director).get(address("claim", uid=claim.uid)))
    assert "Sa facture est ouverte et ne tombe pas juste" in page
    held = _text(signed_in(people.awa).get(address("invoice", uid=invoice.uid)))
    assert "Un de ses sinistres attend" in held
