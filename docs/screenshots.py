"""Make the pictures of the README again: ``python -m docs.screenshots`` (or ``make screenshots``).

A demonstration of its own, of fixed size, seed and last day, is made in a temporary folder. The
office is served on that same day, whatever the calendar says, and a real browser looks at four of
its pages: pictures change only when the product does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
HOUSEHOLDS, SEED, TODAY = 300, 1, date(2026, 3, 16)
MUTUAL = "atia-sante"
SIZE = {"width": 1280, "height": 900}
MOST_BYTES = 200_000
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Office:
    """A served demonstration and the password that everybody there has."""

    address: str
    password: str

    def page(self, path: str = "") -> str:
        """The address of a page of the mutual shown."""
        return f"{self.address}/m/{MUTUAL}/{path}"


def main() -> int:
    """Make every picture; the exit code is 1 where there is no browser."""
    browser_path = next((found for name in BROWSER_NAMES if (found := shutil.which(name))), None)
    if browser_path is None:
        print("Chromium is not here: the pictures stay as they are.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with served_demonstration() as office, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for username, name, find in PICTURES:
            context = browser.new_context(locale="fr-FR", viewport=SIZE, color_scheme="light")
            page = context.new_page()
            page.set_default_timeout(60_000)
            sign_in(page, office, username)
            find(page, office)
            page.wait_for_load_state("networkidle")
            path = FOLDER / f"{name}.png"
            page.screenshot(path=path, clip={"x": 0, "y": 0, **SIZE})
            print(f"{path.name}: {path.stat().st_size // 1000} kB")
            if path.stat().st_size > MOST_BYTES:
                print(f"{path.name} is heavier than {MOST_BYTES // 1000} kB.", file=sys.stderr)
                return 1
            context.close()
        browser.close()
    return 0


@contextmanager
def served_demonstration() -> Iterator[Office]:
    """A demonstration in a temporary folder, served for as long as the pictures are taken."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ENTRAIDE_DATA"] = folder
        os.environ.pop("DATABASE_URL", None)
        Path(folder, "static").mkdir()
        making = ["--households", str(HOUSEHOLDS), "--seed", str(SEED), "--until", str(TODAY)]
        made = subprocess.run(  # noqa: S603  # our own command, with the constants above
            [sys.executable, "-m", "entraide.cli.main", "demo", *making, "--no-serve", "--json"],
            stdout=subprocess.PIPE,
            check=True,
        )
        with _served() as server:
            address = f"http://127.0.0.1:{server.server_port}"
            yield Office(address, json.loads(made.stdout)["password"])


@contextmanager
def _served() -> Iterator[WSGIServer]:
    """The office in a thread of this process, where its clock can be stopped."""
    from entraide.config.wsgi import application
    from entraide.web import clock

    clock.today = lambda mutual=None: TODAY
    server = make_server(
        "127.0.0.1", 0, application, server_class=_Server, handler_class=_QuietHandler
    )
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingMixIn, WSGIServer):
    """A browser asks for several things at once."""

    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    """Each request is of no interest here."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def sign_in(page: Page, office: Office, username: str) -> None:
    """Enter by name and password."""
    page.goto(f"{office.address}/connexion/")
    page.get_by_label("Nom d’utilisateur").fill(username)
    page.get_by_label("Mot de passe").fill(office.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/**")


def home(page: Page, office: Office) -> None:
    """What the director reads first."""
    page.goto(office.page())
    page.get_by_role("region", name="Où en sommes-nous").wait_for()


def claim(page: Page, office: Office) -> None:
    """Of the claims decided last, the one with the most reasons that a glance can take in."""
    page.goto(office.page("soins/?state=paid"))
    addresses = page.locator("main tbody th a").evaluate_all("links => links.map(a => a.href)")
    best, most = addresses[0], (-1, 0)
    for address in addresses:
        page.goto(address)
        lines = page.get_by_role("region", name="Ligne par ligne").locator("tbody > tr")
        told = page.locator("ul.cuts li").all_inner_texts()
        kinds = {re.sub(r"[\d\s\u202f]+", "", text.split(",")[0]) for text in told}
        bearers = page.locator(".who__part").count()
        if 2 <= lines.count() <= 4 and (len(kinds) + bearers, len(told)) > most:
            best, most = address, (len(kinds) + bearers, len(told))
    page.goto(best)


def reconciliation(page: Page, office: Office) -> None:
    """The main account: its two balances, the steps, and each gap with its document."""
    page.goto(office.page("rapprochement/"))
    page.get_by_role("link", name="Banque de l’Imerina").first.click()


def plan(page: Page, office: Office) -> None:
    """The plan that reaches half of the running costs."""
    page.goto(office.page("plan/"))


PICTURES = (
    ("hanta", "accueil", home),
    ("lalao", "sinistre", claim),
    ("rivo", "rapprochement", reconciliation),
    ("hanta", "business-plan", plan),
)


if __name__ == "__main__":
    sys.exit(main())
