"""``entraide export flat``: the registers as CSV files for a spreadsheet, and their dictionary."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from entraide.cli.months import add_month_options, month_of, month_period
from entraide.cli.output import Output
from entraide.cli.writing import replace_file
from entraide.core.errors import Refusal
from entraide.messages import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mutual, the folder and the months."""
    parser.add_argument("mutual", metavar=translate("MUTUAL"), help=translate("code of the mutual"))
    parser.add_argument(
        "folder",
        metavar=translate("FOLDER"),
        help=translate("where to write; made if it is missing"),
    )
    add_month_options(
        parser,
        first=translate(
            "first month of receipts, care, activities and entries; all time unless told"
        ),
        last=translate("last month, included; the first month alone unless told"),
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Write the files; each replaces the former one whole."""
    from entraide.apps.reporting.flat_columns import FLAT_FILES
    from entraide.apps.reporting.flat_files import dictionary_file, flat_file
    from entraide.apps.schemes.selectors import mutual_by_code

    mutual = mutual_by_code(arguments.mutual)
    first = month_of(arguments.first, "--from")
    last = month_of(arguments.last, "--to")
    period = month_period(first, last)
    folder = _folder(arguments.folder)
    written = []
    for name, file in FLAT_FILES.items():
        out.note(out.text("Writing {file}…", file=f"{name}.csv"))
        content = flat_file(mutual=mutual, file=file, period=period)
        written.append(_write(folder / f"{name}.csv", content))
    written.append(_write(folder / "dictionnaire.csv", dictionary_file(out.language)))
    out.answer({"files": written}, *written)
    return 0


def _folder(name: str) -> Path:
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        raise Refusal("EXPORT_FOLDER_UNWRITABLE", folder=name) from None
    if not os.access(folder, os.W_OK):
        raise Refusal("EXPORT_FOLDER_UNWRITABLE", folder=name)
    return folder


def _write(target: Path, content: bytes) -> str:
    try:
        return str(replace_file(target, content))
    except OSError:
        raise Refusal("EXPORT_FOLDER_UNWRITABLE", folder=str(target.parent)) from None
