"""The summary sheet of a product: its sentences on two pages that a member keeps, set by Typst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from entraide.documents.setting import set_paper

TEMPLATE = Path(__file__).with_name("product_sheet.typ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the sheet says around its sentences, as written texts: nothing is computed here.

    ``draft``: a warning where the rules are not in force; ``rules`` names them in the footer.
    """

    title: str
    subtitle: str
    mutual: str
    place: str
    day: str
    rules: str
    note: str
    draft: str = ""


def sheet_pdf(sheet: Sheet, parts: Sequence[tuple[str, Sequence[str]]], language: str) -> bytes:
    """The PDF; ``parts`` are headings with their sentences, in order."""
    content = {
        **asdict(sheet),
        "language": language,
        "parts": [{"name": name, "sentences": list(told)} for name, told in parts if told],
    }
    return set_paper(TEMPLATE, "sheet", content, language)
