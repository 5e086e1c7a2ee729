"""Figures that many pages show and that thousands of rows are read for, remembered by the process.

The counts of the navigation and the number of families are the same for whoever looks, page after
page, until a command changes something. They are worked out again as soon as the mutual's log of
commands has grown, on another day, for who works with other sections, or after a minute: a command
of another server whose transaction ended out of order may be missed until then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from entraide.apps.access.models import CommandLog
from entraide.apps.access.records import sections_in_sight
from entraide.apps.schemes.models import Mutual

_FigureT = TypeVar("_FigureT")

_FRESH_SECONDS = 60
_MOST_KEPT = 2000  # figures of one process


@dataclass(frozen=True, slots=True)
class _Kept:
    command: int | None  # the latest of the mutual when it was worked out
    at: float
    figure: Any


_kept: dict[tuple[Any, ...], _Kept] = {}


class Remembered:
    """The figures of a mutual on a day as they are now. One query, whatever is asked of it."""

    def __init__(self, mutual: Mutual, on: date) -> None:
        commands = CommandLog.objects.filter(mutual=mutual).order_by("-pk")
        self._command = commands.values_list("pk", flat=True).first()
        self._of = (mutual.uid, on, sections_in_sight())

    def figure(self, name: str, worked_out: Callable[[], _FigureT]) -> _FigureT:
        """The figure of this name, worked out when it is not remembered.

        ``name`` must tell everything that it depends on besides the mutual, the day, the sections
        in sight and the function that works it out: two functions never answer for each other.
        """
        key, now = (*self._of, _told(worked_out), name), time.monotonic()
        kept = _kept.get(key)
        if kept is None or kept.command != self._command or now - kept.at >= _FRESH_SECONDS:
            kept = _Kept(self._command, now, worked_out())
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            _kept[key] = kept
        figure: _FigureT = kept.figure
        return figure


def _told(worked_out: Callable[[], Any]) -> str:
    """Which function works a figure out, whatever it is given."""
    function = worked_out.func if isinstance(worked_out, partial) else worked_out
    return f"{function.__module__}.{function.__qualname__}"
