"""``entraide report``: the *rapport mutuelle* on the terminal, as JSON, a spreadsheet or a PDF."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entraide.cli.months import add_month_options, month_of
from entraide.cli.output import Output
from entraide.cli.writing import replace_file
from entraide.core.errors import Refusal
from entraide.core.periods import add_months
from entraide.messages import translate

if TYPE_CHECKING:
    from entraide.apps.reporting.report import Report
    from entraide.documents.report_words import PrintedTable

needs_database = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mutual, the first and last month, and the files to write."""
    parser.add_argument("mutual", metavar=translate("MUTUAL"), help=translate("code of the mutual"))
    add_month_options(
        parser,
        first=translate("first month; eleven months before the last unless told"),
        last=translate("last month, included; the last full month unless told"),
    )
    parser.add_argument(
        "--xlsx", metavar=translate("FILE"), help=translate("write it as a spreadsheet")
    )
    parser.add_argument("--pdf", metavar=translate("FILE"), help=translate("write it as a PDF"))


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Make the report, write the files asked for, and show it."""
    from entraide.apps.reporting.report_document import report_document
    from entraide.apps.reporting.services import run_report
    from entraide.apps.schemes.selectors import mutual_by_code
    from entraide.documents.setting import papers_for
    from entraide.web.clock import today
    from entraide.web.vocabulary import words_of

    mutual = mutual_by_code(arguments.mutual)
    on = today(mutual)
    last = month_of(arguments.last, "--to") or add_months(on.replace(day=1), -1)
    first = month_of(arguments.first, "--from") or add_months(last, -11)
    targets = [Path(name) for name in (arguments.xlsx, arguments.pdf) if name]
    for target in targets:
        _require_writable(target)
    report = run_report(mutual=mutual, start=first, until=add_months(last, 1), on=on)
    with words_of(mutual), papers_for(is_training=mutual.is_training):
        document = report_document(report)
        document["files"] = [str(path) for path in _write_files(arguments, report, out.language)]
    out.answer(document, *_lines(report, out), is_exact=True)
    for name in document["files"]:
        out.note(out.text("Report written to {file}.", file=name))
    return 0


def _require_writable(target: Path) -> None:
    """Said before the work is done, not after it."""
    folder = target.parent
    try:
        is_taken = target.exists() and not target.is_file()
    except OSError:  # a name longer than the file system takes
        is_taken = True
    if is_taken or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Refusal("REPORT_FILE_UNWRITABLE", file=str(target))


def _write_files(arguments: argparse.Namespace, report: Report, language: str) -> list[Path]:
    written = []
    if arguments.xlsx:
        from entraide.documents.report_xlsx import report_workbook

        written.append(_write(Path(arguments.xlsx), report_workbook(report, language)))
    if arguments.pdf:
        from entraide.documents.report_pdf import report_pdf

        written.append(_write(Path(arguments.pdf), report_pdf(report, language)))
    return written


def _write(target: Path, content: bytes) -> Path:
    try:
        return replace_file(target, content)
    except OSError:
        raise Refusal("REPORT_FILE_UNWRITABLE", file=str(target)) from None


def _lines(report: Report, out: Output) -> list[str]:
    """The report as a terminal shows it."""
    from entraide.documents.report_words import ReportWords

    words = ReportWords(report, out.language)
    place = f" · {report.place}" if report.place else ""
    lines = [f"{report.mutual_name}{place}", words.title(), "", *words.remarks()]
    for printed in words.tables():
        lines += ["", printed.title, *_table_lines(printed)]
    return lines


def _table_lines(printed: PrintedTable) -> list[str]:
    rows: list[Any] = [printed.head, *printed.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(printed.head))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    return lines
