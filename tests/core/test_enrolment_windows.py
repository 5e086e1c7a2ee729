"""When people may join, and what may join."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from entraide.core.enrolment import EnrolmentFacts, PersonFacts, check_enrolment
from entraide.core.enrolment_windows import may_join, next_window, open_window
from entraide.core.product import (
    ContributionKind,
    ContributionRule,
    MembershipRule,
    MembershipUnit,
    Product,
)

WINTER_AND_SPRING = MembershipRule(
    enrolment_windows=(((1, 10), (31, 1)), ((1, 4), (30, 6))), max_members=None
)


@pytest.mark.parametrize(
    ("on", "is_open", "next_opening"),
    [
        (date(2025, 1, 31), True, date(2025, 4, 1)),  # the window of last October, its last day
        (date(2025, 2, 1), False, date(2025, 4, 1)),
        (date(2025, 4, 1), True, date(2025, 10, 1)),
        (date(2025, 7, 1), False, date(2025, 10, 1)),
        (date(2025, 12, 31), True, date(2026, 4, 1)),
    ],
)
def test_a_window_may_go_over_the_new_year(on: date, is_open: bool, next_opening: date) -> None:
    assert may_join(WINTER_AND_SPRING, on) is is_open
    assert (open_window(WINTER_AND_SPRING, on) is not None) is is_open
    coming = next_window(WINTER_AND_SPRING, on)
    assert coming is not None
    assert coming.start == next_opening


def test_without_windows_joining_never_closes() -> None:
    assert may_join(MembershipRule(), date(2025, 7, 1))
    assert next_window(MembershipRule(), date(2025, 7, 1)) is None


def codes(
    rule: MembershipRule, *birth_years: int, group: int | None = None, **more: bool
) -> list[str]:
    product = Product(
        "p", "p@1", "XOF", ContributionRule(ContributionKind.PER_HOUSEHOLD), rule, (), Decimal(1)
    )
    on = date(2025, 2, 10)
    persons = tuple(
        PersonFacts(f"persons[{index}]", date(year, 1, 1), on, is_head=index == 0, has_photo=True)
        for index, year in enumerate(birth_years)
    )
    facts = EnrolmentFacts(on, persons, group, **more)
    return [finding.code for finding in check_enrolment(facts, product, on)]


@pytest.mark.requirement("R009")
def test_the_rules_of_membership_are_checked_at_the_enrolment() -> None:
    """Unit, age limits and windows; waiting periods by benefit are in ``rights_on``."""
    assert codes(WINTER_AND_SPRING, 1990) == ["ENROLMENT_OUTSIDE_WINDOW"]
    assert codes(WINTER_AND_SPRING, 1990, 2024, is_joining=False) == []
    individual = MembershipRule(unit=MembershipUnit.INDIVIDUAL)
    assert codes(individual, 1990, 1991) == ["INDIVIDUAL_ONE_PERSON"]
    collective = MembershipRule(unit=MembershipUnit.COLLECTIVE)
    assert codes(collective, 1990) == ["GROUP_REQUIRED"]
    assert codes(collective, 1990, group=3) == []
    ages = replace(individual, minimum_entry_age_years=18, maximum_entry_age_years=60)
    assert codes(ages, 1950) == ["AGE_ABOVE_LIMIT"]
    assert codes(ages, 2010) == ["AGE_BELOW_LIMIT", "HEAD_UNDER_AGE"]
    assert codes(ages, 1990) == []
