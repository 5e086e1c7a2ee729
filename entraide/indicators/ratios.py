"""The yearly ratios of a mutual from its accounts, with numerator and denominator on one basis.

Definitions of the handbook of Wipf and Garand on the performance of microinsurance (ADA, BRS,
MIN). Contributions are *earned* and care is *incurred*: paid ÷ collected, shown for contrast,
looks too good while a scheme grows. A ratio without denominator is absent (None), never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """Numerator ÷ denominator; None when the denominator is 0."""
    return numerator / denominator if denominator else None


def percentage(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """The same × 100."""
    return ratio(numerator * 100, denominator)


@dataclass(frozen=True, slots=True)
class YearAccounts:
    """One year of accounts and registers; amounts in one currency, counts of persons or dues.

    ``unearned_start``/``_end``: reserve of contributions not yet earned. ``claims_reserve_*``:
    outstanding claims and care not yet invoiced. ``renewable``: members whose cover ended in the
    year, of whom ``renewed`` came back: one cohort.
    """

    written: Decimal
    collected: Decimal
    unearned_start: Decimal
    unearned_end: Decimal
    claims_paid: Decimal
    claims_reserve_start: Decimal
    claims_reserve_end: Decimal
    expenses_incurred: Decimal
    investment_income: Decimal
    renewed: Decimal
    renewable: Decimal
    insured_start: Decimal
    insured_end: Decimal
    target_population: Decimal
    assets: Decimal
    liabilities: Decimal
    cash: Decimal
    payables_3_months: Decimal
    claims_reported: Decimal
    claims_rejected: Decimal

    @property
    def earned(self) -> Decimal:
        """Contributions earned: written + unearned at the start − unearned at the end."""
        return self.written + self.unearned_start - self.unearned_end

    @property
    def incurred_claims(self) -> Decimal:
        """Care of the year: paid + reserve at the end − reserve at the start."""
        return self.claims_paid + self.claims_reserve_end - self.claims_reserve_start

    @property
    def net_income(self) -> Decimal:
        """Earned − incurred − expenses + income of investments."""
        return self.earned - self.incurred_claims - self.expenses_incurred + self.investment_income


def incurred_claims_ratio_pct(year: YearAccounts) -> Decimal | None:
    """Incurred claims ÷ earned contributions."""
    return percentage(year.incurred_claims, year.earned)


def expense_ratio_pct(year: YearAccounts) -> Decimal | None:
    """Expenses ÷ earned contributions."""
    return percentage(year.expenses_incurred, year.earned)


def combined_ratio_pct(year: YearAccounts) -> Decimal | None:
    """Incurred claims and expenses ÷ earned contributions: above 100 the year loses money."""
    return percentage(year.incurred_claims + year.expenses_incurred, year.earned)


def net_income_ratio_pct(year: YearAccounts) -> Decimal | None:
    """Net income ÷ earned contributions."""
    return percentage(year.net_income, year.earned)


def renewal_pct(year: YearAccounts) -> Decimal | None:
    """Renewed ÷ those who could renew."""
    return percentage(year.renewed, year.renewable)


def growth_pct(year: YearAccounts) -> Decimal | None:
    """Change of the number covered ÷ number at the start."""
    return percentage(year.insured_end - year.insured_start, year.insured_start)


def coverage_pct(year: YearAccounts) -> Decimal | None:
    """Covered at the end ÷ target population (« taux de pénétration »)."""
    return percentage(year.insured_end, year.target_population)


def solvency(year: YearAccounts) -> Decimal | None:
    """Assets ÷ liabilities."""
    return ratio(year.assets, year.liabilities)


def liquidity(year: YearAccounts) -> Decimal | None:
    """Cash ÷ what falls due within three months."""
    return ratio(year.cash, year.payables_3_months)


def rejection_pct(year: YearAccounts) -> Decimal | None:
    """Claims rejected ÷ claims reported."""
    return percentage(year.claims_rejected, year.claims_reported)


def cash_claims_ratio_pct(year: YearAccounts) -> Decimal | None:
    """Paid ÷ collected: the old way, for contrast only."""
    return percentage(year.claims_paid, year.collected)
