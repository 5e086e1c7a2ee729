"""What a session of the médecin conseil costs and how many come: keep it, or receive calls?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LATEST_SESSIONS = 3


@dataclass(frozen=True, slots=True)
class Attendance:
    """The sessions at one place: how many, how many came, what they cost together."""

    sessions: int
    persons: int
    cost_minor: int

    @property
    def mean(self) -> Fraction | None:
        """Persons a session; None without a session."""
        return Fraction(self.persons, self.sessions) if self.sessions else None

    @property
    def cost_per_person_minor(self) -> int | None:
        """What one person received cost, rounded to the unit; None when nobody came."""
        return round(Fraction(self.cost_minor, self.persons)) if self.persons else None


def attendance(sessions: Sequence[tuple[int, int]]) -> Attendance:
    """From persons and cost of each session, held in person at one place."""
    return Attendance(len(sessions), sum(p for p, _c in sessions), sum(c for _p, c in sessions))


def should_be_by_telephone(persons: Sequence[int], fewest: int) -> bool:
    """Whether each of the last three sessions at a place, the latest last, had fewer than asked.

    One quiet day says nothing; three in a row do.
    """
    latest = persons[-LATEST_SESSIONS:]
    return len(latest) == LATEST_SESSIONS and all(each < fewest for each in latest)
