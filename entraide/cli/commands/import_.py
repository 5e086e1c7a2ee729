"""``entraide import KIND …``: bring in what was written elsewhere; each kind has its own module."""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass

from entraide.cli.output import Output
from entraide.messages import translate

needs_database = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source, the module that reads it, one line of help in English."""

    name: str
    module: str
    help: str


_TABLES = "entraide.cli.commands.import_tables"

KINDS: tuple[Kind, ...] = (
    Kind("members", _TABLES, "a list of members, or those of another program with their covers"),
    Kind("loans", _TABLES, "the disbursements of a lender: contracts and contributions kept back"),
    Kind("contributions", _TABLES, "contributions that another program received"),
    Kind("visits", _TABLES, "home visits of another program, into the follow-up of families"),
    Kind("claims", _TABLES, "claims that another program settled, kept as history"),
    Kind(
        "photos",
        "entraide.cli.commands.import_photos",
        "photos of persons, named by card number: a folder, or a zip",
    ),
    Kind("providers", _TABLES, "a list of providers of care, into the register of the network"),
    Kind("tariffs", _TABLES, "prices of acts and drugs, for a second person to approve"),
    Kind("returns", _TABLES, "what a bank or operator answers to transfers: paid, or come back"),
    Kind("covers", _TABLES, "persons whom a national scheme insures: who is covered by both"),
    Kind("movements", _TABLES, "the month's entries and exits of an employer or lender"),
    Kind(
        "differences",
        "entraide.cli.commands.import_differences",
        "compare the month of the old tool with the registers; nothing is written",
    ),
    Kind(
        "mutual",
        "entraide.cli.commands.import_mutual",
        "a whole mutual from another installation, with its numbers, history and books",
    ),
    Kind(
        "openimis",
        "entraide.cli.commands.import_openimis",
        "a whole mutual from openIMIS: a folder of its tables in CSV, or its PostgreSQL database",
    ),
    Kind(
        "statements",
        "entraide.cli.commands.import_statements",
        "a bank or mobile-money statement: camt.053, or CSV with a profile",
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
    """Import one source; answers the exit code."""
    module = next(kind.module for kind in KINDS if kind.name == arguments.kind)
    code: int = importlib.import_module(module).run(arguments, out)
    if code == 0:
        from django.db import connection

        from entraide.apps.access.statistics import gather_statistics

        gather_statistics(connection)
    return code
