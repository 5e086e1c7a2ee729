"""From the bytes of a statement file to what importing it would add; nothing is written here.

The statements of an account form one chain: each begins with the balance where the one before
ended. A file may overlap what is already there; only its new lines are added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from entraide.apps.banking.models import BankAccount, Statement, StatementLine, days_as_reference
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.files import camt053, csv_profile
from entraide.files.bank_profile import BankProfile, read_profile
from entraide.files.recognition import recognise
from entraide.files.statement import BankStatement, StatementFile, StatementRow
from entraide.rulebook import country_path

AUTO = "auto"
CAMT053 = "camt053"
_CHUNK = 500  # keys asked of the database at once


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement as it would be recorded: ``opening_minor`` + its new rows = ``closing_minor``."""

    reference: str
    opening_on: date
    closing_on: date
    opening_minor: int
    closing_minor: int
    rows: tuple[StatementRow, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file adds to an account. ``identifier`` is the account's as the file writes it;
    ``other_count`` statements of the file are of other accounts and are left aside."""

    format: str
    file_hash: str
    identifier: str
    statements: tuple[NewStatement, ...]
    known_count: int
    other_count: int

    @property
    def new_count(self) -> int:
        """The number of lines that the file adds."""
        return sum(len(statement.rows) for statement in self.statements)


def profile_paths(mutual: Mutual) -> dict[str, Path]:
    """Profile code → its file, among the banks and operators of the mutual's country."""
    folder = country_path(mutual.country).with_name("banks")
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def profiles(mutual: Mutual) -> list[BankProfile]:
    """The profiles of the country that can be read; one that cannot says why when it is chosen."""
    found: list[BankProfile] = []
    for path in profile_paths(mutual).values():
        try:
            found.append(read_profile(path))
        except Refusal:
            continue
    return found


def profile_of(mutual: Mutual, code: str) -> BankProfile:
    """The profile with this code; ``PROFILE_UNKNOWN`` with those that there are."""
    paths = profile_paths(mutual)
    if code not in paths:
        raise Refusal(
            "PROFILE_UNKNOWN", place="profile", profile=code, known=", ".join(paths) or "—"
        )
    return read_profile(paths[code])


def read_file(
    mutual: Mutual, content: bytes, *, format: str = AUTO, csv_code: str = ""
) -> tuple[str, StatementFile]:
    """(format, statements). ``format`` is ``auto``, ``camt053`` or the code of a CSV profile.

    ``auto`` takes XML for camt.053 and finds the profile of a CSV by its header; ``csv_code`` is
    the profile that the account names, if any.
    Refused with what :func:`~entraide.files.recognition.recognise` or the reader of the format
    refuses, or ``PROFILE_UNKNOWN``.
    """
    if format == CAMT053 or (format == AUTO and _is_xml(content)):
        return CAMT053, camt053.read(content)
    if format == AUTO:
        own = profile_of(mutual, csv_code) if csv_code else None
        profile = recognise(content, profiles(mutual), own)
    else:
        profile = profile_of(mutual, format)
    return profile.profile, csv_profile.read(content, profile)


def _is_xml(content: bytes) -> bool:
    """The first character, byte order marks and blanks aside, opens an element."""
    return content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def same_identifier(first: str, second: str) -> bool:
    """Two ways of writing one account number: blanks, dashes and case do not count."""
    return _bare(first) == _bare(second)


def _bare(identifier: str) -> str:
    return "".join(letter for letter in identifier.casefold() if letter.isalnum())


def plan_import(bank_account: BankAccount, content: bytes, *, format: str = AUTO) -> ImportPlan:
    """What this file would add to the account; also the answer of a trial run.

    Refused with what :func:`read_file` refuses, ``STATEMENT_OF_OTHER_ACCOUNT``,
    ``STATEMENT_CURRENCY_DIFFERS``, or ``STATEMENT_OPENING_DIFFERS``, ``STATEMENT_LINE_LATE`` and
    ``STATEMENT_CLOSING_DIFFERS`` when the file does not continue the chain of statements.
    """
    found_format, file = read_file(
        bank_account.mutual, content, format=format, csv_code=bank_account.csv_profile
    )
    own = [statement for statement in file.statements if _is_of(bank_account, statement)]
    if not own:
        found = ", ".join(dict.fromkeys(statement.account_id for statement in file.statements))
        raise Refusal(
            "STATEMENT_OF_OTHER_ACCOUNT",
            place="account",
            found=found,
            account=bank_account.name,
            identifier=bank_account.identifier,
        )
    for statement in own:
        if statement.currency != bank_account.currency:
            raise Refusal(
                "STATEMENT_CURRENCY_DIFFERS",
                place="currency",
                found=statement.currency,
                currency=bank_account.currency,
            )
    chain = _Chain(bank_account, (row.key for statement in own for row in statement.lines))
    planned = [
        chain.extend(statement)
        for statement in sorted(own, key=lambda each: (each.opening_on, each.closing_on))
    ]
    return ImportPlan(
        format=found_format,
        file_hash=hashlib.sha256(content).hexdigest(),
        identifier=next((each.account_id for each in own if each.account_id), ""),
        statements=_told_apart([statement for statement in planned if statement is not None]),
        known_count=chain.known_count,
        other_count=len(file.statements) - len(own),
    )


def _is_of(bank_account: BankAccount, statement: BankStatement) -> bool:
    """A file without account number is taken at the word of whoever chose the account."""
    if not statement.account_id or not bank_account.identifier:
        return True
    return same_identifier(statement.account_id, bank_account.identifier)


def _told_apart(statements: Sequence[NewStatement]) -> tuple[NewStatement, ...]:
    """References made different, where the bank gave one reference to several statements."""
    seen: dict[str, int] = {}
    found: list[NewStatement] = []
    for statement in statements:
        times = seen[statement.reference] = seen.get(statement.reference, 0) + 1
        reference = statement.reference if times == 1 else f"{statement.reference[:70]} ({times})"
        found.append(
            NewStatement(
                reference=reference,
                opening_on=statement.opening_on,
                closing_on=statement.closing_on,
                opening_minor=statement.opening_minor,
                closing_minor=statement.closing_minor,
                rows=statement.rows,
            )
        )
    return tuple(found)


class _Chain:
    """The two ends of an account's statements, and the keys of the lines that are known."""

    def __init__(self, bank_account: BankAccount, keys: Iterable[str]) -> None:
        self.currency = bank_account.currency
        statements = Statement.objects.filter(bank_account=bank_account)
        ends = ("opening_on", "opening_minor", "closing_on", "closing_minor")
        first = statements.order_by("opening_on", "closing_on", "pk").values_list(*ends).first()
        last = statements.order_by("-closing_on", "-pk").values_list(*ends).first()
        self.first = None if first is None else first[:2]
        self.last = None if last is None else last[2:]
        self.known = self._known(bank_account, list(dict.fromkeys(keys)))
        self.known_count = 0

    @staticmethod
    def _known(bank_account: BankAccount, keys: list[str]) -> set[str]:
        lines = StatementLine.objects.filter(bank_account=bank_account)
        found: set[str] = set()
        for start in range(0, len(keys), _CHUNK):
            some = keys[start : start + _CHUNK]
            found.update(lines.filter(line_key__in=some).values_list("line_key", flat=True))
        return found

    def extend(self, statement: BankStatement) -> NewStatement | None:
        """The part of a statement that is new, at one end of the chain; None for no part."""
        new = tuple(row for row in statement.lines if row.key not in self.known)
        self.known_count += len(statement.lines) - len(new)
        self.known.update(row.key for row in new)
        if self.first is None or self.last is None:
            whole = _statement(
                statement,
                (statement.opening_on, statement.opening_minor),
                (statement.closing_on, statement.closing_minor),
                new,
            )
            self.first = (whole.opening_on, whole.opening_minor)
            self.last = (whole.closing_on, whole.closing_minor)
            return whole
        if not new and statement.closing_on <= self.last[0]:
            return None
        if new and _is_before(statement, new, self.first[0]):
            return self._before(statement, new)
        return self._after(statement, new)

    def _after(self, statement: BankStatement, new: tuple[StatementRow, ...]) -> NewStatement:
        """The new lines begin where the last statement ended."""
        assert self.last is not None, "a first statement has nothing before it"
        last_on, last_minor = self.last
        begins_minor = statement.closing_minor - sum(row.amount_minor for row in new)
        self._require_equal("STATEMENT_OPENING_DIFFERS", begins_minor, last_minor, last_on)
        late = [row for row in new if row.booked_on < last_on]
        if late:
            raise Refusal(
                "STATEMENT_LINE_LATE",
                place="statement",
                label=late[0].label,
                day=late[0].booked_on,
                count=len(late),
                on=last_on,
            )
        opening_on = max(statement.opening_on, last_on)
        closing_on = max(statement.closing_on, opening_on)
        self.last = (closing_on, statement.closing_minor)
        return _statement(statement, (opening_on, last_minor), self.last, new)

    def _before(self, statement: BankStatement, new: tuple[StatementRow, ...]) -> NewStatement:
        """An older statement: its new lines end where the first one began."""
        assert self.first is not None, "a first statement has nothing after it"
        first_on, first_minor = self.first
        ends_minor = statement.opening_minor + sum(row.amount_minor for row in new)
        self._require_equal("STATEMENT_CLOSING_DIFFERS", ends_minor, first_minor, first_on)
        closing = (min(statement.closing_on, first_on), first_minor)
        self.first = (statement.opening_on, statement.opening_minor)
        return _statement(statement, self.first, closing, new)

    def _require_equal(self, code: str, found_minor: int, expected_minor: int, on: date) -> None:
        if found_minor != expected_minor:
            raise Refusal(
                code,
                place="statement",
                found_minor=found_minor,
                expected_minor=expected_minor,
                difference_minor=found_minor - expected_minor,
                currency=self.currency,
                on=on,
            )


def _is_before(statement: BankStatement, new: tuple[StatementRow, ...], first_on: date) -> bool:
    """A statement that begins before the first one known, its new lines too."""
    return statement.opening_on < first_on and all(row.booked_on <= first_on for row in new)


def _statement(
    statement: BankStatement,
    opening: tuple[date, int],
    closing: tuple[date, int],
    rows: tuple[StatementRow, ...],
) -> NewStatement:
    reference = statement.reference or days_as_reference(opening[0], closing[0])
    return NewStatement(
        reference=reference[:80],
        opening_on=opening[0],
        closing_on=closing[0],
        opening_minor=opening[1],
        closing_minor=closing[1],
        rows=rows,
    )
