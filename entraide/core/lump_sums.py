"""How one sum paid for many families is shared between them: whole units, never above what is due.

What the families do not owe stays with the group as its advance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from entraide.core.money import allocate


class SharingRule(StrEnum):
    """The rules by which a group may share a sum."""

    EQUAL = "equal"
    IN_PROPORTION = "in_proportion"
    OLDEST_FIRST = "oldest_first"


@dataclass(frozen=True, slots=True)
class OwedOn:
    """What is still due on a day, in minor units."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FamilyOwing:
    """A family of the group: ``key`` is whatever the caller knows it by."""

    key: str
    dues: tuple[OwedOn, ...]

    @property
    def owed_minor(self) -> int:
        """All that it owes."""
        return sum(due.amount_minor for due in self.dues)


def share_sum(
    amount_minor: int, families: Sequence[FamilyOwing], rule: SharingRule
) -> dict[str, int]:
    """The part of each family, by key; families that get nothing are left out.

    The parts sum to the amount, or to all that is owed when that is less. ``EQUAL``: the same for
    all, what one does not need going to the others; ``IN_PROPORTION`` to what each owes;
    ``OLDEST_FIRST``: the oldest dues of all are paid first, those of one day in proportion.
    """
    assert amount_minor >= 0, "a sum to share is not negative"
    owing = [family for family in families if family.owed_minor > 0]
    left = min(amount_minor, sum(family.owed_minor for family in owing))
    if rule is SharingRule.EQUAL:
        parts = _equal(left, owing)
    elif rule is SharingRule.IN_PROPORTION:
        parts = _in_proportion(left, {family.key: family.owed_minor for family in owing})
    else:
        parts = _oldest_first(left, owing)
    return {key: part for key, part in parts.items() if part > 0}


def _equal(left: int, owing: Sequence[FamilyOwing]) -> dict[str, int]:
    """Poorest debts are filled first; each of those that remain gets as much as any other."""
    parts: dict[str, int] = {}
    waiting = sorted(owing, key=lambda family: family.owed_minor)
    while waiting:
        each = left // len(waiting)
        if waiting[0].owed_minor > each:
            for family, part in zip(waiting, allocate(left, [1] * len(waiting)), strict=True):
                parts[family.key] = part
            break
        family = waiting.pop(0)
        parts[family.key] = family.owed_minor
        left -= family.owed_minor
    return parts


def _in_proportion(left: int, owed: dict[str, int]) -> dict[str, int]:
    if not owed:
        return {}
    return dict(zip(owed, allocate(left, list(owed.values())), strict=True))


def _oldest_first(left: int, owing: Sequence[FamilyOwing]) -> dict[str, int]:
    by_day: dict[date, dict[str, int]] = {}
    for family in owing:
        for due in family.dues:
            of_day = by_day.setdefault(due.due_on, {})
            of_day[family.key] = of_day.get(family.key, 0) + due.amount_minor
    parts: dict[str, int] = {}
    for day in sorted(by_day):
        paid = min(left, sum(by_day[day].values()))
        for key, part in _in_proportion(paid, by_day[day]).items():
            parts[key] = parts.get(key, 0) + part
        left -= paid
    return parts
