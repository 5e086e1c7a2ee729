"""What holds for every plan, whatever its assumptions."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entraide.actuarial.assumptions import Assumptions, IncomeLine, Shift
from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.projection import RATIOS, YearFigures, project
from entraide.core.errors import Refusal
from tests.actuarial.plans import PLAN_P, atia, village

MOVES = st.fixed_dictionaries(
    {
        "growth": st.floats(0, 0.7), "price": st.floats(0, 0.35), "share": st.floats(0.22, 0.30),
        "sms": st.floats(0, 1), "circuits": st.floats(0, 1), "phone": st.floats(0, 1),
        "thrift": st.floats(0, 1), "cover": st.floats(0, 1),
    }
)  # fmt: skip


def multiplied(shift: Shift, factor: float) -> Shift:
    return Shift(shift.today * factor, shift.target * factor, shift.lever)


def in_hundredths_of_a_post(plan: Assumptions) -> Assumptions:
    """The same plan without staff rounding to speak of."""
    posts = tuple(replace(post, step=1e-7, minimum=0.0) for post in plan.posts)
    return replace(plan, posts=posts)


def enlarged(plan: Assumptions, factor: float) -> Assumptions:
    """A mutual ``factor`` times as large, with as many times its fixed posts, hours and costs."""
    return replace(
        plan,
        groups=tuple(
            replace(
                group,
                households=group.households * factor,
                new_households_per_month=group.new_households_per_month * factor,
            )
            for group in plan.groups
        ),
        posts=tuple(
            replace(
                post,
                posts_in_base_year=post.posts_in_base_year * factor,
                number=multiplied(post.number, factor),
            )
            for post in plan.posts
        ),
        activities=tuple(
            replace(
                activity,
                times=multiplied(activity.times, factor if activity.driver == "mutual" else 1.0),
            )
            for activity in plan.activities
        ),
        cost_lines=tuple(
            replace(
                line, amount_minor=line.amount_minor * (factor if line.basis == "fixed" else 1.0)
            )
            for line in plan.cost_lines
        ),
        reserve=replace(
            plan.reserve, opening_balance_minor=plan.reserve.opening_balance_minor * factor
        ),
    )


def ratios(figures: YearFigures) -> list[float | None]:
    return [getattr(figures, name).value for name in RATIOS]


@settings(max_examples=15)
@given(st.floats(0.5, 5), MOVES)
def test_a_mutual_twice_as_large_with_twice_the_fixed_costs_has_the_same_ratios(factor, moves):
    levers = LeverSettings.of(**moves)
    small = in_hundredths_of_a_post(atia())
    for one, other in zip(
        project(small, 48, levers).years,
        project(enlarged(small, factor), 48, levers).years,
        strict=True,
    ):
        assert ratios(other) == pytest.approx(ratios(one), rel=1e-4)


def test_with_whole_posts_doubling_moves_autonomy_by_staff_rounding_only():
    for one, two in zip(project(atia()).years, project(enlarged(atia(), 2)).years, strict=True):
        assert two.autonomy_rate.value == pytest.approx(one.autonomy_rate.value, abs=0.015)
        assert two.claims_ratio.value == pytest.approx(one.claims_ratio.value, rel=1e-6)


@settings(max_examples=15)
@given(MOVES)
def test_the_parts_of_every_year_add_up(moves):
    projection = project(atia(), 48, LeverSettings.of(**moves))
    for figures in projection.years:
        assert (
            figures.fund_share_minor + figures.running_share_minor
            == figures.contribution_earned_minor
        )
        assert figures.payroll_minor + figures.other_costs_minor == figures.running_costs_minor
        gap = figures.running_costs_minor - figures.running_share_minor - figures.other_income_minor
        assert figures.funding_gap_minor == max(gap, 0)
    persons = projection.population.persons
    assert sum(year.persons_covered_months for year in projection.years) == pytest.approx(
        persons.sum()
    )
    change = projection.contributions.total("collected_for_fund") - projection.claims_paid
    assert projection.fund_balance == pytest.approx(
        atia().reserve.opening_balance_minor + np.cumsum(change), rel=1e-9
    )


def test_without_care_there_are_no_claims():
    lines = tuple(replace(line, frequency=0.0) for line in atia().care_lines)
    for figures in project(replace(atia(), care_lines=lines)).years:
        assert (figures.claims_incurred_minor, figures.claims_paid_minor, figures.cases) == (
            0,
            0,
            0,
        )
        assert figures.claims_ratio.value == 0
        assert figures.reserve_months.value is None
    without_lines = project(replace(atia(), care_lines=()))
    assert without_lines.years[4].claims_incurred_minor == 0


def test_a_ratio_over_nothing_is_absent():
    groups = tuple(replace(group, contribution_minor_per_year=0.0) for group in atia().groups)
    figures = project(replace(atia(), groups=groups)).years[1]
    assert figures.claims_ratio.value is None
    assert figures.gross_claims_ratio.value is None
    assert figures.autonomy_rate.value == 0
    empty = replace(atia(), groups=groups, posts=(), activities=(), cost_lines=())
    assert project(empty).years[1].autonomy_rate.value is None


@settings(max_examples=15)
@given(st.floats(0, 0.3), st.floats(0.01, 0.05))
def test_when_nobody_answers_to_price_a_dearer_contribution_never_hurts(price, rise):
    deaf = replace(
        atia(),
        membership=replace(
            atia().membership, newcomers_lost_per_price=0.0, renewals_lost_per_price=0.0
        ),
    )
    one = project(deaf, 48, LeverSettings.of(price=price)).years[4]
    dearer = project(deaf, 48, LeverSettings.of(price=price + rise)).years[4]
    assert dearer.autonomy_rate.value > one.autonomy_rate.value
    assert dearer.claims_ratio.value < one.claims_ratio.value
    assert dearer.running_costs_minor == one.running_costs_minor


@settings(max_examples=15)
@given(st.floats(0, 0.2))
def test_more_care_inflation_never_lowers_the_claims_ratio(inflation):
    less = project(replace(atia(), care=replace(atia().care, inflation=inflation))).years[4]
    more = project(replace(atia(), care=replace(atia().care, inflation=inflation + 0.02))).years[4]
    assert more.claims_ratio.value > less.claims_ratio.value


def test_moving_private_care_to_public_loses_no_case():
    base, covered = project(atia()), project(atia(), 48, LeverSettings.of(cover=1))
    assert covered.care.cases.sum() == pytest.approx(base.care.cases.sum())
    assert covered.years[4].claims_incurred_minor < base.years[4].claims_incurred_minor


def test_use_may_depend_on_the_rank_of_the_contract():
    care = replace(atia().care, use_by_seniority=(1.5, 1.0, 1.0))
    usual, eager = project(atia()).years[0], project(replace(atia(), care=care)).years[0]
    first = (
        project(atia()).population.persons_by_rank()[0, :12].sum() / usual.persons_covered_months
    )
    assert eager.cases == pytest.approx(usual.cases * (1 + 0.5 * first), rel=0.01)


def test_other_income_and_joining_fees_lower_the_gap_and_no_ratio():
    helped = replace(atia(), income_lines=(IncomeLine("Bailleur", 100e6, -0.1),))
    base, with_donor = project(atia()), project(helped)
    lower = [
        b.funding_gap_minor - d.funding_gap_minor
        for b, d in zip(base.years, with_donor.years, strict=True)
    ]
    assert lower == pytest.approx([100e6, 90e6, 81e6, 72.9e6, 65.61e6], abs=1)
    assert ratios(with_donor.years[4]) == ratios(base.years[4])
    fees = base.years[0].other_income_minor
    assert fees == pytest.approx(base.years[0].new_households * 5000, rel=1e-9)


@pytest.mark.requirement("R159", begun=True)
@pytest.mark.parametrize("months", [0, 11, 49, 132])
def test_a_horizon_is_whole_years_up_to_ten(months):
    with pytest.raises(Refusal) as refused:
        project(village(), months)
    assert refused.value.code == "HORIZON_OUT_OF_RANGE"


@pytest.mark.requirement("R159", begun=True)
def test_a_plan_runs_monthly_over_ten_years():
    projection = project(village(), 120)
    assert len(projection.years) == 11
    assert projection.fund_balance.size == 132
    assert [year.year for year in projection.years] == list(range(2025, 2036))


def test_amounts_beyond_any_currency_are_refused():
    groups = tuple(replace(group, contribution_minor_per_year=1e14) for group in atia().groups)
    with pytest.raises(Refusal) as refused:
        project(replace(atia(), groups=groups))
    assert refused.value.code == "PLAN_TOO_LARGE"
    assert re.fullmatch(r"20\d\d\.\w+", refused.value.place)


def test_the_same_plan_gives_the_same_answer():
    assert project(atia(), 48, PLAN_P).years == project(atia(), 48, PLAN_P).years


def test_a_five_year_projection_takes_less_than_fifty_milliseconds():
    plan = atia()
    project(plan, 60, PLAN_P)
    durations = []
    for _ in range(5):
        begin = time.perf_counter()
        project(plan, 60, PLAN_P)
        durations.append(time.perf_counter() - begin)
    assert min(durations) < 0.050
