"""What is still open on an account: lines of its statements, movements of the books.

They are read here as the values that ``core.reconciliation`` compares. An entry and its reversal,
both open, answer to each other and are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from entraide.apps.banking.models import (
    BankAccount,
    LineState,
    MatchedEntry,
    MatchState,
    Statement,
    StatementLine,
)
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.models import Person
from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.ledger.selectors import SIGNED, Movement
from entraide.core import reconciliation as core
from entraide.core.ledger import EntryKind
from entraide.core.reconciliation.references import NameIndex, compact
from entraide.core.reconciliation.values import MAXIMUM_WINDOW_DAYS

COUNTING = (MatchState.AUTOMATIC, MatchState.CONFIRMED)  # a proposal waits, an undone match is past
_FAR = timedelta(days=MAXIMUM_WINDOW_DAYS)


def first_statement(bank_account: BankAccount) -> Statement | None:
    """The statement with which the account's chain begins."""
    statements = Statement.objects.filter(bank_account=bank_account)
    return statements.order_by("opening_on", "closing_on", "pk").first()


def last_statement(bank_account: BankAccount) -> Statement | None:
    """The statement with which the account's chain ends."""
    statements = Statement.objects.filter(bank_account=bank_account)
    return statements.order_by("closing_on", "pk").last()


def is_before_statements(movement: Movement, first: Statement) -> bool:
    """The balance with which the first statement opens holds this movement already."""
    is_opening = movement.kind == EntryKind.OPENING_BALANCE.value
    return is_opening or movement.occurred_on < first.opening_on


def unmatched_movements(
    bank_account: BankAccount, *, until: date | None = None, with_proposed: bool = True
) -> list[Movement]:
    """The account's movements in the books up to a day (included) that no match answers to.

    ``with_proposed``: those of a proposal that waits count as open. Two queries.
    """
    movements, _pairs = movements_and_reversals(bank_account, with_proposed=with_proposed)
    if until is None:
        return movements
    return [movement for movement in movements if movement.occurred_on <= until]


def movements_and_reversals(
    bank_account: BankAccount, *, with_proposed: bool = True
) -> tuple[list[Movement], list[tuple[Movement, Movement]]]:
    """The unmatched movements, and apart the pairs of an unmatched entry and its reversal."""
    states = COUNTING if with_proposed else (*COUNTING, MatchState.PROPOSED)
    taken = MatchedEntry.objects.filter(
        bank_account=bank_account,
        entry=OuterRef("entry_id"),
        is_active=True,
        match__state__in=states,
    )
    rows = (
        Posting.objects.filter(
            ~Exists(taken), mutual=bank_account.mutual_id, account=bank_account.account_id
        )
        .values_list(
            "entry_id",
            "entry__document_number",
            "entry__kind",
            "entry__label",
            "entry__occurred_on",
            "entry__sequence",
        )
        .annotate(total=Sum(SIGNED))
        .order_by("entry__occurred_on", "entry__sequence")
    )
    found = {
        entry_id: Movement(entry_id, number, kind, label, on, total)
        for entry_id, number, kind, label, on, _sequence, total in rows
        if total != 0
    }
    reversals = Entry.objects.filter(
        mutual=bank_account.mutual_id,
        reverses__isnull=False,
        postings__account=bank_account.account_id,
    )
    pairs = [
        (found.pop(reversed_pk), found.pop(pk))
        for pk, reversed_pk in reversals.values_list("pk", "reverses_id").distinct()
        if pk in found and reversed_pk in found
    ]
    return list(found.values()), pairs


def key_of(pk: int) -> str:
    """A record's key as the core orders it: texts in the order of numbers."""
    return f"{pk:012d}"


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Both sides of an account, ready to be compared; keys are those of the records."""

    lines: dict[int, StatementLine]
    movements: dict[int, Movement]
    core_lines: tuple[core.Line, ...]
    core_movements: tuple[core.Movement, ...]
    settled: core.Settled

    def propose(
        self, rules: Collection[core.MatchRule] = (), *, with_leftovers: bool = True
    ) -> core.Proposal:
        """The matches that the core proposes, and why the rest is left when that is asked."""
        return core.propose_matches(
            self.core_movements,
            self.core_lines,
            rules,
            settled=self.settled,
            with_leftovers=with_leftovers,
        )


def open_items(
    bank_account: BankAccount, *, until: date | None = None, with_proposed: bool = True
) -> OpenItems:
    """The open lines and movements of an account, movements up to a day (included).

    A movement from before the first statement is there for three months more, for the cheque that
    is cashed late; older ones stand in the opening balance. A constant number of queries.
    """
    first = first_statement(bank_account)
    lines = StatementLine.objects.filter(bank_account=bank_account, state=LineState.OPEN)
    if not with_proposed:
        lines = lines.exclude(matched__is_active=True)
    open_lines = {line.pk: line for line in lines.order_by("booked_on", "position", "pk")}
    movements = {
        movement.entry_id: movement
        for movement in unmatched_movements(bank_account, until=until, with_proposed=with_proposed)
        if first is not None
        and movement.kind != EntryKind.OPENING_BALANCE.value
        and movement.occurred_on >= first.opening_on - _FAR
    }
    holders, aliases = _holders_and_aliases(bank_account, movements)
    index = NameIndex(aliases)
    return OpenItems(
        lines=open_lines,
        movements=movements,
        core_lines=tuple(_core_line(line, index, aliases) for line in open_lines.values()),
        core_movements=tuple(
            core.Movement(
                key_of(movement.entry_id),
                movement.document_number,
                movement.amount_minor,
                movement.occurred_on,
                holders.get(movement.entry_id, movement.label),
                movement.label,
            )
            for movement in movements.values()
        ),
        settled=_settled(bank_account, [line.booked_on for line in open_lines.values()]),
    )


def _core_line(line: StatementLine, index: NameIndex, aliases: dict[str, list[str]]) -> core.Line:
    """A line; where it names an operator's transaction it also names the receipt made of it."""
    named = index.found_in(line.label) | index.found_in(line.reference) if aliases else ()
    documents = [document for alias in sorted(named) for document in aliases[alias]]
    return core.Line(
        key_of(line.pk),
        line.amount_minor,
        line.booked_on,
        line.label,
        " ".join([line.reference, *documents]).strip(),
    )


