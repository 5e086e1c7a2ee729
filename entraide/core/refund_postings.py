"""Refunds that nobody came for: still owed, in an account of their own."""

from __future__ import annotations

from datetime import date

from entraide.core.ledger import AccountRole, Entry, EntryKind, FundCode, Journal, Posting, Side


def refund_set_aside(
    *, document_number: str, occurred_on: date, party: str, amount_minor: int, label: str = ""
) -> Entry:
    """What a family did not come for: members payable / unclaimed refunds, mutual fund.

    It stays owed to the same ``party``, without any limit of time; reversing the entry makes it
    payable as before. No treasury moves.
    """
    fund = FundCode.MUTUAL
    postings = (
        Posting(AccountRole.MEMBERS_PAYABLE, fund, Side.DEBIT, amount_minor, party=party),
        Posting(AccountRole.UNCLAIMED_REFUNDS, fund, Side.CREDIT, amount_minor, party=party),
    )
    kind = EntryKind.REFUND_SET_ASIDE
    return Entry(document_number, Journal.OPERATIONS, kind, occurred_on, postings, label)
