"""``entraide export KIND …``: what an installation holds, in open formats."""

from __future__ import annotations

import argparse
import importlib

from entraide.cli.commands.import_ import Kind
from entraide.cli.output import Output
from entraide.messages import translate

needs_database = True

KINDS: tuple[Kind, ...] = (
    Kind(
        "flat",
        "entraide.cli.commands.export_flat",
        "flat CSV files for a spreadsheet or an accounting package, and their dictionary",
    ),
    Kind(
        "mutual",
        "entraide.cli.commands.export_mutual",
        "a whole mutual in one file, to join the network of another installation",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The kinds, each with its own arguments."""
    kinds = parser.add_subparsers(dest="kind", metavar=translate("KIND"), required=True)
    for kind in KINDS:
        text = translate(kind.help)
        own = kinds.add_parser(kind.name, help=text, description=text)
        own.add_argument(
            "--json",
            action="store_true",
            default=argparse.SUPPRESS,
            help=translate("answer with one JSON document"),
        )
        importlib.import_module(kind.module).add_arguments(own)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Write one kind; answers the exit code."""
    module = next(kind.module for kind in KINDS if kind.name == arguments.kind)
    code: int = importlib.import_module(module).run(arguments, out)
    return code
