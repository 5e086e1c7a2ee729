"""No page makes the browser complain: no message of the content policy, no script error, nothing
that could not be fetched, while people walk through the office and while a claim is typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Request, Response

from tests.e2e.office import CASHIER, CLERK, DIRECTOR, FINANCE, MEDICAL, Desks, Office

PAGES = {
    CLERK: ("", "adhesions/", "adhesions/nouvelle/", "adhesions/groupes/", "cotisations/",
            "cotisations/recus/", "cotisations/bordereaux/", "cotisations/retards/", "soins/",
            "soins/saisie/", "soins/droit/", "recherche/?q=rakoto"),
    CASHIER: ("", "cotisations/"),
    MEDICAL: ("", "soins/", "controle/", "controle/registre/nouvelle/", "controle/profils/"),
    FINANCE: ("", "reglements/", "reglements/preparer/", "fonds/", "fonds/balance/",
              "fonds/journal/", "rapprochement/"),
    DIRECTOR: ("", "rapport/", "plan/", "qui-peut-quoi/"),
}  # fmt: skip


@contextmanager
def nothing_said(page: Page) -> Iterator[None]:
    """Fails with all that the browser said, of any page that this screen showed meanwhile."""
    said: list[str] = []

    def failed(request: Request) -> None:
        # A page that is left breaks off what it was still fetching: nobody misses it.
        if "ERR_ABORTED" not in (request.failure or ""):
            said.append(f"{page.url}: {request.url}: {request.failure}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            said.append(f"{page.url}: {response.url}: {response.status}")

    page.on("console", lambda message: said.append(f"{page.url}: {message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("requestfailed", failed)
    page.on("response", answered)
    yield
    assert said == []


@pytest.mark.parametrize("username", PAGES)
def test_no_page_makes_the_browser_complain(desks: Desks, office: Office, username: str) -> None:
    page = desks.sit(username)
    with nothing_said(page):
        for path in PAGES[username]:
            page.goto(office.page(path))
            page.wait_for_load_state("networkidle")


def test_typing_a_claim_is_silent(desks: Desks, office: Office) -> None:
    page = desks.sit(CLERK)
    with nothing_said(page):
        page.goto(office.page("soins/saisie/"))
        for name, text in (("card", "rakoto"), ("lines-0-item", "consultation")):
            with page.expect_response(lambda answer: "/soins/saisie/" in answer.url):
                page.locator(f"[name={name}]").fill(text)
                page.keyboard.press("Tab")
        with page.expect_response(lambda answer: "/soins/saisie/" in answer.url):
            page.locator("[name=provider]").select_option(index=1)
        page.locator("button[value=add]").click()
        page.wait_for_load_state("networkidle")
        page.locator("button[value=check]").click()
        page.wait_for_load_state("networkidle")


def test_choosing_a_product_is_silent_and_asks_for_the_loan_it_needs(
    desks: Desks, office: Office
) -> None:
    page = desks.sit(CLERK)
    with nothing_said(page):
        page.goto(office.page("adhesions/nouvelle/"))
        assert page.locator("[name=loan_minor]").count() == 0
        page.locator("[name=product]").select_option("atia-prets")
        page.locator("[name=loan_minor]").wait_for()
        page.locator("[name=product]").select_option("atia-communes")
        page.locator("[name=loan_minor]").wait_for(state="detached")
        page.wait_for_load_state("networkidle")
