"""``entraide export mutual CODE FILE``: all that a mutual is, in one file that another can take."""

from __future__ import annotations

import argparse
from pathlib import Path

from entraide.cli.output import Output
from entraide.cli.writing import new_file
from entraide.core.errors import Refusal
from entraide.messages import translate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mutual and the file."""
    parser.add_argument("mutual", metavar=translate("MUTUAL"), help=translate("code of the mutual"))
    text = translate("file to write; it holds names and medical detail, readable by you alone")
    parser.add_argument("file", metavar=translate("FILE"), help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Write the file whole, or none; a former one of that name is replaced."""
    from entraide.apps.access.services import system_user
    from entraide.apps.schemes.selectors import mutual_by_code
    from entraide.exchange.moving.writing import write_mutual

    mutual = mutual_by_code(arguments.mutual)

    def progress(table: str, count: int) -> None:
        out.note(out.text("  {what}: {count}", what=table, count=count))

    target = Path(arguments.file)
    try:
        with new_file(target, is_secret=True) as file:
            written = write_mutual(mutual, file, actor=system_user(), progress=progress)
    except OSError:
        raise Refusal("EXPORT_FOLDER_UNWRITABLE", folder=str(target.parent)) from None
    count = sum(written.rows.values())
    out.answer(
        {
            "mutual": mutual.code,
            "file": str(target),
            "sha256": written.sha256,
            "rows": written.rows,
        },
        out.text("{mutual}: {count} rows written to {file}.", mutual=mutual.name, count=count,
                 file=str(target)),
        out.text("Sum of the content (SHA-256): {sum}", sum=written.sha256),
    )  # fmt: skip
    return 0
