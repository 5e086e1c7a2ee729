"""``entraide serve``: the office, with its background work, until Ctrl-C."""

from __future__ import annotations

import argparse
import ctypes
import errno
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.messages import translate

needs_database = True
DEFAULT_ADDRESS, DEFAULT_PORT = "127.0.0.1", 8000
OFFICE_WORKERS = 2
_PATIENCE_SECONDS = 15  # that a request in progress has to end


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    add_place(parser)


def add_place(parser: argparse.ArgumentParser) -> None:
    """``--bind`` and ``--port``, for every command that ends by serving."""
    parser.add_argument(
        "--bind",
        default=DEFAULT_ADDRESS,
        metavar=translate("ADDRESS"),
        help=translate("address to listen on; 127.0.0.1 without it"),
    )
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        metavar="N",
        help=translate("port to listen on; 8000 without it"),
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Serve until told to stop."""
    return serve(arguments.bind, arguments.port, out)


def serve(address: str, port: int, out: Output) -> int:
    """Two workers of the office and one of background work, under this process.

    Refused with ``SERVE_PORT`` (no such port), ``SERVE_ADDRESS``, ``SERVE_PORT_TAKEN``, or
    ``SERVE_DEMONSTRATION``: a demonstration is served to its own machine only.
    """
    from django.conf import settings

    _require_loopback_for_demonstration(address)
    _require_free(address, port)
    out.note(out.text("The office: {address}", address=f"http://{_in_url(address)}:{port}"))
    out.note(out.text("Ctrl-C stops it."))
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return _watch(lambda: _office(address, port), restarted=(_background,))


def _require_loopback_for_demonstration(address: str) -> None:
    from entraide.apps.schemes.models import Mutual

    if _is_loopback(address):
        return
    if Mutual.objects.filter(is_demonstration=True).exists():
        raise Refusal("SERVE_DEMONSTRATION", place="--bind", address=address)


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _require_free(address: str, port: int) -> None:
    if not 0 < port < 65_536:
        raise Refusal("SERVE_PORT", place="--port", port=port)
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except socket.gaierror:
        raise Refusal("SERVE_ADDRESS", place="--bind", address=address) from None
    except PermissionError:
        raise Refusal("SERVE_PORT", place="--port", port=port) from None
    except OSError as error:
        code = "SERVE_PORT_TAKEN" if error.errno == errno.EADDRINUSE else "SERVE_ADDRESS"
        raise Refusal(code, place="--port", address=address, port=port) from None


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _office(address: str, port: int) -> subprocess.Popen[bytes]:
    return _started(
        "gunicorn",
        "entraide.config.wsgi:application",
        "--bind", f"{_in_url(address)}:{port}",
        "--workers", str(OFFICE_WORKERS),
        "--preload",
        "--graceful-timeout", str(_PATIENCE_SECONDS),
        "--timeout", "300",  # an import of some hundred loans is one request
        "--log-level", "warning",
    )  # fmt: skip


def _background() -> subprocess.Popen[bytes]:
    return _started("django", "db_worker", "--queue-name", "*", "--interval", "2")


def _started(module: str, *words: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this parent only, which then stops each child in order.
    environment = {"DJANGO_SETTINGS_MODULE": "entraide.config.settings", **os.environ}
    command = [sys.executable, "-m", module, *words]
    return subprocess.Popen(  # noqa: S603 (ours)
        command, env=environment, start_new_session=True, preexec_fn=end_with(os.getpid())
    )


_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def end_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it starts, so that it ends even when its parent is killed.

    A killed parent cannot stop anybody. Linux then ends the child for it; elsewhere there is no
    such promise and None is answered: the children of a killed parent stay.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up here: nothing is loaded between fork and exec

    def ask_to_end() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before the promise was asked for
            os._exit(1)

    return ask_to_end


_SHORT_LIFE_SECONDS = 10
_MOST_SHORT_LIVES = 3
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the window was closed


def _watch(
    *starts: Callable[[], subprocess.Popen[bytes]],
    restarted: Sequence[Callable[[], subprocess.Popen[bytes]]] = (),
) -> int:
    """Start the children, wait for a signal or for a child that ends; then end them all.

    Those of ``restarted`` are started again when they end: a worker that was killed must not take
    the office with it. One that cannot stay alive ends them all.
    """
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    # Before the children are there: whatever comes while they start must end them too.
    former = {number: signal.signal(number, stop) for number in _ENDINGS}
    children: list[subprocess.Popen[bytes]] = []
    kept = [_Kept(start) for start in restarted]
    try:
        for start in starts:
            children.append(start())
        for each in kept:
            each.begin()
        while not stopping and all(child.poll() is None for child in children):
            time.sleep(0.2)
            if not (stopping or all(each.lives_on() for each in kept)):
                break
    finally:
        children += [each.child for each in kept if each.child is not None]
        failed = [child.poll() for child in children if child.poll() is not None]
        _end(children)
        for number, handler in former.items():
            signal.signal(number, handler)
    return 1 if failed and not stopping else 0


class _Kept:
    """A child that is started again when it ends, a few times in a row at most."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._short_lives, self._born = 0, 0.0
        self.child: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self.child, self._born = self._start(), time.monotonic()

    def lives_on(self) -> bool:
        """Whether it lives, or was just started again."""
        if self.child is None or self.child.poll() is None:
            return True
        is_short = time.monotonic() - self._born < _SHORT_LIFE_SECONDS
        self._short_lives = self._short_lives + 1 if is_short else 0
        if self._short_lives >= _MOST_SHORT_LIVES:
            return False
        self.begin()
        return True


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    until = time.monotonic() + _PATIENCE_SECONDS + 5
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
