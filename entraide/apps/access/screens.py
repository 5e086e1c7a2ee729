"""On which screen an act is done: kept with each command, so that corrections tell where to help.

A door says so for what it is asked (:func:`asked_by`), or by a name of its own (:func:`on_screen`).
Without either nothing is known: the command line, and what was recorded before screens were kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

SCREEN_LENGTH = 60
_ASKED: ContextVar[Any] = ContextVar("the request or the name of the screen", default=None)


@contextmanager
def asked_by(request: Any) -> Iterator[None]:
    """Inside, acts are done on the page whose address this request asks."""
    token = _ASKED.set(request)
    try:
        yield
    finally:
        _ASKED.reset(token)


@contextmanager
def on_screen(name: str) -> Iterator[None]:
    """Inside, acts are done on the screen of this name."""
    with asked_by(name):
        yield


def screen_in_use() -> str:
    """The name of the screen that acts: that of its address, ``web:claim-new``; else empty."""
    asked = _ASKED.get()
    if asked is None or isinstance(asked, str):
        return (asked or "")[:SCREEN_LENGTH]
    match = getattr(asked, "resolver_match", None)
    return match.view_name[:SCREEN_LENGTH] if match is not None else ""
