"""The part of care that the State pays, collected by the mutual and passed on to who is owed it.

It is neither income nor cost of the mutual: a debt to providers and families stands against the
State's from the invoice on, and what comes in goes out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from entraide.core.ledger import (
    AccountRole,
    Entry,
    EntryKind,
    FundCode,
    Journal,
    Posting,
    Side,
)
from entraide.core.posting_rules import Treasury

FUND = FundCode.MUTUAL


def share_invoiced(
    *,
    document_number: str,
    occurred_on: date,
    payer: str,
    amounts_minor: Mapping[str, int],
    label: str = "",
) -> Entry:
    """The State owes its share / who gave the care, or paid for it, is owed it.

    ``payer`` is the State as a party, ``amounts_minor`` what each provider or household is owed.
    """
    total = sum(amounts_minor.values())
    receivable = Posting(AccountRole.CARE_PAYERS_RECEIVABLE, FUND, Side.DEBIT, total, party=payer)
    due = [
        Posting(AccountRole.CARE_SHARES_DUE, FUND, Side.CREDIT, amount, party=party)
        for party, amount in sorted(amounts_minor.items())
    ]
    kind = EntryKind.SHARE_INVOICED
    return Entry(document_number, Journal.CLAIMS, kind, occurred_on, (receivable, *due), label)


def share_credited(
    *,
    document_number: str,
    occurred_on: date,
    payer: str,
    amounts_minor: Mapping[str, int],
    label: str = "",
) -> Entry:
    """Part of an invoice is given back to the State: the mirror of :func:`share_invoiced`.

    Who had been owed it is owed it no longer; who was paid already owes it back.
    """
    total = sum(amounts_minor.values())
    receivable = Posting(AccountRole.CARE_PAYERS_RECEIVABLE, FUND, Side.CREDIT, total, party=payer)
    due = [
        Posting(AccountRole.CARE_SHARES_DUE, FUND, Side.DEBIT, amount, party=party)
        for party, amount in sorted(amounts_minor.items())
    ]
    kind = EntryKind.SHARE_CREDITED
    return Entry(document_number, Journal.CLAIMS, kind, occurred_on, (*due, receivable), label)


def share_received(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    payer: str,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """The State pays of an invoice: treasury / what it owes."""
    postings = (
        treasury.posting(FUND, Side.DEBIT, amount_minor),
        Posting(AccountRole.CARE_PAYERS_RECEIVABLE, FUND, Side.CREDIT, amount_minor, party=payer),
    )
    kind = EntryKind.SHARE_RECEIVED
    return Entry(document_number, treasury.journal, kind, occurred_on, postings, label)


def share_passed_on(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """What the State paid goes to a provider or household: what it is owed / treasury."""
    postings = (
        Posting(AccountRole.CARE_SHARES_DUE, FUND, Side.DEBIT, amount_minor, party=party),
        treasury.posting(FUND, Side.CREDIT, amount_minor),
    )
    kind = EntryKind.SHARE_PASSED_ON
    return Entry(document_number, treasury.journal, kind, occurred_on, postings, label)


def share_repaid(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    payer: str,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """What the State paid too much goes back to it: the mirror of :func:`share_received`."""
    postings = (
        Posting(AccountRole.CARE_PAYERS_RECEIVABLE, FUND, Side.DEBIT, amount_minor, party=payer),
        treasury.posting(FUND, Side.CREDIT, amount_minor),
    )
    kind = EntryKind.SHARE_REPAID
    return Entry(document_number, treasury.journal, kind, occurred_on, postings, label)
