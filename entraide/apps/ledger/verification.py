"""Proving the books from their rows alone: sequence, balance, chain, head, documents, guards.

Each check yields findings, the first broken record first; a finding names the ``kind`` of record,
its ``document``, what was ``found`` and what was ``expected``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count

from entraide.apps.access.guard_check import missing_guards
from entraide.apps.ledger.models import Entry, LedgerHead, Posting
from entraide.apps.ledger.services import chain_fields
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding
from entraide.core.ledger import GENESIS, canonical, chain_hash


class _Row(NamedTuple):
    """An entry as the database holds it."""

    pk: int
    sequence: int
    journal: str
    document_number: str
    kind: str
    label: str
    occurred_on: date
    posted_on: date
    posted_by: UUID
    reverses: str | None
    previous_hash: str
    hash: str


class _Line(NamedTuple):
    """A posting as the database holds it, in the order in which the hash covers its values."""

    entry_id: int
    role: str
    fund: str
    side: str
    amount_minor: int
    account_key: str
    party: str


def _rows(mutual: Mutual) -> Iterator[_Row]:
    found = Entry.objects.filter(mutual=mutual).order_by("sequence")
    for values in found.values_list(
        "pk",
        "sequence",
        "journal",
        "document_number",
        "kind",
        "label",
        "occurred_on",
        "posted_on",
        "posted_by__uid",
        "reverses__document_number",
        "previous_hash",
        "hash",
    ).iterator():
        yield _Row(*values)


def _lines(mutual: Mutual) -> Iterator[tuple[int, list[_Line]]]:
    """The postings of each entry, entries by sequence."""
    found = Posting.objects.filter(mutual=mutual).order_by("entry__sequence", "position")
    values = found.values_list(
        "entry_id", "account__role", "fund", "side", "amount_minor", "account__key", "party"
    ).iterator()
    for entry_id, lines in groupby((_Line(*row) for row in values), key=lambda line: line.entry_id):
        yield entry_id, list(lines)


def check_chain(mutual: Mutual) -> Iterator[Finding]:
    """Every entry in one pass: its number, its balance within each fund, its place in the chain."""
    previous, expected, line_count = GENESIS, 0, 0
    postings = _lines(mutual)
    next_id, lines = next(postings, (None, []))
    for row in _rows(mutual):
        expected += 1
        own: list[_Line] = []
        if next_id == row.pk:
            own, line_count = lines, line_count + len(lines)
            next_id, lines = next(postings, (None, []))
        if row.sequence != expected:
            yield _finding(
                "LEDGER_SEQUENCE_GAP", row.document_number, found=row.sequence, expected=expected
            )
            return
        yield from _unbalanced(row, own)
        computed = chain_hash(previous, _content(mutual, row, own))
        if row.previous_hash != previous:
            yield _finding(
                "LEDGER_CHAIN_BROKEN",
                row.document_number,
                found=row.previous_hash,
                expected=previous,
            )
        elif row.hash != computed:
            yield _finding(
                "LEDGER_CHAIN_BROKEN", row.document_number, found=row.hash, expected=computed
            )
        previous = row.hash
    yield from _end_of_chain(mutual, expected, previous, line_count)


def _finding(code: str, document: str, **data: Any) -> Finding:
    return Finding(code, place=document, data={"kind": "entry", "document": document, **data})


def _unbalanced(row: _Row, lines: list[_Line]) -> Iterator[Finding]:
    difference: dict[str, int] = defaultdict(int)
    for line in lines:
        difference[line.fund] += line.amount_minor if line.side == "debit" else -line.amount_minor
    for fund, found in difference.items():
        if found != 0:
            yield _finding(
                "LEDGER_UNBALANCED", row.document_number, fund=fund, found=found, expected=0
            )


def _content(mutual: Mutual, row: _Row, lines: list[_Line]) -> bytes:
    """The bytes that the hash covers, from the rows: the same as ``core.ledger.entry_fields``."""
    fields = {
        "document_number": row.document_number,
        "journal": row.journal,
        "kind": row.kind,
        "occurred_on": row.occurred_on,
        "label": row.label,
        "reverses": row.reverses or "",
        "postings": [line[1:] for line in lines],
    }
    return canonical(
        chain_fields(
            fields,
            mutual=mutual.uid,
            sequence=row.sequence,
            posted_on=row.posted_on,
            posted_by=row.posted_by,
        )
    )


def _end_of_chain(
    mutual: Mutual, last_sequence: int, last_hash: str, line_count: int
) -> Iterator[Finding]:
    head = LedgerHead.objects.filter(mutual=mutual).first()
    expected = (head.last_sequence, head.last_hash) if head is not None else (0, GENESIS)
    if (last_sequence, last_hash) != expected:
        yield _finding("LEDGER_HEAD_DIFFERS", "", found=last_sequence, expected=expected[0])
    stored = Posting.objects.filter(entry__mutual=mutual).count()
    if stored != line_count:
        yield _finding("LEDGER_POSTING_ASTRAY", "", found=stored, expected=line_count)


def check_documents(mutual: Mutual) -> Iterator[Finding]:
    """No document number stands twice in the books."""
    twice = (
        Entry.objects.filter(mutual=mutual)
        .values("document_number")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .order_by("document_number")
    )
    for row in twice:
        yield _finding(
            "LEDGER_DOCUMENT_TWICE", row["document_number"], found=row["times"], expected=1
        )


def check_guards() -> Iterator[Finding]:
    """The database still refuses to change what is recorded."""
    for name in missing_guards():
        yield Finding(
            "LEDGER_GUARD_MISSING",
            place=name,
            data={"kind": "guard", "document": name, "found": name, "expected": ""},
        )
