"""`make test`: the real parts that the tests use, then the whole suite on SQLite and PostgreSQL.

PostgreSQL comes from a Python package. Chromium and LibreOffice are what is there, else Debian's
packages when they may be installed (``CI=true`` or ``ENTRAIDE_TEST_INSTALL=1``); the tests that
miss them are skipped and say so. Three runs, each with pytest's own summary at its end: the tests
of the records on PostgreSQL, the journeys in a browser, then all the others on SQLite. The browser
has a run of its own because its driver keeps an event loop, in which Django refuses to query.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFICES = ("soffice", "libreoffice")
BROWSER_TESTS = "tests/e2e"
ON_POSTGRES = (
    "tests/apps",
    "tests/story",
    "tests/exchange",
    "tests/api",
    "tests/config/test_first_tables.py",
)


def _is_there(names: tuple[str, ...]) -> bool:
    return any(shutil.which(name) for name in names)


def _may_install() -> bool:
    allowed = os.environ.get("CI") == "true" or os.environ.get("ENTRAIDE_TEST_INSTALL") == "1"
    return allowed and bool(shutil.which("apt-get")) and os.geteuid() == 0


def install_missing_parts() -> None:
    """Install Chromium and LibreOffice Calc where that is allowed and they are missing."""
    wanted = []
    if not _is_there(BROWSERS):
        wanted.append("chromium")
    if not _is_there(OFFICES):
        wanted.append("libreoffice-calc")
    if not wanted:
        return
    if not _may_install():
        print(
            f"{', '.join(wanted)}: not here; the tests that need them are skipped. "
            "Install them, or let the tests do it with ENTRAIDE_TEST_INSTALL=1.",
            file=sys.stderr,
        )
        return
    quiet = {"stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted],
        check=False,
        **quiet,
    )


def run_pytest(arguments: list[str], database_url: str | None) -> int:
    """One pytest run on a database (None: SQLite); answers its exit code."""
    environment = os.environ.copy()
    environment.pop("DATABASE_URL", None)
    if database_url:
        environment["DATABASE_URL"] = database_url
    command = [sys.executable, "-m", "pytest", "-n", "2", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run everything; 0 only when the three runs pass."""
    install_missing_parts()
    if arguments:
        return run_pytest(arguments, None)
    from tests.postgres import running_server

    with running_server() as url:
        on_postgres = run_pytest(["-q", "-m", "not e2e", *ON_POSTGRES], url)
    in_browser = run_pytest(["-q", "-n", "0", BROWSER_TESTS], None)
    on_sqlite = run_pytest([f"--ignore={BROWSER_TESTS}"], None)
    for failed, name in ((on_postgres, "on PostgreSQL"), (in_browser, "in the browser")):
        if failed:
            print(f"The run {name} failed: see above.", file=sys.stderr)
    return on_postgres or in_browser or on_sqlite


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
