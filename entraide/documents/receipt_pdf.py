"""Receipts and slips on paper: a written content set by Typst, or a plain text for ticket printers.

The content arrives in words (``web.contributions.papers`` writes it); nothing is computed here.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import segno

from entraide.documents.setting import set_paper, training_word

RECEIPT_TEMPLATE = Path(__file__).with_name("receipt.typ")
SLIP_TEMPLATE = Path(__file__).with_name("slip.typ")
TICKET_COLUMNS = 32  # characters of a 58 mm printer in its usual font


class ReceiptFormat(StrEnum):
    """The papers on which a receipt is printed."""

    A4 = "a4"  # the original and its stub
    A5 = "a5"
    TICKET_80 = "t80"
    TICKET_58 = "t58"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """What a receipt pays: its name, a detail below, the amount."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaperFact:
    """A name and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """A receipt in words, ready to be set."""

    language: str
    title: str
    number: str
    mutual: str
    place: str
    amount: str
    words: str
    how: str
    facts: tuple[PaperFact, ...]
    lines: tuple[PaperLine, ...]
    received_label: str
    remaining: str
    until: str
    mark: str  # DUPLICATA, or what it reverses
    help: tuple[str, ...]  # whom to call, and what to do, a line each
    payload: str  # what the QR says
    check: str
    labels: tuple[str, ...]  # of the two halves of an A4
    boxes: tuple[str, ...]  # to stamp and sign


def receipt_pdf(content: ReceiptContent, format_: ReceiptFormat) -> bytes:
    """The PDF of a receipt on one of the papers."""
    fields = {**asdict(content), "format": format_.value, "qr": qr_svg(content.payload)}
    return _set(RECEIPT_TEMPLATE, "receipt", fields)


def qr_svg(payload: str) -> str:
    """A QR code as an SVG text."""
    drawn = io.BytesIO()
    segno.make(payload, error="m", micro=False).save(
        drawn, kind="svg", border=1, omitsize=True, xmldecl=False, nl=False
    )
    return drawn.getvalue().decode()


@dataclass(frozen=True, slots=True)
class SlipContent:
    """A collection slip in words: its receipts, its totals, who signs."""

    language: str
    title: str
    number: str
    mutual: str
    place: str
    lede: str
    facts: tuple[PaperFact, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[PaperFact, ...]
    total: PaperFact
    words: str
    sides: tuple[str, ...]  # who signs, on both sides
    boxes: tuple[str, ...]  # what each of them writes
    page: str


def slip_pdf(content: SlipContent) -> bytes:
    """The PDF of a slip, as many A4 pages as its receipts need."""
    return _set(SLIP_TEMPLATE, "slip", asdict(content))


def _set(template: Path, name: str, fields: dict[str, object]) -> bytes:
    return set_paper(template, name, fields, str(fields["language"]))


def receipt_text(content: ReceiptContent, columns: int = TICKET_COLUMNS) -> str:
    """The ticket as plain text for a printer that knows no PDF: ``columns`` characters a line."""
    rule = "-" * columns
    lines = [
        *_centred(content.mutual, columns),
        *_centred(content.place, columns),
        *_centred(content.title, columns),
        *_centred(content.number, columns),
        *_centred(content.mark, columns),
        *_centred(training_word(content.language), columns),
        rule,
        *_centred(content.amount, columns),
        *_wrapped(content.words, columns),
        *_wrapped(content.how, columns),
    ]
    for fact in content.facts:
        lines += _wrapped(f"{fact.name} {fact.value}", columns)
    lines.append(rule)
    for line in content.lines:
        lines += _in_columns(line.name, line.amount, columns)
    lines += [
        rule,
        *_in_columns(content.received_label, content.amount, columns),
        *_wrapped(content.remaining, columns),
        *_wrapped(content.until, columns),
        *(line for told in content.help for line in _wrapped(told, columns)),
        *_centred(content.check, columns),
        *(line for name in content.boxes for line in _box(name, columns)),
    ]
    plain = "\n".join(lines).replace("\u00a0", " ").replace("\u202f", " ")
    return plain + "\n\n\n"


def _box(name: str, columns: int) -> list[str]:
    """A place to sign or stamp: its name, and room under it."""
    return ["", *_wrapped(f"{name} :", columns), "", "." * columns]


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns)


def _centred(text: str, columns: int) -> list[str]:
    return [line.center(columns).rstrip() for line in _wrapped(text, columns)]


def _in_columns(name: str, amount: str, columns: int) -> list[str]:
    """A name and its amount, the amount on the right of the last line."""
    room = max(columns - len(amount) - 1, 8)
    *first, last = _wrapped(name, room) or [""]
    return [*first, f"{last.ljust(columns - len(amount))}{amount}"]
