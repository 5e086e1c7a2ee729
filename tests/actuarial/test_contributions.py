"""The contribution build-up and the safety margin against worked cases, and their identities."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.actuarial.contributions import (
    CareRisk,
    Loadings,
    contribution_build_up,
    members_needed,
    normal_quantile,
    pure_contribution,
    safety_margin,
)
from entraide.core.errors import Refusal

D = Decimal
PACKAGE = (
    CareRisk("consultation", D("0.8"), D(1500), D("0.75"), D("0.8")),
    CareRisk("delivery", D("0.03"), D(6000), D(1), D("0.3")),
    CareRisk("inpatient", D("0.04"), D(25000), D("0.8"), D(1)),
    CareRisk("caesarean", D("0.003"), D(60000), D("0.8"), D("0.3")),
)


def one_care(frequency: str, variation: str, cost: str = "1000") -> tuple[CareRisk, ...]:
    return (CareRisk("care", D(frequency), D(cost), D(1), D(variation)),)


@pytest.mark.requirement("R180", begun=True)
def test_the_build_up_of_a_package() -> None:
    """Case K-CONT: structure of the BIT-STEP guides, numbers constructed."""
    built = contribution_build_up(PACKAGE, Loadings(D(10), D(10), D(5)))
    assert built.pure == D(2024)
    assert built.safety == D("202.4")
    assert built.operating == D("222.64")
    assert built.surplus == D("122.452")
    assert built.contribution_year == D("2571.492")
    assert round(built.per_month, 2) == D("214.29")


@pytest.mark.parametrize(
    ("frequency", "variation", "members"),
    [("1.0", "1.0", 542), ("0.3", "1.2", 2201), ("0.05", "1.5", 17587), ("0.02", "2.0", 67639)],
)
def test_members_needed_for_ten_percent(frequency: str, variation: str, members: int) -> None:
    """Case K-MINN: n = z² (1 + v²) ÷ (λ θ²) rounded up, at 95 %."""
    assert members_needed(one_care(frequency, variation), D("0.95"), D("0.1")) == members


@pytest.mark.parametrize(
    ("frequency", "variation", "percents"),
    [
        ("1.00", "1.0", "16.5 10.4 7.4 5.2 3.3 2.3 1.5"),
        ("0.30", "1.2", "33.2 21.0 14.8 10.5 6.6 4.7 3.0"),
        ("0.05", "1.5", "93.8 59.3 41.9 29.7 18.8 13.3 8.4"),
        ("0.02", "2.0", "183.9 116.3 82.2 58.2 36.8 26.0 16.5"),
    ],
)
def test_margin_by_size_of_the_pool(frequency: str, variation: str, percents: str) -> None:
    """The worked table of one care and seven sizes of pool; it was printed with z = 1.645."""
    sizes = (200, 500, 1000, 2000, 5000, 10_000, 25_000)
    risks = one_care(frequency, variation)
    for size, percent in zip(sizes, percents.split(), strict=True):
        assert abs(safety_margin(risks, D("0.95"), size) * 100 - D(percent)) <= D("0.06")


def test_quantiles_of_the_normal() -> None:
    assert round(normal_quantile(D("0.90")), 4) == D("1.2816")
    assert round(normal_quantile(D("0.95")), 4) == D("1.6449")
    assert round(normal_quantile(D("0.99")), 4) == D("2.3263")


def test_no_risk_has_no_margin() -> None:
    with pytest.raises(Refusal, match="PURE_CONTRIBUTION_ZERO"):
        safety_margin(one_care("0", "1"), D("0.95"), 100)


frequencies = st.decimals("0.001", "5", places=3)
costs = st.decimals("1", "500000", places=2)
variations = st.decimals("0", "3", places=2)


@given(frequencies, costs, variations, st.decimals("0.01", "1", places=2))
def test_the_members_needed_are_enough_and_not_one_too_many(
    frequency: Decimal, cost: Decimal, variation: Decimal, margin: Decimal
) -> None:
    risks = (CareRisk("care", frequency, cost, D(1), variation),)
    members = members_needed(risks, D("0.95"), margin)
    slack = D("1e-9")
    assert safety_margin(risks, D("0.95"), members) <= margin + slack
    if members > 1:
        assert safety_margin(risks, D("0.95"), members - 1) > margin - slack


@given(frequencies, costs, st.decimals("0", "50", places=1))
def test_parts_sum_and_scale_with_the_cost(
    frequency: Decimal, cost: Decimal, percent: Decimal
) -> None:
    loadings = Loadings(percent, percent, percent)
    once = contribution_build_up((CareRisk("care", frequency, cost, D(1)),), loadings)
    twice = contribution_build_up((CareRisk("care", frequency, 2 * cost, D(1)),), loadings)
    assert once.pure + once.safety + once.operating + once.surplus == once.contribution_year
    assert abs(twice.contribution_year - 2 * once.contribution_year) < D("1e-9")


def test_care_that_is_not_covered_costs_nothing() -> None:
    assert pure_contribution((CareRisk("dental", D(3), D(9000), D(0), D(1)),)) == 0
