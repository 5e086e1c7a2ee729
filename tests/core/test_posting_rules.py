from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core import posting_rules as rules
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, Entry, FundCode, Journal, Posting, Side, trial_balance
from entraide.core.posting_rules import Treasury

ON = date(2025, 3, 14)
CASH, BANK = Treasury(AccountRole.CASH, "office"), Treasury(AccountRole.BANK, "main")
AWA = "household:awa"
PAPER = {"document_number": "P-1", "occurred_on": ON}
MUTUAL, RUNNING, OTHER = FundCode.MUTUAL, FundCode.RUNNING, FundCode.OTHER


def balances(*entries: Entry) -> dict[tuple[str, str], int]:
    """(role, fund) → debits − credits, zeros left out."""
    found: dict[tuple[str, str], int] = {}
    for row in trial_balance(entries):
        key = (row.role.value, row.fund.value)
        found[key] = found.get(key, 0) + row.balance_minor
    return {key: value for key, value in found.items() if value}


def raised() -> Entry:
    """12 000 F: 70 % to the mutual fund, 30 % to running costs, and a joining fee of 1 000 F."""
    return rules.contribution_raised(
        **PAPER, party=AWA, fund_share_minor=8400, running_share_minor=3600, fees_minor=1000
    )


@pytest.mark.requirement("R130", begun=True)
def test_a_contribution_raised_then_paid_leaves_income_and_cash() -> None:
    paid = rules.contribution_paid(
        **PAPER, treasury=CASH, party=AWA, amounts_minor={RUNNING: 4600, MUTUAL: 8400}
    )
    assert balances(raised(), paid) == {
        ("cash", "mutual"): 8400,
        ("cash", "running"): 4600,
        ("contribution_income", "mutual"): -8400,
        ("contribution_income", "running"): -3600,
        ("joining_fee_income", "running"): -1000,
    }
    assert raised().journal is Journal.CONTRIBUTIONS
    assert paid.journal is Journal.CASH
    assert paid.document_number == "P-1"
    parties = {posting.party for posting in paid.postings if not posting.account_key}
    assert parties == {AWA}


@pytest.mark.requirement("R043", begun=True)
def test_the_share_of_the_employer_and_the_subsidy_have_their_own_accounts() -> None:
    employer = rules.contribution_raised(
        **PAPER,
        party="payer:sotra",
        fund_share_minor=700,
        running_share_minor=300,
        receivable=AccountRole.PAYERS_RECEIVABLE,
    )
    state = rules.contribution_raised(
        **PAPER,
        party="payer:state",
        fund_share_minor=500,
        running_share_minor=0,
        receivable=AccountRole.PAYERS_RECEIVABLE,
        income=AccountRole.SUBSIDY_INCOME,
    )
    assert balances(employer, state) == {
        ("payers_receivable", "mutual"): 1200,
        ("payers_receivable", "running"): 300,
        ("contribution_income", "mutual"): -700,
        ("contribution_income", "running"): -300,
        ("subsidy_income", "mutual"): -500,
    }


def test_cash_deposited_moves_money_without_income() -> None:
    deposit = rules.cash_deposited(
        **PAPER, source=CASH, destination=BANK, amounts_minor={MUTUAL: 8400, RUNNING: 0}
    )
    assert balances(deposit) == {("cash", "mutual"): -8400, ("bank", "mutual"): 8400}
    with pytest.raises(Refusal, match="SAME_TREASURY"):
        rules.cash_deposited(**PAPER, source=CASH, destination=CASH, amounts_minor={MUTUAL: 1})


@pytest.mark.requirement("R064", begun=True)
@pytest.mark.parametrize("payable", sorted(rules.PAYABLE_ROLES))
def test_a_claim_is_owed_then_paid_for_providers_and_members(payable: AccountRole) -> None:
    owed = rules.claim_approved(**PAPER, payable=payable, party="provider:csps", amount_minor=27250)
    assert balances(owed) == {
        ("claims_expense", "mutual"): 27250,
        (payable.value, "mutual"): -27250,
    }
    paid = rules.payout_made(
        **PAPER, treasury=BANK, payable=payable, party="provider:csps", amount_minor=27250
    )
    assert balances(owed, paid) == {
        ("claims_expense", "mutual"): 27250,
        ("bank", "mutual"): -27250,
    }


