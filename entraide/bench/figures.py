"""One row of the benchmark: how many a second, how long each takes, beside the raw limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Limit:
    """What the parts alone can do: the same rows by the raw driver, an empty answer by HTTP …"""

    what: str
    per_second: float
    rows: int = 0  # that one transaction writes


@dataclass(frozen=True, slots=True)
class Aim:
    """What was promised: at least so many a second, or at most so long for 95 of 100."""

    unit: str  # "per_second" or "p95_ms" or "seconds"
    value: float


@dataclass(frozen=True, slots=True)
class Timings:
    """What the clients saw: the seconds of each success in order, the failures, the wall clock."""

    seconds: tuple[float, ...]
    wall_seconds: float
    failures: int = 0

    @property
    def per_second(self) -> float:
        """Successes a second of wall clock."""
        return len(self.seconds) / self.wall_seconds if self.wall_seconds else 0.0

    def quantile_ms(self, share: float) -> float:
        """The smallest time within which this share of the successes was answered, in ms."""
        if not self.seconds:
            return 0.0
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure. ``units_per_success``: lines of a claim, households of a demonstration …"""

    name: str
    what: str
    unit: str
    timings: Timings
    limits: tuple[Limit, ...]
    aim: Aim | None = None
    units_per_success: int = 1
    statements: int = 0  # SQL of one request; 0 where none was counted
    notes: tuple[str, ...] = field(default=())

    @property
    def per_second(self) -> float:
        """Units a second."""
        return self.timings.per_second * self.units_per_success

    @property
    def limit(self) -> Limit:
        """The tightest of the raw limits."""
        return min(self.limits, key=lambda limit: limit.per_second)

    @property
    def ratio(self) -> float:
        """What is reached of the raw limit."""
        return self.per_second / self.limit.per_second if self.limit.per_second else 0.0

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is reached on this machine, now; None without an aim."""
        if self.aim is None:
            return None
        if self.timings.failures or not self.timings.seconds:
            return False
        if self.aim.unit == "per_second":
            return self.per_second >= self.aim.value
        if self.aim.unit == "p95_ms":
            return self.timings.quantile_ms(0.95) <= self.aim.value
        return self.timings.wall_seconds <= self.aim.value

    def to_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return {
            "name": self.name,
            "what": self.what,
            "unit": self.unit,
            "count": len(self.timings.seconds) * self.units_per_success,
            "failures": self.timings.failures,
            "wall_seconds": round(self.timings.wall_seconds, 3),
            "p50_ms": round(self.timings.quantile_ms(0.5), 3),
            "p95_ms": round(self.timings.quantile_ms(0.95), 3),
            "per_second": round(self.per_second, 1),
            "limits": [
                {
                    "what": limit.what,
                    "per_second": round(limit.per_second, 1),
                    "rows": limit.rows,
                }
                for limit in self.limits
            ],
            "ratio": float(f"{self.ratio:.3g}"),  # three digits, however far below its limit
            "aim": {"unit": self.aim.unit, "value": self.aim.value} if self.aim else None,
            "is_met": self.is_met,
            "statements": self.statements or None,
            "notes": list(self.notes),
        }
