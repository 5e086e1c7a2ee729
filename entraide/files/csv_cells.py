"""How long a cell of a CSV file may be, and why a reader of CSV gave up."""

from __future__ import annotations

import csv

LONGEST_CELL = 100_000  # characters: beyond, it is no cell that somebody wrote
LINES_IN_A_CELL = 20  # beyond, a quotation mark was never closed


def limit_cells(characters: int = LONGEST_CELL) -> None:
    """Let readers of CSV give up at a longer cell. The limit is of the whole process."""
    csv.field_size_limit(characters)


def is_cell_too_long(fault: csv.Error, lines_count: int) -> bool:
    """Whether a reader gave up at one long cell, rather than at a quotation mark left open, which
    swallows the lines below: ``lines_count`` of them were read for the row."""
    return str(fault).startswith("field larger") and lines_count <= LINES_IN_A_CELL
