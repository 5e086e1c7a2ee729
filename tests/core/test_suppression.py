"""No small count leaves the mutual, nor can be worked out from what does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraide.core.suppression import SMALLEST_SHOWN, protected


def test_a_small_cell_takes_others_of_its_row_and_column_with_it() -> None:
    table = protected([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    assert table.cells[0][0] is None
    assert table.cells[0][1] is None  # or the row would give it away
    assert table.cells[1][0] is None  # and the column
    assert table.cells[3][3] == 443
    assert table.cells[2][2] == 90


def test_zeros_and_large_counts_are_shown() -> None:
    assert protected([[0, 5], [6, 0]]).cells == ((0, 5, 5), (6, 0, 6), (6, 5, 11))
    assert protected([]).cells == ()


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=5
        )
    )
)
def test_nothing_hidden_is_the_only_one_of_its_line(counts: list[list[int]]) -> None:
    table = protected(counts).cells
    width = len(table[0])
    lines = [list(row) for row in table]
    lines += [[row[column] for row in table] for column in range(width)]
    full = [[*row, sum(row)] for row in counts]
    full.append([sum(column) for column in zip(*full, strict=True)])
    for row, line in enumerate(full):
        for column, value in enumerate(line):
            shown = table[row][column]
            assert shown is None or shown == value
            assert not (0 < value < SMALLEST_SHOWN and shown is not None)
    for line in lines:
        hidden = [cell for cell in line if cell is None]
        others = [cell for cell in line if cell]
        # a lone hidden cell stands in a line that shows nothing else than zeros
        assert len(hidden) != 1 or not others
