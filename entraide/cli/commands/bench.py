"""``entraide bench``: how fast the product is here, beside the raw limit of this machine."""

from __future__ import annotations

import argparse
import math
import os
import platform
from typing import Any

from entraide.bench.figures import Figure
from entraide.bench.measures import MEASURES, names_to_run, run_measures
from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.messages import translate

_TITLES = ("", "p50 ms", "p95 ms", "per second", "raw limit", "ratio", "SQL", "aim", "")
_LEFT = (0, 8)  # columns of words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The measures to run; all of them without a name."""
    text = translate("what to measure: {names}; everything without it")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        type=_name,
        help=text.format(names=", ".join(MEASURES)),
    )
    text = translate("how many seconds each measure lasts; 5 without it")
    parser.add_argument("--seconds", type=float, default=5.0, metavar="S", help=text)
    server = translate("a PostgreSQL server on which the scratch base is made and removed")
    parser.add_argument("--postgresql", default="", metavar="URL", help=server)
    text = translate("how many households the scratch base holds; 200 without it")
    parser.add_argument("--households", type=int, default=200, metavar="N", help=text)


def _name(text: str) -> str:
    if text not in MEASURES:
        raise argparse.ArgumentTypeError(f"{text}: {', '.join(MEASURES)}")
    return text


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Measure on a scratch base and print a row each; a slow machine is no failure."""
    if not (math.isfinite(arguments.seconds) and 0.1 <= arguments.seconds <= 600):
        raise Refusal("BENCH_SECONDS_INVALID", seconds=arguments.seconds)
    if not 1 <= arguments.households <= 100_000:
        raise Refusal("BENCH_HOUSEHOLDS_INVALID", households=arguments.households)
    names = names_to_run(arguments.names, on_server=bool(arguments.postgresql))
    out.note(
        out.text(
            "Measuring on a scratch base of {households} households, removed afterwards: {names}.",
            households=arguments.households,
            names=list(names),
        )
    )
    figures: list[Figure] = []
    for figure in run_measures(
        names,
        seconds=arguments.seconds,
        households=arguments.households,
        server_url=arguments.postgresql,
    ):
        out.note(f"  {figure.name}: {figure.per_second:,.0f} {figure.unit}/s")
        figures.append(figure)
    document: dict[str, Any] = {
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "seconds": arguments.seconds,
        "households": arguments.households,
        "figures": [figure.to_json() for figure in figures],
    }
    out.answer(document, *_table(figures, out), is_exact=False)
    return 0


def _table(figures: list[Figure], out: Output) -> list[str]:
    rows = [tuple(out.text(title) for title in _TITLES)]
    rows += [_row(figure, out) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    for figure in figures:
        lines.append("")
        notes = [figure.what, *(out.text(note) for note in figure.notes)]
        lines.append(f"{figure.name}: {', '.join(notes)}")
        for limit in figure.limits:
            rows = " " + out.text("({count} {count:row|rows})", count=limit.rows)
            what = out.text(limit.what) + (rows if limit.rows else "")
            lines.append(f"  {limit.per_second:>12,.0f} /s  {what}")
        if figure.timings.failures:
            count = figure.timings.failures
            lines.append(
                "  " + out.text("{count} {count:request|requests} refused or failed", count=count)
            )
    return lines


def _row(figure: Figure, out: Output) -> tuple[str, ...]:
    said = {True: "met", False: "not met", None: ""}[figure.is_met]
    return (
        figure.name,
        f"{figure.timings.quantile_ms(0.5):,.2f}",
        f"{figure.timings.quantile_ms(0.95):,.2f}",
        f"{figure.per_second:,.0f} {figure.unit}",
        f"{figure.limit.per_second:,.0f}",
        f"{figure.ratio:.3f}",
        str(figure.statements or "–"),
        _aim(figure),
        out.text(said) if said else "",
    )


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return "–"
    value = f"{figure.aim.value:,.0f}"
    return {
        "per_second": f"≥ {value} /s",
        "p95_ms": f"p95 ≤ {value} ms",
        "seconds": f"≤ {value} s",
    }[figure.aim.unit]
