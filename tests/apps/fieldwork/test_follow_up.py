"""The plan proposed and approved, contacts, rules of single families, and the list by SQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from entraide.apps.claims.merging import merge_households
from entraide.apps.contributions.services import renew_membership
from entraide.apps.enrolment.models import Household, HouseholdScore
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.scorecards import approve_scorecard, enter_scorecard
from entraide.apps.enrolment.services import create_group
from entraide.apps.fieldwork.follow_list import (
    due_counts,
    followed_covers,
    line_of,
    lines_of,
    to_follow,
    week_end,
)
from entraide.apps.fieldwork.follow_plan import (
    approve_follow_plan,
    plan_on,
    propose_follow_plan,
    segments_planned,
)
from entraide.apps.fieldwork.follow_up import (
    contacts_of,
    end_follow_override,
    override_follow_up,
    overrides_of,
    record_contact,
    withdraw_contact,
)
from entraide.apps.fieldwork.models import FollowContact, FollowOverride, FollowPlanVersion
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.follow_up import Channel, ContractStage, FollowPlan, FollowRow
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from tests.builders import a_household, a_key
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R017")]

ON = date(2025, 6, 16)
PLAN_FROM = date(2025, 2, 1)
ROWS = [
    FollowRow(segment, stage.value, channel, days)
    for segment, channel, days in (("", "call", 60), ("B", "visit", 45), ("C", "visit", 20))
    for stage in ContractStage
]


def act(mutual: Mutual, actor: Any, on: date = ON) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": on, "idempotency_key": a_key()}


@pytest.fixture
def plan(scoped: Mutual, people: People) -> FollowPlan:
    version = propose_follow_plan(
        **act(scoped, people.coordinator), rows=ROWS, effective_from=PLAN_FROM, source="AG",
    )  # fmt: skip
    approve_follow_plan(**act(scoped, people.director), version=version)
    found = plan_on(scoped, ON)
    assert found is not None
    return found


def seen(mutual: Mutual, people: People, home: Household, channel: str, day: date) -> FollowContact:
    return record_contact(
        **act(mutual, people.awa), household=home, channel=channel, contacted_on=day,
        worker=people.field_agent,
    )  # fmt: skip


def scored(mutual: Mutual, people: People, home: Household, segment: str, day: date) -> None:
    """Segments as ``record_score`` writes them, without ten answers."""
    version = home.scores.first()
    card = version.version if version else None
    if card is None:
        card = enter_scorecard(
            **act(mutual, people.coordinator), document=read_scorecard(scorecard_path()).document,
            effective_from=date(2025, 1, 1), source="AG",
        )  # fmt: skip
        approve_scorecard(**act(mutual, people.director), version=card)
    HouseholdScore.objects.create(
        mutual=mutual, household=home, version=card, answered_on=day, answers={}, points=1,
        segment=segment, recorded_by=people.awa,
    )  # fmt: skip


def test_one_proposes_another_approves_and_nobody_changes_it(
    scoped: Mutual, people: People
) -> None:
    proposal = {"rows": ROWS, "effective_from": PLAN_FROM, "source": "AG du 3 mai"}
    with pytest.raises(Refusal, match="FORBIDDEN"):
        propose_follow_plan(**act(scoped, people.awa), **proposal)
    with pytest.raises(Refusal, match="VERSION_SOURCE_MISSING"):
        propose_follow_plan(**act(scoped, people.coordinator), **{**proposal, "source": " "})
    version = propose_follow_plan(**act(scoped, people.coordinator), **proposal)
    assert plan_on(scoped, ON) is None
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve_follow_plan(**act(scoped, people.coordinator), version=version)
    approve_follow_plan(**act(scoped, people.director), version=version)
    with pytest.raises(Refusal, match="FOLLOW_PLAN_APPROVED"):
        approve_follow_plan(**act(scoped, people.elected_officer), version=version)
    assert plan_on(scoped, PLAN_FROM - timedelta(days=1)) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowPlanVersion.objects.filter(pk=version.pk).update(source="Autre")
    assert segments_planned(scoped, ON) == ("",)


def test_a_contact_stays_and_is_withdrawn_once(
    scoped: Mutual, people: People, product: Product
) -> None:
    home = a_household(scoped, people.awa, product)
    with pytest.raises(RefusedRows) as refused:
        record_contact(
            **act(scoped, people.awa), household=home, channel="letter",
            contacted_on=ON + timedelta(days=1), worker=people.fanta,
        )  # fmt: skip
    assert [each.code for each in refused.value.findings] == [
        "FOLLOW_CHANNEL_UNKNOWN", "DATE_IN_FUTURE",
    ]  # fmt: skip
    with pytest.raises(RefusedRows) as refused:
        record_contact(
            **act(scoped, people.awa), household=home, channel="call", contacted_on=ON,
            worker=people.fanta,
        )  # fmt: skip
    assert [each.code for each in refused.value.findings] == ["WORKER_UNKNOWN"]
    contact = seen(scoped, people, home, "call", ON)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        withdraw_contact(**act(scoped, people.awa), contact=contact, reason=" ")
    withdraw_contact(**act(scoped, people.awa), contact=contact, reason="Mauvaise famille")
    with pytest.raises(Refusal, match="CONTACT_WITHDRAWN"):
        withdraw_contact(**act(scoped, people.awa), contact=contact, reason="Encore")
    for forbidden in ({"channel": "visit"}, {"withdrawn_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FollowContact.objects.filter(pk=contact.pk).update(**forbidden)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowContact.objects.all().delete()


def test_the_coordinator_alone_follows_a_family_otherwise_and_says_why(
    scoped: Mutual, people: People, product: Product, plan: FollowPlan
) -> None:
    home = a_household(scoped, people.awa, product)
    asked = {"household": home, "channel": "visit", "every_days": 7, "reason": "Veuvage"}
    with pytest.raises(Refusal, match="FORBIDDEN"):
        override_follow_up(**act(scoped, people.awa), **asked)
    with pytest.raises(RefusedRows) as refused:
        override_follow_up(
            **act(scoped, people.coordinator), household=home, channel="letter", every_days=8,
            reason="",
        )  # fmt: skip
    assert [each.code for each in refused.value.findings] == [
        "FOLLOW_CHANNEL_UNKNOWN", "FOLLOW_RULE_DAYS", "REASON_MISSING",
    ]  # fmt: skip
    first = override_follow_up(**act(scoped, people.coordinator), **asked)
    line = line_of(scoped, plan, home, ON)
    assert line is not None
    assert (line.rule.channel, line.due_on) == (Channel.VISIT, ON)
    second = override_follow_up(
        **act(scoped, people.coordinator, ON + timedelta(days=3)), **{**asked, "channel": "none"}
    )
    first.refresh_from_db()
    assert (first.ends_on, second.every_days) == (ON + timedelta(days=3), 0)
    later = ON + timedelta(days=4)
    assert to_follow(scoped, plan, later, until=week_end(later)).count() == 0
    end_follow_override(
        **act(scoped, people.coordinator, later), override=second, reason="Le plan suffit"
    )
    with pytest.raises(Refusal, match="FOLLOW_RULE_ENDED"):
        end_follow_override(**act(scoped, people.coordinator), override=second, reason="Encore")
    assert to_follow(scoped, plan, later, until=week_end(later)).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowOverride.objects.filter(pk=first.pk).update(reason="Autre")


@pytest.fixture
def homes(scoped: Mutual, people: People, product: Product) -> list[Household]:
    """Families at every stage, of every segment, seen or not, one renewed, two of their own."""
    days = (date(2024, 4, 20), date(2024, 6, 1), date(2024, 6, 16), date(2024, 7, 1),
            date(2024, 8, 1), date(2025, 1, 10), date(2025, 5, 20), date(2024, 7, 5))  # fmt: skip
    homes = [
        a_household(scoped, people.awa, product, enrolled_on=day) for day in days for _time in "ab"
    ]
    for rank, home in enumerate(homes):
        if rank % 4:
            scored(scoped, people, home, "ABC"[rank % 3], ON - timedelta(days=rank + 1))
            scored(scoped, people, home, "BCA"[rank % 3], ON - timedelta(days=rank))
        if rank % 3:
            seen(scoped, people, home, ("visit", "call")[rank % 2], ON - timedelta(days=rank * 5))
        if rank % 5 == 0:
            seen(scoped, people, home, "call", ON - timedelta(days=rank * 3 + 2))
    renew_membership(
        **act(scoped, people.awa, date(2025, 6, 10)), membership=homes[-1].memberships.get(),
        renewed_on=date(2025, 6, 10),
    )  # fmt: skip
    for home, channel in zip(homes[2:14:4], ("visit", "none", "call"), strict=True):
        override_follow_up(
            **act(scoped, people.coordinator, ON - timedelta(days=9)), household=home,
            channel=channel, every_days=7, reason="Décision",
        )  # fmt: skip
    return homes


def test_the_database_finds_what_the_rule_says(
    scoped: Mutual, plan: FollowPlan, homes: list[Household]
) -> None:
    stages = set()
    for moved in (-12, 0, 1, 20, 50, 100):
        on = ON + timedelta(days=moved)
        lines = lines_of(scoped, plan, list(followed_covers(scoped, on)), on)
        stages |= {line.stage for line in lines}
        until = week_end(on)
        told = {
            line.cover.pk: line.due_on.toordinal()
            for line in lines
            if line.due_on is not None and line.due_on < until
        }
        rows = to_follow(scoped, plan, on, until=until)
        assert {row.pk: row.due_day for row in rows} == told
        assert [row.due_day for row in rows] == sorted(told.values())
        counts = due_counts(rows, on)
        assert counts.due == sum(day <= on.toordinal() for day in told.values())
        assert counts.due + counts.coming == len(told)
        for channel in (Channel.VISIT, Channel.CALL):
            of_channel = {line.cover.pk for line in lines if line.rule.channel is channel}
            some = to_follow(scoped, plan, on, until=until, channel=channel)
            assert {row.pk for row in some} == of_channel & set(told)
    assert stages == set(ContractStage)


def test_each_animator_has_the_families_followed(
    scoped: Mutual, people: People, product: Product, plan: FollowPlan
) -> None:
    group = create_group(**act(scoped, people.awa), code="v", name="Village", kind="village")
    assign_portfolio(
        **act(scoped, people.coordinator), group=group, animator=people.field_agent, starts_on=ON
    )
    ours = a_household(scoped, people.awa, product, group=group)
    a_household(scoped, people.awa, product)
    rows = to_follow(scoped, plan, ON, until=week_end(ON), animator=people.field_agent)
    assert [row.household for row in rows] == [ours]
    assert due_counts(rows, ON).late == 1


def test_queries_do_not_grow_with_the_families(
    scoped: Mutual, people: People, product: Product, plan: FollowPlan
) -> None:
    counts = []
    for _time in range(2):
        for _home in range(3):
            a_household(scoped, people.awa, product)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = to_follow(scoped, plan, ON, until=week_end(ON))
            due_counts(rows, ON)
            assert lines_of(scoped, plan, list(rows), ON)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_the_follow_up_goes_with_a_family_that_is_merged(
    scoped: Mutual, people: People, product: Product, plan: FollowPlan
) -> None:
    kept = a_household(scoped, people.awa, product)
    second = a_household(scoped, people.awa, product)
    seen(scoped, people, kept, "call", date(2025, 3, 1))
    visit = seen(scoped, people, second, "visit", date(2025, 5, 20))
    withdrawn = seen(scoped, people, second, "call", date(2025, 6, 1))
    withdraw_contact(**act(scoped, people.awa), contact=withdrawn, reason="Autre famille")
    rule = override_follow_up(
        **act(scoped, people.coordinator), household=second, channel="visit", every_days=30,
        reason="Veuvage",
    )  # fmt: skip
    pairs = tuple(zip(second.persons.order_by("pk"), kept.persons.order_by("pk"), strict=True))
    merge_households(
        **act(scoped, people.coordinator), kept=kept, merged=second, pairs=pairs,
        reason="Saisie deux fois",
    )  # fmt: skip
    carried, own = contacts_of(kept)
    assert (carried.carried_from, carried.contacted_on, own.carried_from) == (
        visit, date(2025, 5, 20), None,
    )  # fmt: skip
    assert carried.worker == people.field_agent
    line = line_of(scoped, plan, kept, ON)
    assert line is not None
    assert (line.last_visit_on, line.override) == (date(2025, 5, 20), overrides_of(kept).get())
    assert overrides_of(kept).get().carried_from == rule
    rule.refresh_from_db()
    assert (rule.ends_on, rule.ended_why) == (ON, "Saisie deux fois")
    assert contacts_of(second).count() == 2  # what was written stays
