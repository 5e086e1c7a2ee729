"""The account of the State as it stands in the books: what it owes, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.ledger.models import Entry, Posting
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.subsidies import PAYER
from entraide.core.ledger import AccountRole, Side


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry on the State's account, in minor units: what it owes more (an invoice, money paid
    back to it) or less (a credit note, money of it), and what it owes after it."""

    entry: Entry
    more_minor: int
    less_minor: int
    balance_minor: int


def state_statement(mutual: Mutual, until: date) -> list[StatementLine]:
    """Every entry on the State's account up to a day included, the oldest first. One query.

    A balance below 0 is what the mutual owes to the State.
    """
    postings = Posting.objects.filter(
        mutual=mutual,
        account__role=AccountRole.CARE_PAYERS_RECEIVABLE,
        party=PAYER,
        entry__occurred_on__lte=until,
    ).select_related("entry", "entry__reverses")
    lines, balance = [], 0
    for posting in postings.order_by("entry__occurred_on", "entry__sequence", "position"):
        is_more = posting.side == Side.DEBIT
        balance += posting.amount_minor if is_more else -posting.amount_minor
        lines.append(
            StatementLine(
                posting.entry,
                posting.amount_minor if is_more else 0,
                0 if is_more else posting.amount_minor,
                balance,
            )
        )
    return lines
