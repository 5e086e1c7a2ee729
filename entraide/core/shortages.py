"""Missing cash: from which fund it is missing, and the entries that follow it to its end.

The holder owes what is missing until it is paid back, kept back from a salary, or written off.
Cash found too much waits in suspense until it is given back or becomes income.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from entraide.core.ledger import AccountRole, Entry, EntryKind, FundCode, Journal, Posting, Side
from entraide.core.money import allocate
from entraide.core.posting_rules import Treasury


def part_of_funds(amount_minor: int, held_minor: Mapping[FundCode, int]) -> dict[FundCode, int]:
    """Each fund's part of an amount, in proportion to what it holds and never more than that.

    The parts sum to ``amount_minor``, which is not above the sum of ``held_minor``; a fund without
    part is left out.
    """
    whole = sum(held_minor.values())
    assert 0 < amount_minor <= whole, "a part of what is held"
    assert all(held >= 0 for held in held_minor.values()), "no fund holds less than nothing"
    funds = [fund for fund in FundCode if held_minor.get(fund, 0)]
    parts = allocate(amount_minor, [held_minor[fund] for fund in funds])
    return {fund: part for fund, part in zip(funds, parts, strict=True) if part}


def cash_short(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    amounts_minor: Mapping[FundCode, int],
    label: str = "",
) -> Entry:
    """Cash is missing: its holder owes it / the cash box, in each fund."""
    postings = []
    for fund, amount in _in_order(amounts_minor):
        postings.append(_owed(fund, Side.DEBIT, amount, party))
        postings.append(treasury.posting(fund, Side.CREDIT, amount))
    kind = EntryKind.CASH_SHORTAGE
    return Entry(document_number, treasury.journal, kind, occurred_on, tuple(postings), label)


def shortage_repaid(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    amounts_minor: Mapping[FundCode, int],
    label: str = "",
) -> Entry:
    """Money comes back from who owed it: treasury / the holder, in the funds that lacked it."""
    postings = []
    for fund, amount in _in_order(amounts_minor):
        postings.append(treasury.posting(fund, Side.DEBIT, amount))
        postings.append(_owed(fund, Side.CREDIT, amount, party))
    kind = EntryKind.SHORTAGE_REPAID
    return Entry(document_number, treasury.journal, kind, occurred_on, tuple(postings), label)


def shortage_deducted(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    party: str,
    amounts_minor: Mapping[FundCode, int],
    label: str = "",
) -> Entry:
    """Kept back from a salary: staff costs of the running fund / the holder.

    The salary costs its full amount though less is paid: the money that stays in ``treasury``, the
    account that pays salaries, goes from the running fund to the other funds that lacked it.
    """
    running = FundCode.RUNNING
    total = sum(amounts_minor.values())
    elsewhere = total - amounts_minor.get(running, 0)
    postings = [Posting(AccountRole.STAFF_COSTS, running, Side.DEBIT, total)]
    if elsewhere:
        postings.append(treasury.posting(running, Side.CREDIT, elsewhere))
    for fund, amount in _in_order(amounts_minor):
        if fund is not running:
            postings.append(treasury.posting(fund, Side.DEBIT, amount))
        postings.append(_owed(fund, Side.CREDIT, amount, party))
    kind = EntryKind.SHORTAGE_REPAID
    return Entry(document_number, Journal.OPERATIONS, kind, occurred_on, tuple(postings), label)


def shortage_written_off(
    *,
    document_number: str,
    occurred_on: date,
    party: str,
    amounts_minor: Mapping[FundCode, int],
    label: str = "",
) -> Entry:
    """Nobody will pay it back: a loss of the funds that lacked it / the holder."""
    postings = []
    for fund, amount in _in_order(amounts_minor):
        postings.append(Posting(AccountRole.CASH_LOSSES, fund, Side.DEBIT, amount))
        postings.append(_owed(fund, Side.CREDIT, amount, party))
    kind = EntryKind.SHORTAGE_WRITTEN_OFF
    return Entry(document_number, Journal.OPERATIONS, kind, occurred_on, tuple(postings), label)


def surplus_given_back(
    *,
    document_number: str,
    occurred_on: date,
    treasury: Treasury,
    amount_minor: int,
    label: str = "",
) -> Entry:
    """Cash found too much goes back to who had paid it: suspense / the cash box it waited in."""
    postings = (
        Posting(AccountRole.SUSPENSE, FundCode.OTHER, Side.DEBIT, amount_minor),
        treasury.posting(FundCode.OTHER, Side.CREDIT, amount_minor),
    )
    kind = EntryKind.SUSPENSE_CLEARED
    return Entry(document_number, treasury.journal, kind, occurred_on, postings, label)


def _owed(fund: FundCode, side: Side, amount_minor: int, party: str) -> Posting:
    return Posting(AccountRole.CASH_SHORTAGES, fund, side, amount_minor, party=party)


def _in_order(amounts_minor: Mapping[FundCode, int]) -> list[tuple[FundCode, int]]:
    return [(fund, amounts_minor[fund]) for fund in FundCode if amounts_minor.get(fund, 0)]
