"""Ways from one document of the chain to the next: words, and an address where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.defaultfilters import truncatechars
from django.urls import NoReverseMatch, reverse

from entraide.apps.banking.selectors import lines_matched_with
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right

# Who may read settlement batches and their payments.
BATCH_READERS = frozenset(
    {Right.READ_BOOKS, Right.PREPARE_BATCH, Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT}
)


@dataclass(frozen=True, slots=True)
class Way:
    """A document's number and its page; ``url`` is empty for one that has no page."""

    words: str
    url: str = ""


def page_way(mutual: Mutual, words: str, page: str, **kwargs: Any) -> Way:
    """The way to a page of a mutual."""
    try:
        return Way(words, reverse(f"web:{page}", kwargs={"mutual": mutual.code, **kwargs}))
    except NoReverseMatch:
        return Way(words)


def entry_way(mutual: Mutual, entry: Entry) -> Way:
    """The way to an entry of the books."""
    return page_way(mutual, entry.document_number, "entry", uid=entry.uid)


def open_to(way: Way, rights: frozenset[Right], *needed: Right) -> Way:
    """The way for a person who has one of these rights, its bare words for the others."""
    return way if rights & set(needed) else Way(way.words)


def statement_ways(mutual: Mutual, entry: Entry | None) -> list[tuple[date, int, Way]]:
    """The lines of the bank statement matched with an entry: day, signed amount, way to it."""
    if entry is None:
        return []
    return [
        (
            line.booked_on,
            line.amount_minor,
            page_way(
                mutual,
                truncatechars(line.reference or line.label, 60),
                "statement-line",
                uid=line.uid,
            ),
        )
        for line in lines_matched_with(entry)
    ]
