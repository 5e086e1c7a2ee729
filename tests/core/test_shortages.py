"""What each fund lacks of missing cash."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from entraide.core.ledger import AccountRole, FundCode, Side
from entraide.core.posting_rules import Treasury
from entraide.core.shortages import (
    cash_short,
    part_of_funds,
    shortage_deducted,
    shortage_repaid,
    shortage_written_off,
)

HELD = st.dictionaries(st.sampled_from(FundCode), st.integers(0, 10**9), min_size=1).filter(
    lambda held: sum(held.values()) > 0
)
COMMON = {"document_number": "MQ-2025-00001", "occurred_on": date(2025, 1, 20), "party": "user:1"}
CASH = Treasury(AccountRole.CASH)


@given(held=HELD, data=st.data())
def test_the_parts_are_the_amount_and_no_fund_lacks_more_than_it_held(
    held: dict[FundCode, int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(1, sum(held.values())))
    parts = part_of_funds(amount, held)
    assert sum(parts.values()) == amount
    assert all(0 < part <= held[fund] for fund, part in parts.items())


@given(held=HELD)
def test_what_is_settled_takes_back_what_was_owed(held: dict[FundCode, int]) -> None:
    parts = part_of_funds(sum(held.values()), held)
    short = cash_short(treasury=CASH, amounts_minor=parts, **COMMON)
    for settled in (
        shortage_repaid(treasury=CASH, amounts_minor=parts, **COMMON),
        shortage_deducted(treasury=CASH, amounts_minor=parts, **COMMON),
        shortage_written_off(amounts_minor=parts, **COMMON),
    ):
        owed = [
            (each.fund, each.signed_minor)
            for each in (*short.postings, *settled.postings)
            if each.role is AccountRole.CASH_SHORTAGES
        ]
        assert all(sum(minor for found, minor in owed if found is fund) == 0 for fund in FundCode)


def test_a_salary_kept_back_costs_the_running_fund_and_moves_the_rest_to_the_others() -> None:
    parts = {FundCode.MUTUAL: 700, FundCode.RUNNING: 300}
    entry = shortage_deducted(treasury=CASH, amounts_minor=parts, **COMMON)
    assert [(each.role, each.fund, each.side, each.amount_minor) for each in entry.postings] == [
        (AccountRole.STAFF_COSTS, FundCode.RUNNING, Side.DEBIT, 1000),
        (AccountRole.CASH, FundCode.RUNNING, Side.CREDIT, 700),
        (AccountRole.CASH, FundCode.MUTUAL, Side.DEBIT, 700),
        (AccountRole.CASH_SHORTAGES, FundCode.MUTUAL, Side.CREDIT, 700),
        (AccountRole.CASH_SHORTAGES, FundCode.RUNNING, Side.CREDIT, 300),
    ]
