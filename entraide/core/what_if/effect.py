"""What a trial adds up to: before and after, by category, sector and household."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from entraide.core.what_if.fold import Outcome


@dataclass(slots=True)
class BeforeAfter:
    """Paid by the mutual and left to the member, before and after, in minor units."""

    claims_count: int = 0
    paid_before_minor: int = 0
    paid_after_minor: int = 0
    member_before_minor: int = 0
    member_after_minor: int = 0

    def add(self, before: tuple[int, int], after: tuple[int, int]) -> None:
        """Count one claim's amounts: (paid, left to the member) before and after."""
        self.claims_count += 1
        self.paid_before_minor += before[0]
        self.member_before_minor += before[1]
        self.paid_after_minor += after[0]
        self.member_after_minor += after[1]

    def join(self, other: BeforeAfter) -> None:
        """Add what another part counted."""
        self.claims_count += other.claims_count
        self.paid_before_minor += other.paid_before_minor
        self.paid_after_minor += other.paid_after_minor
        self.member_before_minor += other.member_before_minor
        self.member_after_minor += other.member_after_minor

    def to_json(self) -> dict[str, int]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Effect:
    """The effect of new rules on past claims; parts of different households are joined.

    ``households``: what the mutual pays more (or less) for each household that is touched.
    ``reasons``: code → claims that had it before, claims that have it after.
    """

    total: BeforeAfter = field(default_factory=BeforeAfter)
    lines_count: int = 0
    changed_count: int = 0
    waits_unknown_count: int = 0
    by_category: dict[str, BeforeAfter] = field(default_factory=dict)
    by_sector: dict[str, BeforeAfter] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)
    reasons: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count one claim."""
        before, after = _sum(outcome.before.values()), _sum(outcome.after.values())
        self.total.add(before, after)
        self.by_sector.setdefault(outcome.sector, BeforeAfter()).add(before, after)
        for category in outcome.before.keys() | outcome.after.keys():
            one = self.by_category.setdefault(category, BeforeAfter())
            one.add(outcome.before.get(category, (0, 0)), outcome.after.get(category, (0, 0)))
        self.lines_count += outcome.lines_count
        self.waits_unknown_count += outcome.waits_unknown
        if outcome.is_changed:
            self.changed_count += 1
            more = after[0] - before[0]
            self.households[outcome.household] = self.households.get(outcome.household, 0) + more
        for code in outcome.codes_before | outcome.codes_after:
            was, now = self.reasons.get(code, (0, 0))
            self.reasons[code] = (
                was + (code in outcome.codes_before),
                now + (code in outcome.codes_after),
            )

    def join(self, other: Effect) -> None:
        """Add the effect on other households."""
        self.total.join(other.total)
        self.lines_count += other.lines_count
        self.changed_count += other.changed_count
        self.waits_unknown_count += other.waits_unknown_count
        for mine, theirs in (
            (self.by_category, other.by_category),
            (self.by_sector, other.by_sector),
        ):
            for key, part in theirs.items():
                mine.setdefault(key, BeforeAfter()).join(part)
        for household, more in other.households.items():
            self.households[household] = self.households.get(household, 0) + more
        for code, (was, now) in other.reasons.items():
            before = self.reasons.get(code, (0, 0))
            self.reasons[code] = (before[0] + was, before[1] + now)

    def to_json(self) -> dict[str, Any]:
        """Plain values, the households but for how many are touched left out."""
        return {
            "total": self.total.to_json(),
            "lines_count": self.lines_count,
            "changed_count": self.changed_count,
            "waits_unknown_count": self.waits_unknown_count,
            "households_count": len(self.households),
            "by_category": _written(self.by_category),
            "by_sector": _written(self.by_sector),
            "reasons": {code: list(counts) for code, counts in sorted(self.reasons.items())},
        }


def _written(parts: Mapping[str, BeforeAfter]) -> dict[str, dict[str, int]]:
    return {key: part.to_json() for key, part in sorted(parts.items())}


def _sum(amounts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    paid = left = 0
    for one in amounts:
        paid += one[0]
        left += one[1]
    return paid, left
