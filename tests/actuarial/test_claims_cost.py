from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.actuarial.claims_cost import cost_per_case, limited_expected_value, yearly_drift
from entraide.actuarial.levers import LeverSettings, lever_paths
from tests.actuarial.plans import atia

AMOUNTS = st.floats(1.0, 1e6)
CVS = st.floats(0.0, 3.0)


def by_quantiles(mean: float, cv: float, limit: float, count: int = 40_000) -> float:
    """The same expectation the slow way: the mean of min(X, limit) over equally likely values."""
    sigma = math.sqrt(math.log1p(cv * cv))
    mu = math.log(mean) - sigma * sigma / 2
    normal = NormalDist()
    values = (math.exp(mu + sigma * normal.inv_cdf((i + 0.5) / count)) for i in range(count))
    return sum(min(value, limit) for value in values) / count


@pytest.mark.parametrize(
    ("mean", "cv", "limit"), [(5200, 0.8, 15000), (90000, 1.2, 200000), (149500, 1.3, 150000)]
)
def test_the_limited_mean_is_the_mean_of_limited_values(mean, cv, limit):
    assert limited_expected_value(mean, cv, limit) == pytest.approx(
        by_quantiles(mean, cv, limit), rel=2e-4
    )


@given(AMOUNTS, CVS, AMOUNTS, st.floats(0.1, 100))
def test_a_limit_never_adds_and_amounts_scale(mean, cv, limit, factor):
    value = limited_expected_value(mean, cv, limit)
    assert 0 <= value <= min(mean, limit)
    assert limited_expected_value(mean, cv, limit * 1.1) >= value - 1e-9 * mean
    assert limited_expected_value(mean * factor, cv, limit * factor) == pytest.approx(
        value * factor, rel=1e-6, abs=1e-9
    )


def test_without_variation_or_without_limit_nothing_is_left_to_chance():
    assert limited_expected_value(5200, 0, 15000) == 5200
    assert limited_expected_value(5200, 0, 4000) == 4000
    assert limited_expected_value(5200, 0.8, 1e12) == pytest.approx(5200)
    assert limited_expected_value(5200, 0.8, 0) == 0


# Net cost per covered person and year of the training mutual, ariary: frequency × 0.96 (waiting)
# × limited mean. Source: the table of care of the demonstration's parameters, computed apart.
NET_COST = {
    "Consultation et médicaments/public": 2607,
    "Consultation et médicaments/private": 2470,
    "Examens et spécialistes/all": 901,
    "Soins dentaires/all": 203,
    "Hospitalisation/public": 1033,
    "Hospitalisation/private": 445,
    "Accouchement/public": 463,
    "Accouchement/private": 294,
    "Chirurgie et césarienne/all": 535,
}


def test_the_training_mutual_pays_the_published_net_cost_per_person_of_each_care():
    for line in atia().care_lines:
        paid = limited_expected_value(
            line.bill_minor * line.share_paid.today, line.bill_cv, line.ceiling_minor_per_case
        )
        net = line.frequency * (1 - line.waiting_share) * paid
        assert net == pytest.approx(NET_COST[line.name], rel=0.002), line.name


def test_an_unchanged_ceiling_takes_part_of_the_inflation():
    plan = atia()
    line = plan.care_lines[1]
    costs = cost_per_case(line, plan.care, lever_paths(plan, LeverSettings(), 24))
    assert 1.0 < costs[12] / costs[0] < 1 + plan.care.inflation


def test_drift_leaves_the_base_year_at_its_mean():
    assert yearly_drift(0.07, 12).mean() == pytest.approx(1, abs=1e-3)
    assert yearly_drift(0.07, 24)[12] / yearly_drift(0.07, 24)[0] == pytest.approx(1.07)
