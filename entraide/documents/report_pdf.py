"""The report on paper: A4, set by Typst from ``report.typ``, which receives written texts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from entraide.apps.reporting.report import Report
from entraide.documents.report_words import ReportWords

TEMPLATE = Path(__file__).with_name("report.typ")


def report_pdf(report: Report, language: str = "fr") -> bytes:
    """The PDF. The template receives texts only and computes nothing."""
    words = ReportWords(report, language)
    content = {
        "language": language,
        "mutual": report.mutual_name,
        "place": report.place,
        "title": words.title(),
        "remarks": words.remarks(),
        "tables": [asdict(table) for table in words.tables()],
        "page": words.say("page"),
    }
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"report": json.dumps(content, ensure_ascii=False)},
    )
