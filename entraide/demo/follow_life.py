"""The follow-up of families: a plan in force, what was done of it, one family followed otherwise.

In a large demonstration only the first families that are due are seen: the rest waits on the list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from entraide.apps.fieldwork.follow_list import to_follow
from entraide.apps.fieldwork.follow_plan import (
    approve_follow_plan,
    plan_on,
    propose_follow_plan,
    segments_planned,
)
from entraide.apps.fieldwork.follow_up import override_follow_up, record_contact
from entraide.core.follow_up import WITHOUT_SEGMENT, Channel, ContractStage, FollowRow
from entraide.demo.chance import stream
from entraide.demo.foundation import World
from entraide.demo.planner import Planner

MOST_SEEN, SEEN_OF_FOUR = 80, 3
WAYS: dict[ContractStage, tuple[int, int]] = {  # days between two visits, between two calls
    ContractStage.RUNNING: (90, 180),
    ContractStage.J60: (45, 60),
    ContractStage.J30: (15, 30),
    ContractStage.J0: (15, 20),
    ContractStage.AFTER_J30: (60, 90),
}
NOTES = ("", "", "", "Rappeler après la récolte", "Promet de payer au marché", "Carte à corriger")

Do = Callable[..., Any]


def follow_families(do: Do, world: World, planner: Planner, until: date) -> None:
    """Everything, by ``do(service, key, by, on, **content)``, before ``until``."""
    today, start = until - timedelta(days=1), until - timedelta(days=150)
    segments = segments_planned(world.mutual, start)
    most_vulnerable = segments[-2:-1]  # the last segment of the scorecard is visited
    rows = []
    for segment in segments:
        is_visited = segment != WITHOUT_SEGMENT and segment in most_vulnerable
        for stage, (visit_days, call_days) in WAYS.items():
            channel = Channel.VISIT if is_visited else Channel.CALL
            days = visit_days if is_visited else call_days
            rows.append(FollowRow(segment, stage.value, channel.value, days))
    version = do(
        propose_follow_plan, "follow-plan", "coordinator", start, rows=rows,
        effective_from=start, source="Réunion des animateurs (fictif)",
    )  # fmt: skip
    do(approve_follow_plan, "follow-plan-ok", "director", start, version=version)
    plan = plan_on(world.mutual, today)
    assert plan is not None, "it was just approved"
    due = list(to_follow(world.mutual, plan, today, until=until)[: MOST_SEEN + 20])
    rng = stream(planner.seed, planner.plan.code, "follow")
    for rank, cover in enumerate(due[:MOST_SEEN]):
        by = ("agent", "agent2")[rank % 2]
        if rank % 4 >= SEEN_OF_FOUR:
            continue
        day = today - timedelta(days=rng.randrange(1, 12))
        do(
            record_contact, f"contact-{cover.household.number}", by, day,
            household=cover.household, contacted_on=max(day, cover.effective_from),
            channel=Channel.VISIT.value if rank % 6 == 0 else Channel.CALL.value,
            worker=world.people[by], note=rng.choice(NOTES),
        )  # fmt: skip
    if due:
        do(
            override_follow_up, "follow-otherwise", "coordinator", today - timedelta(days=8),
            household=due[-1].household, channel=Channel.VISIT.value, every_days=15,
            reason="Veuve depuis peu : l’animateur passe la voir",
        )  # fmt: skip
