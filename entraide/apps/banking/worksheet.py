"""What the desk needs to see of a reconciliation: matches with their sums, what waits, the gaps.

Always inside ``scope(mutual=…)``. Amounts are signed minor units: money in is positive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Sum, When

from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchedEntry,
    MatchState,
    Statement,
    StatementLine,
)
from entraide.apps.banking.selectors import ReconciliationState
from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.ledger.selectors import SIGNED, Movement, treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.core import reconciliation as core
from entraide.core.ledger import AccountRole


@dataclass(frozen=True, slots=True)
class MatchSheet:
    """A match as its two sides face each other; each entry with what it moved on the account."""

    match: Match
    lines: tuple[StatementLine, ...]
    entries: tuple[tuple[Entry, int], ...]

    @property
    def lines_minor(self) -> int:
        """The sum of the statement's side."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def entries_minor(self) -> int:
        """The sum of the books' side."""
        return sum(minor for _entry, minor in self.entries)

    @property
    def days_apart(self) -> int:
        """The longest way between a line and an entry; 0 when one side is empty."""
        days = [line.booked_on for line in self.lines]
        others = [entry.occurred_on for entry, _minor in self.entries]
        return max((abs((one - other).days) for one in days for other in others), default=0)


def match_sheets(matches: Iterable[Match]) -> list[MatchSheet]:
    """The two sides of matches of one account, their pieces loaded; one query more."""
    found = list(matches)
    if not found:
        return []
    entry_ids = {piece.entry_id for match in found for piece in match.matched_entries.all()}
    postings = Posting.objects.filter(entry__in=entry_ids, account=found[0].bank_account.account_id)
    amounts = dict(postings.order_by().values_list("entry_id").annotate(total=Sum(SIGNED)))
    return [
        MatchSheet(
            match,
            tuple(
                sorted(
                    (piece.line for piece in match.matched_lines.all()),
                    key=lambda line: (line.booked_on, line.pk),
                )
            ),
            tuple(
                (piece.entry, amounts.get(piece.entry_id, 0))
                for piece in sorted(
                    match.matched_entries.all(), key=lambda piece: piece.entry.sequence
                )
            ),
        )
        for match in found
    ]


def matches_of_line(line: StatementLine) -> QuerySet[Match]:
    """Every match that a line was in, the standing one first, then the latest."""
    return (
        Match.objects.filter(matched_lines__line=line)
        .select_related("bank_account", "confirmed_by", "undone_by")
        .prefetch_related("matched_lines__line", "matched_entries__entry")
        .annotate(is_past=Case(When(state=MatchState.UNDONE, then=1), default=0))
        .order_by("is_past", "-pk")
    )


@dataclass(frozen=True, slots=True)
class LineCounts:
    """The lines of an account: all, by state, and those that a proposal waits for."""

    total: int
    matched: int
    explained: int
    open: int
    proposed: int

    @property
    def alone(self) -> int:
        """Open lines without even a proposal."""
        return self.open - self.proposed


def line_counts(bank_account: BankAccount, *, file_hash: str = "") -> LineCounts:
    """How far the lines of an account, or those that one file brought, are answered for.

    Two queries.
    """
    lines = StatementLine.objects.filter(bank_account=bank_account)
    if file_hash:
        lines = lines.filter(statement__file_hash=file_hash)
    by_state = dict(lines.order_by().values_list("state").annotate(Count("pk")))
    return LineCounts(
        total=sum(by_state.values()),
        matched=by_state.get(LineState.MATCHED, 0),
        explained=by_state.get(LineState.EXPLAINED, 0),
        open=by_state.get(LineState.OPEN, 0),
        proposed=lines.filter(state=LineState.OPEN, matched__is_active=True).count(),
    )


def lines_waiting(mutual: Mutual) -> int:
    """The lines of all accounts that nobody has answered for yet."""
    return StatementLine.objects.filter(mutual=mutual, state=LineState.OPEN).count()


@dataclass(frozen=True, slots=True)
class ProposedPieces:
    """The lines and entries of proposals that wait. In a ``whole`` one all entries are among those
    asked about, so that it changes no difference: its two sides have one sum."""

    line_ids: frozenset[int]
    entry_ids: frozenset[int]
    whole_line_ids: frozenset[int]
    whole_entry_ids: frozenset[int]


def proposed_pieces(bank_account: BankAccount, entry_ids: Collection[int]) -> ProposedPieces:
    """What stands in proposals, told apart by whether all their entries are among these."""
    proposals = Match.objects.filter(
        bank_account=bank_account, state=MatchState.PROPOSED
    ).prefetch_related("matched_lines", "matched_entries")
    lines: set[int] = set()
    entries: set[int] = set()
    whole_lines: set[int] = set()
    whole_entries: set[int] = set()
    for match in proposals:
        own_lines = {piece.line_id for piece in match.matched_lines.all() if piece.is_active}
        own_entries = {piece.entry_id for piece in match.matched_entries.all() if piece.is_active}
        lines |= own_lines
        entries |= own_entries
        if own_entries <= set(entry_ids):
            whole_lines |= own_lines
            whole_entries |= own_entries
    return ProposedPieces(
        frozenset(lines), frozenset(entries), frozenset(whole_lines), frozenset(whole_entries)
    )


def overdue_movements(state: ReconciliationState) -> list[Movement]:
    """The movements of the books that the last statement should have shown, the oldest first.

    Those of a proposal that waits are left to it. One query when any is old enough, else none.
    """
    old = [
        movement
        for movement in (*state.in_transit, *state.uncashed)
        if core.is_overdue(movement.occurred_on, state.on)
    ]
    if not old:
        return []
    proposed = set(
        MatchedEntry.objects.filter(
            bank_account=state.bank_account,
            is_active=True,
            match__state=MatchState.PROPOSED,
            entry__in=[movement.entry_id for movement in old],
        ).values_list("entry_id", flat=True)
    )
    return sorted(
        (movement for movement in old if movement.entry_id not in proposed),
        key=lambda movement: (movement.occurred_on, movement.entry_id),
    )


def lines_of(statement: Statement, *, state: str = "", text: str = "") -> QuerySet[StatementLine]:
    """The lines of a statement in its order, of one state and holding a text if given."""
    found = StatementLine.objects.filter(statement=statement).order_by("position", "pk")
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(label__icontains=text) | Q(reference__icontains=text))
    return found


def lines_named(bank_account: BankAccount, uids: Iterable[UUID]) -> list[StatementLine]:
    """The lines of an account that a form names; others are left out."""
    return list(StatementLine.objects.filter(bank_account=bank_account, uid__in=list(uids)))


def entries_named(mutual: Mutual, uids: Iterable[UUID]) -> list[Entry]:
    """The entries that a form names; others are left out."""
    return list(Entry.objects.filter(mutual=mutual, uid__in=list(uids)))


def accounts_without_statements(mutual: Mutual) -> list[Account]:
    """The treasury accounts, cash boxes aside, that no bank account mirrors yet."""
    mirrored = BankAccount.objects.filter(mutual=mutual).values("account_id")
    found = treasury_accounts(mutual).exclude(role=AccountRole.CASH.value)
    return list(found.exclude(pk__in=mirrored))
