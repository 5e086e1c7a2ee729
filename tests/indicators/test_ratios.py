"""The yearly ratios against one year of accounts, and what is absent."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

from entraide.indicators import ratios
from entraide.indicators.ratios import YearAccounts

D = Decimal
YEAR = YearAccounts(
    written=D(5_200_000),
    collected=D(5_200_000),
    unearned_start=D(900_000),
    unearned_end=D(1_100_000),
    claims_paid=D(3_300_000),
    claims_reserve_start=D(250_000),
    claims_reserve_end=D(400_000),
    expenses_incurred=D(900_000),
    investment_income=D(40_000),
    renewed=D(820),
    renewable=D(1000),
    insured_start=D(4000),
    insured_end=D(4600),
    target_population=D(23_000),
    assets=D(2_600_000),
    liabilities=D(2_000_000),
    cash=D(900_000),
    payables_3_months=D(750_000),
    claims_reported=D(640),
    claims_rejected=D(16),
)
RATIOS = (
    ratios.incurred_claims_ratio_pct,
    ratios.expense_ratio_pct,
    ratios.combined_ratio_pct,
    ratios.net_income_ratio_pct,
    ratios.renewal_pct,
    ratios.growth_pct,
    ratios.coverage_pct,
    ratios.solvency,
    ratios.liquidity,
    ratios.rejection_pct,
    ratios.cash_claims_ratio_pct,
)


def test_one_year_of_accounts() -> None:
    """Case K-KPI: definitions of Wipf and Garand (ADA, BRS, MIN), numbers constructed."""
    assert YEAR.earned == 5_000_000
    assert YEAR.incurred_claims == 3_450_000
    assert YEAR.net_income == 690_000
    found = [ratio(YEAR) for ratio in RATIOS]
    assert found[:-1] == [69, 18, 87, D("13.8"), 82, 15, 20, D("1.3"), D("1.2"), D("2.5")]
    assert round(D(found[-1] or 0), 2) == D("63.46")


def test_a_ratio_without_denominator_is_absent() -> None:
    empty = YearAccounts(**{each.name: D(0) for each in fields(YearAccounts)})
    assert [ratio(empty) for ratio in RATIOS] == [None] * len(RATIOS)


def test_zero_claims_is_a_ratio_of_zero_and_not_absent() -> None:
    quiet = replace(YEAR, claims_paid=D(0), claims_reserve_start=D(0), claims_reserve_end=D(0))
    assert ratios.incurred_claims_ratio_pct(quiet) == 0
