"""An account at the bank with its statement of May: four lines, two of them without a number."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.banking.models import BankAccount, StatementLine
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from tests.apps.banking.statements import (
    OPENED,
    Row,
    a_bank_account,
    a_receipt,
    an_expense,
    an_import,
    an_opening,
    camt,
)
from tests.people import People
from tests.web.ledger.conftest import Address, address

__all__ = ["Address", "address"]


@pytest.fixture
def bank(scoped: Mutual, people: People) -> BankAccount:
    """The account at the bank, its books opened with a million, without statements."""
    an_opening(scoped, people.moussa)
    return a_bank_account(scoped, people.moussa)


@pytest.fixture
def gift(scoped: Mutual, people: People, bank: BankAccount) -> Entry:
    """A gift of 74 500 that the bank shows a day later without its number."""
    return a_receipt(scoped, people.moussa, 74_500, date(2025, 5, 5))


@pytest.fixture
def rent(scoped: Mutual, people: People, bank: BankAccount) -> Entry:
    """Rent of 45 000, whose number stands on the statement."""
    return an_expense(scoped, people.moussa, 45_000, date(2025, 5, 7))


@pytest.fixture
def content(gift: Entry, rent: Entry) -> bytes:
    """The statement of May as a file."""
    rows: list[Row] = [
        (date(2025, 5, 6), 74_500, "VRST ESPECES"),
        (date(2025, 5, 8), -45_000, f"VIREMENT {rent.document_number}"),
        (date(2025, 5, 30), -500, "FRAIS TENUE DE COMPTE"),
        (date(2025, 5, 30), 60_000, "VERST RASOA"),
    ]
    return camt(OPENED, rows)


@pytest.fixture
def imported(bank: BankAccount, people: People, content: bytes) -> BankAccount:
    """The account after the import: one match by number, one proposal, two lines alone."""
    an_import(bank, people.moussa, content)
    return bank


@pytest.fixture
def charge(imported: BankAccount) -> StatementLine:
    """What the bank took."""
    return StatementLine.objects.get(bank_account=imported, amount_minor=-500)


@pytest.fixture
def unknown(imported: BankAccount) -> StatementLine:
    """Money of which nobody knows anything."""
    return StatementLine.objects.get(bank_account=imported, amount_minor=60_000)
