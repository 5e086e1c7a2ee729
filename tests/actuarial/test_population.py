from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entraide.actuarial.assumptions import Assumptions, Group, Shift
from entraide.actuarial.levers import LeverSettings, lever_paths
from entraide.actuarial.population import Population, project_population
from tests.actuarial.plans import PLAN_P, atia

GROUPS = st.builds(
    Group,
    name=st.just("group"),
    households=st.floats(0, 20_000),
    household_size=st.floats(1, 8),
    contribution_minor_per_year=st.just(10_000.0),
    contribution_trend=st.just(0.0),
    collection_rate=st.just(1.0),
    renewal_rate=st.floats(0, 1),
    new_households_per_month=st.floats(0, 500),
    paid_at_once=st.just(Shift.fixed(1.0)),
    contract_months=st.sampled_from([3, 6, 12, 18]),
    signing_season=st.lists(st.floats(0.1, 5), min_size=12, max_size=12).map(tuple),
)


def population(
    plan: Assumptions, levers: LeverSettings | None = None, months: int = 60
) -> Population:
    return project_population(plan, lever_paths(plan, levers or LeverSettings(), months))


@settings(max_examples=50)
@given(GROUPS)
def test_households_change_only_by_those_who_come_and_those_who_leave(group):
    people = population(replace(atia(), groups=(group,)), PLAN_P).groups[0]
    opening = group.households
    expected = opening + np.cumsum(people.new - people.lapsed)
    assert people.households == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert (people.households >= -1e-9).all()


@settings(max_examples=50)
@given(GROUPS, st.floats(0, 12))
def test_person_months_under_cover_are_those_at_risk_and_those_waiting(group, waiting_months):
    whole = population(replace(atia(), groups=(group,)))
    waiting = whole.waiting_persons(waiting_months)
    first_contracts = whole.persons_by_rank()[0]
    assert (waiting >= 0).all()
    assert (waiting <= first_contracts + 1e-6).all()
    assert whole.persons_by_rank().sum(axis=0) == pytest.approx(whole.persons)


def test_a_group_that_replaces_those_who_leave_stays_as_large():
    group = replace(
        atia().groups[0], households=2400.0, renewal_rate=0.75, new_households_per_month=50.0
    )
    people = population(replace(atia(), groups=(group,))).groups[0]
    assert people.households == pytest.approx(np.full(60, 2400.0))


def test_waiting_counts_each_newcomer_for_as_many_months():
    """1 200 newcomers a year who wait 3 months: 3 600 household-months of waiting."""
    group = replace(atia().groups[0], new_households_per_month=100.0)
    people = population(replace(atia(), groups=(group,))).groups[0]
    assert people.waiting_households(3)[12:24].sum() == pytest.approx(3600)
    assert people.waiting_households(0.5)[12:24].sum() == pytest.approx(600)


def test_a_dearer_contribution_brings_fewer_newcomers_and_renewals():
    """1 % dearer: 0.3 % fewer newcomers, 0.12 % fewer renewals; at +35 %: 10.5 % and 4.2 %."""
    same, dearer = population(atia()), population(atia(), LeverSettings.of(price=0.35))
    assert dearer.total("new")[-1] / same.total("new")[-1] == pytest.approx(1 - 0.105)
    first = 12 + 6  # the first contracts at the new price: half of the rise
    assert dearer.total("renewed")[first] / same.total("renewed")[first] == pytest.approx(1 - 0.021)
    assert dearer.total("households")[first - 1] == same.total("households")[first - 1]


def test_growth_adds_its_share_of_households_and_new_groups_recruit_at_the_base_pace():
    """+70 % by new groups, plus the newcomers that they bring before their first contracts end."""
    grown = population(atia(), LeverSettings.of(growth=0.7))
    same = population(atia())
    ratio = grown.total("households") / same.total("households")
    assert (ratio[:18] == 1).all()
    assert 1.70 <= ratio[-1] <= 1.76
    assert ratio[12 + 6 + 15] == pytest.approx(1.35, abs=0.06)  # half way
