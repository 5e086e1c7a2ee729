"""`make test`: the real parts that the tests use, then the whole suite on SQLite and PostgreSQL.

PostgreSQL comes from a Python package. Chromium and LibreOffice are what is there, else Debian's
packages when they may be installed (``CI=true`` or ``ENTRAIDE_TEST_INSTALL=1``); the tests that
miss them are skipped and say so. The last lines are pytest's own summary of both runs together:
the PostgreSQL run comes first, over the tests that touch the database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFICES = ("soffice", "libreoffice")
ON_POSTGRES = ("tests/apps", "tests/story", "tests/exchange", "tests/api")


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
    """Run everything; 0 only when both runs pass."""
    install_missing_parts()
    if arguments:
        return run_pytest(arguments, None)
    from tests.postgres import running_server

    with running_server() as url:
        on_postgres = run_pytest(["-q", "-m", "not e2e", *ON_POSTGRES], url)
    on_sqlite = run_pytest([], None)
    if on_postgres:
        print("The run on PostgreSQL failed: see above.", file=sys.stderr)
    return on_postgres or on_sqlite


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
