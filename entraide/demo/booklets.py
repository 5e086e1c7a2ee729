"""The paper booklets of the collectors, and the leaves that go wrong in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from entraide.apps.contributions.models import Channel
from entraide.demo.acts import Pay
from entraide.demo.care import Planted
from entraide.demo.chance import stream

LEAVES_GONE_WRONG = 0.004  # of the receipts of booklets: half of them missing, half used twice
BOOKLET_OF = {"agent": "A", "agent2": "B"}


@dataclass(slots=True)
class Booklets:
    """Gives each receipt written in the field its number, in the order of the receipts."""

    seed: int
    mutual: str
    planted: Planted
    _last: dict[str, int] = field(default_factory=dict)

    def number(self, act: Pay) -> str:
        """The number on the paper; empty for money that an office received."""
        booklet = BOOKLET_OF.get(act.by)
        if booklet is None or act.channel != Channel.CASH:
            return ""
        last = self._last.get(booklet, 0)
        drawn = stream(self.seed, self.mutual, "booklet", act.key).random()
        rank = last + 1
        if last and drawn < LEAVES_GONE_WRONG / 2:
            rank = last
            self._note("receipt_number_twice", booklet, rank)
        elif last and drawn < LEAVES_GONE_WRONG:
            rank = last + 2
            self._note("receipt_number_missing", booklet, last + 1)
        self._last[booklet] = rank
        return _written(booklet, rank)

    def _note(self, disorder: str, booklet: str, rank: int) -> None:
        self.planted.setdefault(disorder, []).append(_written(booklet, rank))


def _written(booklet: str, rank: int) -> str:
    return f"{booklet}-{rank:05d}"
