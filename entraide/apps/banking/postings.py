"""The entries that a statement line itself causes: charges, interest, costs, suspense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.banking.models import StatementLine
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.operations import (
    BANK_CHARGE_PREFIX,
    EXPENSE_PREFIX,
    INTEREST_PREFIX,
    treasury_of,
)
from entraide.apps.ledger.services import post_entry
from entraide.apps.schemes.numbering import next_number
from entraide.core import ledger as core
from entraide.core import posting_rules
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole

SUSPENSE_PREFIX = "ATT"


@dataclass(frozen=True, slots=True)
class LinePosting:
    """How a line becomes an entry: its book, its direction (1 in, −1 out, 0 both), its rule."""

    prefix: str
    direction: int
    build: Callable[[StatementLine, str], core.Entry]


def _charge(line: StatementLine, number: str) -> core.Entry:
    return posting_rules.bank_charge(
        document_number=number,
        occurred_on=line.booked_on,
        treasury=treasury_of(line.bank_account.account),
        amount_minor=-line.amount_minor,
        label=line.label[:200],
    )


def _interest(line: StatementLine, number: str) -> core.Entry:
    return posting_rules.interest_received(
        document_number=number,
        occurred_on=line.booked_on,
        treasury=treasury_of(line.bank_account.account),
        amount_minor=line.amount_minor,
        label=line.label[:200],
    )


def _running_cost(line: StatementLine, number: str) -> core.Entry:
    return posting_rules.expense_paid(
        document_number=number,
        occurred_on=line.booked_on,
        treasury=treasury_of(line.bank_account.account),
        expense=AccountRole.OTHER_RUNNING_COSTS,
        amount_minor=-line.amount_minor,
        label=line.label[:200],
    )


def _suspense(line: StatementLine, number: str) -> core.Entry:
    return posting_rules.suspense(
        document_number=number,
        occurred_on=line.booked_on,
        treasury=treasury_of(line.bank_account.account),
        amount_minor=abs(line.amount_minor),
        is_received=line.amount_minor > 0,
        label=line.label[:200],
    )


LINE_POSTINGS: dict[AccountRole, LinePosting] = {
    AccountRole.BANK_CHARGES: LinePosting(BANK_CHARGE_PREFIX, -1, _charge),
    AccountRole.INTEREST_INCOME: LinePosting(INTEREST_PREFIX, 1, _interest),
    AccountRole.OTHER_RUNNING_COSTS: LinePosting(EXPENSE_PREFIX, -1, _running_cost),
    AccountRole.SUSPENSE: LinePosting(SUSPENSE_PREFIX, 0, _suspense),
}
RULE_ROLES = frozenset(LINE_POSTINGS) - {AccountRole.SUSPENSE}  # not to know is never a rule


def is_in_direction(line: StatementLine, role: AccountRole) -> bool:
    """A charge goes out, interest comes in; a line the other way needs a person."""
    direction = LINE_POSTINGS[role].direction
    return line.amount_minor != 0 and direction * line.amount_minor >= 0


def post_line(*, line: StatementLine, role: AccountRole, actor: User, on: date) -> Entry:
    """Post the entry of a line on its own day; ``LINE_DIRECTION`` when it goes the other way."""
    if not is_in_direction(line, role):
        raise Refusal("LINE_DIRECTION", place="line", role=role.value, label=line.label)
    posting = LINE_POSTINGS[role]
    number = next_number(mutual=line.mutual, prefix=posting.prefix, on=on)
    return post_entry(mutual=line.mutual, entry=posting.build(line, number), actor=actor, on=on)
