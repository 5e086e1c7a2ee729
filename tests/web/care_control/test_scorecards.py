"""Pages of scorecards, feedback and the comité de suivi: figures that open, one PDF, tasks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from entraide.apps.care_control.models import CareFeedback, CommitteeDecision, CommitteeMeeting
from entraide.apps.claims.models import Claim
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual, Product
from entraide.documents.letters_pdf import letters_pdf
from entraide.web.care_control import committee
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]


@pytest.fixture
def provider(scoped: Mutual, people: People, product: Product) -> Provider:
    """A centre with six consultations of a family."""
    provider = a_provider(scoped, people.moussa)
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13000)
    member = household.persons.get(is_member=True)
    for week in range(6):
        a_claim(member, provider, people.awa, care_on=date(2025, 3, 3) + timedelta(days=7 * week))
    return provider


@pytest.mark.requirement("R080", begun=True)
def test_a_card_opens_to_its_formulas_and_rows(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(people.coordinator)
    listed = browser.get(address("control-scorecards")).content.decode()
    assert provider.name in listed
    page = browser.get(address("control-scorecard", uid=provider.uid)).content.decode()
    for words in ("Coût d’un cas", "facturé", "24", "Délai de notre paiement", "Bande à 99",
                  "le prestataire n’a pas dit", "Part de la famille"):  # fmt: skip
        assert words in page, words
    rows = address("control-scorecard-claims", uid=provider.uid)
    assert f'href="{rows}?' in page
    for kind, count in (("", 6), ("reduced", 6), ("late", 0), ("paid", 0), ("inventé", 6)):
        answer = browser.get(rows, {"kind": kind})
        assert answer.status_code == 200
        assert len(answer.context["rows"]) == count, kind
    for user, status in ((people.awa, 403), (people.fanta, 404), (people.director, 200)):
        assert signed_in(user).get(address("control-scorecards")).status_code == status


def test_what_is_taken_away_says_that_refused_claims_are_apart(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    refused = Claim.objects.filter(provider=provider).order_by("pk").first()
    assert refused is not None
    Claim.objects.filter(pk=refused.pk).update(
        state="refused", stated_minor=53_500_000, payable_minor=0
    )
    asked = address("control-scorecard", uid=provider.uid)
    page = " ".join(signed_in(people.coordinator).get(asked).content.decode().split())
    assert "acceptent comme coût d’un sinistre" in page
    assert "1 sinistre est refusé, pour 53 500 000 F CFA facturés" in page


def test_the_counts_beside_a_cost_are_those_it_is_made_of(
    provider: Provider, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made: list[Any] = []
    monkeypatch.setattr(
        committee, "letters_pdf", lambda papers, **_more: made.extend(papers) or b""
    )
    for refused in Claim.objects.filter(provider=provider)[:2]:
        Claim.objects.filter(pk=refused.pk).update(state="refused", payable_minor=0)
    browser = signed_in(people.coordinator)
    for page in (address("control-scorecards"), address("control-scorecard", uid=provider.uid)):
        shown = browser.get(page).content.decode()
        for words in ("dont 2 refusés", "déjà payé y"):
            assert words in shown, (page, words)
    browser.get(address("care-committee-file"))
    common = made[0]
    assert common.rows[0][1] == "6, dont 2 refusés"
    assert "accepté par les décisions, quel qu’en soit le payeur" in common.after[0]
    assert "payé compris" in common.head[3]


@pytest.mark.requirement("R080", begun=True)
def test_the_file_of_the_committee_is_one_pdf(
    provider: Provider, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made: list[Any] = []

    def kept(papers: Any, **more: Any) -> bytes:
        made.append(papers)
        return letters_pdf(papers, **more)

    monkeypatch.setattr(committee, "letters_pdf", kept)
    browser = signed_in(people.coordinator)
    for asked in ({}, {"provider": str(provider.uid)}):
        answer = browser.get(address("care-committee-file"), asked)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        titles = [paper.title for paper in made[-1]]
        assert titles[2] == provider.name
        assert len(titles) == 4
        written = " ".join(" ".join(row) for paper in made[-1] for row in paper.rows)
        for words in ("Coût d’un cas", "Part de la famille", "4 000"):
            assert words in written, words
        card = made[-1][2]
        assert {len(row) for row in card.rows} == {len(card.head)} == {len(card.widths)}
        told = {row[0]: row[1:] for row in card.rows}
        assert told["Sinistres"] == ("6", "1 personne"), "a figure and its note stand apart"
        assert told["Délai de notre paiement"] == ("–", "rien n’est encore payé")
        assert "limite des pairs" in told["Coût d’une consultation"][1]
    unknown = browser.get(
        address("care-committee-file"), {"provider": "00000000-0000-7000-8000-000000000000"}
    )
    assert unknown.status_code == 404
    assert signed_in(people.awa).get(address("care-committee-file")).status_code == 403


@pytest.mark.requirement("R080")
def test_minutes_decisions_and_what_came_of_them(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    browser, page = signed_in(people.coordinator), address("care-committee")
    assert "Procès-verbal" in browser.get(page).content.decode()
    sitting = {
        "held_on": "10/06/2025", "period_from": "01/01/2025", "period_until": "31/05/2025",
        "present": "Tous", "minutes": "Les prix ont été revus.", "idempotency_key": a_key(),
    }  # fmt: skip
    assert browser.post(page, {"held_on": ""}).status_code == 422
    browser.post(page, sitting)
    meeting = CommitteeMeeting.objects.get()
    decide = address("care-committee-meeting", uid=meeting.uid)
    browser.post(
        decide,
        {"what": "Afficher les prix", "responsible": "Le centre", "due_on": "12/06/2025",
         "provider": str(provider.uid), "idempotency_key": a_key()},
    )  # fmt: skip
    decision = CommitteeDecision.objects.get()
    assert decision.provider == provider
    assert "Afficher les prix" in browser.get(page).content.decode()
    done = address("care-committee-done", uid=decision.uid)
    assert signed_in(people.director).post(done, {"outcome": "x"}).status_code == 403
    browser.post(done, {"outcome": "Affichés à la caisse", "idempotency_key": a_key()})
    assert "Affichés à la caisse" in browser.get(decide).content.decode()
    assert "Rien n’attend" in browser.get(page).content.decode()
    reader = signed_in(people.director).get(decide).content.decode()
    assert "Une décision de plus" not in reader


@pytest.mark.requirement("R078")
def test_a_family_is_asked_two_questions_and_its_complaint_is_found(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    claim = Claim.objects.first()
    assert claim is not None
    browser, page = signed_in(people.field_agent), address("care-feedback-new")
    content = {
        "claim": claim.document_number, "mode": "visit", "welcome": "1", "treatment": "3",
        "complaint": "Attendu trois heures", "idempotency_key": a_key(),
    }  # fmt: skip
    assert browser.post(page, content | {"claim": "S-0"}).status_code == 422
    assert browser.post(page, content).status_code == 302
    assert browser.post(page, content | {"idempotency_key": a_key()}).status_code == 422
    assert CareFeedback.objects.count() == 1
    heard = address("care-feedback")
    assert browser.get(heard).status_code == 403
    shown = signed_in(people.coordinator).get(
        heard, {"provider": str(provider.uid), "complaints": "1"}
    )
    assert "Attendu trois heures" in shown.content.decode()
    assert signed_in(people.moussa).get(page).status_code == 403
