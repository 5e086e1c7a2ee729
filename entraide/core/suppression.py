"""Cells too small to be published: hidden, with enough others that none can be worked out again.

Primary suppression: a count above zero and below the threshold is hidden. Complementary
suppression: a line of a table (row or column, its total counted in) that hides exactly one cell
would give it away by subtraction, and so would one whose hidden cells make less than the threshold
together: the smallest other cell of the line is hidden too, until no line does. Zeros are shown:
they say that nobody is there. Source of the method: A. Hundepool et al., *Statistical Disclosure
Control*, Wiley 2012 (primary and secondary suppression of frequency tables), applied line by
line, without the optimisation over the whole table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SMALLEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """Counts with their totals, the last row and the last column; None where hidden.

    ``hidden_count`` tells how many cells, totals included, are hidden.
    """

    cells: tuple[tuple[int | None, ...], ...]
    hidden_count: int


def protected_together(
    tables: Sequence[Sequence[Sequence[int]]], *, smallest: int = SMALLEST_SHOWN
) -> list[ProtectedTable]:
    """Several tables with the same rows, so that one does not tell the total that another hides.

    Each row counts the same persons in every table: a total hidden in one is hidden in all.
    """
    hidden: frozenset[int] = frozenset()
    while True:
        done = [protected(each, smallest=smallest, hidden_totals=hidden) for each in tables]
        now = frozenset(
            row
            for table in done
            for row, line in enumerate(table.cells)
            if line and line[-1] is None
        )
        if now <= hidden:
            return done
        hidden |= now


def protected(
    counts: Sequence[Sequence[int]],
    *,
    smallest: int = SMALLEST_SHOWN,
    hidden_totals: frozenset[int] = frozenset(),
) -> ProtectedTable:
    """A table of counts as it may leave the mutual. ``counts``: rows without totals, all as long.
    ``hidden_totals``: the rows (the last is that of the totals) whose total is hidden already.

    Nothing that is hidden can be worked out from one line of what is shown.
    """
    table = _with_totals(counts)
    hidden = {
        (row, column)
        for row, line in enumerate(table)
        for column, value in enumerate(line)
        if 0 < value < smallest
    } | {(row, len(table[0]) - 1) for row in hidden_totals if row < len(table)}
    while True:
        further = next(
            (
                place
                for line in _lines(table)
                if (place := _to_hide(table, line, hidden, smallest)) is not None
            ),
            None,
        )
        if further is None:
            break
        hidden.add(further)
    cells = tuple(
        tuple(None if (row, column) in hidden else value for column, value in enumerate(line))
        for row, line in enumerate(table)
    )
    return ProtectedTable(cells, len(hidden))


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*line, sum(line)] for line in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


Place = tuple[int, int]


def _lines(table: list[list[int]]) -> Iterator[list[Place]]:
    """Every row and every column, each with its total."""
    for row, line in enumerate(table):
        yield [(row, column) for column in range(len(line))]
    for column in range(len(table[0]) if table else 0):
        yield [(row, column) for row in range(len(table))]


def _to_hide(
    table: list[list[int]], line: list[Place], hidden: set[Place], smallest: int
) -> Place | None:
    """One more cell of the line to hide, or None when the line gives nothing away."""
    concealed = [place for place in line if place in hidden]
    if not concealed:
        return None
    together = sum(table[row][column] for row, column in concealed)
    if len(concealed) > 1 and together >= smallest:
        return None
    others = [place for place in line if place not in hidden and table[place[0]][place[1]] > 0]
    if not others:
        return None
    # A cell before a total, the smallest first: totals are what readers need most.
    return min(others, key=lambda place: (place == line[-1], table[place[0]][place[1]], place))
