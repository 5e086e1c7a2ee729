"""Reading statements and matches, and how far the books and the bank agree.

Always inside ``scope(mutual=…)``. Amounts are signed minor units: money in is positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    Match,
    MatchedEntry,
    MatchRule,
    MatchState,
    Statement,
    StatementLine,
)
from entraide.apps.banking.open_items import (
    COUNTING,
    first_statement,
    is_before_statements,
    last_statement,
    movements_and_reversals,
)
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.selectors import SIGNED, Movement, fund_balance, treasury_balance
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.core.ledger import FundCode

Found = TypeVar("Found")


def bank_accounts(mutual: Mutual) -> QuerySet[BankAccount]:
    """The accounts of a mutual at banks, lenders and operators, by name."""
    accounts = BankAccount.objects.filter(mutual=mutual).select_related("account", "mutual")
    return accounts.order_by("name")


def bank_account_for(mutual: Mutual, uid: UUID) -> BankAccount:
    """One account; ``NOT_FOUND`` otherwise."""
    return _one(bank_accounts(mutual).filter(uid=uid).first(), "bank_account", uid)


def bank_account_named(mutual: Mutual, name: str) -> BankAccount:
    """The account with this name or identifier; ``NOT_FOUND`` otherwise."""
    found = bank_accounts(mutual).filter(Q(name=name) | Q(identifier=name)).first()
    return _one(found, "bank_account", name)


def statements(bank_account: BankAccount) -> QuerySet[Statement]:
    """The statements of an account, the latest first, with their number of lines and open lines."""
    return (
        Statement.objects.filter(bank_account=bank_account)
        .select_related("imported_by")
        .annotate(
            line_count=Count("lines"),
            open_count=Count("lines", filter=Q(lines__state=LineState.OPEN)),
        )
        .order_by("-closing_on", "-pk")
    )


def statement_for(mutual: Mutual, uid: UUID) -> Statement:
    """One statement; ``NOT_FOUND`` otherwise."""
    found = Statement.objects.filter(mutual=mutual, uid=uid)
    return _one(found.select_related("bank_account", "imported_by").first(), "statement", uid)


def lines(bank_account: BankAccount, *, state: LineState | None = None) -> QuerySet[StatementLine]:
    """The lines of an account by day, of one state if given."""
    found = StatementLine.objects.filter(bank_account=bank_account)
    return found if state is None else found.filter(state=state)


def line_for(mutual: Mutual, uid: UUID) -> StatementLine:
    """One line with its account; ``NOT_FOUND`` otherwise."""
    found = StatementLine.objects.filter(mutual=mutual, uid=uid)
    loaded = found.select_related("mutual", "statement", "bank_account__account")
    return _one(loaded.first(), "statement_line", uid)


def lines_matched_with(entry: Entry) -> QuerySet[StatementLine]:
    """The statement lines that answer to an entry in a match that stands; none while it waits."""
    return (
        StatementLine.objects.filter(
            matched__is_active=True,
            matched__match__state__in=COUNTING,
            matched__match__matched_entries__entry=entry,
            matched__match__matched_entries__is_active=True,
        )
        .select_related("bank_account", "statement")
        .distinct()
    )


def matches(bank_account: BankAccount, *states: MatchState) -> QuerySet[Match]:
    """The matches of an account (of these states if given), surest first, their pieces loaded."""
    found = Match.objects.filter(bank_account=bank_account)
    if states:
        found = found.filter(state__in=states)
    return (
        found.select_related("confirmed_by", "undone_by")
        .prefetch_related("matched_lines__line", "matched_entries__entry")
        .order_by("-score", "pk")
    )


def match_for(mutual: Mutual, uid: UUID) -> Match:
    """One match with its account; ``NOT_FOUND`` otherwise."""
    found = Match.objects.filter(mutual=mutual, uid=uid).select_related("bank_account__account")
    return _one(found.first(), "match", uid)


def rules(bank_account: BankAccount) -> QuerySet[MatchRule]:
    """The rules of an account, those in use first."""
    found = MatchRule.objects.filter(bank_account=bank_account).select_related("accepted_by")
    return found.order_by("-is_active", "code")


def rule_for(mutual: Mutual, uid: UUID) -> MatchRule:
    """One rule; ``NOT_FOUND`` otherwise."""
    return _one(MatchRule.objects.filter(mutual=mutual, uid=uid).first(), "match_rule", uid)


def _one(found: Found | None, record: str, key: object) -> Found:
    if found is None:
        raise Refusal("NOT_FOUND", record=record, key=str(key))
    return found


@dataclass(frozen=True, slots=True)
class ReconciliationState:
    """The statement and the books at the closing day of the last statement, and what lies between.

    ``statement_minor + in_transit_minor + uncashed_minor = ledger_minor + opening_difference_minor
    + open_lines_minor + explained_lines_minor + later_entries_minor``

    - ``in_transit_minor``: received in the books, not yet on a statement;
    - ``uncashed_minor``: paid in the books, not yet on a statement (negative);
    - ``open_lines_minor``, ``explained_lines_minor``: on a statement, in no entry;
    - ``later_entries_minor``: entries dated after the statement that answer to it (matched to its
      lines, or reversals of earlier entries that never came to it);
    - ``opening_difference_minor``: what the first statement opened with, less the books before it.
    """

    bank_account: BankAccount
    statement: Statement
    statement_minor: int
    ledger_minor: int
    in_transit: tuple[Movement, ...]
    uncashed: tuple[Movement, ...]
    open_line_count: int
    open_lines_minor: int
    explained_lines_minor: int
    later_entries_minor: int
    opening_difference_minor: int

    @property
    def on(self) -> date:
        """The day on which both balances are taken."""
        return self.statement.closing_on

    @property
    def in_transit_minor(self) -> int:
        """The sum of what is on its way in."""
        return sum(movement.amount_minor for movement in self.in_transit)

    @property
    def uncashed_minor(self) -> int:
        """The sum of what is on its way out: zero or negative."""
        return sum(movement.amount_minor for movement in self.uncashed)

    @property
    def difference_minor(self) -> int:
        """Statement − books."""
        return self.statement_minor - self.ledger_minor

    @property
    def unexplained_minor(self) -> int:
        """The part of the difference that nobody has answered for."""
        return self.open_lines_minor + self.opening_difference_minor

    @property
    def residual_minor(self) -> int:
        """What the identity leaves over: 0, or a match whose two sums differ."""
        return (
            self.difference_minor
            + self.in_transit_minor
            + self.uncashed_minor
            - self.unexplained_minor
            - self.explained_lines_minor
            - self.later_entries_minor
        )

    @property
    def is_reconciled(self) -> bool:
        """Every line is matched or explained, and the two balances began together."""
        return self.open_line_count == 0 and self.unexplained_minor == self.residual_minor == 0


def reconciliation_state(bank_account: BankAccount) -> ReconciliationState | None:
    """How the last statement of an account and the books differ; None without a statement.

    A constant number of queries.
    """
    first, last = first_statement(bank_account), last_statement(bank_account)
    if first is None or last is None:
        return None
    unmatched, pairs = movements_and_reversals(bank_account)
    waiting = [movement for movement in unmatched if movement.occurred_on <= last.closing_on]
    later_reversals_minor = sum(
        reversal.amount_minor
        for movement, reversal in pairs
        if movement.occurred_on <= last.closing_on < reversal.occurred_on
    )
    before = [movement for movement in waiting if is_before_statements(movement, first)]
    since = [movement for movement in waiting if not is_before_statements(movement, first)]
    of_lines = StatementLine.objects.filter(bank_account=bank_account).aggregate(
        open_count=Count("pk", filter=Q(state=LineState.OPEN)),
        open=Sum("amount_minor", filter=Q(state=LineState.OPEN), default=0),
        explained=Sum("amount_minor", filter=Q(state=LineState.EXPLAINED), default=0),
    )
    return ReconciliationState(
        bank_account=bank_account,
        statement=last,
        statement_minor=last.closing_minor,
        ledger_minor=treasury_balance(
            bank_account.mutual, last.closing_on, account=bank_account.account
        ),
        in_transit=tuple(movement for movement in since if movement.amount_minor > 0),
        uncashed=tuple(movement for movement in since if movement.amount_minor < 0),
        open_line_count=of_lines["open_count"],
        open_lines_minor=of_lines["open"],
        explained_lines_minor=of_lines["explained"],
        later_entries_minor=_later_matched(bank_account, last.closing_on) + later_reversals_minor,
        opening_difference_minor=first.opening_minor
        - sum(movement.amount_minor for movement in before),
    )


def _later_matched(bank_account: BankAccount, day: date) -> int:
    """What matched entries dated after a day moved on the account."""
    matched = MatchedEntry.objects.filter(
        bank_account=bank_account,
        is_active=True,
        match__state__in=COUNTING,
        entry__occurred_on__gt=day,
    )
    postings = Posting.objects.filter(
        account=bank_account.account_id, entry__in=matched.values("entry_id")
    )
    return int(postings.aggregate(total=Sum(SIGNED, default=0))["total"])


@dataclass(frozen=True, slots=True)
class ReconciledAccount:
    """How far one account is reconciled: to ``reconciled_on`` (None: not even its first statement).

    ``statement_on`` closes its last statement, None without one; the lines still open are counted.
    """

    bank_account: BankAccount
    reconciled_on: date | None
    statement_on: date | None
    open_line_count: int


@dataclass(frozen=True, slots=True)
class ReconciledBalance:
    """The mutual fund at the last day up to which every account is reconciled.

    ``without_statement_minor`` is the part of it that no statement speaks of: cash boxes, and
    accounts whose first statement has not come. ``unreconciled_since_minor`` is what the books
    have added to the fund after that day.
    """

    on: date
    amount_minor: int
    without_statement_minor: int
    unreconciled_since_minor: int
    accounts: tuple[ReconciledAccount, ...]


def reconciled_fund_balance(
    mutual: Mutual, *, as_of: date | None = None
) -> ReconciledBalance | None:
    """The reconciled balance of the mutual fund; None when no statement is reconciled.

    An account is reconciled up to the closing day of its last statement such that all its lines,
    and those of the statements before, are matched or explained. The balance is what the treasury
    accounts hold of the fund in the books, on the earliest of these days (an account without a
    statement does not count; one whose first statement has open lines counts from that
    statement's opening). ``as_of`` bounds both the statements and the movements since.
    """
    found = tuple(_reconciled(bank_account, as_of) for bank_account in bank_accounts(mutual))
    with_statement = [(account, first) for account, first in found if first is not None]
    if not any(account.reconciled_on for account, _first in with_statement):
        return None
    on = min(account.reconciled_on or first for account, first in with_statement)
    amount_minor = fund_balance(mutual, FundCode.MUTUAL, on)
    spoken_of = [account.bank_account.account_id for account, _first in with_statement]
    return ReconciledBalance(
        on=on,
        amount_minor=amount_minor,
        without_statement_minor=fund_balance(mutual, FundCode.MUTUAL, on, besides=spoken_of),
        unreconciled_since_minor=fund_balance(mutual, FundCode.MUTUAL, as_of or date.max)
        - amount_minor,
        accounts=tuple(account for account, _first in found),
    )


def _reconciled(
    bank_account: BankAccount, as_of: date | None
) -> tuple[ReconciledAccount, date | None]:
    """An account with the day on which its first statement opens."""
    chain = Statement.objects.filter(bank_account=bank_account)
    if as_of is not None:
        chain = chain.filter(closing_on__lte=as_of)
    rows = list(
        chain.annotate(open_count=Count("lines", filter=Q(lines__state=LineState.OPEN)))
        .order_by("closing_on", "pk")
        .values_list("opening_on", "closing_on", "open_count")
    )
    reconciled_on = None
    for _opening_on, closing_on, open_count in rows:
        if open_count:
            break
        reconciled_on = closing_on
    account = ReconciledAccount(
        bank_account=bank_account,
        reconciled_on=reconciled_on,
        statement_on=rows[-1][1] if rows else None,
        open_line_count=sum(open_count for _opening, _closing, open_count in rows),
    )
    return account, min((row[0] for row in rows), default=None)


def line_subject(line: StatementLine) -> str:
    """How the audit names a line."""
    return f"statement line {line.uid}"


def withdrawn_explanations(line: StatementLine) -> QuerySet[AuditEvent]:
    """What was once said of a line and then taken back or matched, the last first."""
    return (
        AuditEvent.objects.filter(
            mutual=line.mutual_id, kind=AuditKind.CORRECTION, subject=line_subject(line)
        )
        .select_related("actor")
        .order_by("-id")
    )
