"""The whole product as people meet it: a demonstration, the server as a process, a real browser.

Skipped, saying so, where there is no Chromium (``make test`` installs it when it may).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.office import Desks, Office

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
HOUSEHOLDS = "40"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser: marked once, so that a run may leave it out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next((found for name in BROWSER_NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("Chromium is not here: install it, or ENTRAIDE_TEST_INSTALL=1 make test")
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield instance
        instance.close()


@pytest.fixture(scope="session")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A demonstration made in a folder of its own and served; gone with the tests."""
    folder = tmp_path_factory.mktemp("office")
    environment = {**os.environ, "ENTRAIDE_DATA": str(folder)}
    environment.pop("DATABASE_URL", None)
    made = _entraide(environment, "demo", "--households", HOUSEHOLDS, "--no-serve", "--json")
    assert made.returncode == 0, made.stderr
    port = _free_port()
    log = folder / "serve.log"
    with log.open("w") as writing:
        server = subprocess.Popen(
            [sys.executable, "-m", "entraide.cli.main", "serve", "--port", str(port)],
            env=environment,
            stdout=writing,
            stderr=subprocess.STDOUT,
        )
        office = Office(
            f"http://127.0.0.1:{port}", json.loads(made.stdout)["password"], environment
        )
        try:
            _wait_for(office, server, log)
            yield office
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def signed_in(browser: Browser, office: Office) -> dict[str, dict[str, object]]:
    """User name → the cookies of a person who signed in: once for all tests."""
    return {}


@pytest.fixture(scope="module")
def desks(
    browser: Browser, office: Office, signed_in: dict[str, dict[str, object]]
) -> Iterator[Desks]:
    """The people at their screens. What a browser complains of fails the tests that shared them."""
    desks = Desks(browser, office, signed_in)
    yield desks
    desks.close()
    assert desks.complaints == []


def _entraide(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "entraide.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(office: Office, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(office.url("/connexion/"), timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer: {log.read_text()}")
