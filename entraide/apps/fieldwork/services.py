"""Time spent: told by who worked, or typed from their sheet."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.fieldwork.models import Activity, TimeSpent
from entraide.apps.fieldwork.selectors import minutes_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, may, roles_on
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.work_time import MINUTES_OF_A_DAY

MOST_ACTS = 1000


@command("record_time", right=Right.ENROL)
def record_time(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    worker: User,
    activity: str,
    worked_on: date,
    minutes: int,
    acts_count: int,
    group: PartnerGroup | None = None,
    note: str = "",
) -> TimeSpent:
    """So many minutes of one person on one day, for so many acts of an activity.

    All faults are told at once: ``ACTIVITY_UNKNOWN``, ``WORKER_UNKNOWN`` (no role here that day),
    ``DATE_IN_FUTURE``, ``TIME_INVALID``, ``ACTS_INVALID``, ``DAY_OVERFULL`` (over twenty-four
    hours with what is told already).
    """
    faults: list[Finding] = []
    if activity not in Activity.values:
        faults.append(Finding("ACTIVITY_UNKNOWN", place="activity", data={"value": activity}))
    if not roles_on(worker, mutual, worked_on):
        faults.append(Finding("WORKER_UNKNOWN", place="worker", data={"person": str(worker)}))
    if worked_on > on:
        faults.append(
            Finding("DATE_IN_FUTURE", place="worked_on", data={"day": worked_on, "on": on})
        )
    if not 0 < minutes <= MINUTES_OF_A_DAY:
        faults.append(Finding("TIME_INVALID", place="minutes", data={"most": MINUTES_OF_A_DAY}))
    elif minutes_on(mutual, worker, worked_on) + minutes > MINUTES_OF_A_DAY:
        faults.append(
            Finding("DAY_OVERFULL", place="minutes", data={"person": str(worker), "day": worked_on})
        )
    if not 0 < acts_count <= MOST_ACTS:
        faults.append(Finding("ACTS_INVALID", place="acts_count", data={"most": MOST_ACTS}))
    if faults:
        raise RefusedRows(tuple(faults))
    return TimeSpent.objects.create(
        mutual=mutual,
        worker=worker,
        activity=activity,
        worked_on=worked_on,
        minutes=minutes,
        acts_count=acts_count,
        group=group,
        note=note.strip()[:200],
        recorded_by=actor,
    )


def may_withdraw(time: TimeSpent, person: User, *, may_coordinate: bool) -> bool:
    """Whether a line of time is this person's to withdraw."""
    return may_coordinate or person.pk in (time.worker_id, time.recorded_by_id)


@command("withdraw_time", right=Right.ENROL)
def withdraw_time(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    time: TimeSpent,
    reason: str,
) -> TimeSpent:
    """What was told by mistake counts no more, and stays written with its reason.

    By who worked, who recorded it, or who coordinates. Refused with ``REASON_MISSING``,
    ``TIME_OF_SOMEBODY_ELSE`` or ``TIME_WITHDRAWN``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    time = TimeSpent.objects.select_for_update().get(pk=time.pk)
    if not may_withdraw(time, actor, may_coordinate=may(actor, mutual, Right.COORDINATE, on)):
        raise Refusal("TIME_OF_SOMEBODY_ELSE", person=str(time.worker))
    if time.withdrawn_on is not None:
        raise Refusal("TIME_WITHDRAWN", day=time.withdrawn_on)
    time.withdrawn_on, time.withdrawn_by = on, actor
    time.withdrawn_why = reason.strip()[:200]
    time.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    return time
