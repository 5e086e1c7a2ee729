"""The rows behind a figure: what they are called, how they are written, where they lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.documents.report_words import GROUP_KINDS
from entraide.messages import translate
from entraide.web.names import state_of
from entraide.web.ways import page_way

# The columns that a reader can use, in their order; keys of records become ways.
COLUMNS: dict[str, str | Promise] = {
    "document_number": _("Number"),
    "starts_on": _("Cover from"),
    "ends_on": _("Cover until"),
    "due_on": _("Due on"),
    "paid_on": _("Paid on"),
    "care_on": _("Care on"),
    "received_on": _("Received on"),
    "decided_on": _("Decided on"),
    "occurred_on": _("Day"),
    "month": _("Month"),
    "category": _("Category"),
    "group_kind": _("Group"),
    "state": _("State"),
    "days": _("Days"),
    "person_days": _("Person-days"),
    "days_to_pay": _("Days to pay"),
    "claimed_minor": _("Asked"),
    "payable_minor": _("Payable"),
    "amount_minor": _("Amount"),
    "earned_minor": _("Earned"),
    "fund_share_minor": pgettext_lazy("column", "Mutual fund"),
    "running_share_minor": pgettext_lazy("column", "Running costs"),
    "signed_minor": _("Debit − credit"),
}
NUMBERS = ("days", "person_days", "days_to_pay")
# (a column that tells the kind of row, its page, the column of its key), the first that fits.
PAGES = (
    ("claim", "claim", "claim"),
    ("claimed_minor", "claim", "uid"),
    ("cover_until", "due", "uid"),
    ("earned_minor", "due", "due"),
    ("starts_on", "household", "household"),
    ("move", "household", "household"),
    ("person", "household", "household"),
)
PAGE_WORDS: dict[str, str | Promise] = {
    "claim": _("Claim"),
    "due": _("Call"),
    "household": _("Family"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """The reader's language and what the categories of care are called in it."""

    language: str
    categories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowCell:
    """One cell of a row behind a figure."""

    text: str
    is_number: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows as a table: heads with whether they are numbers, then cells."""

    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[RowCell, ...], ...]


def row_table(
    rows: Sequence[Mapping[str, Any]], mutual: Mutual, names: Names, rights: frozenset[Right]
) -> RowTable:
    """A page of rows with the columns that they have; each leads to its record, or to the journal
    of the books, for whoever may open it."""
    if not rows:
        return RowTable((), ())
    columns = [name for name in COLUMNS if name in rows[0] and name != "document_number"]
    heads = (
        (str(COLUMNS["document_number"]), False),
        *((str(COLUMNS[name]), _is_number(name)) for name in columns),
    )
    shown = []
    for row in rows:
        words, url, right = _way(row, mutual)
        cells = [RowCell(words, False, url if right in rights else "")]
        cells += [
            RowCell(_written(name, row[name], mutual, names), _is_number(name)) for name in columns
        ]
        shown.append(tuple(cells))
    return RowTable(heads, tuple(shown))


def _way(row: Mapping[str, Any], mutual: Mutual) -> tuple[str, str, Right]:
    """The record of a row: its words, its address and the right that opens it; a paper without a
    page is in the journal."""
    number = str(row.get("document_number") or "")
    for column, page, key in PAGES:
        if column in row and row.get(key):
            words = number or str(PAGE_WORDS[page])
            return words, page_way(mutual, words, page, uid=row[key]).url, Right.READ_REGISTERS
    url = page_way(mutual, number, "journal").url
    address = f"{url}?{urlencode({'q': number})}" if url and number else ""
    return number, address, Right.READ_BOOKS


def _is_number(name: str) -> bool:
    return name.endswith("_minor") or name in NUMBERS


def _written(name: str, value: Any, mutual: Mutual, names: Names) -> str:
    if value is None or value == "":
        return writing.ABSENT
    if name.endswith("_minor"):
        return writing.amount(int(value), mutual.currency, names.language)
    if name == "month":
        return writing.month(value, names.language)
    if isinstance(value, date):
        return writing.day(value, names.language)
    if name == "state":
        return str(state_of("claim", str(value)).word)
    if name == "category":
        return names.categories.get(value, value)
    if name == "group_kind":
        return translate(GROUP_KINDS.get(value, value), names.language)
    return str(value)
