"""Agreements before care, from the question to the letter; lists of patients, read and logged."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.agreement_calls import is_read_back
from entraide.apps.claims.models import (
    AgreementCall,
    PatientListing,
    PreAuthorisation,
    PreAuthorisationState,
)
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.providers.models import Provider
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser


def _asked(browser: Browser, people: People, address: Address, person: Person) -> PreAuthorisation:
    sent = {
        "card": person.number, "category": "consultation", "provider": "", "amount": "20 000",
        "effective_from": "03/03/2025", "effective_until": "31/03/2025", "reason": "césarienne",
        "by_telephone": "on", "caller_name": "Afi Mensah", "caller_post": "sage-femme",
        "called_at": "9h05", "idempotency_key": a_key(),
    }  # fmt: skip
    answer = browser(people.awa).post(address("prior-agreement-new"), sent, follow=True)
    assert answer.status_code == 200
    return PreAuthorisation.objects.get()


@pytest.mark.usefixtures("provider")
def test_asked_by_the_clerk_answered_by_the_doctor_printed_as_a_letter(
    signed_in: Browser, people: People, address: Address, person: Person
) -> None:
    asked = _asked(signed_in, people, address, person)
    assert (asked.state, asked.amount_minor, asked.by_telephone) == ("asked", 20000, True)
    page, reply = (
        address("prior-agreement", uid=asked.uid),
        address("prior-agreement-answer", uid=asked.uid),
    )
    clerk, doctor = signed_in(people.awa), signed_in(people.medical_adviser)
    assert "À traiter" in clerk.get(address("prior-agreements")).content.decode()
    assert 'name="answer"' not in clerk.get(page).content.decode()
    read = doctor.get(page).content.decode()
    assert "La mutuelle paie au plus" in read
    assert "Demandé le" in read, "asked after its first day"
    sent = {"answer": "give", "amount": "15 000", "reason": "", "idempotency_key": a_key()}
    assert clerk.post(reply, sent).status_code == 403
    shown = doctor.post(reply, sent, follow=True).content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.amount_minor) == (PreAuthorisationState.GIVEN, 15000)
    assert "Lettre de garantie" in shown
    assert "la part de la famille ôtée" in shown
    assert "les jours où les droits de la personne sont ouverts" in shown
    assert "data-print" not in shown, "the letter opens without a script"
    letter = address("prior-agreement-letter", uid=asked.uid)
    assert f'href="{letter}"' in shown
    paper = doctor.get(letter)
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert asked.document_number in doctor.get(address("prior-agreements")).content.decode()


@pytest.mark.usefixtures("provider")
def test_a_refusal_gives_its_reason_and_stays_on_the_page(
    signed_in: Browser, people: People, address: Address, person: Person
) -> None:
    asked = _asked(signed_in, people, address, person)
    reply = address("prior-agreement-answer", uid=asked.uid)
    doctor = signed_in(people.medical_adviser)
    silent = doctor.post(reply, {"answer": "refuse", "idempotency_key": a_key()})
    assert silent.status_code == 422
    assert "Donnez le motif" in silent.content.decode()
    doctor.post(reply, {"answer": "refuse", "reason": "soins au CSPS", "idempotency_key": a_key()})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (PreAuthorisationState.REFUSED, "soins au CSPS")


@pytest.mark.usefixtures("provider")
def test_another_mutual_finds_nothing(
    signed_in: Browser, people: People, address: Address, person: Person
) -> None:
    asked = _asked(signed_in, people, address, person)
    fanta = signed_in(people.fanta)
    assert fanta.get(address("prior-agreement", uid=asked.uid)).status_code in (403, 404)
    assert fanta.get(address("prior-agreements")).status_code in (403, 404)


def test_an_unknown_card_and_inverted_days_are_told_on_the_form(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    sent = {
        "card": person.number, "category": "consultation", "provider": str(provider.uid),
        "effective_from": "31/03/2025", "effective_until": "03/03/2025",
        "idempotency_key": a_key(),
    }  # fmt: skip
    clerk = signed_in(people.awa)
    inverted = clerk.post(address("prior-agreement-new"), sent)
    assert inverted.status_code == 422
    assert "finit avant de commencer" in inverted.content.decode()
    unknown = clerk.post(address("prior-agreement-new"), {**sent, "card": "ZZZ-9"})
    assert "Personne, ou plusieurs personnes" in unknown.content.decode()
    assert not PreAuthorisation.objects.exists()


def test_who_is_on_a_list_is_read_by_medical_roles_and_logged(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    lists = address("patient-lists")
    assert signed_in(people.awa).get(lists).status_code == 403
    doctor = signed_in(people.medical_adviser)
    sent = {
        "card": person.number, "list_code": "chronic", "effective_from": "03/03/2025",
        "reason": "hypertension", "idempotency_key": a_key(),
    }  # fmt: skip
    shown = doctor.post(lists, sent, follow=True).content.decode()
    assert "hypertension" in shown
    assert AuditEvent.objects.filter(
        kind=AuditKind.MEDICAL_READING, subject__startswith="lists of patients"
    ).exists()
    listing = PatientListing.objects.get()
    doctor.post(address("patient-list-end", uid=listing.uid), {"idempotency_key": a_key()})
    listing.refresh_from_db()
    assert listing.effective_until is not None
    assert a_claim(person, provider, people.awa).payable_minor == 3000


@pytest.mark.usefixtures("provider")
def test_who_telephoned_and_the_number_read_back_are_kept_and_printed(
    signed_in: Browser, people: People, address: Address, person: Person
) -> None:
    asked = _asked(signed_in, people, address, person)
    call = AgreementCall.objects.get()
    assert (call.caller_name, call.caller_post, f"{call.called_at:%H:%M}", call.taken_by) == (
        "Afi Mensah", "sage-femme", "09:05", people.awa,
    )  # fmt: skip
    page = address("prior-agreement", uid=asked.uid)
    clerk, back = signed_in(people.awa), address("prior-agreement-read-back", uid=call.uid)
    assert "Avant de raccrocher" in clerk.get(page).content.decode()
    wrong = clerk.post(back, {"number": "AP-2025-9", "idempotency_key": a_key()})
    assert wrong.status_code == 422
    assert "faites-le répéter" in wrong.content.decode()
    early = {"number": asked.document_number, "read_at": "9:04", "idempotency_key": a_key()}
    assert "n’a pas pu être relu avant" in clerk.post(back, early).content.decode()
    heard = asked.document_number.lower().replace("-0000", " ")
    sent = {"number": heard, "read_at": "23:58", "idempotency_key": a_key()}
    shown = clerk.post(back, sent, follow=True).content.decode()
    assert "Avant de raccrocher" not in shown
    call.refresh_from_db()
    assert is_read_back(call)
    assert (call.read_back.read_by, f"{call.read_back.read_at:%H:%M}") == (people.awa, "23:58")
    doctor = signed_in(people.medical_adviser)
    reply = {"answer": "give", "amount": "", "reason": "", "idempotency_key": a_key()}
    doctor.post(address("prior-agreement-answer", uid=asked.uid), reply)
    letter = clerk.get(page).content.decode()
    assert "Afi Mensah, sage-femme ; appel reçu par" in letter
    register = clerk.get(address("prior-agreement-calls")).content.decode()
    assert asked.document_number in register
    assert "Afi Mensah" in register
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementCall.objects.update(caller_name="Une autre")


@pytest.mark.usefixtures("provider")
def test_a_call_without_name_or_post_is_refused_and_a_later_one_is_noted(
    signed_in: Browser, people: People, address: Address, person: Person
) -> None:
    clerk = signed_in(people.awa)
    sent = {
        "card": person.number, "category": "consultation", "effective_from": "03/03/2025",
        "effective_until": "31/03/2025", "by_telephone": "on", "idempotency_key": a_key(),
    }  # fmt: skip
    silent = clerk.post(address("prior-agreement-new"), sent)
    assert silent.status_code == 422
    assert "le nom de la personne qui appelle" in silent.content.decode()
    assert "la fonction de la personne qui appelle" in silent.content.decode()
    asked = _asked(signed_in, people, address, person)
    later = address("prior-agreement-call", uid=asked.uid)
    assert (
        clerk.post(later, {"caller_name": "Kodjo", "idempotency_key": a_key()}).status_code == 422
    )
    noted = {"caller_name": "Kodjo", "caller_post": "chef de poste", "idempotency_key": a_key()}
    signed_in(people.medical_adviser).post(later, noted)
    assert [each.caller_name for each in asked.calls.order_by("pk")] == ["Afi Mensah", "Kodjo"]


@pytest.mark.requirement("R006", begun=True)
def test_who_asks_is_told_before_that_the_rules_would_refuse(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    """Found by hand: a letter of guarantee in the waiting period, its claim refused after it."""
    ensure_category("delivery")
    clerk, doctor = signed_in(people.awa), signed_in(people.medical_adviser)
    sent = {
        "card": person.number, "category": "delivery", "provider": "", "amount": "",
        "effective_from": "03/03/2025", "effective_until": "31/12/2025", "reason": "",
        "idempotency_key": a_key(),
    }  # fmt: skip
    warned = clerk.post(address("prior-agreement-new"), sent).content.decode()
    assert "Les règles refuseraient ces soins, ou une partie" in warned
    assert "Période d’observation en cours pour" in warned
    assert not PreAuthorisation.objects.exists()
    seen = warned.split('name="seen" value="')[1].split('"')[0]
    other = clerk.post(
        address("prior-agreement-new"), {**sent, "seen": seen, "effective_from": "04/03/2025"}
    )
    assert "Demander quand même" in other.content.decode(), "other days are looked at again"
    clerk.post(address("prior-agreement-new"), {**sent, "seen": seen})
    asked = PreAuthorisation.objects.get()
    page = doctor.get(address("prior-agreement", uid=asked.uid)).content.decode()
    assert "Les règles refuseraient ces soins, ou une partie" in page
    opens = page.split('name="effective_from" value="')[1].split('"')[0]
    assert opens != "03/03/2025", "the days on which the rules pay are put in beforehand"
    reply = address("prior-agreement-answer", uid=asked.uid)
    given = {"answer": "give", "amount": "", "reason": "", "idempotency_key": a_key()}
    refused = doctor.post(reply, {**given, "effective_from": "03/03/2025",
                                  "effective_until": "31/12/2025"})  # fmt: skip
    assert refused.status_code == 422
    assert "ne paieraient pas ces soins" in refused.content.decode()
    doctor.post(reply, {**given, "effective_from": opens, "effective_until": "31/12/2025"})
    asked.refresh_from_db()
    assert (asked.state, f"{asked.effective_from:%d/%m/%Y}") == (PreAuthorisationState.GIVEN, opens)


def test_nobody_agrees_to_care_of_who_has_no_rights(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    clerk, doctor = signed_in(people.awa), signed_in(people.medical_adviser)
    sent = {
        "card": person.number, "category": "consultation", "provider": "", "amount": "",
        "effective_from": "03/03/2024", "effective_until": "31/03/2024", "reason": "",
        "idempotency_key": a_key(),
    }  # fmt: skip
    warned = clerk.post(address("prior-agreement-new"), sent).content.decode()
    seen = warned.split('name="seen" value="')[1].split('"')[0]
    clerk.post(address("prior-agreement-new"), {**sent, "seen": seen})
    asked = PreAuthorisation.objects.get()
    page = doctor.get(address("prior-agreement", uid=asked.uid)).content.decode()
    assert "ils ne peuvent pas être accordés" in page
    assert 'value="give"' not in page
    assert 'value="refuse"' in page
