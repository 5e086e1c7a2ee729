"""Bands beside a limit, drawn on the server: one provider a row, in one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entraide.documents.charts import (
    WIDTH,
    Value,
    Words,
    _dot,
    _rect,
    _rule,
    _scale,
    _svg,
    _text,
    _upright,
)

_ROW = 44


@dataclass(frozen=True, slots=True)
class Interval:
    """One row: its estimate with its band, the limit that it is held against, as written."""

    label: str
    low: Value
    value: Value
    high: Value
    written: str
    limit: Value | None
    is_marked: bool = False


def interval_chart(words: Words, rows: Sequence[Interval]) -> str:
    """Each row's band as a bar, its estimate as a point, its limit as an upright tick.

    The scale begins at 0; a band that is endless is drawn to the edge. At least one row.
    """
    shown = [row.value for row in rows] + [row.limit for row in rows if row.limit is not None]
    bands = [row.high for row in rows if float(row.high) < 4 * float(max(shown) or 1)]
    x = _scale((0, max([*shown, *bands]) or 1), (2, WIDTH - 12))
    drawn = ""
    for place, row in enumerate(rows):
        top = place * _ROW
        drawn += _text(0, top + 14, row.label, "is-strong" if row.is_marked else "is-ink")
        drawn += _text(WIDTH, top + 14, row.written, "is-strong", "end")
        end = min(x(row.high), WIDTH - 2.0)
        hue = "c-bar--bad" if row.is_marked else "c-bar--rest"
        drawn += _rule("c-grid", 0, WIDTH, top + 29)
        drawn += _rect(hue, x(row.low), top + 26, max(end - x(row.low), 1.5), 6)
        if row.limit is not None:
            drawn += _upright("c-target", x(row.limit), top + 19, top + 39)
        drawn += _dot(x(row.value), top + 29, 5)
    return _svg(words, drawn, WIDTH, _ROW * len(rows))
