"""``entraide report``: the *rapport mutuelle* on the terminal, as JSON, a spreadsheet or a PDF."""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.core.periods import add_months
from entraide.messages import translate

if TYPE_CHECKING:
    from entraide.apps.reporting.report import Report
    from entraide.documents.report_words import PrintedTable

needs_database = True
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mutual, the first and last month, and the files to write."""
    parser.add_argument("mutual", metavar=translate("MUTUAL"), help=translate("code of the mutual"))
    parser.add_argument(
        "--from",
        dest="first",
        metavar=translate("YYYY-MM"),
        help=translate("first month; eleven months before the last unless told"),
    )
    parser.add_argument(
        "--to",
        dest="last",
        metavar=translate("YYYY-MM"),
        help=translate("last month, included; the last full month unless told"),
    )
    parser.add_argument(
        "--xlsx", metavar=translate("FILE"), help=translate("write it as a spreadsheet")
    )
    parser.add_argument("--pdf", metavar=translate("FILE"), help=translate("write it as a PDF"))


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Make the report, write the files asked for, and show it."""
    from entraide.apps.reporting.report_document import report_document
    from entraide.apps.reporting.services import run_report
    from entraide.apps.schemes.models import Mutual
    from entraide.web.clock import today

    mutual = Mutual.objects.filter(code=arguments.mutual).first()
    if mutual is None:
        raise Refusal("MUTUAL_UNKNOWN", mutual=arguments.mutual)
    on = today(mutual)
    last = _month(arguments.last, "--to") or add_months(on.replace(day=1), -1)
    first = _month(arguments.first, "--from") or add_months(last, -11)
    targets = [Path(name) for name in (arguments.xlsx, arguments.pdf) if name]
    for target in targets:
        _require_writable(target)
    report = run_report(mutual=mutual, start=first, until=add_months(last, 1), on=on)
    document = report_document(report)
    document["files"] = [str(path) for path in _write_files(arguments, report, out.language)]
    out.answer(document, *_lines(report, out), is_exact=True)
    for name in document["files"]:
        out.note(out.text("Report written to {file}.", file=name))
    return 0


def _month(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 9000:
        raise Refusal("REPORT_MONTH_UNREADABLE", place=option, text=text[:40])
    return date(int(match[1]), int(match[2]), 1)


def _require_writable(target: Path) -> None:
    """Said before the work is done, not after it."""
    folder = target.parent
    if target.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Refusal("REPORT_FILE_UNWRITABLE", file=str(target))


def _write_files(arguments: argparse.Namespace, report: Report, language: str) -> list[Path]:
    written = []
    if arguments.xlsx:
        from entraide.documents.report_xlsx import report_workbook

        written.append(_replace(Path(arguments.xlsx), report_workbook(report, language)))
    if arguments.pdf:
        from entraide.documents.report_pdf import report_pdf

        written.append(_replace(Path(arguments.pdf), report_pdf(report, language)))
    return written


def _replace(target: Path, content: bytes) -> Path:
    """Write beside, then rename: the former file stays whole until the new one is."""
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as beside:
            beside.write(content)
        os.chmod(beside.name, 0o666 & ~_umask())
        Path(beside.name).replace(target)
    except OSError:
        raise Refusal("REPORT_FILE_UNWRITABLE", file=str(target)) from None
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


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
