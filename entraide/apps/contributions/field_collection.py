"""Collected ÷ due by animator: who followed the family on the day a call fell due (R032).

The calls of a page of one animator are chosen by the very condition that the figure is summed by.
Households' calls only, as in every rate of ``contributions.collection``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When

from entraide.apps.access.models import User
from entraide.apps.contributions.collection import Collection, standing_dues
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.enrolment.portfolio_days import Followed, followed_days
from entraide.apps.schemes.models import Mutual


@dataclass(frozen=True, slots=True)
class AgentCollection:
    """The calls of the families of one animator; ``agent`` None: nobody followed them."""

    agent: User | None
    calls_count: int
    sums: Collection


@dataclass(frozen=True, slots=True)
class PortfolioCollection:
    """A part of it: one group, or the families without group of one area."""

    group_uid: str
    name: str
    is_group: bool
    calls_count: int
    sums: Collection


def by_agent(
    mutual: Mutual, from_: date, until: date, on: date, *, group_kind: str | None = None
) -> list[AgentCollection]:
    """Calls fallen due in ``[from_, until)`` by animator, the least collected first; nobody's last.

    Late: unpaid on the day asked. The sums of all rows are those of the whole mutual.
    """
    followed = followed_days(mutual)
    agent: Value | Case = Value(0, output_field=IntegerField())
    if followed:
        whens = [When(_due_while(stretches), then=Value(pk)) for pk, stretches in followed.items()]
        agent = Case(*whens, default=Value(0), output_field=IntegerField())
    rows = (
        standing_dues(mutual, from_, until, group_kind=group_kind)
        .annotate(agent=agent)
        .values("agent")
        .annotate(calls=Count("pk"), **_sums(on))
        .filter(calls__gt=0)  # where nobody follows anything, SQL sums nothing into one row
    )
    users = User.objects.in_bulk([row["agent"] for row in rows if row["agent"]])
    found = [
        AgentCollection(users.get(row["agent"]), row["calls"], _collection(row)) for row in rows
    ]
    return sorted(
        found,
        key=lambda each: (each.agent is None, each.sums.rate or 0, str(each.agent)),
    )


def agent_calls(
    mutual: Mutual, from_: date, until: date, agent: User | None, *, group_kind: str | None = None
) -> QuerySet[ContributionDue]:
    """The calls behind a row of :func:`by_agent`, in the order in which they fell due."""
    calls = standing_dues(mutual, from_, until, group_kind=group_kind)
    followed = followed_days(mutual)
    if agent is not None:
        stretches = followed.get(agent.pk, ())
        calls = calls.filter(_due_while(stretches)) if stretches else calls.none()
    elif anybody := [stretch for stretches in followed.values() for stretch in stretches]:
        # By key, for a bare ``exclude`` drops nulls: a family without group or area must stay.
        somebodys = calls.filter(_due_while(anybody)).values("pk")
        calls = calls.exclude(pk__in=somebodys)
    return calls.select_related("household").order_by("due_on", "document_number")


def by_portfolio(calls: QuerySet[ContributionDue], on: date) -> list[PortfolioCollection]:
    """The calls of one animator by group, or by area for families without group."""
    rows = (
        calls.order_by()
        .annotate(
            group_uid=F("membership__group__uid"),
            group_name=F("membership__group__name"),
            area_name=Case(
                When(membership__group__isnull=True, then=F("household__area__name")),
                default=None,
            ),
        )
        .values("group_uid", "group_name", "area_name")
        .annotate(calls=Count("pk"), **_sums(on))
    )
    found = [
        PortfolioCollection(
            str(row["group_uid"] or ""),
            row["group_name"] or row["area_name"] or "",
            row["group_uid"] is not None,
            row["calls"],
            _collection(row),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.sums.late_minor, each.name))


def _due_while(stretches: Iterable[Followed]) -> Q:
    """That a call fell due in days in which its family was followed."""
    return reduce(or_, (_in_stretch(each) for each in stretches))


def _in_stretch(followed: Followed) -> Q:
    who = Q(membership__group__in=followed.groups) | Q(
        membership__group__isnull=True, household__area__in=followed.areas
    )
    days = Q(due_on__gte=followed.period.start)
    if followed.period.until < date.max:
        days &= Q(due_on__lt=followed.period.until)
    return who & days


def _sums(on: date) -> dict[str, Sum]:
    return {
        "due": Sum("amount_minor"),
        "collected": Sum("paid_minor"),
        "late": Sum(F("amount_minor") - F("paid_minor"), filter=Q(due_on__lt=on), default=0),
    }


def _collection(row: dict[str, int]) -> Collection:
    return Collection("", row["due"], row["collected"], row["late"])
