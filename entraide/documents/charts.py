"""Charts drawn on the server as SVG: for pages, printing and papers, without a script.

Every chart has a title and a description for those who do not see it, classes instead of styles
(the page's sheet colours them, in the dark and on paper too), labels beside what they name and
no legend. Us in one hue, the rest in grey, the target named in place. Values are floats or
decimals: a chart shows, it never posts. Answers are SVG text with every word escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from entraide.documents.writing import number

WIDTH, HEIGHT = 360, 196
LEAST_SPAN = 0.2  # of the largest value, for the height of a trend
Value = int | float | Decimal
Scale = Callable[[Value], float]


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart says to those who do not see it; ``ident`` is unique on its page."""

    ident: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The vertical scale: its bounds, the ticks that are written, the unit after first and last."""

    low: Value
    high: Value
    ticks: tuple[Value, ...] = ()
    digits: int = 1
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar; ``is_ours`` in our hue, the others in grey; ``written`` beside it."""

    label: str
    value: Value
    written: str
    is_ours: bool = True


def line_chart(
    words: Words,
    labels: Sequence[str],
    values: Sequence[Value],
    axis: Axis,
    *,
    target: Value | None = None,
    target_label: str = "",
    band: tuple[Value, Value] | None = None,
    band_label: str = "",
    rest: Sequence[Value] = (),
    rest_label: str = "",
    notes: Mapping[int, str] | None = None,
    language: str = "fr",
    width: int = WIDTH,
) -> str:
    """A line in our hue, its first and last values written; ``rest`` in grey beside it.

    ``notes`` writes a word at a point by its place. At least one value.
    """
    left, right, top, bottom = 34, width - 50, 14, HEIGHT - 24
    x = _scale((0, max(len(values) - 1, 1)), (left + 8, right))
    y = _scale((axis.low, axis.high), (bottom, top))
    xs = [x(place) for place in range(max(len(values), len(rest)))]
    drawn = ""
    if band:
        low, high = band
        drawn += _rect("c-band", left, y(high), width - left, y(low) - y(high))
    drawn += _grid(axis, y, left, width, language)
    if band and band_label:
        drawn += _text(left + 8, y(band[1]) + 15, band_label)
    if target is not None:
        drawn += _rule("c-target", left, width, y(target))
        at, anchor = _freer_side(values, target, y, (left + 8, width))
        drawn += _text(at, y(target) - 6, target_label, "is-ink", anchor)
    drawn += _month_labels(labels, xs)
    if rest:
        drawn += _polyline("c-line--rest", xs, [y(value) for value in rest])
        beside = -8 if rest[-1] > rest[0] else 16  # on the side that the line does not come from
        drawn += _text(xs[len(rest) - 1], y(rest[-1]) + beside, rest_label, anchor="end")
    ys = [y(value) for value in values]
    drawn += _polyline("c-line", xs, ys) + _dot(xs[0], ys[0], 4)
    last = len(values) - 1
    if last:
        drawn += _text(xs[0], ys[0] - 9, _written(values[0], axis, language), "is-ink")
        drawn += _dot(xs[last], ys[last], 5)
    drawn += _text(
        xs[last] + 10, ys[last] - 11, _written(values[last], axis, language), "is-strong", "middle"
    )
    for place, note in (notes or {}).items():
        drawn += _dot(xs[place], ys[place], 4)
        drawn += _text(xs[place], ys[place] - 10, note, "is-strong", "middle")
    return _svg(words, drawn, width, HEIGHT)


def bar_chart(
    words: Words,
    bars: Sequence[Bar],
    *,
    maximum: Value | None = None,
    target: Value | None = None,
    target_label: str = "",
    label_width: int = 132,
) -> str:
    """Horizontal bars, one a line: label, bar, value as written."""
    step, top = 34, 20 if target is not None else 4
    height = top + step * len(bars) + 4
    largest = maximum or max([*(bar.value for bar in bars), target or 0]) or 1
    x = _scale((0, largest), (label_width, WIDTH - 66))
    drawn = ""
    for place, bar in enumerate(bars):
        at = top + place * step
        drawn += _text(0, at + 20, bar.label, "is-ink" if bar.is_ours else "")
        long = max(x(bar.value) - label_width, 1.5)
        drawn += _rect("c-bar" if bar.is_ours else "c-bar--rest", label_width, at + 6, long, 20)
        where, anchor = (x(bar.value) + 7, "start") if target is None else (WIDTH, "end")
        drawn += _text(
            where, at + 20, bar.written, "is-strong" if bar.is_ours else "is-ink", anchor
        )
    if target is not None:
        drawn += _upright("c-target", x(target), top - 2, height - 2)
        drawn += _text(x(target), top - 7, target_label, "is-ink", "middle")
    drawn += _upright("c-axis", label_width, top, height - 2)
    return _svg(words, drawn, WIDTH, height)


