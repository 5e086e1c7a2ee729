"""The pages of conventions and prices: two persons, alerts, breaches, papers."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from entraide.apps.care_control.committee import record_feedback
from entraide.apps.providers.breaches import record_breach
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    ConventionBreach,
    PriceChange,
    Provider,
    TariffList,
)
from entraide.apps.providers.register import ProviderFacts, enter_provider
from entraide.apps.schemes.models import Mutual, Product, Role
from entraide.apps.schemes.network import create_branch
from entraide.apps.schemes.services import appoint
from entraide.documents.letters_pdf import letters_pdf
from entraide.web.providers import conventions
from tests.builders import a_care_item, a_claim, a_household, a_key, a_payment
from tests.people import People, person
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

TERMS: dict[str, Any] = {
    "effective_from": "01/06/2025", "effective_until": "31/08/2025", "reference": "CONV-7",
    "is_third_party_payment": "on", "payment_delay_days": "30", "discount_rate": "2,5",
    "services": ["consultation", "delivery"], "needs_guarantee_letter": "on", "notice_days": "60",
    "clause_red_list": "La carte est rendue à la mutuelle.", "signed_for_provider": "Dr Mensah",
    "signed_for_mutual": "Mme Lawson", "signed_on": "28/05/2025",
}  # fmt: skip


@pytest.fixture
def hospital(scoped: Mutual, people: People) -> Provider:
    return enter_provider(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 1), idempotency_key=a_key(),
        facts=ProviderFacts(name="Hôpital de Lomé", sector="public", level="district"),
    )  # fmt: skip


@pytest.fixture
def draft(hospital: Provider, people: People, signed_in: Browser, address: Address) -> Agreement:
    answer = signed_in(people.coordinator).post(
        address("convention-new", uid=hospital.uid), TERMS | {"idempotency_key": a_key()}
    )
    assert answer.status_code == 302
    return Agreement.objects.get(provider=hospital)


def approved(draft: Agreement, browser: Client, address: Address) -> Agreement:
    shown = browser.get(address("convention", uid=draft.uid)).content.decode()
    seen = re.findall(r'name="seen" value="([^"]+)"', shown)[0]
    answer = browser.post(
        address("convention-approve", uid=draft.uid), {"idempotency_key": a_key(), "seen": seen}
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    return draft


def test_terms_changed_since_the_page_was_opened_are_not_approved(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    director = signed_in(people.director)
    here = address("convention", uid=draft.uid)
    seen = re.findall(r'name="seen" value="([^"]+)"', director.get(here).content.decode())[0]
    changed = TERMS | {"discount_rate": "99", "idempotency_key": a_key()}
    signed_in(people.coordinator).post(address("convention-edit", uid=draft.uid), changed)
    for old in (seen, ""):
        director.post(
            address("convention-approve", uid=draft.uid),
            {"idempotency_key": a_key(), "seen": old},
        )
        draft.refresh_from_db()
        assert (draft.state, str(draft.discount_rate)) == (AgreementState.DRAFT, "0.9900")
    assert "a changé les termes" in director.get(here).content.decode()
    assert approved(draft, director, address).state == AgreementState.APPROVED


@pytest.mark.requirement("R070")
def test_one_person_drafts_another_approves(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    assert (draft.state, str(draft.discount_rate)) == (AgreementState.DRAFT, "0.0250")
    assert draft.effective_until == date(2025, 9, 1)  # typed as the last day
    for user, status in ((people.coordinator, 403), (people.awa, 403), (people.moussa, 403)):
        answer = signed_in(user).post(address("convention-approve", uid=draft.uid))
        assert answer.status_code == status
    assert signed_in(people.fanta).get(address("convention", uid=draft.uid)).status_code == 404
    home = signed_in(people.director).get(address("home")).content.decode()
    assert "Approuver la convention avec Hôpital de Lomé" in home
    approved(draft, signed_in(people.director), address)
    assert (draft.state, draft.approved_by) == (AgreementState.APPROVED, people.director)
    shown = signed_in(people.coordinator).get(address("convention", uid=draft.uid))
    text = shown.content.decode()
    for clause in ("sous 30", "préavis de 60", "consultation, accouchement", "Dr Mensah",
                   "La carte est rendue", "lettre de garantie"):  # fmt: skip
        assert clause in text.replace("\u00a0", " ")


@pytest.mark.requirement("R070")
def test_a_draft_is_changed_or_refused_with_a_reason(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    edit = address("convention-edit", uid=draft.uid)
    moussa = signed_in(people.moussa)
    assert moussa.get(edit).context["form"]["reference"].value() == "CONV-7"
    wrong = TERMS | {"effective_until": "30/05/2025"}
    assert moussa.post(edit, wrong | {"idempotency_key": a_key()}).status_code == 422
    changed = TERMS | {"notice_days": "90", "idempotency_key": a_key()}
    assert moussa.post(edit, changed).status_code == 302
    refuse = address("convention-refuse", uid=draft.uid)
    director = signed_in(people.director)
    assert director.post(refuse, {"reason": ""}).status_code == 422
    said = {"reason": "trop chère", "idempotency_key": a_key()}
    assert director.post(refuse, said).status_code == 302
    draft.refresh_from_db()
    assert (draft.notice_days, draft.state) == (90, AgreementState.REFUSED)


@pytest.mark.requirement("R071")
def test_what_ends_soon_is_on_the_worklist_and_the_home_page(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    approved(draft, signed_in(people.director), address)
    coordinator = signed_in(people.coordinator)
    page = coordinator.get(address("conventions"))
    (renewal, state, is_urgent) = page.context["renewals"][0]
    assert (renewal, is_urgent) == (draft, False)  # 77 days
    assert "77" in str(state.word)
    assert "Renouveler 1 convention" in coordinator.get(address("home")).content.decode()
    form = coordinator.get(
        address("convention-new", uid=draft.provider.uid) + f"?after={draft.uid}"
    ).context["form"]
    assert form["effective_from"].value() == "01/09/2025"
    assert form["notice_days"].value() == 60


@pytest.mark.requirement("R070")
def test_the_end_keeps_its_reason(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    director = signed_in(people.director)
    approved(draft, director, address)
    end = address("convention-end", uid=draft.uid)
    early = {"effective_until": "30/06/2025", "notice_given_on": "16/06/2025", "reason": "accord"}
    assert director.post(end, early | {"idempotency_key": a_key()}).status_code == 422
    later = early | {"effective_until": "14/08/2025", "idempotency_key": a_key()}
    assert director.post(end, later).status_code == 302
    draft.refresh_from_db()
    assert (draft.effective_until, draft.end_reason) == (date(2025, 8, 15), "accord")


@pytest.mark.requirement("R070")
def test_a_breach_from_its_record_to_its_closure(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    director, coordinator = signed_in(people.director), signed_in(people.coordinator)
    approved(draft, director, address)
    said = {"clause": "tariff", "occurred_on": "10/06/2025", "what_happened": "Prix dépassé",
            "idempotency_key": a_key()}  # fmt: skip
    new = address("breach-new", uid=draft.uid)
    assert signed_in(people.awa).post(new, said).status_code == 403
    assert coordinator.post(new, said | {"what_happened": ""}).status_code == 422
    assert coordinator.post(new, said).status_code == 302
    breach = ConventionBreach.objects.get()
    page = address("breach", uid=breach.uid)
    told = {"act": "follow", "notice_given_on": "12/06/2025", "idempotency_key": a_key()}
    assert coordinator.post(page, told).status_code == 302
    own = {"act": "close", "outcome": "réglé", "idempotency_key": a_key()}
    assert coordinator.post(page, own).status_code == 422
    breach.refresh_from_db()
    assert breach.closed_on is None
    closed = {"act": "close", "outcome": "Trop-perçu rendu", "idempotency_key": a_key()}
    assert director.post(page, closed).status_code == 302
    breach.refresh_from_db()
    assert (breach.notice_given_on, breach.outcome) == (date(2025, 6, 12), "Trop-perçu rendu")
    listed = signed_in(people.awa).get(address("breaches")).content.decode()
    assert "Hôpital de Lomé" in listed
    assert signed_in(people.fanta).get(page).status_code == 404


@pytest.mark.requirement("R070")
def test_the_paper_is_kept_and_given_back_only_in_the_mutual(
    draft: Agreement, people: People, signed_in: Browser, address: Address
) -> None:
    coordinator = signed_in(people.coordinator)
    add = address("convention-scan", uid=draft.uid)
    program = SimpleUploadedFile("x.pdf", b"MZ", content_type="application/pdf")
    assert coordinator.post(add, {"scan": program}).status_code == 422
    pdf = SimpleUploadedFile("convention.pdf", b"%PDF-1.7 %%EOF")
    assert coordinator.post(add, {"scan": pdf, "idempotency_key": a_key()}).status_code == 302
    paper = address("convention-paper", uid=draft.scans.get().uid)
    answer = signed_in(people.awa).get(paper)
    assert answer.content == b"%PDF-1.7 %%EOF"
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(people.fanta).get(paper).status_code == 404


@pytest.mark.requirement("R070")
def test_the_sheet_has_the_clauses_and_boxes_to_sign(
    draft: Agreement, people: People, signed_in: Browser, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    set_papers: list[Any] = []

    def kept(papers: Any, **said: Any) -> bytes:
        set_papers.extend(papers)
        return letters_pdf(papers, **said)

    monkeypatch.setattr(conventions, "letters_pdf", kept)
    answer = signed_in(people.coordinator).get(address("convention-sheet", uid=draft.uid))
    assert answer.content.startswith(b"%PDF")
    (paper,) = set_papers
    assert "Hôpital de Lomé" in paper.title
    assert ("Remise", "2,5\u00a0% de moins que les prix convenus.") in paper.rows
    assert [sign.rpartition("\u00a0: ")[2] for sign in paper.signs] == ["Dr Mensah", "Mme Lawson"]


@pytest.mark.requirement("R071")
def test_the_yearly_review_tells_claims_delays_breaches_and_what_families_say(
    provider: Provider, product: Product, scoped: Mutual, people: People, signed_in: Browser,
    address: Address, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    claim = a_claim(
        household.persons.get(is_member=True), provider, people.awa, care_on=date(2025, 5, 5)
    )
    record_feedback(
        mutual=scoped, actor=people.awa, on=date(2025, 5, 20), idempotency_key=a_key(),
        claim=claim, mode="call", welcome=1, treatment=3, complaint="Une heure au guichet",
    )  # fmt: skip
    agreement = Agreement.objects.get(provider=provider)
    record_breach(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 2), idempotency_key=a_key(),
        agreement=agreement, clause="tariff", occurred_on=date(2025, 6, 1), what_happened="Cher",
    )  # fmt: skip
    told: list[Any] = []

    def kept(papers: Any, **said: Any) -> bytes:
        told.extend(papers)
        return letters_pdf(papers, **said)

    monkeypatch.setattr(conventions, "letters_pdf", kept)
    page = address("convention-review", uid=agreement.uid)
    assert signed_in(people.coordinator).get(page).content.startswith(b"%PDF")
    rows = dict(told[0].rows)
    assert rows["Sinistres reçus"] == "1"
    assert rows["Demandé par le prestataire"].startswith("4")
    assert any("Prix convenus" in text for text in rows.values())
    assert rows["Familles interrogées sur leurs soins"] == "1"
    assert rows["Accueil jugé bon"] == "moins de 5 réponses\u00a0: non dit"
    assert rows["Plaintes des familles"] == "1"
    assert rows["Prix de ces mois"].startswith("à partir du 1er\u00a0janvier 2024")
    shown = signed_in(people.coordinator).get(address("convention", uid=agreement.uid))
    assert ("Plaintes des familles", "1") in shown.context["opinions"]
    assert signed_in(people.fanta).get(page).status_code == 404


def test_the_administrator_of_the_network_keeps_the_shared_register_and_lists(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    admin = signed_in(people.network_admin)
    for name in ("providers", "price-lists", "conventions", "provider-new", "price-list-new"):
        assert admin.get(address(name)).status_code == 200, name
    said = {"name": "Forfaits du réseau", "level": "primary", "is_network": "on",
            "idempotency_key": a_key()}  # fmt: skip
    assert admin.post(address("price-list-new"), said).status_code == 302
    assert TariffList.objects.get(name="Forfaits du réseau").is_network
    assert (
        "is_network"
        not in signed_in(people.moussa).get(address("price-list-new")).context["form"].fields
    )


@pytest.mark.requirement("R076", begun=True)
def test_prices_are_entered_by_one_and_approved_by_another(
    provider: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    second = a_care_item("consultation-2")
    prices = Agreement.objects.get(provider=provider).tariff_list
    assert prices is not None
    item = a_care_item()
    moussa, director = signed_in(people.moussa), signed_in(people.director)
    enter = address("price-list-enter", uid=prices.uid)
    wrong = {"effective_from": "01/07/2025", "source": "avenant", "item-0": "inconnu",
             "new-0": "10", "item-1": "consultation-2", f"price-{item.uid}": "abc"}  # fmt: skip
    refused = moussa.post(enter, wrong)
    assert refused.status_code == 422
    assert {"item-0", "new-1", f"price-{item.uid}"} <= set(refused.context["form"].errors)
    right = {
        "effective_from": "01/07/2025",
        "source": "avenant",
        "item-0": "consultation-2",
        "new-0": "1 500",
        f"price-{item.uid}": "4 200",
        "idempotency_key": a_key(),
    }
    assert moussa.post(enter, right).status_code == 302
    change = PriceChange.objects.get()
    page = address("price-change", uid=change.uid)
    assert not moussa.get(page).context["may_decide"]
    assert signed_in(people.fanta).get(page).status_code == 404
    lines = director.get(page).context["lines"]
    assert {(line.care_item.code, line.unit_price_minor, before) for line, before in lines} == {
        ("consultation-1", 4200, 4000), ("consultation-2", 1500, None),
    }  # fmt: skip
    assert director.post(page, {"act": "refuse", "reason": ""}).status_code == 422
    done = director.post(page, {"act": "approve", "idempotency_key": a_key()})
    assert done.status_code == 302
    assert prices.tariffs.filter(care_item=second).get().unit_price_minor == 1500
    shown = moussa.get(address("provider-prices", uid=provider.uid)).context["prices"]
    assert [each.unit_price_minor for each in shown] == [4000]  # the new one holds from July on


def test_who_works_in_a_section_reads_the_register_but_no_convention(
    draft: Agreement, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    act = {"mutual": scoped, "on": date(2025, 6, 1)}
    north = create_branch(
        **act, actor=people.network_admin, idempotency_key=a_key(), code="nord", name="Nord"
    )
    efua = person("efua", "Efua", mutual=scoped)
    appoint(
        **act, actor=people.system, idempotency_key=a_key(), user=efua,
        role=Role.DATA_ENTRY_CLERK, effective_from=date(2024, 1, 1), branch=north,
    )  # fmt: skip
    browser = signed_in(efua)
    assert browser.get(address("providers")).status_code == 200
    assert browser.get(address("provider", uid=draft.provider.uid)).status_code == 200
    for name in ("conventions", "price-lists", "breaches"):
        assert browser.get(address(name)).status_code == 403
    assert browser.get(address("convention", uid=draft.uid)).status_code == 403
