"""Statements for tests: camt.053 files of a few lines, and the accounts and entries they answer."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from entraide.apps.access.models import User
from entraide.apps.banking.models import BankAccount, Statement
from entraide.apps.banking.services import import_statement, open_bank_account
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.operations import record_expense, record_grant, record_opening_balances
from entraide.apps.ledger.selectors import account_for
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole, FundCode
from tests.builders import a_key

IBAN = "TG53TG0000000000000000000042"
OPENED = 1_000_000
Row = tuple[date, int, str] | tuple[date, int, str, str]  # day, amount, label, bank's reference


def camt(
    opening_minor: int,
    rows: list[Row],
    *,
    opening_on: date = date(2025, 5, 1),
    closing_on: date = date(2025, 5, 31),
    account: str = IBAN,
    currency: str = "XOF",
    reference: str = "",
    closing_minor: int | None = None,
) -> bytes:
    """A camt.053 file of one statement; its closing balance follows from its lines unless given."""
    closing = opening_minor + sum(row[1] for row in rows)
    closing = closing if closing_minor is None else closing_minor

    def balance(kind: str, minor: int, on: date) -> str:
        side = "CRDT" if minor >= 0 else "DBIT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="{currency}">{abs(minor)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
            f"<Dt><Dt>{on}</Dt></Dt></Bal>"
        )

    def entry(row: Row) -> str:
        side = "CRDT" if row[1] >= 0 else "DBIT"
        bank_reference = f"<AcctSvcrRef>{escape(row[3])}</AcctSvcrRef>" if len(row) == 4 else ""
        return (
            f'<Ntry><Amt Ccy="{currency}">{abs(row[1])}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
            f"<Sts>BOOK</Sts><BookgDt><Dt>{row[0]}</Dt></BookgDt>{bank_reference}"
            f"<AddtlNtryInf>{escape(row[2])}</AddtlNtryInf></Ntry>"
        )

    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Id>{reference or closing_on.isoformat()}</Id>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balance('OPBD', opening_minor, opening_on)}{balance('CLBD', closing, closing_on)}"
        f"{''.join(map(entry, rows))}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def a_bank_account(
    mutual: Mutual,
    actor: User,
    *,
    role: AccountRole = AccountRole.BANK,
    name: str = "Compte courant",
    identifier: str = IBAN,
    csv_profile: str = "",
) -> BankAccount:
    """The bank of the mutual, without statements."""
    return open_bank_account(
        mutual=mutual,
        actor=actor,
        on=date(2025, 1, 2),
        idempotency_key=a_key(),
        account=account_for(mutual, role),
        name=name,
        opened_on=date(2025, 1, 2),
        identifier=identifier,
        csv_profile=csv_profile,
    )


def an_import(
    bank_account: BankAccount,
    actor: User,
    content: bytes,
    *,
    on: date = date(2025, 6, 16),
    format: str = "auto",
    file_name: str = "releve.xml",
) -> Statement:
    """A statement imported on a day."""
    return import_statement(
        mutual=bank_account.mutual,
        actor=actor,
        on=on,
        idempotency_key=a_key(),
        bank_account=bank_account,
        file_name=file_name,
        content=content,
        format=format,
    )


def an_opening(mutual: Mutual, actor: User, amount_minor: int = OPENED) -> Entry:
    """The balance of the bank with which the books begin, half of it the mutual fund's."""
    bank = account_for(mutual, AccountRole.BANK)
    half = amount_minor // 2
    return record_opening_balances(
        mutual=mutual,
        actor=actor,
        on=date(2025, 1, 2),
        idempotency_key=a_key(),
        opened_on=date(2025, 1, 1),
        balances=[(bank, FundCode.MUTUAL, half), (bank, FundCode.RUNNING, amount_minor - half)],
    )


def a_receipt(
    mutual: Mutual,
    actor: User,
    amount_minor: int,
    received_on: date,
    fund: FundCode = FundCode.MUTUAL,
    role: AccountRole = AccountRole.BANK,
) -> Entry:
    """Money that came to the bank, or another account, under a number of its own (``SUB-…``)."""
    return record_grant(
        mutual=mutual,
        actor=actor,
        on=received_on,
        idempotency_key=a_key(),
        amount_minor=amount_minor,
        received_on=received_on,
        label="Don",
        treasury_account=account_for(mutual, role),
        fund=fund,
    )


def an_expense(mutual: Mutual, actor: User, amount_minor: int, paid_on: date) -> Entry:
    """Money that left the bank, under a number of its own (``DEP-…``)."""
    return record_expense(
        mutual=mutual,
        actor=actor,
        on=paid_on,
        idempotency_key=a_key(),
        role=AccountRole.OTHER_RUNNING_COSTS,
        amount_minor=amount_minor,
        paid_on=paid_on,
        label="Loyer",
        treasury_account=account_for(mutual, AccountRole.BANK),
    )
