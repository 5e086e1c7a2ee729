"""``ratios``: one year of accounts → the ratios of a mutual, absent ones null."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from entraide.cli.calculations import forms
from entraide.cli.calculations.amounts import rounded
from entraide.indicators import ratios
from entraide.indicators.ratios import YearAccounts

# Key of the document → field of the accounts, what it holds.
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("written", "written", "contributions due under covers begun in the year"),
    ("collected", "collected", "contributions received in the year"),
    ("upr_start", "unearned_start", "contributions not yet earned, at the start"),
    ("upr_end", "unearned_end", "contributions not yet earned, at the end"),
    ("claims_paid", "claims_paid", "care paid in the year"),
    ("claims_reserve_start", "claims_reserve_start", "care due and not paid, at the start"),
    ("claims_reserve_end", "claims_reserve_end", "care due and not paid, at the end"),
    ("expenses_incurred", "expenses_incurred", "running costs of the year"),
    ("investment_income", "investment_income", "interest and the like; may be a loss"),
    ("renewed", "renewed", "members who renewed"),
    ("renewable", "renewable", "members whose cover ended and who could renew"),
    ("insured_start", "insured_start", "persons covered at the start"),
    ("insured_end", "insured_end", "persons covered at the end"),
    ("target_population", "target_population", "persons who could be covered"),
    ("assets", "assets", "all assets at the end"),
    ("liabilities", "liabilities", "all debts and reserves at the end"),
    ("cash", "cash", "cash and bank at the end"),
    ("payables_3_months", "payables_3_months", "what falls due within three months"),
    ("claims_reported", "claims_reported", "claims received"),
    ("claims_rejected", "claims_rejected", "claims wholly rejected"),
)

SCHEMA = forms.document(
    "ratios",
    tuple(key for key, _, _ in _KEYS),
    {
        **{
            key: forms.signed_amount(text) if key == "investment_income" else forms.amount(text)
            for key, _, text in _KEYS
        },
        "currency": forms.currency(),
    },
)

EXAMPLE: dict[str, Any] = {
    "written": 5_200_000,
    "collected": 5_200_000,
    "upr_start": 900_000,
    "upr_end": 1_100_000,
    "claims_paid": 3_300_000,
    "claims_reserve_start": 250_000,
    "claims_reserve_end": 400_000,
    "expenses_incurred": 900_000,
    "investment_income": 40_000,
    "renewed": 820,
    "renewable": 1000,
    "insured_start": 4000,
    "insured_end": 4600,
    "target_population": 23_000,
    "assets": 2_600_000,
    "liabilities": 2_000_000,
    "cash": 900_000,
    "payables_3_months": 750_000,
    "claims_reported": 640,
    "claims_rejected": 16,
}


def run(document: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts, then ratios; a ratio whose denominator is 0 is null."""
    year = YearAccounts(**{field: Decimal(document[key]) for key, field, _ in _KEYS})
    unit = document.get("currency")
    return {
        "earned_premium": rounded(year.earned, unit),
        "incurred_claims": rounded(year.incurred_claims, unit),
        "incurred_claims_ratio_pct": ratios.incurred_claims_ratio_pct(year),
        "expense_ratio_pct": ratios.expense_ratio_pct(year),
        "combined_ratio_pct": ratios.combined_ratio_pct(year),
        "net_income": rounded(year.net_income, unit),
        "net_income_ratio_pct": ratios.net_income_ratio_pct(year),
        "renewal_pct": ratios.renewal_pct(year),
        "growth_pct": ratios.growth_pct(year),
        "coverage_pct": ratios.coverage_pct(year),
        "solvency": ratios.solvency(year),
        "liquidity": ratios.liquidity(year),
        "rejection_pct": ratios.rejection_pct(year),
        "cash_loss_ratio_pct_for_contrast": ratios.cash_claims_ratio_pct(year),
    }
