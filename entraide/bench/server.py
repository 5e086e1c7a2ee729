"""A real server as processes of its own, stopped when its measure ends."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from entraide.core.errors import Refusal

WORKERS = 2
PRODUCT = "entraide.config.wsgi:application"
BARE = "entraide.bench.bare:application"
_START_SECONDS = 30


@contextlib.contextmanager
def running_server(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """gunicorn with two sync workers on a free port of this machine; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    errors = Path(environment["ENTRAIDE_DATA"]) / "server.log"
    with errors.open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [
                sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--preload",
                "--bind", f"127.0.0.1:{port}", "--log-level", "error", application,
            ],
            env=dict(environment), stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(server, port, errors)
            yield port
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, errors: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Refusal("BENCH_FAILED", name="serve", reason=lines[-1] if lines else "no answer")