def test_money_in_and_out_of_running_costs() -> None:
    entries = (
        rules.grant_received(**PAPER, treasury=BANK, amount_minor=100_000, party="donor:x"),
        rules.expense_paid(
            **PAPER, treasury=CASH, expense=AccountRole.STAFF_COSTS, amount_minor=60_000
        ),
        rules.bank_charge(**PAPER, treasury=BANK, amount_minor=1_500),
        rules.interest_received(**PAPER, treasury=BANK, amount_minor=900),
    )
    assert balances(*entries) == {
        ("bank", "running"): 98_500,
        ("bank", "mutual"): 900,
        ("cash", "running"): -60_000,
        ("grant_income", "running"): -100_000,
        ("interest_income", "mutual"): -900,
        ("staff_costs", "running"): 60_000,
        ("bank_charges", "running"): 1_500,
    }


def test_the_opening_balance_takes_the_difference_of_each_fund() -> None:
    opening = rules.opening_balance(
        **PAPER,
        balances=[
            BANK.posting(MUTUAL, Side.DEBIT, 500_000),
            Posting(AccountRole.PROVIDERS_PAYABLE, MUTUAL, Side.CREDIT, 120_000, party="p:1"),
            CASH.posting(RUNNING, Side.CREDIT, 5_000),
        ],
    )
    assert opening.journal is Journal.OPENING
    assert balances(opening)["opening_funds", "mutual"] == -380_000
    assert balances(opening)["opening_funds", "running"] == 5_000


@pytest.mark.requirement("R129", begun=True)
def test_a_transfer_between_funds_balances_in_each_and_moves_no_money() -> None:
    made = rules.fund_transfer(
        **PAPER, treasury=BANK, from_fund=RUNNING, to_fund=MUTUAL, amount_minor=9_000
    )
    assert balances(made) == {
        ("bank", "mutual"): 9_000,
        ("bank", "running"): -9_000,
        ("fund_transfer", "running"): 9_000,
        ("fund_transfer", "mutual"): -9_000,
    }
    with pytest.raises(Refusal, match="SAME_FUND"):
        rules.fund_transfer(
            **PAPER, treasury=BANK, from_fund=MUTUAL, to_fund=MUTUAL, amount_minor=1
        )


@pytest.mark.parametrize("is_received", [True, False])
def test_suspense_waits_then_is_explained(is_received: bool) -> None:
    waiting = rules.suspense(**PAPER, treasury=BANK, amount_minor=12_000, is_received=is_received)
    sign = 1 if is_received else -1
    assert balances(waiting) == {
        ("bank", "other"): 12_000 * sign,
        ("suspense", "other"): -12_000 * sign,
    }
    cleared = rules.suspense_cleared(
        **PAPER,
        treasury=BANK,
        amounts_minor={MUTUAL: 8_400, RUNNING: 3_600},
        was_received=is_received,
        counterpart=AccountRole.MEMBERS_RECEIVABLE,
        party=AWA,
    )
    assert balances(waiting, cleared) == {
        ("bank", "mutual"): 8_400 * sign,
        ("bank", "running"): 3_600 * sign,
        ("members_receivable", "mutual"): -8_400 * sign,
        ("members_receivable", "running"): -3_600 * sign,
    }


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("NOT_A_TREASURY_ROLE", lambda: Treasury(AccountRole.CLAIMS_EXPENSE)),
        (
            "NOT_A_RECEIVABLE_ROLE",
            lambda: rules.contribution_paid(
                **PAPER,
                treasury=CASH,
                party=AWA,
                amounts_minor={MUTUAL: 1},
                receivable=AccountRole.PROVIDERS_PAYABLE,
            ),
        ),
        (
            "NOT_A_PAYABLE_ROLE",
            lambda: rules.claim_approved(
                **PAPER, payable=AccountRole.BANK, party="p:1", amount_minor=1
            ),
        ),
        (
            "NOT_A_RUNNING_COST_ROLE",
            lambda: rules.expense_paid(
                **PAPER, treasury=CASH, expense=AccountRole.CLAIMS_EXPENSE, amount_minor=1
            ),
        ),
        (
            "ENTRY_EMPTY",
            lambda: rules.contribution_paid(
                **PAPER, treasury=CASH, party=AWA, amounts_minor={MUTUAL: 0}
            ),
        ),
        (
            "POSTING_AMOUNT",
            lambda: rules.contribution_paid(
                **PAPER, treasury=CASH, party=AWA, amounts_minor={MUTUAL: -5}
            ),
        ),
    ],
)
def test_what_no_event_may_post(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert refused.value.code == code


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_contribution_raised_is_owed_whole(fund: int, running: int, fees: int) -> None:
    made = rules.contribution_raised(
        **PAPER, party=AWA, fund_share_minor=fund, running_share_minor=running, fees_minor=fees
    )
    found = balances(made)
    owed = found.get(("members_receivable", "mutual"), 0), found["members_receivable", "running"]
    assert owed == (fund, running + fees)