def column_chart(
    words: Words,
    columns: Sequence[tuple[str, int]],
    *,
    promise: int | None = None,
    promise_label: str = "",
    language: str = "fr",
) -> str:
    """Upright columns of counts. ``promise`` is the place of the first column that breaks it:
    those before are in our hue, those after in grey, a line and its word between them."""
    left, bottom, top = 4, HEIGHT - 24, 38
    step = (WIDTH - left * 2) / len(columns)
    y = _scale((0, max(max(count for _, count in columns), 1)), (bottom, top))
    kept = len(columns) if promise is None else promise
    drawn = ""
    for place, (label, count) in enumerate(columns):
        at = left + place * step
        hue = "c-bar" if place < kept else "c-bar--rest"
        drawn += _rect(hue, at + 1.5, y(count), step - 3, bottom - y(count))
        drawn += _text(at + step / 2, HEIGHT - 6, label, anchor="middle")
        drawn += _text(
            at + step / 2, y(count) - 6, number(count, language), "is-ink", anchor="middle"
        )
    if promise is not None:
        at = left + promise * step
        drawn += _upright("c-target", at, 4, bottom)
        drawn += _text(at + 7, 14, promise_label, "is-ink")
    drawn += _rule("c-axis", 0, WIDTH, bottom)
    return _svg(words, drawn, WIDTH, HEIGHT)


def fan_chart(
    words: Words,
    labels: Sequence[str],
    quantiles: Mapping[int, Sequence[Value]],
    axis: Axis,
    *,
    language: str = "fr",
    width: int = WIDTH,
) -> str:
    """What may come: the median as a line, the middle half and nine tenths as bands.

    ``quantiles`` has the series of 5, 25, 50, 75 and 95 %.
    """
    left, right, top, bottom = 34, width - 46, 16, HEIGHT - 24
    x = _scale((0, max(len(labels) - 1, 1)), (left + 8, right))
    y = _scale((axis.low, axis.high), (bottom, top))
    xs = [x(place) for place in range(len(labels))]
    drawn = _grid(axis, y, left, width, language)
    for low, high, hue in ((5, 95, "c-band"), (25, 75, "c-fan")):
        upper = _points(xs, [y(value) for value in quantiles[high]])
        lower = _points(xs[::-1], [y(value) for value in reversed(quantiles[low])])
        drawn += f'<polygon class="{hue}" points="{upper} {lower}"/>'
    median = [y(value) for value in quantiles[50]]
    drawn += _polyline("c-line", xs, median) + _dot(xs[-1], median[-1], 5)
    drawn += _month_labels(labels, xs)
    for quantile, hue in ((50, "is-strong"), (95, ""), (5, "")):
        value = quantiles[quantile][-1]
        drawn += _text(xs[-1] + 9, y(value) + 4, _written(value, axis, language), hue)
    return _svg(words, drawn, width, HEIGHT)


def spark(ident: str, title: str, values: Sequence[Value], target: Value | None = None) -> str:
    """A trend beside a figure: the line, its last point, the target when there is one.

    Empty for fewer than two values: one point is no trend. The height of the drawing is worth at
    least a fifth of the largest value, so that a small change is not drawn as a fall.
    """
    if len(values) < 2:
        return ""
    width, height = 120, 40
    all_values = [*values, *([] if target is None else [target])]
    y = _scale(_calm(all_values), (height - 5, 5))
    xs = [3 + place * (width - 9) / (len(values) - 1) for place in range(len(values))]
    ys = [y(value) for value in values]
    drawn = "" if target is None else _rule("c-target", 0, width, y(target))
    drawn += _polyline("c-line", xs, ys) + _dot(xs[-1], ys[-1], 4)
    return _small("spark", ident, title, drawn, width, height)


def cell_bar(
    ident: str,
    title: str,
    value: Value,
    maximum: Value,
    mark: Value | None = None,
    *,
    is_ours: bool = True,
) -> str:
    """A bar in a table's cell, from 0 to ``maximum``, with the target as a tick."""
    width = 120
    x = _scale((0, maximum or 1), (0, width))
    drawn = _rect("c-bar--track", 0, 5, width, 2)
    hue = "c-bar" if is_ours else "c-bar--rest"
    drawn += _rect(hue, 0, 1, max(min(x(value), width), 0), 10)
    if mark is not None:
        drawn += _upright("c-axis", x(mark), -1, 13)
    return _small("bar", ident, title, drawn, width, 12, stretched=True)


def split_bar(ident: str, title: str, parts: Sequence[tuple[Value, str]]) -> str:
    """One bar cut into parts that add up to the whole; each part is (value, class)."""
    width, at, drawn = 600, 0.0, ""
    whole = float(sum(float(value) for value, _ in parts)) or 1.0
    for value, hue in parts:
        long = float(value) / whole * width
        if long > 0:
            drawn += _rect(hue, at, 0, max(long - 2, 1), 16)
        at += long
    return _small("bar", ident, title, drawn, width, 16, stretched=True)


