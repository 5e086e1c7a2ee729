"""``entraide calc``: every calculation in the open, without database: JSON in, JSON out."""

from __future__ import annotations

import argparse
import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entraide.cli.json_text import LARGEST_BYTES, read_json
from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.core.schema import require_valid

speaks_json = True


@dataclass(frozen=True, slots=True)
class Calculation:
    """A name, the module that does it, one line of English, and the names it has there."""

    name: str
    module: str
    title: str
    schema: str = "SCHEMA"
    example: str = "EXAMPLE"
    function: str = "run"


_HERE = "entraide.cli.calculations"
CALCULATIONS: tuple[Calculation, ...] = (
    Calculation(
        "contribution", f"{_HERE}.contribution", "contribution built up from risks and loadings"
    ),
    Calculation(
        "margin", f"{_HERE}.margin", "safety margin of a pool, or members needed for a margin"
    ),
    Calculation(
        "household-due", f"{_HERE}.household_due", "what a family owes, and the dates of its cover"
    ),
    Calculation("exposure", f"{_HERE}.exposure", "member-months, at risk, and rate of use"),
    Calculation("earned", f"{_HERE}.earned", "what each month earns of a contribution"),
    Calculation("ratios", f"{_HERE}.ratios", "yearly ratios from the accounts"),
    Calculation("demand", f"{_HERE}.demand", "what people are ready to pay"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The name, the file, and the two ways to learn what the file holds."""
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("file", nargs="?", metavar="FILE")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--schema", action="store_true")
    shown.add_argument("--example", action="store_true")


def calculation_named(name: str) -> Calculation:
    """The calculation of this name; refused with ``CALCULATION_UNKNOWN`` otherwise."""
    for calculation in CALCULATIONS:
        if calculation.name == name:
            return calculation
    raise Refusal("CALCULATION_UNKNOWN", name=name[:60], names=[one.name for one in CALCULATIONS])


def calculate(calculation: Calculation, document: Any) -> dict[str, Any]:
    """The answer to a document that was read with :func:`read_json`, after checking its form."""
    module = importlib.import_module(calculation.module)
    require_valid(document, getattr(module, calculation.schema))
    result: dict[str, Any] = getattr(module, calculation.function)(document)
    return result


def run(arguments: argparse.Namespace, out: Output) -> int:
    """List the calculations, show what one reads, or do it."""
    if arguments.name is None:
        out.as_json = arguments.json
        listed = [(one.name, out.text(one.title)) for one in CALCULATIONS]
        out.answer(
            {"calculations": [{"name": name, "title": title} for name, title in listed]},
            *(f"{name:<14} {title}" for name, title in listed),
        )
        return 0
    calculation = calculation_named(arguments.name)
    if arguments.schema or arguments.example:
        module = importlib.import_module(calculation.module)
        wanted = calculation.schema if arguments.schema else calculation.example
        out.answer(getattr(module, wanted))
        return 0
    out.answer(calculate(calculation, read_json(_content(arguments.file))))
    return 0


def _content(name: str | None) -> bytes:
    """The bytes of the file, or of standard input; one more than allowed is enough to refuse."""
    if name is None or name == "-":
        return sys.stdin.buffer.read(LARGEST_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise Refusal("FILE_NOT_FOUND", file=name) from None
    except (OSError, ValueError):  # a folder, no right to read it, a name with a null byte
        raise Refusal("FILE_UNREADABLE", file=name) from None
