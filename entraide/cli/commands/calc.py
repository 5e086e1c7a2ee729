"""``entraide calc``: every calculation in the open, without database: JSON in, JSON out."""

from __future__ import annotations

import argparse
import importlib
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from entraide.cli.json_text import LARGEST_BYTES, read_json
from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.core.schema import require_valid
from entraide.messages import language_of_reader, translate

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
    Calculation(
        "claim", "entraide.core.adjudication.document", "a decision on a claim, line by line"
    ),
    Calculation(
        "match",
        "entraide.core.reconciliation_document",
        "bank lines matched with expected movements",
        "MATCH_SCHEMA",
        "MATCH_EXAMPLE",
        "run_match",
    ),
    Calculation("plan", "entraide.actuarial.plan_document", "the years of a business plan"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The name, the file, and the two ways to learn what the file holds."""
    say = partial(translate, language=language_of_reader())
    named = say("what the calculation is called; without it, the list")
    parser.add_argument("name", nargs="?", metavar=translate("NAME"), help=named)
    file = say("its document; standard input without it")
    parser.add_argument("file", nargs="?", metavar=translate("FILE"), help=file)
    shown = parser.add_mutually_exclusive_group()
    schema = say("print the JSON Schema of its document")
    shown.add_argument("--schema", action="store_true", help=schema)
    shown.add_argument("--example", action="store_true", help=say("print a valid document"))


def calculation_named(name: str) -> Calculation | None:
    """The calculation of this name."""
    return next((one for one in CALCULATIONS if one.name == name), None)


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
    if calculation is None:
        names = [one.name for one in CALCULATIONS]
        out.refuse(Refusal("CALCULATION_UNKNOWN", name=arguments.name[:60], names=names))
        return 2
    if arguments.schema or arguments.example:
        module = importlib.import_module(calculation.module)
        wanted = calculation.schema if arguments.schema else calculation.example
        out.answer(getattr(module, wanted), is_exact=True)
        return 0
    if arguments.file is None and sys.stdin.isatty():
        out.note(out.text("Write the document here, then Ctrl-D; an example: --example"))
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
