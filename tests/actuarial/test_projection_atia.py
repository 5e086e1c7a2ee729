"""The training mutual against a second model of the same inputs, made apart from this engine.

Source of the expected figures: the parameters of the demonstration network, section 6. Ratios are
held to ±1.5 points where nothing depends on one person more or less. Where it does, the tolerance
is wider and said: the second model does not tell how it rounds people, and one field agent with a
coordinator moves autonomy by about two points.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.projection import Projection, project
from entraide.actuarial.solvency import targets_missed
from tests.actuarial.plans import PLAN_P, atia


def percent(projection: Projection, ratio: str) -> list[float]:
    return [100 * getattr(year, ratio).value for year in projection.years]


@pytest.mark.requirement("R155", begun=True)
def test_when_nothing_changes_autonomy_falls_and_care_outgrows_the_fund():
    nothing = project(atia())
    assert percent(nothing, "autonomy_rate") == pytest.approx(
        [21.2, 19.8, 18.4, 17.6, 16.9], abs=1.5
    )
    assert percent(nothing, "claims_ratio") == pytest.approx([84, 90, 96, 102, 108], abs=1.5)
    assert percent(nothing, "gross_claims_ratio")[0] == pytest.approx(66, abs=1.0)
    autonomy = percent(nothing, "autonomy_rate")
    assert autonomy == sorted(autonomy, reverse=True)


def test_the_base_year_is_that_of_the_mutual():
    base = project(atia()).years[0]
    assert base.households_mean == pytest.approx(6017, abs=5)
    assert base.persons_mean == pytest.approx(25_400, rel=0.005)
    assert base.contribution_per_household == pytest.approx(57_615, rel=0.003)
    assert base.running_costs_per_household == pytest.approx(59_787, rel=0.003)
    assert (base.posts["field_agent"], base.posts["data_entry_clerk"]) == (15, 3)
    # 0.99 contact a person and year after waiting; the season adds a little
    assert base.cases / base.persons_mean == pytest.approx(0.99, abs=0.01)


@pytest.mark.requirement("R155", begun=True)
def test_plan_p_reaches_half_of_the_running_costs_with_care_inside_its_band():
    plan = project(atia(), 48, PLAN_P)
    # Two points and a half: years 1 and 3 of the second model employ one field agent and one
    # coordinator more (17 and 3) than the needs found here (15.4 and 15.9 agents).
    assert percent(plan, "autonomy_rate") == pytest.approx([21.2, 19.8, 32.7, 43.5, 50.3], abs=2.5)
    assert percent(plan, "claims_ratio") == pytest.approx([84, 88, 86, 85, 90], abs=1.5)
    # Contributions less care: both small differences meet in the third year.
    assert percent(plan, "net_autonomy_rate") == pytest.approx([33, 28, 47, 60, 63], abs=3.0)
    assert [year.households_mean for year in plan.years] == pytest.approx(
        [6017, 6284, 7720, 9141, 9535], rel=0.015
    )
    per_household = [year.contribution_per_household for year in plan.years]
    assert per_household == pytest.approx([57_615, 59_449, 68_270, 78_360, 82_339], rel=0.02)
    assert [year.posts["field_agent"] for year in plan.years] == pytest.approx(
        [15, 17, 15, 17, 15], abs=1
    )
    assert [year.posts["data_entry_clerk"] for year in plan.years] == [3, 3, 2, 2, 2]
    assert targets_missed(plan) == ()
    assert plan.findings == ()


# name: value at its bound, autonomy and RSP of year 4 in the second model, tolerances
ALONE = {
    "growth": (0.70, 19.9, 109, 1.5, 1.5),
    "price": (0.35, 21.5, 80, 1.5, 1.5),
    "share": (0.30, 23.0, 121, 1.5, 1.5),
    "sms": (1, 19.1, 108, 1.5, 1.5),
    "circuits": (1, 18.8, 108, 1.5, 1.5),
    "phone": (1, 18.2, 108, 1.5, 1.5),
    "thrift": (1, 17.5, 108, 1.5, 1.5),
    # The quarter of private care that moves is charged here at the public line's own cost.
    "cover": (1, 16.9, 99, 1.5, 3.0),
}


@pytest.mark.requirement("R164", begun=True)
@pytest.mark.parametrize("name", ALONE)
def test_no_lever_alone_reaches_the_target(name):
    value, autonomy, claims_ratio, *tolerances = ALONE[name]
    figures = project(atia(), 48, LeverSettings.of(**{name: value})).years[4]
    assert 100 * figures.autonomy_rate.value == pytest.approx(autonomy, abs=tolerances[0])
    assert 100 * figures.claims_ratio.value == pytest.approx(claims_ratio, abs=tolerances[1])
    assert figures.autonomy_rate.value < 0.25


def test_inflation_eats_the_rise_in_the_fifth_year():
    """46.7 % and 95 % in the second model: a horizon of five years must show it."""
    years = project(atia(), 60, PLAN_P).years
    assert 100 * years[5].autonomy_rate.value == pytest.approx(46.7, abs=1.5)
    assert 100 * years[5].claims_ratio.value == pytest.approx(95, abs=1.5)
    assert years[5].autonomy_rate.value < years[4].autonomy_rate.value - 0.03


def test_plan_p_is_fragile_as_the_second_model_says():
    """Wages +8 % instead of 6: 2.9 points less; care +10 %: RSP 7 points more; use +6 %: 12 more;
    each to ±1.5 point of the change. Price elasticities doubled: 0.7 point less there, more here,
    because 12 % of the households go and fixed posts stay (2.6 points without staff rounding)."""
    plan = atia()
    dear_staff = replace(plan, staff=replace(plan.staff, wage_rise=0.08))
    dear_care = replace(plan, care=replace(plan.care, inflation=0.10))
    much_use = replace(plan, care=replace(plan.care, use_growth=0.06))
    touchy = replace(
        plan,
        membership=replace(
            plan.membership, newcomers_lost_per_price=0.6, renewals_lost_per_price=0.24
        ),
    )

    def change(other, ratio):
        one, two = (project(each, 48, PLAN_P).years[4] for each in (plan, other))
        return 100 * (getattr(two, ratio).value - getattr(one, ratio).value)

    assert change(dear_staff, "autonomy_rate") == pytest.approx(-2.9, abs=1.5)
    assert change(dear_care, "claims_ratio") == pytest.approx(7, abs=1.5)
    assert change(much_use, "claims_ratio") == pytest.approx(12, abs=1.5)
    assert -4.0 < change(touchy, "autonomy_rate") < -0.5


def test_on_all_contributions_ninety_percent_of_care_would_leave_a_sixth_of_the_costs():
    """If the target of 90 % were taken on all contributions, year 4 would leave 10 % of them:
    16.8 % of running costs in the second model."""
    figures = project(atia(), 48, PLAN_P).years[4]
    left = 0.10 * figures.contribution_earned_minor / figures.running_costs_minor
    assert 100 * left == pytest.approx(16.8, abs=1.0)
