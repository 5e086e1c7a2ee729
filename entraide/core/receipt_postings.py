"""The entries of receipts beyond the plain one: another family, one sum for many families, what
was paid ahead before the books opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from entraide.core.ledger import AccountRole, Entry, EntryKind, FundCode, Journal, Posting, Side
from entraide.core.posting_rules import Treasury


def contribution_reassigned(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    from_party: str,
    to_party: str,
    taken_minor: Mapping[FundCode, int],
    given_minor: Mapping[FundCode, int],
    receivable: AccountRole = AccountRole.MEMBERS_RECEIVABLE,
    label: str = "",
) -> Entry:
    """Money received for one family was another's: the first owes again, the second has paid.

    ``taken_minor`` and ``given_minor`` are the same sum, each split by fund as the dues of its
    family are; where the splits differ the money, which stays where it lies, changes fund.
    """
    assert sum(taken_minor.values()) == sum(given_minor.values()), "the money stays"
    postings: list[Posting] = []
    for fund in FundCode:
        taken, given = taken_minor.get(fund, 0), given_minor.get(fund, 0)
        if taken:
            postings.append(Posting(receivable, fund, Side.DEBIT, taken, party=from_party))
        if given != taken:
            side = Side.DEBIT if given > taken else Side.CREDIT
            postings.append(treasury.posting(fund, side, abs(given - taken)))
        if given:
            postings.append(Posting(receivable, fund, Side.CREDIT, given, party=to_party))
    kind = EntryKind.CONTRIBUTION_REASSIGNED
    return Entry(document_number, Journal.CONTRIBUTIONS, kind, occurred_on, tuple(postings), label)


def group_sum_received(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """A lump sum comes in: treasury / advances of the group, in no fund until it is shared."""
    postings = (
        treasury.posting(FundCode.OTHER, Side.DEBIT, amount_minor),
        Posting(AccountRole.GROUP_ADVANCES, FundCode.OTHER, Side.CREDIT, amount_minor, party=party),
    )
    kind = EntryKind.GROUP_SUM_RECEIVED
    return Entry(document_number, treasury.journal, kind, occurred_on, postings, label)


def contribution_paid_from_sum(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    sum_party: str,
    amounts_minor: Mapping[FundCode, int],
    receivable: AccountRole = AccountRole.MEMBERS_RECEIVABLE,
    label: str = "",
) -> Entry:
    """A part of a lump sum pays the contribution of a family.

    ``treasury`` is where the sum lies: the money stays there and takes the funds of the dues.
    """
    total_minor = sum(amounts_minor.values())
    advances, other = AccountRole.GROUP_ADVANCES, FundCode.OTHER
    postings = [
        Posting(advances, other, Side.DEBIT, total_minor, party=sum_party),
        treasury.posting(other, Side.CREDIT, total_minor),
    ]
    for fund in FundCode:
        if amount_minor := amounts_minor.get(fund, 0):
            postings.append(treasury.posting(fund, Side.DEBIT, amount_minor))
            postings.append(Posting(receivable, fund, Side.CREDIT, amount_minor, party=party))
    kind = EntryKind.CONTRIBUTION_PAID
    return Entry(document_number, treasury.journal, kind, occurred_on, tuple(postings), label)


def advance_carried_over(
    *, document_number: str, occurred_on: date, party: str, amount_minor: int, label: str = ""
) -> Entry:
    """What a family had paid ahead before the books opened: opening funds / advances of members.

    The money is in the treasuries already, with which the books opened: no treasury moves. Until a
    contribution is paid with it the advance is in no fund.
    """
    other = FundCode.OTHER
    postings = (
        Posting(AccountRole.OPENING_FUNDS, other, Side.DEBIT, amount_minor),
        Posting(AccountRole.MEMBER_ADVANCES, other, Side.CREDIT, amount_minor, party=party),
    )
    kind = EntryKind.ADVANCE_CARRIED_OVER
    return Entry(document_number, Journal.MIGRATION, kind, occurred_on, postings, label)


def contribution_paid_from_advance(
    *,
    document_number: str,
    occurred_on: date,
    party: str,
    amounts_minor: Mapping[FundCode, int],
    receivable: AccountRole = AccountRole.MEMBERS_RECEIVABLE,
    label: str = "",
) -> Entry:
    """A part of an advance carried over pays the contribution of its family.

    No treasury moves; the opening funds bear it in the funds of the dues, no longer in none.
    """
    opening, other = AccountRole.OPENING_FUNDS, FundCode.OTHER
    total_minor = sum(amounts_minor.values())
    postings = [
        Posting(AccountRole.MEMBER_ADVANCES, other, Side.DEBIT, total_minor, party=party),
        Posting(opening, other, Side.CREDIT, total_minor),
    ]
    for fund in FundCode:
        if amount_minor := amounts_minor.get(fund, 0):
            postings.append(Posting(opening, fund, Side.DEBIT, amount_minor))
            postings.append(Posting(receivable, fund, Side.CREDIT, amount_minor, party=party))
    kind = EntryKind.CONTRIBUTION_PAID
    return Entry(document_number, Journal.CONTRIBUTIONS, kind, occurred_on, tuple(postings), label)
