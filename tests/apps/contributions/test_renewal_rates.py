"""Covers ended, renewed or not, for who followed the family that day."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.renewal_rates import covers_ended_of, rates_by_animator
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.services import create_group
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R019")]

TERM = date(2025, 1, 10)  # of families enrolled on 10 January 2024, for a year
YEAR = (date(2024, 7, 1), date(2025, 7, 1))
ON = date(2025, 1, 9)


def test_each_animator_has_the_rate_of_the_families_followed(
    scoped: Mutual, people: People, product: Product
) -> None:
    act = {"mutual": scoped, "on": date(2024, 1, 10)}
    group = create_group(
        **act, actor=people.awa, idempotency_key=a_key(), code="v", name="Village", kind="village"
    )
    assign_portfolio(
        **act, actor=people.coordinator, idempotency_key=a_key(), group=group,
        animator=people.field_agent, starts_on=date(2024, 1, 1),
    )  # fmt: skip
    homes = [
        a_household(scoped, people.awa, product, enrolled_on=date(2024, 1, 10), group=each)
        for each in (group, group, None)
    ]
    for home in homes[::2]:
        renew_membership(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
            membership=home.memberships.get(), renewed_on=ON,
        )  # fmt: skip
    agent, nobody = rates_by_animator(scoped, *YEAR)
    assert (agent.agent, agent.ended_count, agent.renewed_count) == (people.field_agent, 2, 1)
    assert (nobody.agent, nobody.ended_count, nobody.rate) == (None, 1, 1)
    first, second = covers_ended_of(scoped, *YEAR, people.field_agent)
    assert (first.household, first.ends_on, first.is_renewed) == (homes[1], TERM, False)
    assert second.is_renewed
    assert [each.household for each in covers_ended_of(scoped, *YEAR, None)] == [homes[2]]
    assert rates_by_animator(scoped, date(2023, 1, 1), date(2024, 1, 1)) == []
