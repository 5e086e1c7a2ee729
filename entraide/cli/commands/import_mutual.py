"""``entraide import mutual FILE``: a mutual joins this network with all that it was elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from entraide.cli.output import Output
from entraide.messages import translate

_NOTES = {
    "kept": "  {name} ({table}): the values of this network hold",
    "apart": "  {name} ({table}): the mutual keeps its own beside the network’s",
    "renamed": "  {name}: this name signs in from now on, the former one was taken",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the union that the mutual joins."""
    text = translate("file that “entraide export mutual” wrote")
    parser.add_argument("file", metavar=translate("FILE"), help=text)
    text = translate("code of the union that it joins; its own, brought along, unless told")
    parser.add_argument("--federation", default="", metavar="CODE", help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Bring the mutual in wholly, or change nothing."""
    from entraide.apps.access.services import system_user
    from entraide.exchange.moving.arrival import bring_mutual

    def progress(table: str, count: int) -> None:
        out.note(out.text("  {what}: {count}", what=table, count=count))

    arrived = bring_mutual(
        Path(arguments.file),
        actor=system_user(),
        federation=arguments.federation,
        progress=progress,
    )
    notes = [{"what": note.what, "table": note.table, "name": note.name} for note in arrived.notes]
    out.answer(
        {
            "mutual": arrived.mutual.code,
            "sha256": arrived.sha256,
            "rows": arrived.rows,
            "notes": notes,
        },
        out.text(
            "{mutual} is here: {count} rows, and its books hold. Give its people their passwords "
            "on the page “Network”.",
            mutual=arrived.mutual.name,
            count=sum(arrived.rows.values()),
        ),
        *(out.text(_NOTES[note.what], table=note.table, name=note.name) for note in arrived.notes),
    )
    return 0
