"""Bank and mobile-money statements in CSV, read by a :class:`BankProfile`.

Every fault is told at once, with the row of the file (the first is 1) and the column. Amounts with
a wrong grouping of thousands are refused rather than guessed. The running balance, when the bank
gives one, is checked row by row: a missing line shows where it is missing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import parse_amount
from entraide.files.bank_profile import BankProfile
from entraide.files.csv_cells import LONGEST_CELL, is_cell_too_long, limit_cells
from entraide.files.statement import (
    FILE_SIZE_LIMIT,
    BankStatement,
    RawRow,
    StatementFile,
    keyed,
    require_few_lines,
    statement_findings,
)

_BLANKS = re.compile(r"[\s\u00a0\u202f]+")


def read(content: bytes, profile: BankProfile) -> StatementFile:
    """The one statement of a CSV file.

    Refused with ``FILE_TOO_LARGE``, ``FILE_ENCODING``, ``FILE_NOT_CSV``, ``STATEMENT_TOO_LONG``,
    ``COLUMNS_MISSING`` (header not found), ``STATEMENT_EMPTY``, or :class:`RefusedRows` with all
    faults of content.
    """
    if len(content) > FILE_SIZE_LIMIT:
        raise Refusal("FILE_TOO_LARGE", size=len(content), maximum=FILE_SIZE_LIMIT)
    rows = _cells(_decoded(content, profile), profile)
    require_few_lines(len(rows))
    header_at, positions = _header(rows, profile)
    table = _Table(profile, positions)
    for number, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            if number <= header_at:
                table.mark(number, cells)
            elif number > header_at + 1:
                table.row(number, cells)
    return table.finished()


def _decoded(content: bytes, profile: BankProfile) -> str:
    for encoding in profile.encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:  # UTF-16 read as something else
            return text
    raise Refusal("FILE_ENCODING", known=", ".join(profile.encodings))


def _cells(text: str, profile: BankProfile) -> list[list[str]]:
    limit_cells()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
    rows: list[list[str]] = []
    lines_count = 0
    try:
        for cells in reader:
            rows.append(cells)
            lines_count = reader.line_num
    except csv.Error as fault:
        at = reader.line_num
        if is_cell_too_long(fault, at - lines_count):
            raise Refusal(
                "FILE_CELL_TOO_LONG", place=f"row {at}", row=at, maximum=LONGEST_CELL
            ) from None
        raise Refusal("FILE_NOT_CSV", place=f"row {at}", row=at) from None
    return rows


def _plain(text: str) -> str:
    """A header or a word of a bank, comparable: without case, accents and repeated blanks."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _BLANKS.sub(" ", bare).strip()


def header_positions(cells: list[str], profile: BankProfile) -> tuple[dict[str, int], list[str]]:
    """(header → position, columns of the profile that are not in this row)."""
    columns = profile.columns.model_dump(exclude_none=True)
    labels = columns.pop("label")
    positions = {_plain(cell): position for position, cell in enumerate(cells)}
    known: dict[str, int] = {}
    missing: list[str] = []
    for name in (*columns.values(), *labels):
        position = positions.get(_plain(name))
        if position is None:
            missing.append(name)
        else:
            known[name] = position
    return known, missing


def _header(rows: list[list[str]], profile: BankProfile) -> tuple[int, dict[str, int]]:
    """(rows above the header, header → position). The header is the first row that has all."""
    fewest_missing = header_positions([], profile)[1]
    for index, cells in enumerate(rows):
        positions, missing = header_positions(cells, profile)
        if not missing:
            return index, positions
        if len(missing) < len(fewest_missing):
            fewest_missing = missing
    raise Refusal("COLUMNS_MISSING", columns=", ".join(fewest_missing))


@dataclass
class _Line:
    """A booked line in the file's order, with what is needed to check the running balance."""

    number: int
    rows: list[RawRow]
    balance_minor: int | None


