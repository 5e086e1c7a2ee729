"""The bank's side: the statements that it would print, from what the books say, with its habits.

The lines are made from the movements of the main account, up to two days late; some deposits bear
a slip number that somebody copied wrongly, and the last month has a charge that nobody announced.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from entraide.apps.ledger.selectors import Movement
from entraide.core.money import CURRENCIES
from entraide.core.periods import Period, add_months
from entraide.demo.chance import office_day, stream
from entraide.demo.network import MutualPlan

OPENING = "opening_balance"
WRONG_NUMBERS = 0.007  # of deposits, whose slip number differs from the ledger's
LABELS = {
    "contribution_paid": "VIREMENT RECU",
    "cash_deposited": "VERSEMENT ESPECES",
    "payout_made": "VIREMENT EMIS",
    "expense_paid": "PAIEMENT",
    "grant_received": "VIREMENT RECU",
    "bank_charge": "FRAIS TENUE DE COMPTE",
}


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line as the bank prints it."""

    booked_on: date
    amount_minor: int
    label: str
    reference: str
    bank_reference: str


@dataclass(frozen=True, slots=True)
class StatementFile:
    """One statement of the account, ready to be imported."""

    name: str
    closing_on: date
    content: bytes


def bank_lines(
    plan: MutualPlan, seed: int, movements: Sequence[Movement], planted: dict[str, list[str]]
) -> list[BankLine]:
    """The lines of the account in the order of the bank's days."""
    lines = []
    for movement in movements:
        if movement.kind == OPENING:
            continue  # the balance with which the first statement begins
        rng = stream(seed, plan.code, "bank", movement.document_number)
        late = rng.choice((0, 0, 0, 1, 1, 2))
        reference = movement.document_number
        if movement.kind == "cash_deposited" and rng.random() < WRONG_NUMBERS:
            reference = _copied_wrongly(reference)
            planted.setdefault("slip_number_differs", []).append(movement.document_number)
        lines.append(
            BankLine(
                booked_on=office_day(movement.occurred_on + timedelta(days=late)),
                amount_minor=movement.amount_minor,
                label=f"{LABELS.get(movement.kind, 'OPERATION')} {movement.label}".strip()[:90],
                reference=reference,
                bank_reference=f"{zlib.crc32(f'{plan.code}{reference}'.encode()):010d}",
            )
        )
    return sorted(lines, key=lambda line: (line.booked_on, line.bank_reference))


def _copied_wrongly(reference: str) -> str:
    """A zero forgotten: ``BC-2025-00047`` becomes ``BC-2025-0047``."""
    prefix, year, number = reference.split("-")
    return f"{prefix}-{year}-{number[1:]}"


def unannounced_charge(plan: MutualPlan, until: date, amount_minor: int) -> BankLine:
    """A charge in the last month that has ended, of which the books know nothing yet."""
    day = office_day(add_months(until.replace(day=1), -1) + timedelta(days=16))
    return BankLine(day, -amount_minor, "COMMISSION MESSAGES ALERTES", "", f"{plan.code}-alertes")


def statement_periods(first: date, until: date) -> Iterator[Period]:
    """The years that ended before that of a day, then the quarters, then the months."""
    start = first.replace(month=1, day=1)
    while add_months(start, 1) <= until:
        months = next(
            (months for months in (12, 3) if _is_closed(start, months, until)),
            1,
        )
        yield Period.of_months(start, months)
        start = add_months(start, months)


def _is_closed(start: date, months: int, until: date) -> bool:
    """Whether a year or quarter that may begin on a day has ended before another."""
    return (start.month - 1) % months == 0 and add_months(start, months) <= until


def statement_files(
    plan: MutualPlan, currency: str, lines: Sequence[BankLine], until: date, opening_minor: int
) -> Iterator[StatementFile]:
    """One file for each period of :func:`statement_periods` in which the account moved."""
    if not lines:
        return
    balance = opening_minor
    for period in statement_periods(lines[0].booked_on, until):
        own = [line for line in lines if line.booked_on in period]
        if own:
            name = f"releve-{plan.code}-{period.start:%Y-%m}"
            yield _WRITERS[plan.statement_format](plan, currency, name, period, own, balance)
        balance += sum(line.amount_minor for line in own)


def _camt053(
    plan: MutualPlan, currency: str, name: str, period: Period, lines: list[BankLine], opening: int
) -> StatementFile:
    digits = CURRENCIES[currency].minor_digits
    month, closing_on = period.start, period.last
    closing = opening + sum(line.amount_minor for line in lines)

    def amount(minor: int) -> str:
        return f'<Amt Ccy="{currency}">{Decimal(abs(minor)).scaleb(-digits)}</Amt>'

    def direction(minor: int) -> str:
        return f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd>"

    def balance(code: str, minor: int, day: date) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount(minor)}"
            f"{direction(minor)}<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    entries = "".join(
        f"<Ntry>{amount(line.amount_minor)}{direction(line.amount_minor)}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{line.booked_on}</Dt></BookgDt>"
        f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{escape(line.reference)}</EndToEndId></Refs>"
        f"<RmtInf><Ustrd>{escape(line.label)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        for line in lines
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{closing_on}T23:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{name}</Id><CreDtTm>{closing_on}T23:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{month}T00:00:00</FrDtTm><ToDtTm>{closing_on}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{plan.identifier}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balance('OPBD', opening, month)}{balance('CLBD', closing, closing_on)}\n"
        f"{entries}</Stmt></BkToCstmrStmt></Document>\n"
    )
    return StatementFile(f"{name}.xml", closing_on, text.encode("utf-8"))


def _bf_microfinance(
    plan: MutualPlan, currency: str, name: str, period: Period, lines: list[BankLine], opening: int
) -> StatementFile:
    closing = opening + sum(line.amount_minor for line in lines)
    rows: list[list[object]] = [
        ["N° de compte", plan.identifier],
        ["Report", f"{period.start:%d.%m.%y}", opening],
        ["Date", "Nature", "Détail", "N° pièce", "Montant"],
    ]
    for line in lines:
        nature, _, detail = line.label.partition(" ")
        rows.append(
            [f"{line.booked_on:%d.%m.%y}", nature, detail, line.reference, line.amount_minor]
        )
    rows.append(["Solde au", f"{period.last:%d.%m.%y}", closing])
    return _table(name, period, rows, "\t", "cp1252")


def _tg_mobile_money(
    plan: MutualPlan, currency: str, name: str, period: Period, lines: list[BankLine], opening: int
) -> StatementFile:
    rows: list[list[object]] = [["Jour", "Opération", "Nom", "ID", "Sortie", "Entrée", "Solde"]]
    balance = opening
    for line in lines:
        balance += line.amount_minor
        paid = -line.amount_minor if line.amount_minor < 0 else ""
        received = line.amount_minor if line.amount_minor >= 0 else ""
        operation, _, name_of = line.label.partition(" ")
        rows.append(
            [
                f"{line.booked_on:%d-%m-%Y}",
                operation,
                name_of,
                line.reference,
                paid,
                received,
                balance,
            ]
        )
    return _table(name, period, rows, ";", "utf-8-sig")


def _table(
    name: str, period: Period, rows: list[list[object]], delimiter: str, encoding: str
) -> StatementFile:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    content = text.getvalue().encode(encoding, errors="replace")
    return StatementFile(f"{name}.csv", period.last, content)


_WRITERS = {
    "camt053": _camt053,
    "bf_microfinance": _bf_microfinance,
    "tg_mobile_money": _tg_mobile_money,
}
