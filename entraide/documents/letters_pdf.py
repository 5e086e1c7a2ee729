"""Letters and statements on paper: one after the other, each on its own page, set by Typst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from entraide.documents.setting import set_paper

TEMPLATE = Path(__file__).with_name("letters.typ")


@dataclass(frozen=True, slots=True)
class Paper:
    """One letter or statement, as written texts: the template computes nothing.

    ``to``: the lines of the addressee; ``before`` and ``after`` the table, paragraphs; ``signs``
    the boxes for signature and stamp. ``is_text``: the table holds sentences, not figures.
    ``totals``: a last row under the columns. ``stamp``: a word that stands out above the title,
    for what is not final. ``is_compact``: a long table in small letters.
    """

    title: str
    to: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    totals: tuple[str, ...] = ()
    total: str = ""
    after: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    stamp: str = ""
    is_compact: bool = False
    is_text: bool = False
    widths: tuple[int, ...] = ()  # of the columns, as parts of the line, 0 as wide as what it
    # holds; empty: by the other two
    wide: tuple[int, ...] = ()  # columns of words in a table of figures: to the left, and wider
    left: tuple[int, ...] = ()  # columns of days and numbers of papers: to the left, no wider


def letters_pdf(
    papers: Sequence[Paper], *, title: str, mutual: str, place: str, day: str, language: str = "fr"
) -> bytes:
    """The PDF of all papers, in their order."""
    content = {
        "title": title,
        "mutual": mutual,
        "place": place,
        "day": day,
        "language": language,
        "papers": [asdict(paper) for paper in papers],
    }
    return set_paper(TEMPLATE, "papers", content, language)
