"""What became of the money of a batch: what went, what came back, what is still to go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchMoney:
    """The payments of one batch that was not cancelled, in minor units, each counted once.

    ``paid``: the money went and stands; ``returned``: it came back, or was recorded by mistake;
    ``left``: it neither went nor came back.
    """

    paid_minor: int = 0
    paid_count: int = 0
    returned_minor: int = 0
    returned_count: int = 0
    left_minor: int = 0
    left_count: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it came back."""
        return self.returned_count == 0

    @property
    def is_touched(self) -> bool:
        """Whether a payment of it went or came back."""
        return self.paid_count + self.returned_count > 0

    def told_state(self, state: str) -> str:
        """The state to be said for one that is recorded: ``paid`` is said of a batch of which
        everything stands paid; else ``paid_in_part``, or ``came_back`` when nothing does."""
        if state != "paid" or self.is_whole:
            return state
        return "paid_in_part" if self.paid_count else "came_back"
