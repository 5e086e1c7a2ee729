"""What incentive terms make a mutual owe a provider, beside its claims."""

from __future__ import annotations

from datetime import date

from entraide.core.ledger import AccountRole, Entry, EntryKind, FundCode, Journal, Posting, Side


def bonus_awarded(
    *, document_number: str, occurred_on: date, party: str, amount_minor: int, label: str = ""
) -> Entry:
    """A bonus for quality is owed to a provider: bonuses / providers payable, mutual fund."""
    role = AccountRole.PROVIDER_BONUSES
    return _owed(role, document_number, occurred_on, party, amount_minor, label)


def discount_lapsed(
    *, document_number: str, occurred_on: date, party: str, amount_minor: int, label: str = ""
) -> Entry:
    """A discount was kept of a payment that came too late for it: it is owed again.

    Discounts obtained / providers payable, mutual fund.
    """
    role = AccountRole.PROVIDER_DISCOUNTS
    return _owed(role, document_number, occurred_on, party, amount_minor, label)


def _owed(
    role: AccountRole, number: str, day: date, party: str, amount_minor: int, label: str
) -> Entry:
    fund = FundCode.MUTUAL
    postings = (
        Posting(role, fund, Side.DEBIT, amount_minor),
        Posting(AccountRole.PROVIDERS_PAYABLE, fund, Side.CREDIT, amount_minor, party=party),
    )
    kind = EntryKind.INCENTIVE_AWARDED
    return Entry(number, Journal.OPERATIONS, kind, day, postings, label)
