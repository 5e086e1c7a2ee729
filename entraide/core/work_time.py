"""What working time costs: minutes × the cost of an hour, as the mutual has chosen to say it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from entraide.core.money import rate_of

MINUTES_OF_A_DAY = 1440
_MINUTES_OF_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Minutes told for so many acts; acts of which nobody told the time are not counted in."""

    minutes: int
    acts_count: int

    @property
    def mean_minutes(self) -> Decimal | None:
        """Minutes of one act; None when the time of none was told."""
        return Decimal(self.minutes) / self.acts_count if self.acts_count else None

    def mean_cost_minor(self, hour_minor: int) -> int | None:
        """Cost of one act in minor units, rounded half up once; None when none was told."""
        if not self.acts_count:
            return None
        return rate_of(hour_minor, Decimal(self.minutes) / (_MINUTES_OF_AN_HOUR * self.acts_count))
