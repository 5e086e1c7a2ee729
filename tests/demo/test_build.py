"""Making the demonstration: the same twice, near its figures, never over somebody's data."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django_scopes import scope, scopes_disabled

from entraide.apps.access.services import system_user
from entraide.apps.ledger.models import LedgerHead
from entraide.apps.reporting.services import engine_for
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.demo import build, database
from entraide.demo.foundation import found_mutual, found_network
from entraide.demo.in_bulk import InBulk
from entraide.demo.network import NETWORK
from entraide.demo.planner import Planner
from tests.builders import a_federation, a_mutual

pytestmark = pytest.mark.django_db


class RolledBack(Exception):
    """Undoes a demonstration."""


def test_an_empty_database_and_somebodys_database_are_told_apart() -> None:
    system_user()
    assert database.found() is database.Found.NOTHING
    a_mutual(a_federation(), "mutuelle-du-port", "Mutuelle du port")
    with pytest.raises(Refusal) as refusal:
        database.found()
    assert refusal.value.code == "DATABASE_NOT_DEMONSTRATION"


def test_the_same_seed_gives_the_same_chain() -> None:
    system_user()
    chains = []
    for _ in range(2):
        try:
            with transaction.atomic():
                build.build(build.Size(20, 4, date(2024, 2, 2)), lambda *_: None)
                with scopes_disabled():
                    chains.append(list(LedgerHead.objects.values_list("mutual__code", "last_hash")))
                raise RolledBack
        except RolledBack:
            continue
    assert chains[0] == chains[1]
    assert len(chains[0]) == 6


@pytest.mark.parametrize("households", [20, 97, 200, 3_000, 27_100])
def test_households_are_shared_out(households: int) -> None:
    sizes = build.Size(households, 1, date(2026, 1, 1)).of_each()
    assert sum(sizes.values()) == households
    if households >= 200:
        for plan in NETWORK:
            assert abs(sizes[plan.code] / households - plan.share) < 0.01


@pytest.mark.parametrize(
    ("code", "claims_ratio", "autonomy_rate"),
    [("atia-sante", 0.84, 0.21), ("zems-laafi", 0.89, 0.21), ("sugri-laafi", 0.88, 0.17)],
)
def test_the_base_year_comes_near_its_figures(
    code: str, claims_ratio: float, autonomy_rate: float
) -> None:
    """A hundred households: chance alone moves the ratio by some ten points."""
    system_user()
    plan = next(plan for plan in NETWORK if plan.code == code)
    until = date(2026, 1, 20)
    planner = Planner(plan, 110, 11, until, "MGA" if plan.country == "mg" else "XOF")
    world = found_mutual(found_network(), planner)
    InBulk(world).carry_out(planner.acts())
    year = Period(date(2025, 1, 1), date(2026, 1, 1))
    with scope(mutual=world.mutual):
        opened, _ = engine_for(world.mutual, until)
        with opened as engine:
            ratio = float(engine.figure("claims_ratio", year).value or 0)
            autonomy = float(engine.figure("autonomy_rate", year).value or 0)
            own = float(engine.figure("own_running_share", year).value or 0)
            whole = float(engine.figure("running_share", year).value or 1)
    # The State pays Sugri Laafi a third: that part is no autonomy.
    assert abs(own / whole - (2 / 3 if code == "sugri-laafi" else 1)) < 0.06
    assert abs(ratio - claims_ratio) < 0.22
    assert abs(autonomy - autonomy_rate) < 0.045
