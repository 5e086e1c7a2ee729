"""Writers of one SQLite file in turn.

SQLite has one writer at a time, and who waits for it sleeps ever longer, whole milliseconds, before
asking again: between commands of two milliseconds both processors of a laptop stand idle half of
the time. A lock of the operating system on a file beside the database tells sooner. It is a
courtesy, no protection: who does not get it in time, or has no such lock, goes on to ask SQLite.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import IO, Any

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

_WAIT_SECONDS = 2.0  # after it a sleep of SQLite's matters no more
_ASK_SECONDS = 0.0002
_OWN = threading.local()


@contextlib.contextmanager
def in_turn(connection: Any) -> Iterator[None]:
    """Inside, other processes that write to the same SQLite file mostly wait before they begin."""
    handle = _handle(connection)
    is_ours = handle is not None and _asked(handle)
    try:
        yield
    finally:
        if handle is not None and is_ours:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _asked(handle: IO[bytes]) -> bool:
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > until:
            return False
        time.sleep(_ASK_SECONDS)


def _handle(connection: Any) -> IO[bytes] | None:
    """The open lock file of this thread; None where there is nothing to wait for."""
    if fcntl is None or connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    name = str(connection.settings_dict["NAME"])
    if not os.path.isabs(name):  # in memory
        return None
    opened = getattr(_OWN, "opened", None)
    if opened is None or opened[:2] != (os.getpid(), name):
        # A lock belongs to who opened the file: a process that was forked opens it again.
        try:
            # A file of Python's is closed with its thread; it is opened for this process only.
            handle = open(f"{name}-turn", "ab")  # noqa: SIM115
        except OSError:
            return None
        opened = _OWN.opened = (os.getpid(), name, handle)
    held: IO[bytes] = opened[2]
    return held
