"""A product built on screen, from the draft to the version that never changes again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.office import DIRECTOR, FINANCE, PHONE, Desks, Office, overflow

DECIDED = "Assemblée du 12 décembre, résolution 4"
PAPER = "%PDF"


def begun_from_the_first(page: Page, office: Office) -> None:
    page.goto(office.page("paniers/"))
    page.get_by_role("link", name=re.compile("^Modifier les soins")).first.click()
    page.get_by_label("En vigueur à partir du").fill("01/01/2028")
    page.get_by_label("Qui l’a décidé").fill(DECIDED)
    page.get_by_role("button", name="Commencer le brouillon").click()
    expect(page.get_by_text("Parti de la version")).to_be_visible()


def tried(page: Page) -> None:
    """The draft that is open is tried on past claims; then the page of the draft again."""
    draft = page.url
    page.get_by_role("link", name="Essayer ces règles").click()
    page.get_by_role("button", name="Essayer").click()
    expect(page.get_by_role("heading", name=re.compile("Essai"))).to_be_visible()
    expect(page.locator("main table").first).to_be_visible(timeout=60_000)
    page.goto(draft)


@pytest.mark.requirement("R182", begun=True)
def test_a_product_goes_from_draft_to_a_version_that_never_changes(
    desks: Desks, office: Office
) -> None:
    page = desks.sit(FINANCE)
    begun_from_the_first(page, office)
    draft = page.url
    page.get_by_role("link", name=re.compile("^Modifier Consultation")).first.click()
    page.get_by_label(re.compile("^Ticket modérateur, tous")).fill("30")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le brouillon est enregistré.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Modifier Adhé")).click()
    page.get_by_label("Adhésions ouvertes").fill("01/11 au 31/01")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("1er novembre")).to_be_visible()
    tried(page)
    sheet = page.request.get(f"{draft}fiche.pdf")
    assert sheet.ok
    assert sheet.body().startswith(PAPER.encode())
    page.get_by_role("button", name=re.compile("^Proposer")).click()
    expect(page.get_by_text("attend l’approbation d’une autre personne")).to_be_visible()
    version = page.url
    expect(page.get_by_role("button", name="Approuver ces règles")).to_have_count(0)

    phone = desks.sit(DIRECTOR, size=PHONE)
    phone.goto(version)
    assert overflow(phone) <= 0
    phone.get_by_role("button", name="Approuver ces règles").click()
    expect(phone.get_by_text("sont validées")).to_be_visible()
    expect(phone.get_by_role("button", name="Approuver ces règles")).to_have_count(0)
    expect(phone.get_by_text("Renvoyer")).to_have_count(0)

    page.goto(draft)  # the draft is closed: it changes no more
    expect(page.get_by_role("link", name=re.compile("^Modifier "))).to_have_count(0)
    page.goto(f"{draft}cotisation/")
    expect(page).to_have_url(draft)


@pytest.mark.requirement("R182", begun=True)
def test_a_version_is_sent_back_with_a_reason_and_taken_up_again(
    desks: Desks, office: Office
) -> None:
    page = desks.sit(FINANCE)
    begun_from_the_first(page, office)
    page.get_by_role("button", name=re.compile("^Proposer")).click()
    version = page.url
    director = desks.sit(DIRECTOR)
    director.goto(version)
    director.get_by_text("La renvoyer à qui l’a saisie").click()
    director.get_by_label("Ce qu’il faut corriger").fill("Le plafond est celui de l’an passé")
    director.get_by_role("button", name="Renvoyer").click()
    expect(director.get_by_text("ces règles n’entrent jamais en vigueur")).to_be_visible()
    page.goto(office.page())
    page.get_by_role("link", name=re.compile("Reprendre les règles")).or_(
        page.locator(f"a[href*='{version.rstrip('/').rsplit('/', 1)[1]}']")
    ).first.click()
    expect(page.get_by_text("Le plafond est celui de l’an passé")).to_be_visible()
    page.get_by_role("link", name="Commencer un nouveau brouillon").click()
    page.get_by_label("En vigueur à partir du").fill("01/02/2028")
    page.get_by_label("Qui l’a décidé").fill(DECIDED)
    page.get_by_role("button", name="Commencer le brouillon").click()
    expect(page.get_by_text("Parti de la version")).to_be_visible()
