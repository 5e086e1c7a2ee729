"""A referral voucher on paper: one A5 with its QR, room under closed cover, boxes for stamps."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from entraide.documents.receipt_pdf import PaperFact, qr_svg
from entraide.documents.setting import set_paper

TEMPLATE = Path(__file__).with_name("referral.typ")


@dataclass(frozen=True, slots=True)
class VoucherPaper:
    """A voucher in words, ready to be set.

    ``closed``: the heading of the room that the first provider fills in by hand, ``answer`` that of
    the counter-referral; ``mark``: why it may no longer be used; ``boxes``: to stamp and sign.
    """

    language: str
    title: str
    number: str
    mutual: str
    place: str
    person: str
    card: str
    facts: tuple[PaperFact, ...]
    until: str
    help: str
    closed: str
    answer: str
    boxes: tuple[str, ...]
    mark: str = ""


def referral_pdf(paper: VoucherPaper) -> bytes:
    """The PDF; its QR says the number, by which the register is asked."""
    content = {**asdict(paper), "qr": qr_svg(paper.number)}
    return set_paper(TEMPLATE, "voucher", content, paper.language)
