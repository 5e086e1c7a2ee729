"""Time spent: told once, withdrawn with a reason, summed by activity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.fieldwork.models import TimeSpent
from entraide.apps.fieldwork.selectors import by_activity, minutes_on, times
from entraide.apps.fieldwork.services import record_time, withdraw_time
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import a_key
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R033")]

ON = date(2025, 6, 16)
YEAR = (date(2025, 1, 1), date(2026, 1, 1))


def told(mutual: Mutual, people: People, activity: str, minutes: int, acts: int) -> TimeSpent:
    return record_time(
        mutual=mutual, actor=people.awa, on=ON, idempotency_key=a_key(), worker=people.awa,
        activity=activity, worked_on=date(2025, 6, 2), minutes=minutes, acts_count=acts,
    )  # fmt: skip


def test_monthly_collection_is_held_against_payment_at_once(scoped: Mutual, people: People) -> None:
    told(scoped, people, "monthly_collection", 240, 20)
    told(scoped, people, "monthly_collection", 120, 10)
    told(scoped, people, "single_collection", 30, 10)
    monthly, once = by_activity(scoped, *YEAR)
    assert (monthly.activity, monthly.work.mean_minutes) == ("monthly_collection", Decimal(12))
    assert (once.work.mean_minutes, once.work.mean_cost_minor(600)) == (Decimal(3), 30)
    assert minutes_on(scoped, people.awa, date(2025, 6, 2)) == 390


def test_what_is_withdrawn_counts_no_more_and_stays(scoped: Mutual, people: People) -> None:
    line = told(scoped, people, "call", 45, 3)
    act = {"mutual": scoped, "actor": people.awa, "on": ON, "time": line}
    with pytest.raises(Refusal, match="REASON_MISSING"):
        withdraw_time(**act, idempotency_key=a_key(), reason=" ")
    withdraw_time(**act, idempotency_key=a_key(), reason="Feuille de mai")
    with pytest.raises(Refusal, match="TIME_WITHDRAWN"):
        withdraw_time(**act, idempotency_key=a_key(), reason="Encore")
    assert by_activity(scoped, *YEAR) == []
    assert [each.withdrawn_why for each in times(scoped, *YEAR)] == ["Feuille de mai"]


def test_nobody_withdraws_the_time_of_somebody_else(scoped: Mutual, people: People) -> None:
    line = told(scoped, people, "call", 45, 3)
    mine = record_time(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), worker=people.field_agent,
        activity="call", worked_on=date(2025, 6, 2), minutes=10, acts_count=1,
    )  # fmt: skip
    act = {"mutual": scoped, "on": ON, "reason": "Feuille de mai"}
    agent = people.field_agent
    with pytest.raises(Refusal, match="TIME_OF_SOMEBODY_ELSE"):
        withdraw_time(**act, actor=agent, idempotency_key=a_key(), time=line)
    withdraw_time(**act, actor=agent, idempotency_key=a_key(), time=mine)
    withdraw_time(**act, actor=people.coordinator, idempotency_key=a_key(), time=line)


def test_all_faults_are_told_at_once(scoped: Mutual, people: People) -> None:
    with pytest.raises(RefusedRows) as refused:
        record_time(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), worker=people.fanta,
            activity="sleep", worked_on=date(2025, 6, 17), minutes=0, acts_count=0,
        )  # fmt: skip
    assert [each.code for each in refused.value.findings] == [
        "ACTIVITY_UNKNOWN", "WORKER_UNKNOWN", "DATE_IN_FUTURE", "TIME_INVALID", "ACTS_INVALID",
    ]  # fmt: skip


def test_a_day_has_twenty_four_hours(scoped: Mutual, people: People) -> None:
    told(scoped, people, "home_visit", 1000, 8)
    with pytest.raises(RefusedRows) as refused:
        told(scoped, people, "call", 441, 8)
    assert [each.code for each in refused.value.findings] == ["DAY_OVERFULL"]
    assert told(scoped, people, "call", 440, 8).minutes == 440
