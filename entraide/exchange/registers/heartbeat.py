"""How far an import has come, while its one transaction hides every row that it writes.

A small file in the data folder, which the office and its background worker share: written each
second as long as the import lives, so that a page sees also when its worker was killed.
"""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

from django.conf import settings

_BEAT_SECONDS = 1.0
SILENT_SECONDS = 20.0
"""A worker that was not heard for so long is gone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The English name of the step, how many of how many; 0 of 0 before anything is counted."""

    step: str
    done: int
    total: int


class Heartbeat:
    """``with Heartbeat(uid) as beat``: alive until the block ends; ``beat.tell`` is a progress."""

    def __init__(self, uid: UUID) -> None:
        self._path = _path(uid)
        self._said = Progress("", 0, 0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heartbeat:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._write()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def tell(self, step: str, done: int, total: int) -> None:
        """What is done by now."""
        self._said = Progress(step, done, total)

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            self._write()

    def _write(self) -> None:
        said = self._said
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({"step": said.step, "done": said.done, "total": said.total}))
        os.replace(new, self._path)  # whoever reads sees the old one or the new one


def heard(uid: UUID) -> Progress | None:
    """How far an import has come, or None when its worker is gone."""
    path = _path(uid)
    try:
        is_late = time.time() - path.stat().st_mtime > SILENT_SECONDS
        said: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return None if is_late else Progress(said["step"], said["done"], said["total"])


def forget(uid: UUID) -> None:
    """Take away what a killed worker left behind."""
    _path(uid).unlink(missing_ok=True)


def _path(uid: UUID) -> Path:
    folder: Path = settings.ENTRAIDE_DATA / "imports"
    return folder / f"{uid}.json"
