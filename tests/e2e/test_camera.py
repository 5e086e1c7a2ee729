"""A photo taken with the camera of the computer: a browser of its own, with a camera that pretends."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import BROWSER_NAMES, FLAGS
from tests.e2e.office import CLERK, Desks, Office

PRETENDED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture
def filming(browser: Browser) -> Iterator[Browser]:
    """A second browser: its camera films a turning dial, and nobody is asked for leave."""
    path = next(found for name in BROWSER_NAMES if (found := shutil.which(name)))
    started = browser.browser_type.launch(executable_path=path, args=[*FLAGS, *PRETENDED])
    yield started
    started.close()


def test_a_photo_is_taken_and_seen_on_the_page(filming: Browser, office: Office) -> None:
    desks = Desks(filming, office, {})
    try:
        page = desks.sit(CLERK)
        page.goto(office.page("adhesions/"))
        page.locator("main tbody th a").first.click()
        page.locator(".persons").get_by_role("link", name=re.compile("^photo ")).first.click()
        page.get_by_role("button", name="Utiliser l’appareil photo").click()
        expect(page.locator("video")).to_be_visible()
        page.get_by_role("button", name="Prendre la photo").click()
        expect(page.get_by_alt_text("La photo choisie")).to_be_visible()
        page.get_by_role("main").get_by_role("button", name="Enregistrer la photo").click()
        picture = page.locator(".persons .photo img").first
        expect(picture).to_be_visible()
        assert picture.evaluate("each => each.complete && each.naturalWidth > 100")
    finally:
        desks.close()
