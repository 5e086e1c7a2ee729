"""Reading time spent: by activity, and line by line; inside ``scope(mutual=…)``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from entraide.apps.access.models import User
from entraide.apps.enrolment.group_kinds import of_kind
from entraide.apps.enrolment.selectors import found
from entraide.apps.fieldwork.models import Activity, TimeSpent
from entraide.apps.schemes.models import Mutual
from entraide.core.work_time import WorkTime


@dataclass(frozen=True, slots=True)
class ActivityTime:
    """The time of one activity in a period."""

    activity: str
    work: WorkTime


def time_for(mutual: Mutual, uid: UUID | str) -> TimeSpent:
    """The line of time of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(TimeSpent.objects.filter(mutual=mutual), uid=uid)


def minutes_on(mutual: Mutual, worker: User, on: date) -> int:
    """All that is told of a person on a day, in minutes."""
    told = TimeSpent.objects.filter(
        mutual=mutual, worker=worker, worked_on=on, withdrawn_on__isnull=True
    )
    return told.aggregate(minutes=Sum("minutes"))["minutes"] or 0


def times(
    mutual: Mutual, from_: date, until: date, *, activity: str = "", group_kind: str | None = None
) -> QuerySet[TimeSpent]:
    """What was told for ``[from_, until)``, the latest day first; what was withdrawn too.

    ``group_kind``: for one kind of group (``groups.of_kind``); empty: told for no group.
    """
    told = TimeSpent.objects.filter(
        of_kind("group", group_kind), mutual=mutual, worked_on__gte=from_, worked_on__lt=until
    )
    if activity:
        told = told.filter(activity=activity)
    return told.select_related("worker", "group", "recorded_by").order_by("-worked_on", "-pk")


def by_activity(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> list[ActivityTime]:
    """Minutes and acts of each activity of which something was told. One query."""
    sums = (
        times(mutual, from_, until, group_kind=group_kind)
        .filter(withdrawn_on__isnull=True)
        .order_by()
        .values_list("activity")
        .annotate(minutes=Sum("minutes"), acts=Sum("acts_count"))
    )
    told = {activity: WorkTime(minutes, acts) for activity, minutes, acts in sums}
    return [ActivityTime(each, told[each]) for each in Activity.values if each in told]
