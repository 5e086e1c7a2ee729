"""``entraide import differences FILE``: the old tool's month beside the registers."""

from __future__ import annotations

import argparse
from collections import Counter

from entraide.cli.commands.import_tables import content_of, mutual_of
from entraide.cli.output import Output
from entraide.core.errors import RefusedRows
from entraide.messages import translate

_MOST_SHOWN = 200
NAMES = {
    "missing_here": "missing here",
    "missing_there": "missing in the file",
    "name": "another name",
    "birth": "another birth",
    "status": "another end of cover",
    "amount": "another amount",
    "day": "another day",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and how it is read."""
    parser.add_argument(
        "file", metavar=translate("FILE"), help=translate("the table, in CSV or XLSX")
    )
    text = translate("how the table is headed; recognised without it")
    parser.add_argument("--profile", default="", metavar=translate("PROFILE"), help=text)
    text = translate("code of the mutual; not needed when there is only one")
    parser.add_argument("--mutual", default="", metavar=translate("MUTUAL"), help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """List every difference; the registers stay as they are."""
    from django.utils import timezone
    from django_scopes import scope

    from entraide.exchange.registers.differences import differences
    from entraide.exchange.registers.opening import open_table

    content, mutual = content_of(arguments.file), mutual_of(arguments.mutual)
    on = timezone.localdate()
    with scope(mutual=mutual):
        opened = open_table(content, currency=mutual.currency, today=on, code=arguments.profile)
        if opened.table.faults:
            raise RefusedRows(tuple(opened.table.faults))
        found = differences(opened.table, mutual, on)
    counted = Counter(each.kind.value for each in found)
    document = {
        "mutual": mutual.code,
        "profile": opened.profile.profile,
        "rows": len(opened.table.rows),
        "counts": dict(counted),
        "differences": [
            {
                "kind": each.kind.value,
                "row": each.row,
                "number": each.number,
                "there": str(each.there),
                "here": str(each.here),
                "household": str(each.household_uid or ""),
            }
            for each in found
        ],
    }
    lines = [
        out.text("  {what}: {count}", what=out.text(NAMES[kind]), count=count)
        for kind, count in counted.items()
    ]
    lines += [
        f"  · {each.number}  {out.text(NAMES[each.kind.value])}  {each.there} | {each.here}"
        for each in found[:_MOST_SHOWN]
    ]
    if not found:
        lines = [out.text("No difference: the two registers say the same.")]
    out.answer(document, *lines)
    return 0