def nice_axis(
    values: Sequence[Value], *, digits: int = 0, unit: str = "", from_zero: bool = True
) -> Axis:
    """An axis with round ticks that holds every value: three to six ticks of 1, 2 or 5 × 10ⁿ."""
    low, high = float(min(values)), float(max(values))
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1.0
    step = _nice_step((high - low) / 4)
    first, last = int(low // step), -int(-high // step)
    ticks = tuple(round(place * step, 10) for place in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, digits, unit)


def _nice_step(about: float) -> float:
    power = 10.0 ** (len(str(int(about))) - 1) if about >= 1 else 1.0
    while power > about:
        power /= 10
    return next((m * power for m in (1, 2, 5, 10) if m * power >= about), 10 * power)


def _scale(domain: tuple[Value, Value], span: tuple[float, float]) -> Scale:
    (low, high), (start, end) = (float(domain[0]), float(domain[1])), span
    width = (high - low) or 1.0
    return lambda value: start + (float(value) - low) * (end - start) / width


def _calm(values: Sequence[Value]) -> tuple[float, float]:
    """The lowest and the highest of values, parted until a small change looks small."""
    low, high = float(min(values)), float(max(values))
    missing = max(LEAST_SPAN * max(abs(low), abs(high)) - (high - low), 0.0)
    return low - missing / 2, high + missing / 2


def _freer_side(
    values: Sequence[Value], target: Value, y: Scale, ends: tuple[float, float]
) -> tuple[float, str]:
    """Where the word of a target stands: at the left, unless the line begins close to it there."""
    first, last = (abs(y(value) - y(target)) for value in (values[0], values[-1]))
    return (ends[1], "end") if first < 24 and first < last else (ends[0], "start")


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}".rstrip("0").rstrip(".")


def _points(xs: Sequence[float], ys: Sequence[float]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in zip(xs, ys, strict=False))


def _polyline(hue: str, xs: Sequence[float], ys: Sequence[float]) -> str:
    return f'<polyline class="{hue}" points="{_points(xs, ys)}"/>'


def _rect(hue: str, x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="{hue}" x="{_short(x)}" y="{_short(y)}" width="{_short(width)}"'
        f' height="{_short(height)}"/>'
    )


def _rule(hue: str, x1: float, x2: float, y: float) -> str:
    return _line(hue, x1, x2, y, y)


def _upright(hue: str, x: float, y1: float, y2: float) -> str:
    return _line(hue, x, x, y1, y2)


def _line(hue: str, x1: float, x2: float, y1: float, y2: float) -> str:
    ends = zip(("x1", "x2", "y1", "y2"), (x1, x2, y1, y2), strict=True)
    return f'<line class="{hue}" ' + " ".join(f'{end}="{_short(at)}"' for end, at in ends) + "/>"


def _dot(x: float, y: float, radius: int) -> str:
    return f'<circle class="c-dot" cx="{_short(x)}" cy="{_short(y)}" r="{radius}"/>'


def _text(x: float, y: float, content: str, hue: str = "", anchor: str = "start") -> str:
    of_class = f' class="{hue}"' if hue else ""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{_short(x)}" y="{_short(y)}"{of_class}{at}>{escape(content)}</text>'


def _written(value: Value, axis: Axis, language: str) -> str:
    return number(Decimal(str(value)), language, axis.digits) + axis.unit.replace(" ", "\u00a0")


def _grid(axis: Axis, y: Scale, left: float, right: float, language: str) -> str:
    drawn = ""
    for tick in axis.ticks:
        exact = Decimal(str(tick)).normalize()
        digits = max(0, -int(exact.as_tuple().exponent))
        drawn += _rule("c-axis" if tick == 0 else "c-grid", left, right, y(tick))
        drawn += _text(left - 6, y(tick) + 4, number(exact, language, digits), anchor="end")
    return drawn


def _month_labels(labels: Sequence[str], xs: Sequence[float]) -> str:
    """All labels when they fit, else the first and the last."""
    places = range(len(labels)) if len(labels) <= 7 else (0, len(labels) - 1)
    return "".join(
        _text(
            xs[place],
            HEIGHT - 6,
            labels[place],
            anchor="start" if len(labels) > 7 and not place else "middle",
        )
        for place in places
    )


def _svg(words: Words, drawn: str, width: int, height: int) -> str:
    ident = escape(words.ident)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{ident}-t {ident}-d">'
        f'<title id="{ident}-t">{escape(words.title)}</title>'
        f'<desc id="{ident}-d">{escape(words.description)}</desc>{drawn}</svg>'
    )


def _small(
    of_class: str, ident: str, title: str, drawn: str, width: int, height: int,
    stretched: bool = False,
) -> str:  # fmt: skip
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    return (
        f'<svg class="{of_class}" viewBox="0 0 {width} {height}"{ratio} role="img"'
        f' aria-labelledby="{escape(ident)}"><title id="{escape(ident)}">{escape(title)}</title>'
        f"{drawn}</svg>"
    )
