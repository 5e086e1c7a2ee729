"""The report on paper: A4, set by Typst from ``report.typ``, which receives written texts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from entraide.apps.reporting.report import Report
from entraide.documents.report_words import ReportWords
from entraide.documents.setting import set_paper

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
    return set_paper(TEMPLATE, "report", content, language)
