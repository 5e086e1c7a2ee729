"""The pages of medical control: who may open them, and one campaign through the screens."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.care_control.campaigns import open_campaign, record_finding
from entraide.apps.care_control.models import (
    AnomalyAnswer,
    ControlCampaign,
    MedicalCall,
    MedicalSession,
    Recovery,
    RegisterEntry,
)
from entraide.apps.claims.models import Claim
from entraide.apps.claims.recoding import recode_line
from entraide.apps.enrolment.models import Household
from entraide.apps.nomenclature.services import ensure_categories
from entraide.apps.schemes.models import Mutual
from entraide.core.control.reasons import CHECKLIST
from tests.apps.care_control.conftest import approved, centre, family
from tests.builders import a_care_item, a_claim, a_key, a_provider
from tests.people import People
from tests.web.conftest import Browser

__all__ = ["approved", "centre", "family"]

PAGES = (
    "care-control", "control-sessions", "control-session-new", "control-call-new",
    "medical-register", "control-campaigns", "control-campaign-new", "control-recoveries",
    "control-profiles", "control-anomalies", "control-statistics",
)  # fmt: skip
Address = Callable[..., str]


@pytest.fixture
def address(scoped: Mutual) -> Address:
    def of(name: str, **kwargs: Any) -> str:
        return reverse(f"web:{name}", kwargs={"mutual": scoped.code, **kwargs})

    return of


def plain(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.requirement("R081", begun=True)
def test_control_is_for_the_adviser_and_the_coordinator_and_what_is_medical_for_one(
    people: People, signed_in: Browser, address: Address
) -> None:
    for who in (people.medical_adviser, people.coordinator):
        browser = signed_in(who)
        for page in PAGES:
            assert browser.get(address(page)).status_code == 200, (who, page)
    assert signed_in(people.medical_adviser).get(address("medical-register-new")).status_code == 200
    assert signed_in(people.coordinator).get(address("medical-register-new")).status_code == 403
    clerk = signed_in(people.awa)
    assert {clerk.get(address(page)).status_code for page in PAGES} == {403}
    assert clerk.get(address("coding-guide")).status_code == 200
    # Figures without persons are for whoever reads reports; amounts owed for who reads the books.
    finance = signed_in(people.moussa)
    open_to_finance = {page for page in PAGES if finance.get(address(page)).status_code == 200}
    assert open_to_finance == {"control-profiles", "control-recoveries", "control-statistics"}
    stranger = signed_in(people.fanta)
    assert {stranger.get(address(page)).status_code for page in PAGES} == {404}
    assert signed_in(people.medical_adviser).get(address("claims")).content.count(b"controle/") >= 2


@pytest.mark.requirement("R084")
def test_a_line_of_the_register_is_one_form_and_the_next_opens_by_itself(
    people: People, signed_in: Browser, address: Address, family: Household,
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    doctor, url = signed_in(people.medical_adviser), address("medical-register-new")
    member = family.persons.first()
    claim = approved()
    sent = {
        "person": member.number, "kind": "claim", "question": "Ordonnance de mars",
        "answer": "Durée trop longue", "result": "cut", "reason_code": "too_long",
        "claim": claim.document_number, "follow_up_on": "", "mode": "telephone",
        "handled_on": "16/06/2025", "idempotency_key": a_key(),
    }  # fmt: skip
    for _time in range(2):  # sent twice, written once
        assert doctor.post(url, sent)["Location"] == url
    entry = RegisterEntry.objects.get()
    assert (entry.person, entry.claim, entry.result) == (member, claim, "cut")
    by_phone = {**sent, "person": "Éloïse", "claim": "", "idempotency_key": a_key()}
    assert doctor.post(url, by_phone).status_code == 302
    for wrong, told in (
        ({"person": "Adjovi"}, "plus d’une personne"),
        ({"claim": "SIN-9"}, "Aucun dossier n’a le numéro"),
        ({"handled_on": "17/06/2025"}, "n’est pas encore"),
    ):
        answer = doctor.post(url, {**sent, **wrong, "idempotency_key": a_key()})
        assert answer.status_code == 422
        assert told.split()[0] in plain(answer)
    assert signed_in(people.coordinator).post(url, sent).status_code == 403


@pytest.mark.requirement("R087")
def test_the_committee_reads_what_was_decided_and_nobody_is_recognised(
    people: People, signed_in: Browser, address: Address, family: Household
) -> None:
    doctor, url = signed_in(people.medical_adviser), address("medical-register-new")
    member = family.persons.first()
    sent = {
        "person": member.number, "kind": "prior_agreement", "question": "Écho", "answer": "Oui",
        "result": "agreed", "reason_code": "justified", "claim": "", "follow_up_on": "",
        "mode": "in_person", "handled_on": "16/06/2025",
    }  # fmt: skip
    for result, count in (("agreed", 12), ("refused", 9), ("cut", 5)):
        for _each in range(count):
            doctor.post(url, {**sent, "result": result, "idempotency_key": a_key()})
    figures = address("control-statistics")
    for who in (people.coordinator, people.director, people.moussa):
        answer = signed_in(who).get(figures)
        page = plain(answer)
        assert member.full_name not in page
        assert [cells for _kind, cells in answer.context["log"]] == [(12, 9, 5, 0, 0, 0, 26)]
        assert re.search(r"Justifié par la maladie</th><td[^>]*>26<", page)
        assert 'data-label="Accordé">12<' in page, "a phone names each figure"
    readings = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING)
    assert not readings.exists()
    doctor.post(url, {**sent, "kind": "exception", "idempotency_key": a_key()})
    answer = signed_in(people.director).get(figures)
    log = {str(kind): cells for kind, cells in answer.context["log"]}
    assert log["Exception à une règle"][0] is None
    assert answer.context["reasons"] == [] or None not in dict(answer.context["reasons"]).values()
    assert signed_in(people.awa).get(figures).status_code == 403
    assert signed_in(people.fanta).get(figures).status_code == 404


def test_what_controls_found_and_who_codes_otherwise_is_told_by_provider_and_operator(
    scoped: Mutual, people: People, signed_in: Browser, address: Address,
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    for day in range(6):
        approved(date(2025, 3, 3) + timedelta(days=day))
    campaign = open_campaign(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 16),
        idempotency_key=a_key(), period_from=date(2025, 3, 1), period_until=date(2025, 4, 1),
        seed="mars",
    )  # fmt: skip
    for each in campaign.sample.all():
        record_finding(
            mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 16),
            idempotency_key=a_key(), sampled=each, code="conform",
            checklist=dict.fromkeys(CHECKLIST, "yes"),
        )  # fmt: skip
    answer = signed_in(people.director).get(address("control-statistics"))
    [(centre_name, cells)] = answer.context["by_provider"]
    assert (centre_name, [cell for _label, cell in cells]) == ("Centre csps-1", [6, 6])
    assert answer.context["coding"] == []  # one operator alone is not compared
    assert "Sinistres tirés et regardés : 6 sur 6" in plain(answer)
    before = {"first": "01/01/2024", "last": "31/01/2024"}
    none = plain(signed_in(people.director).get(address("control-statistics"), before))
    assert "aucun sinistre tiré ces mois-ci" in none
    assert "0 sur 0" not in none


def test_an_act_coded_otherwise_within_its_category_is_said_so(
    scoped: Mutual, people: People, signed_in: Browser, address: Address,
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    first = approved(date(2025, 3, 3))
    claim = a_claim(first.person, first.provider, people.awa, care_on=date(2025, 6, 2))
    recode_line(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 16), idempotency_key=a_key(),
        claim=claim, position=1, item=a_care_item("consultation-2"),
        reason_code="guide_applied", reason="une visite de suivi",
    )  # fmt: skip
    told = plain(signed_in(people.director).get(address("control-statistics")))
    assert "un autre acte de la catégorie" in told


def test_what_is_medical_opens_when_asked_for_and_is_written(
    people: People, signed_in: Browser, address: Address, family: Household
) -> None:
    doctor, url = signed_in(people.medical_adviser), address("medical-register-new")
    sent = {
        "person": family.persons.first().number, "kind": "advice", "question": "Toux",
        "answer": "Repos", "result": "advised", "reason_code": "advice_only", "claim": "",
        "follow_up_on": "16/06/2025", "mode": "in_person", "handled_on": "16/06/2025",
        "idempotency_key": a_key(),
    }  # fmt: skip
    doctor.post(url, sent)
    readings = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING)
    register = address("medical-register")
    assert "Repos" not in plain(doctor.get(register))
    assert not readings.exists()
    assert "Repos" in plain(doctor.get(register + "?medical=1"))
    assert readings.count() == 1
    assert "Repos" not in plain(signed_in(people.coordinator).get(register + "?medical=1"))
    assert readings.count() == 1
    assert family.persons.first().full_name in plain(doctor.get(register + "?follow=1"))
    corrected = f"{url}?corrects={RegisterEntry.objects.get().uid}"
    assert "Toux" in plain(doctor.get(corrected))
    assert readings.count() == 2
    doctor.post(corrected, {**sent, "answer": "Radio", "idempotency_key": a_key()})
    page = plain(doctor.get(register + "?medical=1"))
    assert "Radio" in page
    assert "Repos" not in page


@pytest.mark.requirement("R085")
def test_sessions_show_who_came_and_what_it_cost_and_propose_calls(
    people: People, signed_in: Browser, address: Address, family: Household
) -> None:
    coordinator = signed_in(people.coordinator)
    for day in (2, 9, 16):
        sent = {
            "doctor": str(people.medical_adviser.uid), "mode": "in_person", "place": "Agence",
            "held_on": f"{day:02}/06/2025", "starts_at": "9h30", "slots_count": "4",
            "slot_minutes": "15", "idempotency_key": a_key(),
        }  # fmt: skip
        assert coordinator.post(address("control-session-new"), sent).status_code == 302
    sessions = list(MedicalSession.objects.order_by("held_on"))
    page = address("control-session", uid=sessions[0].uid)
    book = address("control-slot-book", uid=sessions[0].uid)
    number = family.persons.first().number
    coordinator.post(book, {"rank": "2", "person": number, "idempotency_key": a_key()})
    taken = coordinator.post(book, {"rank": "2", "person": number, "idempotency_key": a_key()})
    assert taken.status_code == 422
    assert "09:45" in plain(coordinator.get(page))
    booking = sessions[0].bookings.get()
    coordinator.post(address("control-slot-free", uid=booking.uid), {"idempotency_key": a_key()})
    for session in sessions:
        close = address("control-session-close", uid=session.uid)
        assert "Le noter" in plain(coordinator.get(close))
        coordinator.post(close, {"cost_minor": "5 000", "idempotency_key": a_key()})
    shown = plain(coordinator.get(address("control-sessions")))
    assert "Recevoir des appels" in shown
    call = {
        "person": number, "called_on": "16/06/2025", "outcome": "handled", "minutes": "4",
        "claim": "", "note": "", "idempotency_key": a_key(),
    }  # fmt: skip
    assert coordinator.post(address("control-call-new"), call).status_code == 302
    assert MedicalCall.objects.count() == 1
    later = {**sent, "held_on": "20/06/2025", "idempotency_key": a_key()}
    coordinator.post(address("control-session-new"), later)
    cancel = address(
        "control-session-cancel", uid=MedicalSession.objects.get(held_on=date(2025, 6, 20)).uid
    )
    coordinator.post(cancel, {"reason": "Pluie", "idempotency_key": a_key()})
    assert "Annulée" in plain(coordinator.get(address("control-sessions")))


def test_a_campaign_goes_through_the_screens_to_an_amount_asked_back(
    people: People, signed_in: Browser, address: Address, approved: Callable[..., Claim]
) -> None:
    for day in range(2):
        approved(date(2025, 3, 3) + timedelta(days=day))
    doctor, coordinator = signed_in(people.medical_adviser), signed_in(people.coordinator)
    sent = {
        "period_from": "01/03/2025", "period_until": "31/03/2025", "provider": "",
        "fault_share": "5", "probability": "95", "weighted_share": "50", "seed": "mars",
        "idempotency_key": a_key(),
    }  # fmt: skip
    told = doctor.post(address("control-campaign-new"), {**sent, "count": "1"})
    assert "Tous seraient regardés" in plain(told)
    assert not ControlCampaign.objects.exists(), "only told, not drawn"
    one = plain(doctor.post(address("control-campaign-new"), {**sent, "count": "1", "size": "1"}))
    assert "avec une chance de 5\u202f%" in one or "avec une chance de 5\u00a0%" in one
    opened = doctor.post(address("control-campaign-new"), sent)
    campaign = ControlCampaign.objects.get()
    census = plain(doctor.get(address("control-campaign", uid=campaign.uid)))
    assert "tous les sinistres sont regardés" in census
    assert "selon le montant" not in census
    page = address("control-campaign", uid=campaign.uid)
    assert opened["Location"] == page
    assert campaign.period_until == date(2025, 4, 1)
    assert "☐" in plain(doctor.get(page))  # the sheet to be ticked on paper
    sign = address("control-campaign-sign", uid=campaign.uid)
    early = coordinator.post(sign, {"idempotency_key": a_key()})
    assert (early.status_code, "regardé" in plain(early)) == (409, True)
    for rank, each in enumerate(campaign.sample.all()):
        url = address("control-finding", uid=each.uid)
        shown = doctor.get(url)
        assert each.claim.document_number in plain(shown)
        form = shown.context["form"]
        assert not any(form[name].value() for name in (*CHECKLIST, "code"))
        assert form["code"].field.choices[0][0] == form["same_person"].field.choices[0][0] == ""
        points = dict.fromkeys(CHECKLIST, "yes")
        finding = {**points, "code": "conform" if rank else "drug_not_given", "note": "",
                   "recover_minor": "" if rank else "500", "idempotency_key": a_key()}  # fmt: skip
        too_much = {**finding, "recover_minor": "9 000 000", "idempotency_key": a_key()}
        assert doctor.post(url, too_much).status_code == 422
        contrary = {**finding, "code": "conform", "same_person": "no", "recover_minor": ""}
        refused = doctor.post(url, contrary | {"idempotency_key": a_key()})
        assert (refused.status_code, "tout est conforme" in plain(refused)) == (422, True)
        assert doctor.post(url, finding).status_code == 302
    reply = address("control-reply", uid=campaign.sample.first().finding.uid)
    assert reply in plain(doctor.get(page))
    doctor.post(reply, {"words": "Rupture", "kept_minor": "400", "idempotency_key": a_key()})
    assert sign not in plain(doctor.get(page))
    assert sign in plain(coordinator.get(page))
    coordinator.post(sign, {"idempotency_key": a_key()})
    recovery = Recovery.objects.get()
    owed = address("control-recoveries")
    assert recovery.document_number in plain(signed_in(people.moussa).get(owed))
    waive = address("control-recovery-waive", uid=recovery.uid)
    assert waive not in plain(coordinator.get(owed))
    assert waive in plain(doctor.get(owed))
    doctor.post(waive, {"reason": "Erreur", "idempotency_key": a_key()})
    assert "Rien n’est redemandé" in plain(doctor.get(owed))
    assert "Signée" in plain(doctor.get(address("control-campaigns")))


def test_a_campaign_opened_by_mistake_is_cancelled(
    people: People, signed_in: Browser, address: Address, approved: Callable[..., Claim]
) -> None:
    approved()
    doctor = signed_in(people.medical_adviser)
    sent = {
        "period_from": "01/03/2025", "period_until": "31/03/2025", "provider": "",
        "fault_share": "5", "probability": "95", "weighted_share": "50", "seed": "mars",
    }  # fmt: skip
    empty = {**sent, "period_from": "01/01/2025", "period_until": "31/01/2025"}
    new = address("control-campaign-new")
    assert doctor.post(new, {**empty, "idempotency_key": a_key()}).status_code == 422
    doctor.post(new, {**sent, "idempotency_key": a_key()})
    campaign = ControlCampaign.objects.get()
    assert f"{campaign.document_number}" in plain(doctor.get(address("care-control")))
    cancel = address("control-campaign-cancel", uid=campaign.uid)
    doctor.post(cancel, {"reason": "Mauvais mois", "idempotency_key": a_key()})
    assert "Mauvais mois" in plain(doctor.get(address("control-campaign", uid=campaign.uid)))


def test_an_anomaly_is_told_with_its_claims_and_answered(
    scoped: Mutual, people: People, signed_in: Browser, address: Address,
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    first = approved()
    approved(provider=a_provider(scoped, people.moussa, code="clinique"))
    browser = signed_in(people.coordinator)
    query = "?first=01/03/2025&last=31/03/2025"
    page = plain(browser.get(address("control-anomalies") + query))
    assert "Deux lieux le même jour" in page
    assert first.document_number in page
    key = page.split('name="key" value="')[1].split('"')[0]
    sent = {"key": key, "from_": "01/03/2025", "until": "01/04/2025", "query": query[1:],
            "note": "", "verdict": "finding", "idempotency_key": a_key()}  # fmt: skip
    url = address("control-anomaly-answer")
    assert browser.post(url, sent).status_code == 409  # a finding says what was found
    seen = {**sent, "verdict": "nothing", "idempotency_key": a_key()}
    assert browser.post(url, seen)["Location"].endswith(query)
    assert browser.post(url, {**seen, "from_": "x", "idempotency_key": a_key()}).status_code == 409
    assert AnomalyAnswer.objects.get().kind == "TWO_PLACES_ONE_DAY"
    assert "Aucune anomalie" in plain(browser.get(address("control-anomalies") + query))
    assert signed_in(people.awa).post(url, seen).status_code == 403


def test_profiles_show_bands_and_no_provider_of_few_cases(
    scoped: Mutual, people: People, signed_in: Browser, address: Address,
    approved: Callable[..., Claim],
) -> None:  # fmt: skip
    other = a_provider(scoped, people.moussa, code="poste")
    approved(provider=other)
    for day in range(5):
        approved(date(2025, 3, 5) + timedelta(days=day))
    page = plain(signed_in(people.moussa).get(address("control-profiles")))
    assert "Centre csps-1" in page
    assert "Centre poste" not in page
    assert "<svg" in page
    assert "Sans trait" in page
    assert 'ledger--list"' in page, "on a small screen no column is out of sight"
    assert all(f'data-label="{name}"' in page for name in ("Moyenne simple", "Limite des pairs"))
    assert "tirée vers la moyenne des pairs" in page
    narrow = address("control-profiles") + "?first=01/01/2025&last=31/01/2025"
    assert "cinq consultations" in plain(signed_in(people.moussa).get(narrow))


@pytest.mark.requirement("R060", begun=True)
def test_the_clerk_finds_how_to_code_what_people_say(
    scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    ensure_categories()
    page = plain(signed_in(people.awa).get(address("coding-guide") + "?q=césar"))
    assert "Chirurgie et césarienne" in page
    assert "Soins dentaires" not in page
    unknown = plain(signed_in(people.awa).get(address("coding-guide") + "?q=zzz"))
    assert "ne connaît pas ces mots" in unknown
