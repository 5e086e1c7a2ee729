"""The office on a telephone of 360 pixels: everything fits, the home page answers at once."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.office import CLERK, DESK, DIRECTOR, FINANCE, MEDICAL, PHONE, Desks, Office, overflow

PAGES = {
    CLERK: ("", "adhesions/", "adhesions/nouvelle/", "cotisations/", "cotisations/recus/",
            "cotisations/bordereaux/nouveau/", "cotisations/retards/", "soins/", "soins/saisie/",
            "soins/droit/", "recherche/?q=rakoto"),
    FINANCE: ("reglements/", "reglements/preparer/", "fonds/", "fonds/balance/", "fonds/journal/",
              "rapprochement/"),
    DIRECTOR: ("", "rapport/", "plan/", "qui-peut-quoi/"),
    MEDICAL: ("controle/", "controle/permanences/", "controle/registre/",
              "controle/registre/nouvelle/", "controle/campagnes/", "controle/campagnes/nouvelle/",
              "controle/profils/", "controle/anomalies/", "controle/chiffres/", "controle/codage/"),
}  # fmt: skip
LISTS = {  # a list, and what a link of it opens
    CLERK: ("adhesions/", "cotisations/recus/", "cotisations/bordereaux/", "soins/?state=paid"),
    FINANCE: ("reglements/", "fonds/journal/", "rapprochement/"),
    MEDICAL: ("controle/campagnes/", "controle/permanences/"),
}


def _opened(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("username", PAGES)
def test_no_page_is_wider_than_a_telephone(desks: Desks, office: Office, username: str) -> None:
    page = desks.sit(username, size=PHONE)
    too_wide = {}
    for path in PAGES[username]:
        _opened(page, office.page(path))
        if overflow(page) > 0:
            too_wide[path] = overflow(page)
    assert too_wide == {}


@pytest.mark.parametrize("username", LISTS)
def test_no_document_is_wider_than_a_telephone(desks: Desks, office: Office, username: str) -> None:
    page = desks.sit(username, size=PHONE)
    too_wide = {}
    for path in LISTS[username]:
        _opened(page, office.page(path))
        first = page.locator("main tbody a").first
        address = first.evaluate("link => link.href")
        _opened(page, address)
        if overflow(page) > 0:
            too_wide[address] = overflow(page)
    assert too_wide == {}


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_paid_batch_says_who_signed_and_when(
    desks: Desks, office: Office, size: tuple[int, int]
) -> None:
    page = desks.sit(FINANCE, size=size)
    page.goto(office.page("reglements/?state=paid"))
    page.locator("main tbody a").first.click()
    signed = page.get_by_role("complementary", name="Signatures").locator("small")
    expect(signed).to_have_count(3)
    for each in signed.all():
        expect(each).to_be_visible()
        expect(each).to_have_text(re.compile(r"^\w.+, \d.* \d{4}$"))


def test_director_reads_the_home_page_in_a_corridor(desks: Desks, office: Office) -> None:
    """Journey J10: three figures and what waits, within five seconds, nothing to learn."""
    page = desks.sit(DIRECTOR, size=PHONE)
    page.goto(office.page())
    expect(page.get_by_role("region", name="Où en sommes-nous")).to_be_visible(timeout=20_000)
    began = time.monotonic()
    page.goto(office.page())
    figures = page.get_by_role("region", name="Où en sommes-nous")
    for name in ("Taux d’autonomie", "RSP", "Fonds mutuel rapproché"):
        expect(figures).to_contain_text(name)
    expect(page.get_by_role("heading", name="Ce qui attend votre décision")).to_be_visible()
    assert time.monotonic() - began < 5
    assert overflow(page) <= 0


def test_whole_chain_is_one_tap_away(desks: Desks, office: Office) -> None:
    page = desks.sit(DIRECTOR, size=PHONE)
    page.goto(office.page())
    page.get_by_role("navigation", name="Raccourcis").get_by_role("link", name="Tout").click()
    chain = page.get_by_role("navigation", name="Toute la chaîne")
    expect(chain.get_by_role("link", name="Business plan")).to_be_visible()
    chain.get_by_role("link", name="Rapport").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rapport")
