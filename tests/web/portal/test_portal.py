"""The portal of providers: a right in one look, own attestations and payments, nobody else's."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.cards.models import Card
from entraide.apps.cards.selectors import cards_of_print
from entraide.apps.cards.services import CardLayout, declare_card_lost, print_cards
from entraide.apps.claims.approval import approve_decided_claims
from entraide.apps.claims.models import Claim, ClaimState, Invoice, PreAuthorisation
from entraide.apps.claims.pre_authorisations import decide_pre_authorisation
from entraide.apps.enrolment.models import Person, PhotoKind
from entraide.apps.enrolment.photos import PreparedPhoto, keep_photo
from entraide.apps.ledger.selectors import account_for
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.providers.models import Provider, ProviderPost
from entraide.apps.providers.posts import approve_post, end_post, propose_post
from entraide.apps.providers.services import make_agreement
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.models import Payout
from entraide.apps.settlement.services import authorise_batch, prepare_batch
from entraide.core.ledger import AccountRole
from tests.apps.cards.test_services import code_of
from tests.builders import a_claim, a_household, a_key, a_provider
from tests.people import People
from tests.people import person as somebody
from tests.web.conftest import Browser
from tests.web.portal.conftest import Address, a_post
from tests.web.products.test_free_care import approved as approved_programme
from tests.web.products.test_free_care import programme

CONTENT = {
    "lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "0", "lines-0-item": "consultation-1",
    "lines-0-quantity": "1", "lines-0-unit_price": "", "care_on": "10/06/2025",
    "attestation_number": "AT-0007", "act": "send",
}  # fmt: skip


def text_of(answer: Any) -> str:
    """What is read on a page: no tags, ordinary blanks."""
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())


def sent(browser: Client, address: Address, person: Person, **more: str) -> Any:
    content = {**CONTENT, "card": person.number, "idempotency_key": a_key(), **more}
    return browser.post(address("claim-new"), content)


# ── the right of a card ──────────────────────────────────────────────────────


@pytest.mark.requirement("R020", begun=True)
def test_a_typed_number_is_answered_in_one_look_and_the_reading_is_kept(
    nurse: User, person: Person, provider: Provider, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    assert browser.get(reverse("entrance"))["Location"] == address("desk")
    page = browser.post(address("desk"), {"code": person.number.lower()})
    told = text_of(page)
    assert page.status_code == 200
    for words in ("Couverte", "Éloïse", person.number, "37 ans", "Cotisation : à jour",
                  "numéro tapé", "Reste du plafond", "Saisir l’attestation"):  # fmt: skip
        assert words in told, words
    event = AuditEvent.objects.get(kind=AuditKind.RIGHT_READING)
    assert (event.actor, event.details["covered"]) == (nurse, True)
    assert event.details["provider"] == str(provider.uid)
    assert "carte non lue" in told
    assert "Aucune photo n’est gardée ici" in told
    assert len(page.content) < 25_000, "a slow phone loads it in a moment"


def test_the_account_of_who_serves_a_provider_says_where(
    nurse: User, provider: Provider, scoped: Mutual, signed_in: Browser
) -> None:
    told = text_of(signed_in(nurse).get(reverse("account")))
    assert "Aucun rôle" not in told
    for words in (provider.name, "Prestataire de soins", f"au portail, pour {scoped.name}"):
        assert words in told, words


def test_what_a_family_owes_is_told_as_up_to_date_or_not(
    nurse: User, person: Person, scoped: Mutual, people: People, product: Product,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    household = a_household(scoped, people.awa, product)
    late = household.persons.get(is_member=True)
    told = text_of(signed_in(nurse).post(address("desk"), {"code": late.number}))
    assert "Cotisation : en retard" in told
    graced = signed_in(nurse).post(address("desk"), {"code": late.number, "on": "03/02/2025"})
    assert "en retard , les droits restent ouverts jusqu’au 9 février 2025" in text_of(graced), (
        "late is what the page of the family calls late, in the days of grace too"
    )
    assert "Pas couverte ce jour" in told
    assert "13 000" not in told, "the sum is between the family and the mutual"
    dead = person.household.persons.exclude(pk=person.pk).first()
    assert dead is not None
    Person.objects.filter(pk=dead.pk).update(died_on=date(2025, 6, 1))
    told = text_of(signed_in(nurse).post(address("desk"), {"code": dead.number}))
    assert "n’est plus à la mutuelle ce jour-là" in told
    assert "décéd" not in told


def test_nobody_is_found_by_a_name_or_a_piece_of_a_number(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    for typed in ("Adjovi", person.number[-4:], "Éloïse Adjovi"):
        page = signed_in(nurse).post(address("desk"), {"code": typed})
        assert page.status_code == 422
        told = text_of(page)
        assert "Éloïse" not in told
        assert "appelez la mutuelle" in told
        assert "avant d’enregistrer" not in told
        assert "par son nom" not in told
    refused = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code="CARD_NUMBER_UNKNOWN")
    assert refused.count() == 3


def test_a_signed_card_is_proved_and_a_false_one_tells_nothing(
    nurse: User, person: Person, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    text = a_printed_code(scoped, people, person)
    browser = signed_in(nurse)
    told = text_of(browser.post(address("desk"), {"code": text}))
    assert "Signature vraie" in told
    assert "Couverte" in told
    forged = text.replace(person.number, person.number[:-1] + "9")
    told = text_of(browser.post(address("desk"), {"code": forged}))
    assert "Signature fausse" in told
    assert "Les droits ne sont pas donnés" in told
    assert "Couverte" not in told
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code="CARD_FORGED").exists()
    elsewhere = text.replace(scoped.code, "ailleurs")
    assert browser.post(address("desk"), {"code": elsewhere}).status_code == 422


@pytest.mark.requirement("R007", begun=True)
def test_a_lost_card_proves_nothing_by_its_code_or_its_numbers_and_an_identity_document_does(
    nurse: User, person: Person, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    text = a_printed_code(scoped, people, person)
    card = Card.objects.get()
    act = {"mutual": scoped, "actor": people.awa, "on": date(2025, 6, 16)}
    declare_card_lost(
        **act, idempotency_key=a_key(), card=card, reason="volée", lost_on=date(2025, 6, 16)
    )
    browser = signed_in(nurse)
    for shown in (text, card.number.lower(), person.number):
        answer = browser.post(address("desk"), {"code": shown})
        told = text_of(answer)
        assert answer.status_code == 422
        assert f"La carte {card.number} a été déclarée perdue ou volée le 16 juin 2025" in told
        assert "vérifiée par une pièce d’identité" in told
        assert person.name not in told
        assert "Couverte" not in told
    refused = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code="CARD_LOST")
    assert {each.actor for each in refused} == {nurse}
    assert refused.count() == 3

    told = text_of(browser.post(address("desk"), {"code": person.number, "by_identity": "on"}))
    assert "Couverte" in told
    assert f"La carte {card.number} ne prouve rien" in told
    told = text_of(browser.post(address("desk"), {"code": text, "by_identity": "on"}))
    assert "Couverte" in told
    assert "Cette carte est perdue" in told
    read = AuditEvent.objects.filter(kind=AuditKind.RIGHT_READING, code="CARD_LOST")
    assert [each.details["by_identity"] for each in read] == [True, True]

    # The next card works, by its code and by its number; the lost one stays worth nothing.
    renewed = a_printed_code(scoped, people, person)
    assert "Couverte" in text_of(browser.post(address("desk"), {"code": renewed}))
    assert "Couverte" in text_of(browser.post(address("desk"), {"code": person.number}))
    assert browser.post(address("desk"), {"code": text}).status_code == 422


def test_a_signature_is_proved_without_the_registers_and_rights_are_said_unchecked(
    nurse: User, person: Person, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    text = a_printed_code(scoped, people, person)
    browser = signed_in(nurse)
    Card.objects.update(state="lost")
    told = text_of(browser.post(address("offline"), {"code": text}))
    for words in ("Signature vraie", "Droits non vérifiés", person.number, "16 juin 2025"):
        assert words in told, words
    forged = text[:-3] + ("AAA" if not text.endswith("AAA") else "BBB")
    assert "Signature fausse" in text_of(browser.post(address("offline"), {"code": forged}))
    page = browser.get(address("offline")).content.decode()
    assert "ENTRAIDE1-keys" in page
    assert browser.post(address("offline"), {"code": "bonjour"}).status_code == 422
    script = browser.get(address("worker"))
    assert script["Content-Type"] == "text/javascript"
    assert address("offline") in script.content.decode()


def a_printed_code(mutual: Mutual, people: People, person: Person) -> str:
    """The text of the code of a card that was printed today."""
    run = print_cards(
        mutual=mutual, actor=people.awa, on=date(2025, 6, 16), idempotency_key=a_key(),
        persons=[person], layout=CardLayout.SHEET,
    )  # fmt: skip
    [card] = cards_of_print(run)
    return code_of(card)


def test_the_photo_is_sent_to_who_asked_for_the_right_only(
    nurse: User, person: Person, provider: Provider, people: People, scoped: Mutual,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    keep_photo(
        mutual=scoped, actor=people.awa, on=date(2025, 6, 16), idempotency_key=a_key(),
        person=person, photo=PreparedPhoto(PhotoKind.PERSON, b"jpeg", 360, 480),
        taken_on=date(2025, 6, 16),
    )  # fmt: skip
    browser = signed_in(nurse)
    page = browser.post(address("desk"), {"code": person.number}).content.decode()
    found = re.search(r'src="(/prestataire/[^"]+/photo/[^"]+)"', page)
    assert found is not None
    picture = browser.get(found.group(1))
    assert picture["Content-Type"] == "image/jpeg"
    assert AuditEvent.objects.filter(kind=AuditKind.PHOTO_READING, actor=nurse).count() == 1
    colleague = a_post(scoped, provider, people, "kofi", display_name="Kofi Ayité")
    assert signed_in(colleague).get(found.group(1)).status_code == 404
    assert browser.get(address("photo", key="inventé")).status_code == 404


# ── attestations ─────────────────────────────────────────────────────────────


@pytest.mark.requirement("R020", begun=True)
def test_an_attestation_is_sent_decided_and_read_with_its_reasons(
    nurse: User, person: Person, provider: Provider, signed_in: Browser, address: Address
) -> None:
    ensure_diagnosis(system="test", code="B54", label="Paludisme")
    browser = signed_in(nurse)
    mixed = sent(browser, address, person, attestation_number="\u0410T-0007")
    assert "une lettre d’un autre alphabet" in text_of(mixed)
    answer = sent(browser, address, person, diagnosis="B54", stated_total="4 000")
    claim = Claim.objects.get()
    assert answer["Location"] == address("claim", uid=claim.uid)
    assert (claim.provider, claim.entered_by, claim.circuit, claim.attestation_number) == (
        provider, nurse, "third_party_payment", "AT-0007",
    )  # fmt: skip
    assert claim.received_on == date(2025, 6, 16)
    assert claim.stated_minor == 4000, "the agreed price came by itself"
    assert claim.payable_minor < claim.stated_minor
    told = text_of(browser.get(address("claim", uid=claim.uid)))
    for words in ("Accepté, à valider", "Consultation-1", "Le patient paie", "B54 Paludisme"):
        assert words in told, words
    readings = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING, actor=nurse)
    assert readings.count() == 1
    listed = text_of(browser.get(address("claims")))
    assert "AT-0007" in listed
    assert "Accepté, à valider" in listed


def test_an_act_that_no_list_has_keeps_the_words_of_the_paper(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    lines = {"lines-0-item": "massage", "lines-0-quantity": "2", "lines-0-unit_price": "500"}
    answer = sent(browser, address, person, **lines)
    if answer.status_code == 200:  # told once before it is recorded
        answer = sent(browser, address, person, **lines, seen="ITEM_UNKNOWN")
    told = text_of(browser.get(address("claim", uid=Claim.objects.get().uid)))
    assert "massage × 2" in told
    assert "ne connaît « massage »" in told
    assert "Acte inconnu ×" not in told
    assert "unknown" not in told


def test_every_fault_is_said_at_once_and_nothing_is_recorded(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    answer = browser.post(
        address("claim-new"),
        {**CONTENT, "card": "inconnue", "care_on": "31/02/2025", "lines-0-item": "",
         "lines-0-unit_price": "5", "lines-1-item": "consultation-1", "lines-1-quantity": "0", "idempotency_key": a_key()},
    )  # fmt: skip
    told = text_of(answer)
    assert answer.status_code == 422
    for words in ("Aucune carte ne porte ce numéro", "n’existe pas", "Nommez l’acte"):
        assert words in told, words
    assert not Claim.objects.exists()
    assert sent(browser, address, person, stated_total="5 000").status_code == 422
    assert sent(browser, address, person, care_on="17/06/2025").status_code == 422
    assert not Claim.objects.exists()
    assert sent(browser, address, person).status_code == 302
    twice = sent(browser, address, person)
    assert twice.status_code == 422
    assert "AT-0007" in text_of(twice)
    assert Claim.objects.count() == 1


def test_lines_are_added_and_the_total_checked_without_recording(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    more = sent(browser, address, person, act="add")
    assert more.status_code == 200
    assert "lines-5-item" in more.content.decode()
    checked = text_of(sent(browser, address, person, act="check"))
    assert "Somme des lignes : 4 000" in checked
    assert not Claim.objects.exists()


# ── agreements and payments ──────────────────────────────────────────────────


def test_an_agreement_is_asked_here_and_answered_by_the_medecin_conseil(
    nurse: User, person: Person, provider: Provider, people: People, scoped: Mutual,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    browser = signed_in(nurse)
    content = {
        "card": person.number, "category": "consultation", "effective_from": "16/06/2025",
        "effective_until": "30/06/2025", "amount": "20 000", "idempotency_key": a_key(),
    }  # fmt: skip
    assert browser.post(address("agreement-new"), {"card": ""}).status_code == 422
    answer = browser.post(address("agreement-new"), content)
    asked = PreAuthorisation.objects.get()
    assert answer["Location"] == address("agreement", uid=asked.uid)
    assert (asked.provider, asked.asked_by) == (provider, nurse)
    decide_pre_authorisation(
        mutual=scoped, actor=people.medical_adviser, on=date(2025, 6, 16),
        idempotency_key=a_key(), authorisation=asked, is_given=True, amount_minor=15000,
    )  # fmt: skip
    told = text_of(browser.get(address("agreement", uid=asked.uid)))
    assert f"son numéro {asked.document_number}, écrit sur l’attestation" in told
    assert "15 000" in told
    assert asked.document_number in text_of(browser.get(address("agreements")))


def test_a_payment_shows_once_it_is_signed_with_its_attestations(
    nurse: User, person: Person, people: People, scoped: Mutual, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser = signed_in(nurse)
    sent(browser, address, person)
    once = {"mutual": scoped, "on": date(2025, 6, 16)}
    approve_decided_claims(**once, actor=people.moussa, idempotency_key=a_key())
    batch = prepare_batch(
        **once, actor=people.moussa, idempotency_key=a_key(),
        treasury_account=account_for(scoped, AccountRole.BANK),
    )  # fmt: skip
    assert "Aucun paiement" in text_of(browser.get(address("payments")))
    authorise_batch(**once, actor=people.director, idempotency_key=a_key(), batch=batch)
    payout = Payout.objects.get()
    assert payout.document_number in text_of(browser.get(address("payments")))
    told = text_of(browser.get(address("payment", uid=payout.uid)))
    assert "AT-0007" in told
    assert "Signé, en cours de paiement" in told
    claim = Claim.objects.get()
    assert claim.state == ClaimState.IN_BATCH
    assert payout.document_number in text_of(browser.get(address("claim", uid=claim.uid)))


def test_the_attestations_of_a_month_go_on_one_invoice_whose_total_is_their_sum(
    nurse: User, person: Person, provider: Provider, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    content = {
        "provider_number": "F-12", "period_from": "01/06/2025", "period_until": "15/06/2025",
        "stated_total": "8 000",
    }  # fmt: skip

    def post(**more: str) -> Any:
        return browser.post(address("invoices"), {**content, "idempotency_key": a_key(), **more})

    assert "Aucune attestation de ces jours" in text_of(post())
    sent(browser, address, person)
    sent(browser, address, person, attestation_number="AT-0008", care_on="12/06/2025")
    refused = post(stated_total="9 000")
    assert refused.status_code == 422
    assert "les 2 attestations de ces jours font 8 000" in text_of(refused)
    assert not Invoice.objects.exists()
    answer = post()
    invoice = Invoice.objects.get()
    assert answer["Location"] == address("invoice", uid=invoice.uid)
    assert (invoice.provider, invoice.state, invoice.stated_count) == (provider, "closed", 2)
    assert invoice.claims.count() == 2
    told = text_of(browser.get(address("invoice", uid=invoice.uid)))
    for words in ("F-12", "AT-0007", "AT-0008", "8 000"):
        assert words in told, words
    assert "La facture tombe juste" in told
    Invoice.objects.filter(pk=invoice.pk).update(stated_minor=8500, reason="deux lignes illisibles")
    told = text_of(browser.get(address("invoice", uid=invoice.uid)))
    for words in ("Écart : −500", "Pourquoi elle est close malgré l’écart : deux lignes illisibles",
                  "sous le numéro", "soins :"):  # fmt: skip
        assert words in told.replace("\u202f", " ").replace("\xa0", " "), words
    assert "écart −500" in text_of(browser.get(address("invoices"))).replace("\xa0", " ")
    paper = browser.get(address("invoice-statement", uid=invoice.uid))
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert post().status_code == 422, "nothing waits any more"


def test_only_what_is_still_to_be_paid_is_listed_for_an_invoice(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    """Refused attestations and those already paid are neither listed nor counted."""
    browser = signed_in(nurse)
    for day in (10, 11, 12):
        sent(browser, address, person, attestation_number=f"AT-{day}", care_on=f"{day}/06/2025")
    refused, paid = Claim.objects.order_by("care_on")[:2]
    Claim.objects.filter(pk=refused.pk).update(state=ClaimState.REFUSED)
    Claim.objects.filter(pk=paid.pk).update(state=ClaimState.PAID)
    looked = browser.post(
        address("invoices"),
        {"period_from": "01/06/2025", "period_until": "15/06/2025", "act": "look"},
    )
    told = text_of(looked)
    assert looked.status_code == 200
    assert "AT-12" in told
    assert "AT-10" not in told
    assert "AT-11" not in told
    assert looked.context["listed_minor"] == 4000
    assert looked.context["form"]["stated_total"].value() == "4\u202f000"
    assert not Invoice.objects.exists()


def test_what_is_accepted_and_what_is_to_be_paid_are_two_words(
    nurse: User, person: Person, people: People, scoped: Mutual, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser = signed_in(nurse)
    sent(browser, address, person)
    assert "Accepté, à valider" in text_of(browser.get(address("claims")))
    approve_decided_claims(
        mutual=scoped, on=date(2025, 6, 16), actor=people.moussa, idempotency_key=a_key()
    )
    assert "Validé, à payer" in text_of(browser.get(address("claims")))


def test_closed_rights_are_told_on_the_line_in_plain_words(
    nurse: User, person: Person, provider: Provider, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    Person.objects.filter(pk=person.pk).update(died_on=date(2025, 3, 1))
    person.refresh_from_db()
    claim = a_claim(person, provider, people.awa, care_on=date(2025, 3, 5))
    told = text_of(signed_in(nurse).get(address("claim", uid=claim.uid)))
    assert "n’est plus à la mutuelle ce jour-là" in told
    assert "raison est donnée avec la demande" not in told


# ── only their own ───────────────────────────────────────────────────────────


@pytest.mark.requirement("R199", begun=True)
def test_a_provider_meets_neither_another_ones_records_nor_any_office(
    nurse: User, person: Person, people: People, scoped: Mutual, mutual: Mutual,
    other_mutual: Mutual, signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    elsewhere = a_provider(scoped, people.moussa, code="csps-2")
    claim = a_claim(person, elsewhere, people.awa)
    kofi = a_post(scoped, elsewhere, people, "kofi", display_name="Kofi Ayité")
    assert signed_in(kofi).get(address("claim", uid=claim.uid)).status_code == 200
    browser = signed_in(nurse)
    assert browser.get(address("claim", uid=claim.uid)).status_code == 404
    assert claim.document_number not in browser.get(address("claims")).content.decode()
    for name in ("claim", "agreement", "payment", "invoice"):
        assert browser.get(address(name, uid=claim.uid)).status_code == 404
    foreign = reverse("portal:claims", kwargs={"mutual": other_mutual.code})
    assert browser.get(foreign).status_code == 404
    home = reverse("web:home", kwargs={"mutual": mutual.code})
    assert browser.get(home).status_code == 404, "no office opens"
    assert browser.get(reverse("network:lists")).status_code == 403
    refused = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=nurse)
    assert {home, foreign} <= set(refused.values_list("subject", flat=True))
    for user in (people.awa, people.moussa, people.fanta, people.network_admin):
        for name in ("desk", "offline", "claims"):
            assert signed_in(user).get(address("claim-new")).status_code == 403, (user, name)


def test_a_family_that_paid_itself_is_no_business_of_the_provider(
    nurse: User, person: Person, provider: Provider, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    claim = a_claim(person, provider, people.awa, circuit="reimbursement", channel="cash")
    assert signed_in(nurse).get(address("claim", uid=claim.uid)).status_code == 404


def test_one_desk_serves_several_mutuals(
    nurse: User, person: Person, provider: Provider, people: People, other_mutual: Mutual,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    chief = somebody("binta", "Binta", "coordinator", mutual=other_mutual)
    once = {"mutual": other_mutual, "on": date(2025, 1, 1)}
    with scope(mutual=other_mutual):
        make_agreement(
            **once, actor=people.fanta, idempotency_key=a_key(), provider=provider,
            tariff_list=None, effective_from=date(2025, 1, 1),
        )  # fmt: skip
        post = propose_post(
            **once, actor=chief, idempotency_key=a_key(), provider=provider, username="abla",
            display_name="", effective_from=date(2025, 1, 1),
        )  # fmt: skip
        approve_post(**once, actor=people.issa, idempotency_key=a_key(), post=post)
    browser = signed_in(nurse)
    page = browser.get(address("desk"))
    assert other_mutual.name in text_of(page)
    assert "Couverte" in text_of(browser.post(address("desk"), {"code": person.number}))
    wrong = {"code": person.number, "mutual": other_mutual.code}
    assert browser.post(address("desk"), wrong).status_code == 422
    foreign = reverse("portal:claims", kwargs={"mutual": other_mutual.code})
    assert browser.get(foreign).status_code == 200


def test_an_ended_post_closes_the_door_the_same_day(
    nurse: User, people: People, scoped: Mutual, today: date, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser = signed_in(nurse)
    assert browser.get(address("desk")).status_code == 200
    end_post(
        mutual=scoped, actor=people.coordinator, on=today, idempotency_key=a_key(),
        post=ProviderPost.objects.get(), reason="A quitté le centre",
    )  # fmt: skip
    answer = browser.get(address("desk"))
    assert answer.status_code == 403
    assert "Vous ne servez chez aucun prestataire" in text_of(answer)


def test_who_tries_numbers_one_after_the_other_is_stopped(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    answers = [browser.post(address("desk"), {"code": f"X-{each}"}) for each in range(29)]
    assert all("ne vaut pas" not in text_of(each) for each in answers)
    assert person.full_name in text_of(browser.post(address("desk"), {"code": person.number}))
    stopped = browser.post(address("desk"), {"code": person.number})
    assert stopped.status_code == 422
    assert "Plus de 30 cartes" in text_of(stopped)
    assert person.full_name not in text_of(stopped)
    assert AuditEvent.objects.filter(code="RIGHT_READINGS_TOO_MANY", actor=nurse).count() == 1


def test_who_tries_numbers_through_a_form_is_stopped_as_at_the_desk(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    """A form that names the person of a card is a reading too; the same person again is not."""
    browser = signed_in(nurse)
    for _each in range(3):
        browser.post(address("claim-new"), {"card": person.number, "act": "check"})
    readings = AuditEvent.objects.filter(actor=nurse, subject__startswith="right of ")
    assert readings.filter(kind="right_reading").count() == 1
    for each in range(40):
        browser.post(address("claim-new"), {"card": f"F-2020-{each:05d}-1", "act": "check"})
    assert readings.filter(code="CARD_NUMBER_UNKNOWN_AT_DESK").count() == 29
    answer = browser.post(address("claim-new"), {"card": "F-2020-00001-1", "act": "check"})
    assert "Plus de 30 cartes" in text_of(answer)


def test_the_name_beside_a_card_in_an_address_is_a_reading(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    page = f"{address('claim-new')}?card={person.number}"
    assert person.full_name in text_of(browser.get(page))
    assert AuditEvent.objects.filter(kind="right_reading", actor=nurse).count() == 1
    for each in range(40):
        browser.post(address("desk"), {"code": f"X-{each}"})
    assert person.full_name in text_of(browser.get(page))  # told already
    other = f"{address('claim-new')}?card={person.number[:-1]}2"
    browser.get(other)
    assert AuditEvent.objects.filter(code="RIGHT_READINGS_TOO_MANY", actor=nurse).exists()


def test_a_reason_names_no_claim_of_another_provider(
    nurse: User, person: Person, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    other = a_provider(scoped, people.moussa, code="autre")
    with scope(mutual=scoped):
        elsewhere = a_claim(
            person, other, people.awa, attestation_number="A-1", care_on=date(2025, 6, 9)
        )
    browser = signed_in(nurse)
    sent(browser, address, person, attestation_number="A-1")
    with scope(mutual=scoped):
        own = Claim.objects.exclude(pk=elsewhere.pk).get()
    page = text_of(browser.get(address("claim", uid=own.uid)))
    assert elsewhere.document_number not in page
    assert "d’un autre prestataire" in page


def test_what_the_state_pays_is_counted_apart_from_what_is_refused(
    nurse: User, person: Person, provider: Provider, people: People, scoped: Mutual,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    free = programme(scoped, people, max_age_years=None)
    refused = a_claim(person, provider, people.awa, care_on=date(2025, 3, 4))
    Claim.objects.filter(pk=refused.pk).update(state=ClaimState.REFUSED)
    approved_programme(scoped, people, free)
    a_claim(person, provider, people.awa, care_on=date(2025, 3, 5))
    browser = signed_in(nurse)
    page = browser.get(address("claims"))
    told = text_of(page)
    counts = {state.word: each.count for each, state in page.context["states"]}
    assert counts == {"Refusé": 1, "Pris en charge par l’État": 1}
    assert told.count("État ou autre payeur : 4 000") == 2, "beside its count, and on its line"
    for state, number in (("refused", 1), ("paid_instead", 1)):
        asked = browser.get(f"{address('claims')}?state={state}")
        assert asked.context["page"].paginator.count == number
    assert refused.document_number in text_of(browser.get(f"{address('claims')}?state=refused"))


def test_a_number_is_understood_without_its_dashes_and_with_blanks(
    nurse: User, person: Person, signed_in: Browser, address: Address
) -> None:
    browser = signed_in(nurse)
    bare = person.number.replace("-", "")
    for typed in (bare, bare.lower(), person.number.replace("-", " "), f" {person.number}  "):
        page = browser.post(address("desk"), {"code": typed})
        assert page.status_code == 200, typed
        assert "Éloïse" in text_of(page), typed


def test_the_number_of_a_family_answers_with_the_persons_of_its_card(
    nurse: User, person: Person, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser, number = signed_in(nurse), person.household.number
    page = browser.post(address("desk"), {"code": number.replace("-", "").lower()})
    told = text_of(page)
    assert page.status_code == 200
    assert f"Famille {number}" in told
    assert f'value="{person.number}"' in page.content.decode()
    assert "Cotisation" not in told, "no right is told before a person is chosen"
    kept = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, code="CARD_NUMBER_OF_FAMILY")
    assert kept.count() == 1, "logged, and counted in the pace"
    change_choice(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 16), idempotency_key=a_key(),
        name="card_unit", value="person", source="Conseil",
    )  # fmt: skip
    page = browser.post(address("desk"), {"code": number})
    assert page.status_code == 422
    assert "C’est le numéro d’une famille" in text_of(page)
    assert "Éloïse" not in text_of(page), "each person has a card: nobody is named"
    refused = browser.post(address("claim-new"), {"card": number, "lines-TOTAL_FORMS": "1"})
    assert "C’est le numéro d’une famille" in text_of(refused)
