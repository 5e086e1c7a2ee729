"""The entries of receipts beyond the plain one: money that stays and changes family or fund."""

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
