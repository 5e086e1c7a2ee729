"""One thing that waits for a person's decision, as the home page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

AT_MOST = 4  # of one kind: the rest is one click away, on its list


@dataclass(frozen=True, slots=True)
class Decision:
    """One line: what, why, how much, the verb. ``since`` is the day from which it waits."""

    what: str
    why: str
    verb: str
    url: str
    amount_minor: int | None = None
    since: date | None = None
