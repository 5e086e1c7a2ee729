"""A provider's desk, a card (journey J8): scanned or typed, and all is known in five seconds."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.office import PHONE, Desks, Hands, Office, overflow

PROVIDER = "soa"
MOST_SECONDS = 5
SETTINGS = {"DJANGO_SETTINGS_MODULE": "entraide.config.settings"}
SCANNED = """
  window.BarcodeDetector = class {
    async detect() { return [{ rawValue: window.sessionStorage.code ?? "" }]; }
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 2, 2);
    return canvas.captureStream(5);
  };
"""


@pytest.fixture
def card(desks: Desks, office: Office) -> str:
    """A card of which the centre has cared for the bearer: read from the provider's own list."""
    page = desks.sit(PROVIDER)
    page.goto(office.url("/prestataire/atia-sante/attestations/"))
    row = page.locator("main table").last.locator("tbody tr").first.inner_text()
    return re.findall(r"[A-Z]-\d{4}-\d{5}-\d", row)[0]


@pytest.mark.requirement("R020", begun=True)
def test_a_typed_number_is_answered_in_one_gesture(desks: Desks, office: Office, card: str) -> None:
    page = desks.sit(PROVIDER, size=PHONE)
    page.goto(office.url("/"))
    expect(page).to_have_url(office.url("/prestataire/"))
    expect(page.get_by_label("Carte : scannez-la, ou tapez son numéro")).to_be_focused()
    hands = Hands(page)
    begun = time.monotonic()
    hands.write(card)
    answer = page.locator(".answer")
    expect(answer).to_contain_text(card)
    assert time.monotonic() - begun <= MOST_SECONDS
    assert (hands.gestures, hands.clicks) == (1, 0)
    expect(answer).to_contain_text("Cotisation")
    page_text = page.get_by_role("main")
    for words in ("Le patient paie", "Reste du plafond"):
        expect(page_text).to_contain_text(words)
    assert overflow(page) <= 0


def test_it_works_without_a_script(desks: Desks, office: Office, card: str) -> None:
    page = desks.sit(PROVIDER, size=PHONE, with_script=False)
    page.goto(office.url("/prestataire/"))
    page.get_by_label("Carte : scannez-la, ou tapez son numéro").fill(card)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_contain_text(card)
    page.get_by_role("link", name=re.compile("^Saisir")).first.click()
    hands = Hands(page)
    page.get_by_label("Acte ou médicament").first.focus()
    hands.write("Consultation")
    expect(page.get_by_role("main")).to_contain_text("Attestation envoyée sous le numéro")
    expect(page.get_by_role("main")).to_contain_text("Part de la mutuelle")


def test_a_scanned_card_is_proved_and_answered_and_proved_again_without_network(
    desks: Desks, office: Office
) -> None:
    code = printed_code(office)
    page = desks.sit(PROVIDER, size=PHONE)
    page.add_init_script(SCANNED)
    page.context.grant_permissions(["camera"])
    page.goto(office.url("/prestataire/"))
    page.evaluate("code => { sessionStorage.code = code; }", code)
    hands = Hands(page)
    hands.click(page.get_by_role("button", name="Scanner avec la caméra"))
    expect(page.locator(".answer")).to_contain_text("Signature vraie")
    assert hands.gestures == 1
    page.goto(office.url("/prestataire/sans-reseau/"))
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto(office.url("/prestataire/"))
    expect(page.get_by_role("heading", name="Sans réseau")).to_be_visible()
    page.get_by_label("Code ou numéro de la carte").fill(code)
    page.keyboard.press("Enter")
    answer = page.locator("#offline-answer")
    for words in ("Signature vraie", "Droits non vérifiés"):
        expect(answer).to_contain_text(words)
    page.get_by_label("Code ou numéro de la carte").fill(code[:-4] + "AAAA")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("Signature fausse")
    page.context.set_offline(False)


PRINTED = """
import django
django.setup()
from django_scopes import scope
from entraide.apps.cards.faces import faces_of
from entraide.apps.cards.models import Card
from entraide.apps.schemes.models import Mutual
mutual = Mutual.objects.get(code="atia-sante")
with scope(mutual=mutual):
    card = Card.objects.filter(state="printed").select_related("person", "household__group").last()
    print(faces_of(mutual, [card], card.issued_on)[0].code)
"""


def printed_code(office: Office) -> str:
    """What the code of a card of the demonstration says, signed by the mutual's own key."""
    made = subprocess.run(
        [sys.executable, "-c", PRINTED], env=office.environment | SETTINGS, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return made.stdout.strip()
