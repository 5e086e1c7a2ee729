"""What any statement file becomes, whatever its format."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from entraide.core.errors import Finding, Refusal
from entraide.core.money import MAXIMUM_MINOR
from entraide.core.texts import without_unseen

FILE_SIZE_LIMIT = 20_000_000  # bytes
LINE_LIMIT = 10_000  # lines of one file: read, compared and matched within seconds

# What banks write where they have no reference to give.
_EMPTY_REFERENCES = {"", "NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NONE", "N/A", "NA", "-", "0"}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One line. ``amount_minor`` is signed: money that comes in is positive.

    ``key`` is the same in every file that holds the line, so that overlapping files do not count
    it twice. ``reference`` is what the payer or the bank gave; ``bank_code`` the kind of operation
    in the bank's own code. ``is_reversal``: the bank says that the line undoes another one.
    """

    key: str
    booked_on: date
    value_on: date
    amount_minor: int
    label: str
    reference: str
    bank_code: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement of one account: ``opening_minor + Σ lines = closing_minor``, always.

    ``account_id`` is the IBAN or the account number as the bank writes it. ``pending`` are the
    lines that the bank announces without having booked them: they count in no balance.
    """

    account_id: str
    currency: str
    reference: str
    opening_on: date
    closing_on: date
    opening_minor: int
    closing_minor: int
    lines: tuple[StatementRow, ...]
    pending: tuple[StatementRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementFile:
    """All the statements of one file, in its order."""

    statements: tuple[BankStatement, ...]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A line as a parser read it, before its key is known. ``bank_reference`` is the bank's own."""

    booked_on: date
    value_on: date
    amount_minor: int
    label: str
    reference: str
    bank_reference: str
    bank_code: str = ""
    is_reversal: bool = False


def meaningful(reference: str) -> str:
    """A reference without blanks around, or nothing when it only says that there is none."""
    stripped = reference.strip()
    return "" if stripped.upper() in _EMPTY_REFERENCES else stripped


def keyed(account_id: str, rows: Iterable[RawRow]) -> tuple[StatementRow, ...]:
    """The rows with their keys.

    The key covers the account, the day, the amount, and the bank's own reference, or the label
    where there is none; rows that are the same in all of these are told apart by their rank within
    the day. A bank that gives two lines one reference, or uses it again next year, loses no line.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found: list[StatementRow] = []
    for row in rows:
        reference = meaningful(without_unseen(row.bank_reference))
        shown = without_unseen(row.label)
        label = "" if reference else " ".join(shown.split())
        content = (
            account_id,
            row.booked_on.isoformat(),
            str(row.amount_minor),
            reference,
            label,
        )
        seen[content] += 1
        text = "\x1f".join((*content, str(seen[content])))
        found.append(
            StatementRow(
                key=hashlib.sha256(text.encode("utf-8")).hexdigest()[:32],
                booked_on=row.booked_on,
                value_on=row.value_on,
                amount_minor=row.amount_minor,
                label=shown,
                reference=without_unseen(row.reference),
                bank_code=row.bank_code,
                is_reversal=row.is_reversal,
            )
        )
    return tuple(found)


def require_few_lines(count: int) -> None:
    """Refuse with ``STATEMENT_TOO_LONG`` a file that no person could answer for."""
    if count > LINE_LIMIT:
        raise Refusal("STATEMENT_TOO_LONG", count=count, maximum=LINE_LIMIT)


def statement_findings(statement: BankStatement, place: str) -> tuple[Finding, ...]:
    """What a statement says against itself: its days, its amounts, its balances."""
    return (
        *_day_findings(statement, place),
        *_size_findings(statement, place),
        *balance_findings(statement, place),
    )


def _day_findings(statement: BankStatement, place: str) -> Iterator[Finding]:
    """``STATEMENT_DATES_SWAPPED``; ``STATEMENT_LINE_OUTSIDE`` with the first line that is booked
    on a day that the statement does not cover."""
    days = {"opening_on": statement.opening_on, "closing_on": statement.closing_on}
    if statement.opening_on > statement.closing_on:
        yield Finding("STATEMENT_DATES_SWAPPED", place=place, data=days)
        return
    outside = [
        row
        for row in statement.lines
        if not statement.opening_on <= row.booked_on <= statement.closing_on
    ]
    if outside:
        first = outside[0]
        data = {**days, "count": len(outside), "label": first.label, "day": first.booked_on}
        yield Finding("STATEMENT_LINE_OUTSIDE", first.amount_minor, place, data)


def _size_findings(statement: BankStatement, place: str) -> Iterator[Finding]:
    """``STATEMENT_AMOUNTS_TOO_LARGE`` when the amounts add up beyond what can be held exactly."""
    balances = (statement.opening_minor, statement.closing_minor)
    moved_minor = sum(abs(row.amount_minor) for row in statement.lines)
    if moved_minor + sum(map(abs, balances)) > MAXIMUM_MINOR:
        yield Finding("STATEMENT_AMOUNTS_TOO_LARGE", place=place)


def balance_findings(statement: BankStatement, place: str) -> tuple[Finding, ...]:
    """``STATEMENT_UNBALANCED`` with the difference when the lines do not lead to the closing."""
    moved_minor = sum(row.amount_minor for row in statement.lines)
    difference_minor = statement.closing_minor - statement.opening_minor - moved_minor
    if difference_minor == 0:
        return ()
    return (
        Finding(
            "STATEMENT_UNBALANCED",
            amount_minor=difference_minor,
            place=place,
            data={
                "opening_minor": statement.opening_minor,
                "moved_minor": moved_minor,
                "closing_minor": statement.closing_minor,
                "difference_minor": difference_minor,
                "currency": statement.currency,
            },
        ),
    )
