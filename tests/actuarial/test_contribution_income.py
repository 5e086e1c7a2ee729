from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.actuarial.assumptions import Assumptions
from entraide.actuarial.contribution_income import (
    ContributionIncome,
    contribution_per_household_year,
    project_contributions,
)
from entraide.actuarial.levers import LeverSettings, lever_paths
from entraide.actuarial.population import project_population
from tests.actuarial.plans import atia


def income(
    plan: Assumptions, levers: LeverSettings | None = None, months: int = 60
) -> ContributionIncome:
    paths = lever_paths(plan, levers or LeverSettings(), months)
    return project_contributions(plan, project_population(plan, paths), paths)


def test_what_is_written_is_earned_over_its_cover_less_what_is_not_collected():
    """A group signs once: its 12 months earn exactly the part that is collected."""
    season = (0.0,) * 11 + (12.0,)  # all contracts begin in December
    group = replace(
        atia().groups[1], households=0.0, new_households_per_month=10.0, renewal_rate=0.0, signing_season=season,
    )  # fmt: skip
    result = income(replace(atia(), groups=(group,)), months=36)
    written, earned = result.total("written"), result.total("earned")
    assert written[11] == pytest.approx(120 * 60_000)
    assert earned[:11] == pytest.approx(np.zeros(11), abs=1e-6)
    assert earned[11:23] == pytest.approx(np.full(12, 120 * 60_000 * 0.9 / 12))


@given(st.floats(0, 0.7), st.floats(0, 0.35), st.floats(0.22, 0.30))
def test_the_split_follows_the_contract_and_its_parts_lie_between_the_rates(growth, price, share):
    result = income(atia(), LeverSettings.of(growth=growth, price=price, share=share))
    part = result.total("running_share") / result.total("earned")
    assert (part >= 0.22 - 1e-12).all()
    assert (part <= share + 1e-12).all()
    assert part[:21] == pytest.approx(np.full(21, 0.22))  # nine months of lead time
    assert part[-1] == pytest.approx(share)  # all contracts carry it 36 months into the plan


def test_one_payment_at_signing_brings_money_forward_and_loses_none():
    plan = replace(atia(), groups=(replace(atia().groups[1], signing_season=(1.0,) * 12),))
    monthly, at_once = income(plan), income(plan, LeverSettings.of(circuits=1))
    lag = at_once.total("collected").cumsum() - monthly.total("collected").cumsum()
    assert (lag >= -1e-3).all()
    assert lag[-1] > 0
    assert at_once.total("earned") == pytest.approx(monthly.total("earned"))


def test_money_collected_for_the_fund_is_the_collected_money_less_the_running_share():
    result = income(atia())
    assert result.total("collected_for_fund") == pytest.approx(0.78 * result.total("collected"))


def test_a_delay_moves_collections_and_not_earnings():
    late = replace(
        atia(), groups=tuple(replace(g, collection_delay_months=2) for g in atia().groups)
    )
    assert income(late).total("collected")[2:] == pytest.approx(
        income(atia()).total("collected")[:-2]
    )
    assert income(late).total("earned") == pytest.approx(income(atia()).total("earned"))


@pytest.mark.parametrize(
    ("basis", "cv", "expected"),
    [("household", 0.0, 870_000), ("person", 0.0, 870_000 * 4.3), ("loan", 0.0, 52_200)],
)
def test_the_contribution_follows_its_basis(basis, cv, expected):
    """6 % of a loan of 870 000 Ar is 52 200 Ar, between 36 000 and 84 000."""
    group = replace(
        atia().groups[0], contribution_basis=basis, contribution_minor_per_year=870_000.0,
        loan_rate=0.06, loan_cv=cv, floor_minor=36_000.0, cap_minor=84_000.0,
    )  # fmt: skip
    assert contribution_per_household_year(group) == pytest.approx(expected)


@given(st.floats(1_000, 5e6), st.floats(0, 2))
def test_a_contribution_by_loan_stays_between_floor_and_cap(loan, cv):
    group = replace(
        atia().groups[0], contribution_basis="loan", contribution_minor_per_year=loan,
        loan_rate=0.06, loan_cv=cv, floor_minor=36_000.0, cap_minor=84_000.0,
    )  # fmt: skip
    assert 36_000 - 1e-6 <= contribution_per_household_year(group) <= 84_000 + 1e-6
