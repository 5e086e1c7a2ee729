"""Renewal rate by animator: of the covers that came to an end, how many another one renews (R019).

A cover counts for who followed the family on the day it ended. Covers entered by mistake do not
count; one that was ended before its term does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from entraide.apps.access.models import User
from entraide.apps.enrolment.group_kinds import of_kind
from entraide.apps.enrolment.models import Membership
from entraide.apps.enrolment.portfolio_days import Followed, followed_days
from entraide.apps.enrolment.services import EndReason
from entraide.apps.schemes.models import Mutual


@dataclass(frozen=True, slots=True)
class AnimatorRate:
    """The covers ended of the families of one animator; ``agent`` None: nobody followed them."""

    agent: User | None
    ended_count: int
    renewed_count: int

    @property
    def rate(self) -> Decimal:
        """Covers renewed ÷ covers ended."""
        return Decimal(self.renewed_count) / Decimal(self.ended_count)


def covers_ended(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> QuerySet[Membership]:
    """The covers that ended in ``[from_, until)``, each with ``ends_on`` and ``is_renewed``.

    ``group_kind``: of one kind of group (``groups.of_kind``).
    """
    renewals = Membership.objects.filter(renews=OuterRef("pk"))
    return (
        Membership.objects.filter(of_kind("group", group_kind), mutual=mutual)
        .exclude(end_reason=EndReason.ENTERED_IN_ERROR.value)
        .annotate(ends_on=Coalesce("ended_on", "effective_until"), is_renewed=Exists(renewals))
        .filter(ends_on__gte=from_, ends_on__lt=until)
    )


def rates_by_animator(
    mutual: Mutual, from_: date, until: date, *, group_kind: str | None = None
) -> list[AnimatorRate]:
    """One row an animator, the lowest rate first; nobody's last. The rows add up to all covers."""
    followed = followed_days(mutual)
    agent: Value | Case = Value(0, output_field=IntegerField())
    if followed:
        whens = [
            When(_ended_while(stretches), then=Value(pk)) for pk, stretches in followed.items()
        ]
        agent = Case(*whens, default=Value(0), output_field=IntegerField())
    rows = (
        covers_ended(mutual, from_, until, group_kind=group_kind)
        .annotate(agent=agent)
        .order_by()
        .values("agent")
        .annotate(ended=Count("pk"), renewed=Count("pk", filter=Q(is_renewed=True)))
        .filter(ended__gt=0)  # where nobody follows anything, SQL sums nothing into one row
    )
    users = User.objects.in_bulk([row["agent"] for row in rows if row["agent"]])
    found = [AnimatorRate(users.get(row["agent"]), row["ended"], row["renewed"]) for row in rows]
    return sorted(found, key=lambda each: (each.agent is None, each.rate, str(each.agent)))


def covers_ended_of(
    mutual: Mutual, from_: date, until: date, agent: User | None, *, group_kind: str | None = None
) -> QuerySet[Membership]:
    """The covers behind a row of :func:`rates_by_animator`, those not renewed first."""
    covers = covers_ended(mutual, from_, until, group_kind=group_kind)
    followed = followed_days(mutual)
    if agent is not None:
        stretches = followed.get(agent.pk, ())
        covers = covers.filter(_ended_while(stretches)) if stretches else covers.none()
    elif anybody := [stretch for stretches in followed.values() for stretch in stretches]:
        covers = covers.exclude(pk__in=covers.filter(_ended_while(anybody)).values("pk"))
    return covers.select_related("household", "group").order_by("is_renewed", "ends_on", "pk")


def _ended_while(stretches: Iterable[Followed]) -> Q:
    """That a cover ended in days in which its family was followed."""
    return reduce(or_, (_in_stretch(each) for each in stretches))


def _in_stretch(followed: Followed) -> Q:
    who = Q(group__in=followed.groups) | Q(group__isnull=True, household__area__in=followed.areas)
    days = Q(ends_on__gte=followed.period.start)
    if followed.period.until < date.max:
        days &= Q(ends_on__lt=followed.period.until)
    return who & days
