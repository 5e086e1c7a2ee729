"""Collection by animator: who followed the family on the day its call fell due."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.contributions.field_collection import agent_calls, by_agent, by_portfolio
from entraide.apps.enrolment.portfolios import assign_portfolio, transfer_portfolio
from entraide.apps.enrolment.services import create_group
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_household, a_key, a_payment
from tests.people import People

YEAR = (date(2025, 1, 1), date(2026, 1, 1))
TODAY = date(2025, 6, 1)


@pytest.mark.requirement("R032")
def test_calls_count_for_who_followed_the_family_that_day(
    scoped: Mutual, people: People, product: Product
) -> None:
    """13 000 a family: of the group in January, of the village in March after a transfer, of
    nobody."""
    act = {"mutual": scoped, "on": TODAY}
    group = create_group(
        **act, actor=people.awa, idempotency_key=a_key(), code="v", name="Village", kind="village"
    )
    town = ensure_area(system="test", code="a1", name="Lomé", level=1, country="tg")
    part = ensure_area(system="test", code="a2", name="Bè", level=2, parent=town)
    for target in ({"group": group}, {"area": town}):
        assign_portfolio(
            **act, actor=people.coordinator, idempotency_key=a_key(),
            animator=people.field_agent, starts_on=date(2025, 1, 1), **target,
        )  # fmt: skip
    in_group = a_household(scoped, people.awa, product, group=group, area=part)
    a_payment(in_group, people.awa, 5_000)
    transfer_portfolio(
        **act, actor=people.coordinator, idempotency_key=a_key(),
        from_animator=people.field_agent, to_animator=people.awa,
        transferred_on=date(2025, 2, 1), reason="Congé",
    )  # fmt: skip
    in_village = a_household(scoped, people.awa, product, area=part, enrolled_on=date(2025, 3, 1))
    a_household(scoped, people.awa, product, enrolled_on=date(2025, 3, 1))
    rows = {each.agent: each for each in by_agent(scoped, *YEAR, TODAY)}
    assert {agent: each.sums.due_minor for agent, each in rows.items()} == {
        people.field_agent: 13_000,
        people.awa: 13_000,
        None: 13_000,
    }
    assert rows[people.field_agent].sums.collected_minor == 5_000
    assert rows[people.field_agent].sums.late_minor == 8_000
    for agent, row in rows.items():
        calls = agent_calls(scoped, *YEAR, agent)
        assert calls.count() == row.calls_count
        assert sum(call.amount_minor for call in calls) == row.sums.due_minor
        assert sum(part.sums.late_minor for part in by_portfolio(calls, TODAY)) == (
            row.sums.late_minor
        )
    assert {call.household for call in agent_calls(scoped, *YEAR, people.awa)} == {in_village}
    [only] = by_portfolio(agent_calls(scoped, *YEAR, people.awa), TODAY)
    assert (only.name, only.is_group) == ("Bè", False)


def test_without_any_portfolio_all_is_nobodys(
    scoped: Mutual, people: People, product: Product
) -> None:
    a_household(scoped, people.awa, product)
    [row] = by_agent(scoped, *YEAR, TODAY)
    assert (row.agent, row.sums.due_minor) == (None, 13_000)
    assert agent_calls(scoped, *YEAR, None).count() == row.calls_count
    assert agent_calls(scoped, *YEAR, people.awa).count() == 0
