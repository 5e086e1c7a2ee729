"""The office as tests enter it: who signs in, on which screen, and how many gestures they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

MUTUAL = "atia-sante"
DESK, PHONE = (1280, 900), (360, 740)
# Of the demonstration's mutual: who holds which post.
DIRECTOR, FINANCE, CLERK, CASHIER, MEDICAL = "hanta", "rivo", "miora", "faly", "lalao"
AUDITOR = "tovo"
CLERK_OF_ANOTHER_MUTUAL = "fara"


@dataclass(frozen=True, slots=True)
class Office:
    """A served demonstration: its address and the password that everyone there has."""

    address: str
    password: str
    environment: dict[str, str]

    def url(self, path: str) -> str:
        """A path from the root, as an address."""
        return f"{self.address}{path}"

    def page(self, path: str = "", mutual: str = MUTUAL) -> str:
        """A page of a mutual."""
        return self.url(f"/m/{mutual}/{path}")


@dataclass(slots=True)
class Desks:
    """Opens screens for people and collects what their browsers complain of."""

    browser: Browser
    office: Office
    signed_in: dict[str, Any]
    complaints: list[str] = field(default_factory=list)
    _open: list[BrowserContext] = field(default_factory=list)

    def sit(
        self,
        username: str | None,
        *,
        size: tuple[int, int] = DESK,
        with_script: bool = True,
    ) -> Page:
        """A screen before a person, signed in as they would be after a first visit."""
        if username is not None and username not in self.signed_in:
            first = self._screen(None, DESK, True)
            sign_in(first, self.office, username)
            self.signed_in[username] = first.context.storage_state()
        kept = None if username is None else self.signed_in[username]
        return self._screen(kept, size, with_script)

    def close(self) -> None:
        """Switch every screen off."""
        for context in self._open:
            context.close()

    def _screen(self, kept: Any, size: tuple[int, int], with_script: bool) -> Page:
        width, height = size
        context = self.browser.new_context(
            locale="fr-FR",
            viewport={"width": width, "height": height},
            storage_state=kept,
            java_script_enabled=with_script,
        )
        self._open.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self._listen(message))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # A refusal (403, 404, 422) is logged by the browser too: tests ask for those on purpose.
        is_refusal = any(f"status of {code}" in message.text for code in (403, 404, 422))
        # A fragment asked for when the page was left: no failure, which would say more than this.
        is_cut = message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))
        if message.type in ("error", "warning") and not (is_refusal or is_cut):
            self.complaints.append(f"{message.location.get('url')}: {message.text}")


def sign_in(page: Page, office: Office, username: str) -> None:
    """Name and password, as anybody does; ends on the first page inside."""
    page.goto(office.url("/connexion/"))
    page.get_by_label("Nom d’utilisateur").fill(username)
    page.get_by_label("Mot de passe").fill(office.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se connecter")).to_have_count(0)


@dataclass(slots=True)
class Hands:
    """A person's hands on a keyboard and a mouse, counted.

    A gesture is one group of keys (what is typed in a field, with the key that leaves it) or one
    click: the measure of the journeys. ``keys`` counts each key.
    """

    page: Page
    gestures: int = 0
    keys: int = 0
    clicks: int = 0

    def write(self, text: str = "", then: str = "Enter") -> None:
        """Type in the field that has the focus, over what stands there, and leave it."""
        self.gestures += 1
        self.keys += len(text) + 1
        self.page.keyboard.type(text)
        self.page.keyboard.press(then)

    def press(self, *keys: str) -> None:
        """Keys that go together: arrows in a list, a shortcut."""
        self.gestures += 1
        self.keys += len(keys)
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, target: Locator) -> None:
        """One click."""
        self.gestures += 1
        self.clicks += 1
        target.click()

    def is_on(self, name: str) -> bool:
        """Whether the field of this name has the focus."""
        held: bool = self.page.evaluate("name => document.activeElement.name === name", name)
        return held

    @contextmanager
    def waiting_for(self, path: str) -> Iterator[None]:
        """What the hands do next makes the page ask the server for this."""
        with self.page.expect_response(lambda answer: path in answer.url):
            yield


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its screen."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider
