"""The only writer of the books: entries are appended to a chain, and reversed, never changed.

:func:`post_entry` writes one entry, :func:`post_entries_in_bulk` thousands; they are the same code
and leave the same rows. Both run inside the caller's transaction and scope.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, CharField

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.access.prepared_writes import PreparedInsert, PreparedUpdate, write_many
from entraide.apps.ledger.models import Account, Entry, LedgerHead, Posting
from entraide.apps.ledger.selectors import core_entry
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.core import ledger as core
from entraide.core.errors import Refusal

REVERSAL_PREFIX = "EXT"
_FEW = 20  # entries of one command; more of them are a bulk
_CHUNK = 2000  # entries written together: the memory that a bulk needs, not its result


class Draft(NamedTuple):
    """An entry to be posted: by whom, and on which day of the books."""

    entry: core.Entry
    posted_on: date
    actor: User


def chain_fields(
    fields: dict[str, Any], *, mutual: UUID, sequence: int, posted_on: date, posted_by: UUID
) -> dict[str, Any]:
    """What the hash of a posted entry covers: its own fields, and where, when and by whom."""
    return {
        **fields,
        "mutual": mutual,
        "sequence": sequence,
        "posted_on": posted_on,
        "posted_by": posted_by,
    }


def post_entry(*, mutual: Mutual, entry: core.Entry, actor: User, on: date) -> Entry:
    """Append one entry to the books; ``posted_on`` is the day of the act and never changes.

    Refused with ``ENTRY_IN_FUTURE``, ``DOCUMENT_NUMBER_TAKEN``, ``ACCOUNT_MISSING`` or
    ``BOOKS_NOT_OPEN``. Must run in a transaction: the head of the chain is locked until its end.
    """
    [row] = post_entries_in_bulk(mutual=mutual, drafts=[Draft(entry, on, actor)])
    return row


_HEAD: Prepared[LedgerHead] = Prepared(
    lambda mutual: LedgerHead.objects.select_for_update().filter(mutual=mutual),
    mutual=BigIntegerField(),
)
_HEAD_MOVES = PreparedUpdate(LedgerHead, "last_sequence", "last_hash")
_ACCOUNTS: Prepared[tuple[int, str, str]] = Prepared(
    lambda mutual: (
        Account.objects.filter(mutual=mutual).order_by().values_list("pk", "role", "key")
    ),
    is_steady=True,
    mutual=BigIntegerField(),
)
_TAKEN: Prepared[tuple[str]] = Prepared(
    lambda mutual, numbers: (
        Entry.objects.filter(mutual=mutual, document_number__in=numbers)
        .order_by()
        .values_list("document_number")[:1]
    ),
    lists=("numbers",),
    mutual=BigIntegerField(),
    numbers=CharField(),
)
_NEW_ENTRY = PreparedInsert(Entry)
_NEW_POSTINGS = PreparedInsert(Posting)


def accounts_of(mutual: Mutual) -> dict[tuple[str, str], int]:
    """The primary key of each account of a mutual by its role and key."""
    return {(role, key): pk for pk, role, key in _ACCOUNTS.all(mutual=mutual)}


def post_entries_in_bulk(*, mutual: Mutual, drafts: Iterable[Draft]) -> list[Entry]:
    """Append many entries in their order; the rows and hashes are those of :func:`post_entry`."""
    assert transaction.get_connection().in_atomic_block, "posting needs a transaction"
    head = _HEAD.first(mutual=mutual)
    if head is None:
        raise Refusal("BOOKS_NOT_OPEN", mutual=mutual.name)
    accounts = accounts_of(mutual)
    rows: list[Entry] = []
    for chunk in _chunks(drafts):
        rows += _write(mutual, head, accounts, chunk)
    _HEAD_MOVES.all([head])
    return rows


def _chunks(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """Drafts to be written together; a reversal never stands in one chunk with what it reverses."""
    chunk: list[Draft] = []
    numbers: set[str] = set()
    for draft in drafts:
        if len(chunk) == _CHUNK or draft.entry.reverses in numbers:
            yield chunk
            chunk, numbers = [], set()
        chunk.append(draft)
        numbers.add(draft.entry.document_number)
    if chunk:
        yield chunk


def _write(
    mutual: Mutual,
    head: LedgerHead,
    accounts: dict[tuple[str, str], int],
    drafts: list[Draft],
) -> list[Entry]:
    _require_free_numbers(mutual, [draft.entry.document_number for draft in drafts])
    reversed_ids = _ids_of_reversed(mutual, drafts)
    rows = [_chained(mutual, head, draft, reversed_ids) for draft in drafts]
    if len(rows) <= _FEW:
        for row in rows:
            _NEW_ENTRY.one(row)
    else:
        write_many(Entry, rows)
    postings = [
        Posting(
            mutual_id=mutual.pk,
            entry_id=row.pk,
            position=position,
            account_id=_account(accounts, posting),
            fund=posting.fund.value,
            side=posting.side.value,
            amount_minor=posting.amount_minor,
            party=posting.party,
        )
        for row, draft in zip(rows, drafts, strict=True)
        for position, posting in enumerate(draft.entry.postings, start=1)
    ]
    _NEW_POSTINGS.all(postings)
    return rows


def _chained(mutual: Mutual, head: LedgerHead, draft: Draft, reversed_ids: dict[str, int]) -> Entry:
    """The next row of the chain; the head moves with it."""
    entry, posted_on, actor = draft
    if entry.occurred_on > posted_on:
        raise Refusal(
            "ENTRY_IN_FUTURE",
            document_number=entry.document_number,
            day=entry.occurred_on,
            on=posted_on,
        )
    sequence = head.last_sequence + 1
    fields = chain_fields(
        core.entry_fields(entry),
        mutual=mutual.uid,
        sequence=sequence,
        posted_on=posted_on,
        posted_by=actor.uid,
    )
    row = Entry(
        mutual=mutual,
        sequence=sequence,
        journal=entry.journal.value,
        document_number=entry.document_number,
        kind=entry.kind.value,
        label=entry.label,
        occurred_on=entry.occurred_on,
        posted_on=posted_on,
        posted_by=actor,
        reverses_id=reversed_ids[entry.reverses] if entry.reverses else None,
        previous_hash=head.last_hash,
        hash=core.chain_hash(head.last_hash, core.canonical(fields)),
    )
    head.last_sequence, head.last_hash = sequence, row.hash
    return row


def _require_free_numbers(mutual: Mutual, numbers: list[str]) -> None:
    seen = set(numbers)
    if len(seen) < len(numbers):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        raise Refusal("DOCUMENT_NUMBER_TAKEN", document_number=twice)
    if len(seen) <= _FEW:
        taken = _TAKEN.first(mutual=mutual, numbers=sorted(seen))
    else:  # as many statements as lengths would be kept
        entries = Entry.objects.filter(mutual=mutual, document_number__in=seen)
        taken = entries.values_list("document_number").first()
    if taken is not None:
        raise Refusal("DOCUMENT_NUMBER_TAKEN", document_number=taken[0])


def _ids_of_reversed(mutual: Mutual, drafts: list[Draft]) -> dict[str, int]:
    """The keys of the entries that these drafts take back; posted earlier than their chunk."""
    wanted = {draft.entry.reverses for draft in drafts if draft.entry.reverses}
    if not wanted:
        return {}
    found = dict(
        Entry.objects.filter(mutual=mutual, document_number__in=wanted).values_list(
            "document_number", "pk"
        )
    )
    for number in wanted - found.keys():
        raise Refusal("ENTRY_TO_REVERSE_MISSING", document_number=number)
    return found


def _account(accounts: dict[tuple[str, str], int], posting: core.Posting) -> int:
    try:
        return accounts[posting.role.value, posting.account_key]
    except KeyError:
        raise Refusal("ACCOUNT_MISSING", role=posting.role.value, key=posting.account_key) from None


def reverse_posted(
    *,
    mutual: Mutual,
    entry: Entry,
    actor: User,
    on: date,
    document_number: str = "",
    reason: str = "",
) -> Entry:
    """Take an entry back by its mirror, on the day of the act; the two stay linked.

    The reversal takes the next number of the book ``EXT`` unless it has a paper of its own.
    Refused with ``ALREADY_REVERSED`` or, for a reversal itself, ``REVERSAL_NOT_REVERSIBLE``.
    """
    if entry.kind == core.EntryKind.REVERSAL:
        raise Refusal("REVERSAL_NOT_REVERSIBLE", document_number=entry.document_number)
    # The head first: of two persons reversing one entry, the second sees the first's reversal.
    LedgerHead.objects.select_for_update().filter(mutual=mutual).first()
    earlier = Entry.objects.filter(mutual=mutual, reverses=entry).first()
    if earlier is not None:
        raise Refusal(
            "ALREADY_REVERSED",
            document_number=entry.document_number,
            by=earlier.document_number,
            on=earlier.occurred_on,
        )
    number = document_number or next_number(mutual=mutual, prefix=REVERSAL_PREFIX, on=on)
    mirrored = core.reverse(core_entry(entry), number, on)
    if reason:
        mirrored = dataclasses.replace(mirrored, label=reason[:200])
    return post_entry(mutual=mutual, entry=mirrored, actor=actor, on=on)
