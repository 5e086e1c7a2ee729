"""Entering a claim: the paper as it stands, every fault at once, once however often it is sent."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    decide_pre_authorisation,
)
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.services import ensure_provider
from entraide.apps.schemes.models import Mutual
from entraide.core.claim_warnings import WARNINGS
from entraide.core.product import Sector
from entraide.web.claims.entry_warnings import TOLD
from tests.builders import a_care_item, a_claim, a_key, a_provider
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser

ALL_SEEN = " ".join(sorted({*WARNINGS, *TOLD}))


def paper(person: Person, provider: Provider, *lines: tuple[str, str, str], **more: str) -> Any:
    """An attestation as the form sends it; lines are (act, quantity, unit price)."""
    data = {
        "idempotency_key": a_key(),
        "card": person.number,
        "care_on": "03/03/2025",
        "received_on": "05/03/2025",
        "provider": str(provider.uid),
        "circuit": "third_party_payment",
        "channel": "",
        "attestation_number": "077412",
        "invoice_number": "392",
        "diagnosis": "",
        "stated_total": "",
        "lines-TOTAL_FORMS": str(max(4, len(lines))),
        "lines-INITIAL_FORMS": "0",
        "act": "record",
        "seen": ALL_SEEN,
    }
    for rank, (item, quantity, price) in enumerate(lines):
        data[f"lines-{rank}-item"] = item
        data[f"lines-{rank}-quantity"] = quantity
        data[f"lines-{rank}-unit_price"] = price
    return {**data, **more}


@pytest.fixture
def clerk(signed_in: Browser, people: People) -> Client:
    return signed_in(people.awa)


@pytest.mark.requirement("R056")
def test_a_paper_becomes_a_decided_claim(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(person, provider, ("consultation-1", "", "4 500"), stated_total="4 500")
    answer = clerk.post(address("claim-new"), data, follow=True)
    claim = Claim.objects.get()
    assert answer.redirect_chain == [(address("claim", uid=claim.uid), 302)]
    assert (claim.stated_minor, claim.claimed_minor, claim.payable_minor) == (4500, 4500, 3000)
    assert claim.state == ClaimState.DECIDED
    assert claim.attestation_number == "077412"
    text = answer.content.decode()
    assert f"Sinistre {claim.document_number} enregistré" in text
    assert "Au-dessus du tarif de la convention" in text
    assert "le prestataire garde" in text


def test_the_next_paper_of_the_pile_keeps_what_it_shares(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(person, provider, ("consultation-1", "1", "4000"), act="record_next")
    answer = clerk.post(address("claim-new"), data, follow=True)
    form = answer.context["form"]
    assert form["provider"].value() == str(provider.uid)
    assert form["invoice_number"].value() == "392"
    assert not form["card"].value()


def test_sent_twice_it_is_recorded_once(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(person, provider, ("consultation-1", "1", "4000"))
    first, second = (clerk.post(address("claim-new"), data) for _time in range(2))
    assert first.url == second.url
    assert Claim.objects.count() == 1


def test_every_fault_is_said_at_once_and_nothing_typed_is_lost(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(
        person,
        provider,
        ("massage", "1", "4000"),
        ("consultation-9", "2", ""),
        ("consultation-1", "deux", "4000"),
        card="F-1999-00001-1",
        care_on="31/02/2025",
        circuit="reimbursement",
    )
    answer = clerk.post(address("claim-new"), data)
    assert answer.status_code == 422
    text = answer.content.decode()
    for told in (
        "Personne n’a cette carte",
        "Aucun tarif convenu\u00a0: tapez le prix du papier.",
        "« deux » n’est pas une quantité",
        "Le jour 31/02/2025 n’existe pas",
        "Dites comment la famille est remboursée.",
    ):
        assert told in text.replace("«\u00a0", "« ").replace("\u00a0»", " »"), told
    assert 'value="massage"' in text
    assert data["idempotency_key"] in text
    assert not Claim.objects.exists()


def test_a_care_that_has_not_come_is_told_once_with_its_days(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(person, provider, ("consultation-1", "1", "4000"))
    data |= {"care_on": "10/12/2099", "received_on": "16/06/2025"}
    told = " ".join(clerk.post(address("claim-new"), data).content.decode().split())
    assert "est postérieure" in told
    assert "16 juin 2025" in told.replace("\u00a0", " ")
    assert "(…)" not in told
    assert "avant le soin" not in told


@pytest.mark.requirement("R058")
def test_what_is_odd_is_told_once_before_it_is_recorded_and_stays_on_the_claim(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    lines = (("consultation-1", "1", "4000"), ("massage", "1", "500"))
    data = paper(person, provider, *lines, stated_total="4 700", seen="")
    first = clerk.post(address("claim-new"), data)
    assert (first.status_code, Claim.objects.count()) == (200, 0)
    text = first.content.decode()
    assert "Rien n’est encore enregistré." in text
    assert first.context["warnings"].written == "ITEM_UNKNOWN TOTAL_DIFFERS"
    seen = clerk.post(address("claim-preview"), data, headers={"HX-Request": "true"})
    assert 'name="seen" value="ITEM_UNKNOWN TOTAL_DIFFERS"' in seen.content.decode()
    again = clerk.post(
        address("claim-new"), {**data, "seen": "ITEM_UNKNOWN TOTAL_DIFFERS"}, follow=True
    )
    claim = Claim.objects.get()
    assert claim.review_codes == ["ITEM_UNKNOWN", "TOTAL_DIFFERS"]
    assert (claim.state, claim.payable_minor) == (ClaimState.IN_REVIEW, 3000)
    assert [line.stated_as for line in claim.lines.all()] == ["", "massage"]
    shown = again.content.decode()
    assert "Aucune liste de soins ne connaît «\u00a0massage\u00a0»" in shown
    assert "Remarques à la saisie" in shown
    assert "massage" in shown


def test_an_attestation_used_twice_is_told_and_kept(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    first = paper(person, provider, ("consultation-1", "1", "4000"))
    clerk.post(address("claim-new"), first)
    second = paper(person, provider, ("consultation-1", "1", "4000"), care_on="04/03/2025", seen="")
    told = clerk.post(address("claim-new"), second)
    assert "ATTESTATION_TWICE" in told.context["warnings"].codes
    assert Claim.objects.count() == 1
    clerk.post(address("claim-new"), {**second, "seen": told.context["warnings"].written})
    kept = Claim.objects.latest("pk")
    assert (kept.state, kept.attestation_of, kept.payable_minor) == (
        ClaimState.IN_REVIEW, Claim.objects.earliest("pk"), 0,
    )  # fmt: skip


def test_care_without_rights_or_convention_is_told_before_it_is_recorded(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    before = paper(person, provider, ("consultation-1", "1", "4000"), care_on="03/03/2020", seen="")
    told = clerk.post(address("claim-new"), before)
    warnings = told.context["warnings"]
    assert {"NOT_COVERED", "NO_AGREEMENT"} & warnings.codes
    assert not Claim.objects.exists()
    assert (bool(warnings.refused), warnings.told) == (True, ())
    assert "Les règles refusent ceci tout de suite" in told.content.decode()
    assert "qui attend une personne" not in told.content.decode()
    clerk.post(address("claim-new"), {**before, "seen": warnings.written})
    claim = Claim.objects.get()
    assert (claim.state, claim.review_codes) == (ClaimState.REFUSED, [])
    shown = clerk.get(address("claim", uid=claim.uid)).content.decode()
    assert warnings.refused[0] in html.unescape(shown)


def test_a_provider_without_convention_is_told_before_any_price_and_on_the_claim(
    clerk: Client, address: Address, person: Person, provider: Provider, mutual: Mutual
) -> None:
    with scope(mutual=mutual):
        stranger = ensure_provider(
            system=mutual.code, code="passant", name="Cabinet de passage", sector=Sector.PRIVATE
        )
    data = paper(person, stranger, ("consultation-1", "1", ""), seen="")
    shown = clerk.post(address("claim-preview"), data, headers={"HX-Request": "true"})
    assert "ne peut pas être payé en tiers payant" in shown.content.decode()
    assert "saisissez le prix du papier" in shown.content.decode()
    assert shown.context["warnings"].codes == {"NO_AGREEMENT"}
    closed = paper(person, stranger, ("consultation-1", "1", "900"), care_on="03/03/2020", seen="")
    both = clerk.post(address("claim-preview"), closed, headers={"HX-Request": "true"})
    assert both.context["warnings"].codes >= {"NOT_COVERED", "NO_AGREEMENT"}
    emergency = clerk.post(address("claim-preview"), {**data, "visit": "emergency"})
    assert emergency.context["warnings"].codes == frozenset()
    paid_by_family = paper(
        person, stranger, ("consultation-1", "1", "900"), circuit="reimbursement", channel="cash"
    )
    page = clerk.post(address("claim-new"), paid_by_family, follow=True).content.decode()
    assert Claim.objects.exists()
    assert "Sans convention ce jour-là" in page


def test_an_unknown_act_of_no_quantity_keeps_its_remark(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    lines = (("consultation-1", "1", "4000"), ("massage", "0", "500"))
    page = clerk.post(address("claim-new"), paper(person, provider, *lines), follow=True)
    claim = Claim.objects.get()
    assert claim.state == ClaimState.IN_REVIEW
    assert claim.review_codes == ["ITEM_UNKNOWN"]
    assert "Aucune liste de soins ne connaît «\u00a0massage\u00a0»" in page.content.decode()


def test_the_first_step_says_only_what_cannot_be_read(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    head = {"card": "XX-9", "care_on": "31/02/2025", "provider": "", "act": "who"}
    answer = clerk.post(address("claim-new"), head)
    assert set(answer.context["form"].errors) == {"card", "care_on"}
    assert not any(each.errors for each in answer.context["lines"].forms)
    assert not Claim.objects.exists()
    page = clerk.get(address("claim-new")).content.decode()
    noscript = page.split("<noscript>")[1:]
    assert [part.count('value="who"') for part in noscript] == [1, 1]  # Enter, and the button


def test_a_number_with_a_letter_of_another_alphabet_is_refused_beside_its_field(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    """All at once, and nothing recorded."""
    numbers = {
        "attestation_number": "\u0410T-077412", "invoice_number": "F\u039f-1",
        "referral_number": "REF-2026-\u0410",
    }  # fmt: skip
    answer = clerk.post(address("claim-new"), paper(person, provider, LINE, **numbers))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(numbers)
    assert "une lettre d’un autre alphabet" in answer.content.decode()
    assert not Claim.objects.exists()


def test_each_line_says_what_is_covered_and_left_with_and_without_script(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    """A quarter of 4 000 is the family's; what stands above the tariff is the provider's."""
    data = paper(person, provider, ("consultation-1", "1", "4000"), ("consultation-1", "2", "4500"))
    checked = clerk.post(address("claim-new"), {**data, "act": "check"})
    moved = clerk.post(address("claim-preview"), data, headers={"HX-Request": "true"})
    for answer in (checked, moved):
        text = " ".join(answer.content.decode().replace("\u202f", "").split())
        assert 'id="share-lines-0"' in text
        assert "Pris en charge : 3000 F CFA · reste à la famille : 1000" in text
        assert "Pris en charge : 6000 F CFA · reste à la famille : 2000" in text
        assert "à la charge du prestataire : 1000" in text
        total = answer.context["warnings"].total
        assert (total.payable_minor, total.member_minor, total.provider_minor) == (
            9000, 3000, 1000,
        )  # fmt: skip
    assert not Claim.objects.exists()


def test_a_line_of_which_nothing_is_paid_says_why_beside_it(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    """Found by hand: “Paid by the mutual: 0” with its reason in the side panel only."""
    a_care_item("consultation-8", is_excluded=True)
    lines = ("consultation-1", "1", "4000"), ("consultation-8", "1", "500")
    data = paper(person, provider, *lines)
    checked = clerk.post(address("claim-new"), {**data, "act": "check"})
    moved = clerk.post(address("claim-preview"), data, headers={"HX-Request": "true"})
    for answer in (checked, moved):
        text = " ".join(answer.content.decode().split())
        paid = text.split('id="share-lines-0"')[1].split("</p>")[0]
        refused = text.split('id="share-lines-1"')[1].split("</p>")[0]
        assert "hors" not in paid
        assert "hors" in refused.lower(), refused


def test_the_service_names_the_line_that_it_refuses(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    lines = (("", "", ""), ("consultation-1", "-1", "4000"))
    answer = clerk.post(address("claim-new"), paper(person, provider, *lines))
    first, second, *_rest = answer.context["lines"].forms
    assert not first.errors
    assert "quantity" in second.errors


def test_prices_come_from_the_agreement_with_and_without_script(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(person, provider, ("CONSULTATION-1", "", ""), ("consultation-1", "2", "4500"))
    checked = clerk.post(address("claim-new"), {**data, "act": "check"})
    proposed, typed, *_rest = checked.context["lines"].forms
    assert proposed["unit_price"].value().replace("\u202f", "") == "4000"
    assert typed["unit_price"].value() == "4500"
    assert checked.context["sheet"].total_minor == 13000
    moved = clerk.post(address("claim-preview"), data, headers={"HX-Request": "true"})
    text = moved.content.decode()
    assert 'id="id_lines-0-unit_price"' in text
    assert 'id="id_lines-1-unit_price"' not in text  # a typed price is never taken away
    assert "dépassé de 500" in text
    assert person.full_name in text
    assert not Claim.objects.exists()


def test_lines_are_added_without_script_and_without_reproach(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    data = paper(person, provider, ("consultation-1", "1", "4000"), act="add", card="")
    answer = clerk.post(address("claim-new"), data)
    assert len(answer.context["lines"].forms) == 7
    assert not answer.context["form"].errors


def test_a_draft_comes_back_without_its_medical_part(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    Diagnosis.objects.create(system="test", code="B54", label="Paludisme")
    data = paper(person, provider, ("consultation-1", "1", "4000"), diagnosis="B54")
    kept = clerk.post(address("draft", form="sinistre"), data)
    assert kept.json() == {"kept": True}
    form = clerk.get(address("claim-new")).context["form"]
    assert form["card"].value() == person.number
    assert not form["diagnosis"].value()
    clerk.post(address("claim-new"), data)
    assert Claim.objects.get().medical_detail.diagnosis.code == "B54"
    assert not clerk.get(address("claim-new")).context["form"]["card"].value()


def test_an_entry_that_was_refused_and_closed_opens_as_it_was_sent(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    clerk.post(address("draft", form="sinistre"), {"attestation_number": "1"})
    data = paper(person, provider, ("consultation-1", "1", "4000"), care_on="", diagnosis="B54")
    assert clerk.post(address("claim-new"), data).status_code == 422
    form = clerk.get(address("claim-new")).context["form"]
    assert (form["card"].value(), form["attestation_number"].value()) == (person.number, "077412")
    assert not form["diagnosis"].value()


def test_who_may_not_enter_is_told_who_may(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    answer = signed_in(people.moussa).post(
        address("claim-new"), paper(person, provider, ("consultation-1", "1", "4000"))
    )
    assert answer.status_code == 403
    assert "Saisie" in answer.content.decode()
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=people.moussa).exists()
    assert signed_in(people.fanta).get(address("claim-new")).status_code == 404
    assert not Claim.objects.exists()


def test_each_clerk_is_offered_the_providers_and_diagnoses_of_their_country(
    clerk: Client,
    signed_in: Browser,
    address: Address,
    people: People,
    person: Person,
    provider: Provider,
    other_mutual: Mutual,
) -> None:
    abroad = a_provider(other_mutual, people.fanta, code="bobo-1")
    ensure_diagnosis(system="test", code="B54", label="Paludisme")
    ensure_diagnosis(system="openimis", code="A00", label="Cholera")
    ours = clerk.get(address("claim-new")).content.decode()
    assert str(provider.uid) in ours
    assert str(abroad.uid) not in ours
    assert "B54 Paludisme" in ours
    assert "A00 Cholera" not in ours
    theirs = reverse("web:claim-new", kwargs={"mutual": other_mutual.code})
    fanta = signed_in(people.fanta).get(theirs).content.decode()
    assert str(abroad.uid) in fanta
    assert str(provider.uid) not in fanta

    refused = paper(person, provider, ("consultation-1", "1", "4000"), diagnosis="A00 Cholera")
    answer = clerk.post(address("claim-new"), refused)
    assert answer.status_code == 422
    assert not Claim.objects.exists()


@pytest.mark.parametrize("count", ["", "abc", "²", "-1", "9" * 5000, "0"])
@pytest.mark.parametrize("act", ["record", "add", "check"])
def test_a_damaged_form_is_shown_again(
    clerk: Client, address: Address, person: Person, provider: Provider, count: str, act: str
) -> None:
    data = paper(person, provider, act=act) | {"lines-TOTAL_FORMS": count}
    for page in ("claim-new", "claim-preview"):
        assert clerk.post(address(page), data).status_code in (200, 422)
        assert clerk.post(address(page), {"act": act}).status_code in (200, 422)
    assert not Claim.objects.exists()


@pytest.mark.parametrize("count", ["abc", "²", "9" * 300])
def test_a_damaged_draft_opens(clerk: Client, mutual: Mutual, address: Address, count: str) -> None:
    draft = reverse("web:draft", kwargs={"mutual": mutual.code, "form": "sinistre"})
    assert clerk.post(draft, {"lines-TOTAL_FORMS": count, "card": "x"}).json()["kept"]
    assert clerk.get(address("claim-new")).status_code == 200


@pytest.mark.parametrize("quantity", ["1e999999", "9" * 400, "1e9"])
def test_a_quantity_beyond_measure_is_no_quantity(
    clerk: Client, address: Address, person: Person, provider: Provider, quantity: str
) -> None:
    answer = clerk.post(
        address("claim-new"), paper(person, provider, ("consultation-1", quantity, "4 500"))
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001", "31/02/2025"])
def test_a_day_beyond_the_calendar_filters_nothing(
    clerk: Client, address: Address, day: str
) -> None:
    assert clerk.get(address("claims"), {"until": day}).status_code == 200


LINE = ("consultation-1", "1", "4 000")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, ("planned", None, "", None)),
        ({"visit": "emergency", "is_inpatient": "yes"}, ("emergency", True, "", None)),
        ({"visit": "referral", "referral_number": "R-12"}, ("referral", None, "R-12", None)),
    ],
)
def test_how_the_person_came_is_kept(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider,
    typed: dict[str, str], told: tuple[object, ...],
) -> None:  # fmt: skip
    sent = {**paper(person, provider, LINE), **typed}
    signed_in(people.awa).post(address("claim-new"), sent)
    claim = Claim.objects.get()
    assert (claim.visit, claim.is_inpatient, claim.referral_number, claim.episode) == told


def test_a_claim_follows_another_of_the_same_person(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    first = a_claim(person, provider, people.awa)
    clerk = signed_in(people.awa)
    wrong = clerk.post(address("claim-new"), {**paper(person, provider, LINE), "episode": "S-0"})
    assert wrong.status_code == 422
    assert "Aucun sinistre n’a ce numéro" in wrong.content.decode()
    sent = {
        **paper(person, provider, LINE),
        "episode": first.document_number,
        "care_on": "05/03/2025",
    }
    clerk.post(address("claim-new"), {**sent, "received_on": "05/03/2025"})
    assert Claim.objects.latest("pk").episode == first


@pytest.mark.requirement("R227")
def test_what_another_payer_paid_is_dealt_out_over_the_lines(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    """1 000 paid by another of 4 000 and 30 000 asked: 118 and 882, to the franc."""
    lines = ("consultation-1", "1", "4000"), ("hospital-1", "1", "30000")
    clerk.post(address("claim-new"), paper(person, provider, *lines, other_paid="1 000"))
    claim = Claim.objects.get()
    assert [line.other_payer_minor for line in claim.lines.order_by("position")] == [118, 882]


def test_another_payer_never_paid_more_than_the_care_costs(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    sent = paper(person, provider, ("consultation-1", "1", "4000"), other_paid="4 001")
    answer = clerk.post(address("claim-new"), sent)
    assert answer.status_code == 422
    assert "Plus que le prix de ces soins." in answer.content.decode()
    assert not Claim.objects.exists()


def test_an_emergency_without_convention_is_told_as_it_will_be_decided(
    clerk: Client, address: Address, person: Person, provider: Provider
) -> None:
    """What cannot be paid directly may be in an emergency, once a person looked."""
    Agreement.objects.filter(provider=provider).update(effective_until=date(2025, 1, 1))
    sent = {**paper(person, provider, LINE, seen=""), "act": "check"}
    planned = clerk.post(address("claim-new"), sent)
    assert "NO_AGREEMENT" in planned.context["warnings"].codes
    assert "puis demande un remboursement" in planned.content.decode()
    urgent = clerk.post(address("claim-new"), {**sent, "visit": "emergency"})
    assert "NO_AGREEMENT" not in urgent.context["warnings"].codes
    text = urgent.content.decode()
    assert "en urgence il peut être payé directement" in text
    assert "puis demande un remboursement" not in text
    recorded = {**sent, "visit": "emergency", "act": "record", "seen": ALL_SEEN}
    clerk.post(address("claim-new"), recorded)
    assert Claim.objects.get().state == ClaimState.IN_REVIEW


def test_the_prior_agreement_that_will_serve_is_named_at_entry(
    clerk: Client, address: Address, people: People, person: Person, provider: Provider,
    scoped: Mutual,
) -> None:  # fmt: skip
    """No field asks for its number: the card, the care and the day find it."""
    Agreement.objects.filter(provider=provider).update(effective_until=date(2025, 2, 1))
    before = Agreement.objects.get(provider=provider)
    Agreement.objects.create(
        mutual=scoped, provider=provider, tariff_list=before.tariff_list,
        is_third_party_payment=True, effective_from=date(2025, 2, 1), needs_guarantee_letter=True,
    )  # fmt: skip
    act = {"mutual": scoped, "on": date(2025, 3, 1)}
    asked = ask_pre_authorisation(
        **act, actor=people.awa, idempotency_key=a_key(), person=person,
        category=CareItem.objects.get(code="consultation-1").category, amount_minor=15000,
        effective_from=date(2025, 3, 1), effective_until=date(2025, 4, 1),
    )  # fmt: skip
    decide_pre_authorisation(
        **act, actor=people.medical_adviser, idempotency_key=a_key(), authorisation=asked,
        is_given=True,
    )  # fmt: skip
    # The head alone answers: without script by the first button, with it as soon as it is typed.
    head = {
        "card": person.number, "care_on": "03/03/2025", "provider": str(provider.uid),
        "lines-TOTAL_FORMS": "4", "lines-INITIAL_FORMS": "0", "idempotency_key": a_key(),
    }  # fmt: skip
    plain = clerk.post(address("claim-new"), {**head, "act": "who"})
    scripted = clerk.post(address("claim-preview"), head, headers={"HX-Request": "true"})
    opened = clerk.get(address("claim-new"), head)
    for answer in (plain, scripted, opened):
        text = " ".join(answer.content.decode().replace("\u202f", "").split())
        assert person.full_name in text
        assert f"Accord préalable {asked.document_number}, jusqu’au 31 mars 2025" in text
        assert "il reste 15000 F CFA" in text or "15000 F CFA" in text
        assert "Prix convenus avec Centre csps-1" in text
        assert "4000 F CFA" in text
    assert not plain.context["form"].errors
    assert plain.status_code == 200
    sent = {**paper(person, provider, LINE, is_inpatient="yes", seen=""), "act": "check"}
    checked = clerk.post(address("claim-new"), sent)
    text = " ".join(checked.content.decode().split())
    assert f"L’accord préalable {asked.document_number}, jusqu’au 31 mars" in text
    clerk.post(address("claim-new"), {**sent, "act": "record", "seen": ALL_SEEN})
    assert ClaimLine.objects.get().pre_authorisation == asked
