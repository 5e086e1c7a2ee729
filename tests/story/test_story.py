"""One small mutual, twelve months: each figure was worked out by hand in README.md."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django_scopes import scope

from entraide.apps.banking.matches import confirm_match, post_bank_charge_for
from entraide.apps.banking.models import BankAccount, LineState, MatchState
from entraide.apps.banking.selectors import (
    lines,
    matches,
    reconciled_fund_balance,
    reconciliation_state,
)
from entraide.apps.banking.services import import_statement, open_bank_account
from entraide.apps.contributions.models import CollectionSlip, PaymentAllocation
from entraide.apps.ledger.selectors import account_for, fund_balance
from entraide.apps.planning.services import projected
from entraide.apps.reporting.services import run_report
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import AccountRole, FundCode
from tests.builders import a_key
from tests.people import People
from tests.story.lafia import Lafia

LAST_DAY = date(2025, 12, 31)


@pytest.fixture
def lafia(mutual: Mutual, product: Product, people: People) -> Iterator[Lafia]:
    with scope(mutual=mutual):
        story = Lafia(mutual, people, product)
        story.live()
        yield story


@pytest.mark.requirement("R028", begun=True)
def test_contributions_are_split_as_they_are_paid(lafia: Lafia) -> None:
    first = PaymentAllocation.objects.filter(payment=lafia.payments[1])
    assert sum(part.amount_minor for part in first) == 7_000
    assert sum(part.fund_share_minor for part in first) == 4_500
    assert list(CollectionSlip.objects.values_list("total_minor", flat=True)) == [13_000, 13_000]


def test_care_is_decided_as_the_rules_say(lafia: Lafia) -> None:
    assert [claim.payable_minor for claim in lafia.claims] == [3_000, 6_400, 0, 0, 8_000, 600]
    assert lafia.states() == ["paid", "paid", "refused", "refused", "paid", "paid"]
    claimed = sum(claim.claimed_minor for claim in lafia.claims)
    assert (claimed, claimed - sum(c.payable_minor for c in lafia.claims)) == (38_800, 20_800)


def test_the_books_hold_and_each_fund_has_its_balance(lafia: Lafia) -> None:
    assert fund_balance(lafia.mutual, FundCode.MUTUAL, LAST_DAY) == 19_000
    # the account charges of December come with the bank statement
    assert fund_balance(lafia.mutual, FundCode.RUNNING, LAST_DAY) == 9_500 + 500
    assert verify(lafia.mutual).findings == ()


PLAN = {
    "source": "README",
    "confidence": "H",
    "name": "Mutuelle Lafia",
    "currency": "XOF",
    "base_year": 2025,
    "running_share": Decimal("0.25"),
    "groups": [
        {
            "name": "Kpalimé",
            "households": 100,
            "household_size": 3,
            "contribution_minor_per_year": 12_000,
            "contribution_trend": 0,
            "collection_rate": 1,
            "renewal_rate": 1,
            "new_households_per_month": 0,
            "paid_at_once": 1,
        }
    ],
    "care": {"inflation": 0, "use_growth": 0, "payment_pattern": [1]},
    "care_lines": [
        {
            "category": "Consultation",
            "sector": "public",
            "frequency": 1,
            "bill_minor": 4_000,
            "bill_cv": 0,
            "share_paid": Decimal("0.75"),
            "ceiling_minor_per_case": 1_000_000,
        }
    ],
    "membership": {
        "newcomers_lost_per_price": 0,
        "renewals_lost_per_price": 0,
        "households_per_partner_group": 25,
    },
    "staff": {
        "salary_months_per_year": 12,
        "charges_rate": 0,
        "wage_rise": 0,
        "productive_hours_per_year": 1_650,
        "meetings_share": 0,
    },
    "posts": [],
    "activities": [],
    "reserve": {"opening_balance_minor": 0},
    "cost_lines": [
        {"name": "Animation", "basis": "fixed", "amount_minor": 250_000, "inflation": 0}
    ],
}
STATEMENT = Path(__file__).with_name("releve-2025.xml")
LATER = date(2026, 1, 5)


@pytest.fixture
def bank(lafia: Lafia) -> BankAccount:
    """The account at the bank with its statement of the year, imported and matched by itself."""
    common = {"mutual": lafia.mutual, "actor": lafia.people.moussa, "on": LATER}
    account = open_bank_account(
        account=account_for(lafia.mutual, AccountRole.BANK),
        name="Banque de Kpalimé",
        opened_on=date(2025, 1, 1),
        idempotency_key=a_key(),
        **common,
    )
    import_statement(
        bank_account=account,
        file_name=STATEMENT.name,
        content=STATEMENT.read_bytes(),
        idempotency_key=a_key(),
        **common,
    )
    return account


@pytest.mark.requirement("R140", begun=True)
def test_the_bank_answers_to_the_books(lafia: Lafia, bank: BankAccount) -> None:
    """Eighteen lines by their reference; the Chabis' transfer is proposed; the charges are posted."""
    assert lines(bank, state=LineState.MATCHED).count() == 18
    (proposed,) = matches(bank, MatchState.PROPOSED)
    common = {"mutual": lafia.mutual, "actor": lafia.people.moussa, "on": LATER}
    confirm_match(match=proposed, idempotency_key=a_key(), **common)
    (charge,) = lines(bank, state=LineState.OPEN)
    post_bank_charge_for(line=charge, idempotency_key=a_key(), **common)

    state = reconciliation_state(bank)
    assert state is not None
    assert (state.statement_minor, state.ledger_minor) == (29_100, 28_500)
    assert [movement.amount_minor for movement in state.uncashed] == [-600]
    balance = reconciled_fund_balance(lafia.mutual)
    assert balance is not None
    assert (balance.on, balance.amount_minor) == (LAST_DAY, 19_000)
    assert balance.unreconciled_since_minor == 0
    assert fund_balance(lafia.mutual, FundCode.RUNNING, LAST_DAY) == 9_500
    assert verify(lafia.mutual).findings == ()


