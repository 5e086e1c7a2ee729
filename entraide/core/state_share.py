"""What was asked of the State for one claim, set against what the decision in force leaves to it.

Pure; all amounts in minor units. What was asked stands line by line in the order in which it was
asked, each less what was given back of it already.
"""

from __future__ import annotations

from collections.abc import Sequence


def kept_of(standing_minor: Sequence[int], owed_minor: int | None) -> tuple[int, ...]:
    """What stays of each amount asked: the earliest first, together never more than is owed.

    ``owed_minor``: what the State owes by the decision in force; None while nobody decided, when
    all stays as it was asked. What is above goes back to the State.
    """
    if owed_minor is None:
        return tuple(standing_minor)
    kept, left = [], max(0, owed_minor)
    for amount in standing_minor:
        kept.append(min(amount, left))
        left -= kept[-1]
    return tuple(kept)


def added_minor(standing_minor: Sequence[int], owed_minor: int | None) -> int:
    """What is to be asked beside what was; 0 while nobody decided."""
    return 0 if owed_minor is None else max(0, owed_minor - sum(standing_minor))
