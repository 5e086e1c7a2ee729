"""Conditions and limits of a care package: what holds, what is not known, how far an amount grows."""

from __future__ import annotations

import pytest

from entraide.core.care_package import (
    ALWAYS,
    Circumstances,
    Condition,
    Limit,
    ProviderLevel,
    Risk,
    Sector,
    Target,
    Visit,
)

HERE = Circumstances(
    Sector.PUBLIC,
    level=ProviderLevel.DISTRICT,
    visit=Visit.REFERRAL,
    is_inpatient=False,
    age_years=5,
    lists=frozenset({"chronic"}),
)


@pytest.mark.parametrize(
    "condition",
    [
        ALWAYS,
        Condition(sectors=(Sector.PUBLIC, Sector.PRIVATE)),
        Condition(levels=(ProviderLevel.DISTRICT,)),
        Condition(visits=(Visit.REFERRAL,)),
        Condition(is_inpatient=False),
        Condition(min_age_years=5, max_age_years=5),
        Condition(lists=("indigent", "chronic")),
        Condition((Sector.PUBLIC,), (ProviderLevel.DISTRICT,), (Visit.REFERRAL,), False, 5, 5),
    ],
)
def test_a_condition_holds_when_all_that_it_names_is_so(condition: Condition) -> None:
    assert condition.holds(HERE)


@pytest.mark.parametrize(
    "condition",
    [
        Condition(sectors=(Sector.PRIVATE,)),
        Condition(levels=(ProviderLevel.PRIMARY,)),
        Condition(visits=(Visit.EMERGENCY,)),
        Condition(is_inpatient=True),
        Condition(min_age_years=6),
        Condition(max_age_years=4),
        Condition(lists=("indigent",)),
        Condition(sectors=(Sector.PUBLIC,), max_age_years=4),
    ],
)
def test_one_thing_that_is_not_so_is_enough(condition: Condition) -> None:
    assert not condition.holds(HERE)


@pytest.mark.parametrize(
    "condition",
    [
        Condition(levels=(ProviderLevel.DISTRICT,)),
        Condition(is_inpatient=False),
        Condition(is_inpatient=True),
        Condition(max_age_years=130),
        Condition(lists=("chronic",)),
    ],
)
def test_what_is_not_known_does_not_hold(condition: Condition) -> None:
    assert not condition.holds(Circumstances(Sector.PUBLIC))


def test_a_target_names_an_item_with_its_system_or_alone() -> None:
    target = Target(items=("demo:C01", "X9"))
    assert target.covers("consultation", "demo", "C01", "service")
    assert target.covers("dental", "other", "X9", "")
    assert not target.covers("consultation", "other", "C01", "service")
    assert Target(categories=("dental",), kinds=("drug",)).covers("dental", "", "", "drug")
    assert not Target(categories=("dental",), kinds=("drug",)).covers("dental", "", "", "service")


@pytest.mark.requirement("R066")
def test_a_target_names_the_risk_of_the_act_and_none_takes_what_is_not_said() -> None:
    target = Target(categories=("dental",), risks=(Risk.MINOR, Risk.CHRONIC))
    assert target.covers("dental", "demo", "D01", "service", "minor")
    assert target.covers("dental", "demo", "D01", "service", "chronic")
    assert not target.covers("dental", "demo", "D01", "service", "major")
    assert not target.covers("dental", "demo", "D01", "service")
    assert not target.covers("hospital", "demo", "D01", "service", "minor")
    assert Target().covers("dental", "demo", "D01", "service")


def test_an_amount_grows_with_the_household_up_to_its_cap() -> None:
    limit = Limit(
        "ambulatory",
        amount_minor=40_000,
        amount_minor_per_extra_member=5_000,
        members_included=4,
        amount_minor_cap=60_000,
    )
    assert [limit.amount_for(size) for size in (None, 1, 4, 5, 8, 9)] == [
        40_000, 40_000, 40_000, 45_000, 60_000, 60_000,
    ]  # fmt: skip
    assert Limit("count", count=3).amount_for(9) is None