def test_the_same_statement_twice_changes_nothing(lafia: Lafia, bank: BankAccount) -> None:
    import_statement(
        mutual=lafia.mutual,
        actor=lafia.people.moussa,
        on=LATER,
        idempotency_key=a_key(),
        bank_account=bank,
        file_name="le même.xml",
        content=STATEMENT.read_bytes(),
    )
    assert lines(bank).count() == 20


@pytest.mark.requirement("R146", begun=True)
@pytest.mark.requirement("R158", begun=True)
def test_the_indicators_are_those_worked_out_by_hand(lafia: Lafia, bank: BankAccount) -> None:
    common = {"mutual": lafia.mutual, "actor": lafia.people.moussa, "on": LATER}
    (charge,) = (line for line in lines(bank, state=LineState.OPEN) if line.amount_minor == -500)
    post_bank_charge_for(line=charge, idempotency_key=a_key(), **common)
    report = run_report(
        mutual=lafia.mutual, start=date(2025, 1, 1), until=date(2026, 1, 1), on=LATER
    )
    figures = {code: comparison.now for code, comparison in report.figures.items()}
    amounts = {
        "contribution_earned": 27_090,
        "fund_share": 20_318,
        "running_share": 6_772,
        "claims_incurred": 18_000,
        "claims_paid": 18_000,
        "running_costs": 12_500,
        "fund_balance": 19_000,
    }
    assert {code: figures[code].value for code in amounts} == amounts
    ratios = {
        "claims_ratio": (18_000, 20_318),
        "gross_claims_ratio": (18_000, 27_090),
        "autonomy_rate": (6_772, 12_500),
        "net_autonomy_rate": (27_090 - 18_000, 12_500),
    }
    for code, (numerator, denominator) in ratios.items():
        assert float(figures[code].value) == pytest.approx(numerator / denominator), code
    assert float(figures["reserve_months"].value) == pytest.approx(19_000 / 1_500)
    assert float(figures["persons_covered_months"].value) == pytest.approx(82)


def test_the_plan_projects_the_year_worked_out_by_hand() -> None:
    years = projected(PLAN, {})["years"]
    for year in years:
        assert year["contribution_earned_minor"] == 1_200_000
        assert (year["fund_share_minor"], year["running_share_minor"]) == (900_000, 300_000)
        assert (year["claims_incurred_minor"], year["running_costs_minor"]) == (900_000, 250_000)
        assert year["ratios"]["claims_ratio"]["percent"] == 100
        assert year["ratios"]["autonomy_rate"]["percent"] == 120
    assert len(years) == 6