@dataclass
class _Table:
    """Collects lines, balances and faults while the rows go by."""

    profile: BankProfile
    positions: dict[str, int]
    lines: list[_Line] = field(default_factory=list)
    pending: list[RawRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    account_id: str = ""
    opening_minor: int | None = None
    closing_minor: int | None = None

    def fault(self, code: str, number: int, column: str | None, **details: object) -> None:
        place = f"row {number}" + (f", column {column}" if column else "")
        shown = {"row": number, "column": column or "", **details}
        self.findings.append(Finding(code, place=place, data=shown))

    def cell(self, cells: list[str], header: str | None) -> str:
        if header is None or self.positions[header] >= len(cells):
            return ""
        return _BLANKS.sub(" ", cells[self.positions[header]]).strip()

    def mark(self, number: int, cells: list[str]) -> bool:
        """Whether this is a row around the lines: account, opening, closing, or to be ignored."""
        marks = self.profile.marks
        filled = [cell.strip() for cell in cells if cell.strip()]
        first, last = _plain(filled[0]), filled[-1]

        def begins(word: str | None) -> bool:
            return word is not None and first.startswith(_plain(word))

        if begins(marks.account):
            self.account_id = last
        elif begins(marks.opening):
            self.opening_minor = self.amount(number, marks.opening, last)
        elif begins(marks.closing):
            self.closing_minor = self.amount(number, marks.closing, last)
        else:
            return any(begins(word) for word in marks.ignored)
        return True

    def row(self, number: int, cells: list[str]) -> None:
        """Take one row below the header."""
        columns = self.profile.columns
        if self.mark_by_label(number, cells) or self.mark(number, cells):
            return
        if not self.cell(cells, columns.booked_on):
            self.fault("ROW_WITHOUT_DATE", number, columns.booked_on)
            return
        status = self.status(number, cells)
        if status == "ignored":
            return
        booked_on = self.day(number, columns.booked_on, self.cell(cells, columns.booked_on))
        value_text = self.cell(cells, columns.value_on)
        value_on = self.day(number, columns.value_on, value_text) if value_text else booked_on
        amount_minor = self.signed(number, cells)
        fee_minor = self.amount(number, columns.fee, self.cell(cells, columns.fee) or "0")
        balance_text = self.cell(cells, columns.balance)
        balance_minor = self.amount(number, columns.balance, balance_text) if balance_text else None
        if columns.balance is not None and not balance_text and status == "booked":
            self.fault("AMOUNT_MISSING", number, columns.balance)
        if booked_on is None or value_on is None or amount_minor is None or fee_minor is None:
            return
        rows = self.raw_rows(cells, booked_on, value_on, amount_minor, abs(fee_minor))
        if status == "pending":
            self.pending.extend(rows)
        else:
            self.lines.append(_Line(number, rows, balance_minor))

    def mark_by_label(self, number: int, cells: list[str]) -> bool:
        """Whether the label says that the row is an opening or closing balance (``SOLDE AU …``)."""
        marks = self.profile.marks
        label = _plain(self.label(cells))
        for word, is_opening in ((marks.opening, True), (marks.closing, False)):
            if word is not None and label.startswith(_plain(word)):
                filled = [cell.strip() for cell in cells if cell.strip()]
                minor = self.amount(number, word, filled[-1])
                if is_opening:
                    self.opening_minor = minor
                else:
                    self.closing_minor = minor
                return True
        return False

    def label(self, cells: list[str]) -> str:
        texts = (self.cell(cells, header) for header in self.profile.columns.label)
        return " ".join(dict.fromkeys(text for text in texts if text))

    def raw_rows(
        self, cells: list[str], booked_on: date, value_on: date, amount_minor: int, fee_minor: int
    ) -> list[RawRow]:
        """The line, and a second one for the fee that the operator took on top."""
        columns = self.profile.columns
        label, bank_reference = self.label(cells), self.cell(cells, columns.bank_reference)
        reference, bank_code = (
            self.cell(cells, columns.reference),
            self.cell(cells, columns.bank_code),
        )
        bank_reference = bank_reference or reference
        rows = [
            RawRow(booked_on, value_on, amount_minor, label, reference, bank_reference, bank_code)
        ]
        if fee_minor:
            fee_label = f"{columns.fee} {label}"
            rows.append(
                RawRow(
                    booked_on, value_on, -fee_minor, fee_label, "", f"{bank_reference} FEE", "FEE"
                )
            )
        return rows

    def status(self, number: int, cells: list[str]) -> str:
        statuses, header = self.profile.statuses, self.profile.columns.status
        if statuses is None:
            return "booked"
        text = self.cell(cells, header)
        for name, words in (
            ("booked", statuses.booked),
            ("pending", statuses.pending),
            ("ignored", statuses.ignored),
        ):
            if _plain(text) in {_plain(word) for word in words}:
                return name
        self.fault("STATUS_UNKNOWN", number, header, text=text)
        return "ignored"

    def day(self, number: int, header: str | None, text: str) -> date | None:
        try:
            # A statement's day has no time zone: the bank's own day is meant.
            return datetime.strptime(text, self.profile.date_format).date()  # noqa: DTZ007
        except ValueError:
            form = self.profile.date_format
            self.fault("STATEMENT_DATE_UNREADABLE", number, header, text=text, form=form)
            return None

    def signed(self, number: int, cells: list[str]) -> int | None:
        """The signed amount of a row, from one signed column or from debit and credit."""
        columns = self.profile.columns
        if columns.amount is not None:
            text = self.cell(cells, columns.amount)
            if not text:
                self.fault("AMOUNT_MISSING", number, columns.amount)
                return None
            return self.amount(number, columns.amount, text)
        debit = self.amount(number, columns.debit, self.cell(cells, columns.debit) or "0")
        credit = self.amount(number, columns.credit, self.cell(cells, columns.credit) or "0")
        if debit is None or credit is None:
            return None
        if (debit == 0) == (credit == 0):
            both = f"{columns.debit} / {columns.credit}"
            self.fault("AMOUNT_MISSING" if debit == 0 else "AMOUNT_ON_BOTH_SIDES", number, both)
            return None
        return credit - abs(debit)  # some banks write debits with a minus sign

    def amount(self, number: int, header: str | None, text: str) -> int | None:
        """Minor units of a text in the profile's own form; a fault otherwise."""
        compact = _BLANKS.sub("", text).replace("\N{MINUS SIGN}", "-")
        mark, thousands = (
            self.profile.decimal_mark,
            "," if self.profile.decimal_mark == "." else ".",
        )
        grouped = rf"[+-]?(\d+|\d{{1,3}}(\{thousands}\d{{3}})+)(\{mark}\d+)?"
        if not re.fullmatch(grouped, compact, re.ASCII):
            self.fault("AMOUNT_UNREADABLE", number, header, text=text)
            return None
        try:
            plain = compact.replace(thousands, "").replace(mark, ".")
            return parse_amount(plain, self.profile.currency)
        except Refusal as refusal:
            self.fault(refusal.code, number, header, **refusal.data)
            return None

    def finished(self) -> StatementFile:
        """The statement, or all the faults."""
        if self.profile.order == "newest_first":
            self.lines.reverse()
        if not self.lines and not self.findings:
            raise Refusal("STATEMENT_EMPTY")
        if not self.findings:  # after another fault every later balance would look broken
            self.check_running_balance()
        opening_minor, closing_minor = self.balances()
        if self.findings or opening_minor is None or closing_minor is None:
            raise RefusedRows(tuple(self.findings))
        days = [row.booked_on for line in self.lines for row in line.rows]
        statement = BankStatement(
            account_id=self.account_id,
            currency=self.profile.currency,
            reference="",
            opening_on=min(days),
            closing_on=max(days),
            opening_minor=opening_minor,
            closing_minor=closing_minor,
            lines=keyed(self.account_id, (row for line in self.lines for row in line.rows)),
            pending=keyed(self.account_id, self.pending),
        )
        findings = statement_findings(statement, "statement")
        if findings:
            raise RefusedRows(findings)
        return StatementFile((statement,))

    def check_running_balance(self) -> None:
        """Each balance is the one before plus the line: else a line is missing or wrong there."""
        previous: int | None = None
        for line in self.lines:
            moved_minor = sum(row.amount_minor for row in line.rows)
            if line.balance_minor is not None and previous is not None:
                expected_minor = previous + moved_minor
                if line.balance_minor != expected_minor:
                    self.fault(
                        "RUNNING_BALANCE_BROKEN",
                        line.number,
                        self.profile.columns.balance,
                        expected_minor=expected_minor,
                        found_minor=line.balance_minor,
                        difference_minor=line.balance_minor - expected_minor,
                        currency=self.profile.currency,
                    )
            previous = line.balance_minor

    def balances(self) -> tuple[int | None, int | None]:
        """(opening, closing): from their own rows, else from the running balance."""
        opening_minor, closing_minor = self.opening_minor, self.closing_minor
        if self.lines:
            first, last = self.lines[0], self.lines[-1]
            if opening_minor is None and first.balance_minor is not None:
                opening_minor = first.balance_minor - sum(row.amount_minor for row in first.rows)
            if closing_minor is None:
                closing_minor = last.balance_minor
        if (opening_minor is None or closing_minor is None) and not self.findings:
            is_opening = opening_minor is None
            code = "STATEMENT_OPENING_MISSING" if is_opening else "STATEMENT_CLOSING_MISSING"
            self.findings.append(Finding(code, place="statement"))
        return opening_minor, closing_minor
