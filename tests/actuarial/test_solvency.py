from __future__ import annotations

from dataclasses import replace

import pytest

from entraide.actuarial.levers import LeverSettings
from entraide.actuarial.projection import project
from entraide.actuarial.solvency import (
    Target,
    break_even_contribution,
    break_even_households,
    first_month_below_zero,
    lowest_balance_minor,
    targets_missed,
)
from tests.actuarial.plans import atia, village


@pytest.mark.requirement("R164", begun=True)
def test_when_nothing_changes_both_targets_are_missed_and_the_years_named():
    missed = [(miss.target.ratio, miss.year) for miss in targets_missed(project(atia()))]
    assert missed == [
        ("autonomy_rate", 2029), ("claims_ratio", 2027), ("claims_ratio", 2028), ("claims_ratio", 2029),
    ]  # fmt: skip


def test_an_absent_ratio_misses_its_target():
    lines = tuple(replace(line, frequency=0.0) for line in village().care_lines)
    projection = project(replace(village(), care_lines=lines), 12)
    missed = targets_missed(projection, (Target("reserve_months", 3, None),))
    assert [(miss.year, miss.value) for miss in missed] == [(2026, None)]


def test_a_fund_that_pays_more_than_it_collects_falls_below_zero_and_the_month_is_found():
    lines = tuple(replace(line, frequency=3 * line.frequency) for line in atia().care_lines)
    projection = project(replace(atia(), care_lines=lines))
    month = first_month_below_zero(projection)
    assert month is not None
    assert projection.fund_balance[month] < 0
    assert (projection.fund_balance[:month] >= 0).all()
    assert lowest_balance_minor(projection) < 0
    assert first_month_below_zero(project(village())) is None


def test_the_break_even_contribution_meets_its_target_when_applied():
    last = project(atia()).years[4]
    for_costs, for_care = break_even_contribution(last)
    assert for_costs is not None
    assert for_care is not None

    def with_factor(factor: float):
        groups = tuple(
            replace(g, contribution_minor_per_year=g.contribution_minor_per_year * factor)
            for g in atia().groups
        )
        return project(replace(atia(), groups=groups)).years[4]

    assert with_factor(float(for_costs)).autonomy_rate.value == pytest.approx(0.5, abs=1e-6)
    assert with_factor(float(for_care)).claims_ratio.value == pytest.approx(0.9, abs=1e-6)


def test_without_contributions_no_factor_breaks_even():
    groups = tuple(replace(g, contribution_minor_per_year=0.0) for g in village().groups)
    assert break_even_contribution(project(replace(village(), groups=groups)).years[1]) == (
        None,
        None,
    )


def test_the_break_even_size_reaches_the_target_and_a_smaller_mutual_does_not():
    households = break_even_households(village(), plan_year=4, autonomy=0.45)
    assert households is not None
    base = project(village()).years[4].households_mean
    smaller = village().groups[0]
    factor = households / base * 0.97
    small = replace(
        village(),
        groups=(
            replace(smaller, households=smaller.households * factor,
                    new_households_per_month=smaller.new_households_per_month * factor),
        ),
    )  # fmt: skip
    assert project(small).years[4].autonomy_rate.value < 0.45


def test_size_alone_does_not_make_the_training_mutual_autonomous():
    """Each household costs more than its running share brings; dearer, it takes a giant mutual."""
    assert break_even_households(atia(), largest_factor=20) is None
    dearer = break_even_households(atia(), levers=LeverSettings.of(price=0.35, share=0.3))
    assert dearer is not None
    assert dearer > 100_000
