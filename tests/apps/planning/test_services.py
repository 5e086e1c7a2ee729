"""Plans are kept with their sources, scenarios with their overrides, runs with their checksums."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from entraide.apps.planning.selectors import last_run, plans, scenarios_of
from entraide.apps.planning.services import checksum, run_scenario, save_plan, save_scenario
from entraide.apps.planning.training_plan import ship_atia_plan
from entraide.apps.schemes.models import Federation, Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.actuarial.plans import village
from tests.builders import a_key, a_mutual
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def tana(federation: Federation) -> Mutual:
    return a_mutual(federation, "tana", "Mutuelle de Tana", "mg")


@pytest.mark.requirement("R155", begun=True)
def test_the_plan_of_atia_ships_with_two_scenarios(tana: Mutual, people: People) -> None:
    plan = ship_atia_plan(mutual=tana, actor=people.system, on=ON)
    assert ship_atia_plan(mutual=tana, actor=people.system, on=ON) == plan
    with scope(mutual=tana):
        assert [row.name for row in plans(tana)] == ["Business plan ATIA Santé"]
        unchanged, plan_p = scenarios_of(plan)
        assert (unchanged.overrides, plan_p.name) == ({}, "Plan P")
        years = {
            scenario.name: last_run(scenario).result["years"] for scenario in (unchanged, plan_p)
        }
    assert [year["year"] for year in years["Plan P"]] == [2025, 2026, 2027, 2028, 2029, 2030]
    reached = years["Plan P"][4]["ratios"]["autonomy_rate"]["percent"]
    assert reached > years["Rien ne change"][4]["ratios"]["autonomy_rate"]["percent"]
    assert reached >= 50


def test_the_same_run_is_kept_once(mutual: Mutual, people: People) -> None:
    common = {"mutual": mutual, "actor": people.moussa, "on": ON}
    plan = save_plan(
        name="Village", assumptions=_village_document(mutual), idempotency_key=a_key(), **common
    )
    scenario = save_scenario(plan=plan, name="Base", levers={}, idempotency_key=a_key(), **common)
    first = run_scenario(scenario=scenario, idempotency_key=a_key(), **common)
    assert run_scenario(scenario=scenario, idempotency_key=a_key(), **common) == first
    assert plan.assumptions_checksum == checksum(plan.assumptions)
    with pytest.raises(Refusal, match="PLAN_NAME_TAKEN"):
        save_plan(
            name="Village", assumptions=_village_document(mutual), idempotency_key=a_key(), **common
        )
    with pytest.raises(Refusal, match="SCENARIO_NAME_TAKEN"):
        save_scenario(plan=plan, name="Base", levers={}, idempotency_key=a_key(), **common)
    with pytest.raises(RefusedRows):
        save_scenario(
            plan=plan, name="Magie", levers={"magie": 1}, idempotency_key=a_key(), **common
        )


def test_a_clerk_does_not_plan(mutual: Mutual, people: People) -> None:
    with pytest.raises(Refusal, match="FORBIDDEN"):
        save_plan(
            mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), name="Village",
            assumptions=_village_document(mutual),
        )  # fmt: skip


def _village_document(mutual: Mutual) -> dict[str, object]:
    """The village plan as a door hands it over: numbers exact, never floats."""
    document = village().to_document() | {"currency": mutual.currency}
    exact: dict[str, object] = json.loads(json.dumps(document, default=str), parse_float=Decimal)
    return exact
