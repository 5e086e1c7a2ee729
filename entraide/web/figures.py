"""A figure and a chart as a page shows them: the text is ready, nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDEST_TABLE = 3  # columns that a small screen shows side by side


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerator over denominator, as on paper: each part is (what it is, its value as written)."""

    numerator: tuple[str, str]
    denominator: tuple[str, str]
    result: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Definition:
    """What opens under a dotted underline: meaning, ratio, period, a way to the rows."""

    term: str
    meaning: str
    ratio: Ratio | None = None
    period: str = ""
    rows_url: str = ""
    rows_label: str = ""
    opens_to_the_left: bool = False  # for the last column of a page


@dataclass(frozen=True, slots=True)
class Figure:
    """One large figure: value and unit as written, its state, a note, its trend.

    An absent figure has ``value="–"`` and says why in ``note``. ``spark`` is SVG of
    ``documents.charts``.
    """

    definition: Definition
    value: str
    unit: str = ""
    state_kind: str = ""
    state_word: str = ""
    note: str = ""
    spark: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing titled by its finding, with the same figures in a table below.

    ``svg`` comes from ``documents.charts``; ``rows`` are texts, the first of each its name.
    """

    finding: str
    svg: str
    under: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def named_rows(self) -> list[list[tuple[str, str]]]:
        """Every cell with the name of its column."""
        return [list(zip(self.head, row, strict=False)) for row in self.rows]

    @property
    def is_wide(self) -> bool:
        """Whether on a small screen the cells of a row stand one below the other, so that no column
        lies out of sight."""
        return len(self.head) > WIDEST_TABLE
