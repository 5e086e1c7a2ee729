"""The médecin conseil at work (journey J7): a line of the register, the sheet of a provider."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.office import MEDICAL, PHONE, Desks, Hands, Office, overflow

MOST_GESTURES = 12  # five seconds each make the minute that the journey allows


def test_a_line_of_the_register_takes_less_than_a_minute(desks: Desks, office: Office) -> None:
    page = desks.sit(MEDICAL)
    page.goto(office.page("soins/?state=paid"))
    page.locator("main tbody a").first.click()
    number = page.locator("main").get_by_text(re.compile(r"[A-Z]-\d{4}-\d{5}-\d")).first
    card = re.findall(r"[A-Z]-\d{4}-\d{5}-\d", number.inner_text())[0]
    page.goto(office.page("controle/registre/nouvelle/"))
    expect(page.get_by_label("Numéro de carte")).to_be_focused()
    hands = Hands(page)
    hands.write(card, then="Tab")
    hands.press("ArrowUp", "ArrowUp", "ArrowUp", "Tab")  # about: prior agreement
    hands.press("ArrowUp", "ArrowUp", "ArrowUp", "Tab")  # answered: agreed
    hands.press("Home", "ArrowDown", "Tab")  # the first reason: justified by the illness
    hands.write("Échographie demandée par la sage-femme", then="Tab")
    hands.write("Accordée au deuxième trimestre", then="Enter")
    expect(page.get_by_text("La ligne est écrite.")).to_be_visible()
    expect(page.get_by_label("Numéro de carte")).to_be_focused()  # ready for the next one
    assert hands.gestures <= MOST_GESTURES
    assert hands.clicks == 0
    page.goto(office.page("controle/registre/?medical=1"))
    row = page.locator("main tbody tr").first
    for words in ("Accord préalable", "Accordé", "Justifié par la maladie", "Échographie demandée"):
        expect(row).to_contain_text(words)


def test_the_sheet_of_a_provider_is_printed_for_the_visit(desks: Desks, office: Office) -> None:
    page = desks.sit(MEDICAL, size=PHONE)
    page.goto(office.page("controle/profils/"))
    provider = page.get_by_label("Prestataire", exact=True)
    name = provider.locator("option").nth(1).inner_text()
    provider.select_option(index=1)
    page.get_by_role("button", name="Montrer").click()
    charts = page.locator("main svg[role=img]")
    expect(charts.first).to_be_visible()
    assert charts.count() >= 3
    expect(page.get_by_role("main")).to_contain_text(name)
    assert overflow(page) <= 0
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Montrer")).to_be_hidden()


def a_doubtful_attestation(desks: Desks, office: Office) -> str:
    """A provider sends an act that no price list holds: its number; a person must decide it."""
    page = desks.sit("soa")
    page.goto(office.url("/prestataire/atia-sante/attestations/"))
    row = page.locator("main table").last.locator("tbody tr").first.inner_text()
    card = re.findall(r"[A-Z]-\d{4}-\d{5}-\d", row)[0]
    page.goto(office.url(f"/prestataire/atia-sante/attestations/nouvelle/?card={card}"))
    page.get_by_label("Acte ou médicament").first.fill("Médicament hors liste")
    page.get_by_label("Prix unitaire").first.fill("3 000")
    page.get_by_role("button", name="Envoyer l’attestation").click()
    expect(page.get_by_text("Attestation envoyée sous le numéro")).to_be_visible()
    return page.locator("h1").inner_text().split()[0]


@pytest.mark.requirement("R081", begun=True)
def test_an_exception_is_decided_with_a_coded_reason_in_a_minute(
    desks: Desks, office: Office
) -> None:
    number = a_doubtful_attestation(desks, office)
    page = desks.sit(MEDICAL)
    page.goto(office.page("controle/"))
    hands = Hands(page)
    hands.click(page.locator("section").get_by_role("link", name=number))
    hands.click(page.get_by_label("Motif codé"))
    page.get_by_label("Motif codé").select_option("missing_paper")
    hands.click(page.get_by_role("button", name="Enregistrer et rester ici"))
    expect(page.get_by_text(f"Avis enregistré sur {number}")).to_be_visible()
    assert hands.gestures <= MOST_GESTURES
    page.goto(office.page("controle/registre/"))
    expect(page.locator("main tbody tr").first).to_contain_text("Il manque une pièce")


def test_the_card_and_the_file_of_a_provider_come_in_two_clicks(
    desks: Desks, office: Office
) -> None:
    page = desks.sit(MEDICAL)
    page.goto(office.page("controle/fiches/"))
    hands = Hands(page)
    hands.click(page.locator("main tbody th a").first)
    expect(page.get_by_text("Coût d’un cas").first).to_be_visible()
    assert overflow(page) <= 0
    address = page.get_by_role("link", name="Dossier du comité de suivi").get_attribute("href")
    answer = page.request.get(office.url(address or ""))
    assert answer.headers["content-type"] == "application/pdf"
    assert hands.gestures == 1
