"""Why the number of families covered changed from one month's end to the next.

A family is counted on the last day of a month as :func:`households_covered` counts it. Each change
between two month's ends is one row with its reason, so that the families at the start, those that
came, and those that left make the families at the end, whatever the months.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from entraide.apps.reporting.registers import CoverRow, Registers
from entraide.apps.reporting.table_writing import from_rows
from entraide.core.periods import Period, add_months
from entraide.indicators.schema import Move

_COLUMNS = ("month", "household", "product", "group", "group_kind", "area", "move")


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of one family: the first day of its month, why, and the cover concerned."""

    month: date
    move: str
    cover: CoverRow


def move_table(
    registers: Registers,
    covered: Mapping[int, Iterable[date]],
    stretches: Mapping[int, list[Period]],
) -> pa.Table:
    """``household_move``. ``covered``: the months (first days) at whose end each household has a
    person under a paid-up cover; ``stretches``: the suspended days of each cover."""
    of_household: dict[int, list[CoverRow]] = defaultdict(list)
    for cover in registers.covers:
        if cover.starts_on < cover.ends_on:
            of_household[cover.household_id].append(cover)
    rows = []
    for household_id, months in sorted(covered.items()):
        key = registers.household_keys[household_id]
        for each in _moves(sorted(set(months)), of_household[household_id], stretches):
            place = each.cover.belonging
            rows.append(
                (
                    each.month, key, place.product, place.group, place.group_kind, place.area,
                    each.move,
                )
            )  # fmt: skip
    return from_rows("household_move", _COLUMNS, rows)


def _moves(
    months: Sequence[date], covers: Sequence[CoverRow], stretches: Mapping[int, list[Period]]
) -> Iterator[_Change]:
    known = set(months)
    for rank, month in enumerate(months):
        if add_months(month, -1) not in known:
            move = Move.NEW if rank == 0 else Move.REOPENED
            yield _Change(month, move, _last_begun(covers, _month_end(month)))
        after = add_months(month, 1)
        if after not in known:
            yield _left(after, covers, stretches)


def _left(
    month: date, covers: Sequence[CoverRow], stretches: Mapping[int, list[Period]]
) -> _Change:
    """Why a family that was covered on the eve of a month no longer is at its end."""
    end = _month_end(month)
    in_force = [cover for cover in covers if cover.starts_on <= end < cover.ends_on]
    for cover in in_force:
        if any(end in stretch for stretch in stretches.get(cover.pk, ())):
            return _Change(month, Move.SUSPENDED, cover)
    if in_force:  # a cover that runs on with nobody under it
        return _Change(month, Move.EXITED, in_force[-1])
    last = max((cover for cover in covers if cover.ends_on <= end), key=lambda each: each.ends_on)
    return _Change(month, Move.EXITED if last.ends_on < last.term_on else Move.LAPSED, last)


def _last_begun(covers: Sequence[CoverRow], day: date) -> CoverRow:
    return max(
        (cover for cover in covers if cover.starts_on <= day), key=lambda each: each.starts_on
    )


def _month_end(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)