def _holders_and_aliases(
    bank_account: BankAccount, movements: dict[int, Movement]
) -> tuple[dict[int, str], dict[str, list[str]]]:
    """Who paid each receipt, and the receipts of each transaction number of an operator."""
    holders: dict[int, str] = {}
    aliases: dict[str, list[str]] = defaultdict(list)
    if not movements:
        return holders, aliases
    since = min(movement.occurred_on for movement in movements.values())
    of_account = {
        "mutual": bank_account.mutual_id,
        "treasury_account": bank_account.account_id,
        "paid_on__gte": since,
    }
    members = {
        household_id: f"{given_name} {name}".strip()
        for household_id, given_name, name in Person.objects.filter(
            mutual=bank_account.mutual_id,
            is_member=True,
            household__in=ContributionPayment.objects.filter(**of_account).values("household"),
        )
        .order_by("pk")
        .values_list("household_id", "given_name", "name")
    }
    payments = ContributionPayment.objects.filter(**of_account)
    for entry_id, household_id, payer_name, reference in payments.values_list(
        "entry_id", "household_id", "payer_name", "external_reference"
    ):
        if entry_id in movements:
            holder = payer_name or members.get(household_id, "")
            if holder:
                holders[entry_id] = holder
            if compact(reference):
                aliases[compact(reference)].append(movements[entry_id].document_number)
    return holders, aliases


def _settled(bank_account: BankAccount, open_days: list[date]) -> core.Settled:
    """What was matched in the half year before the latest open line, to recognise what names it
    again. One line forgotten for years does not bring all these years back."""
    if not open_days:
        return core.Settled()
    since = max(open_days) - 2 * _FAR
    lines = StatementLine.objects.filter(
        ~Q(state=LineState.OPEN), bank_account=bank_account, booked_on__gte=since
    )
    entries = MatchedEntry.objects.filter(
        bank_account=bank_account,
        is_active=True,
        match__state__in=COUNTING,
        entry__occurred_on__gte=since,
    )
    return core.Settled(
        movements=tuple(
            core.Movement(key_of(pk), number, 0, on)
            for pk, number, on in entries.values_list(
                "entry_id", "entry__document_number", "entry__occurred_on"
            )
        ),
        lines=tuple(
            core.Line(key_of(pk), amount_minor, on, label, reference)
            for pk, amount_minor, on, label, reference in lines.values_list(
                "pk", "amount_minor", "booked_on", "label", "reference"
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that nothing answers to, and why."""

    line: StatementLine
    leftover_class: core.LeftoverClass
    hints: tuple[core.Hint, ...]


@dataclass(frozen=True, slots=True)
class OpenMovement:
    """A movement that the statements do not show, and why."""

    movement: Movement
    leftover_class: core.LeftoverClass
    hints: tuple[core.Hint, ...]


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What remains of an account up to its last statement, proposals that wait left out."""

    lines: tuple[OpenLine, ...]
    movements: tuple[OpenMovement, ...]


def leftovers(bank_account: BankAccount) -> Leftovers:
    """The open lines and movements with their class and hints, in the order of days.

    Movements later than the last statement are not expected on it. A pair that a person refused
    is told apart by the hint ``PROPOSAL_REFUSED``.
    """
    last, first = last_statement(bank_account), first_statement(bank_account)
    if last is None or first is None:
        return Leftovers((), ())
    items = open_items(bank_account, until=last.closing_on, with_proposed=False)
    proposal = items.propose()
    refused = (core.Hint("PROPOSAL_REFUSED"),)
    lines = dict.fromkeys(map(key_of, items.lines), (core.LeftoverClass.UNKNOWN, refused))
    movements = {
        key_of(pk): (_class_of(movement), refused) for pk, movement in items.movements.items()
    }
    for left in proposal.leftover_lines:
        lines[left.id] = (left.leftover_class, left.hints)
    for left in proposal.leftover_movements:
        movements[left.id] = (left.leftover_class, left.hints)
    return Leftovers(
        tuple(OpenLine(line, *lines[key_of(pk)]) for pk, line in items.lines.items()),
        tuple(
            OpenMovement(movement, *movements[key_of(pk)])
            for pk, movement in items.movements.items()
            if not is_before_statements(movement, first)
        ),
    )


def _class_of(movement: Movement) -> core.LeftoverClass:
    is_money_in = movement.amount_minor > 0
    return core.LeftoverClass.IN_TRANSIT if is_money_in else core.LeftoverClass.UNCASHED


def open_lines(bank_account: BankAccount) -> QuerySet[StatementLine]:
    """The lines that are neither matched nor explained, proposals included, by day."""
    return StatementLine.objects.filter(bank_account=bank_account, state=LineState.OPEN)
