"""Who follows whom: groups, and the families without group of an area, each by one animator.

Independent of the kind of group: an animator may follow a company and a village. History stays: an
assignment is ended and another begun, never rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.enrolment.models import (
    Household,
    PartnerGroup,
    PortfolioAssignment,
    PortfolioTransfer,
)
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Appointment, Mutual
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right, roles_on
from entraide.core.errors import Refusal


@command("assign_portfolio", right=Right.COORDINATE)
def assign_portfolio(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    animator: User,
    starts_on: date,
    group: PartnerGroup | None = None,
    area: Area | None = None,
) -> PortfolioAssignment:
    """An animator follows a group, or the families without group of an area and of those inside it.

    Whoever followed it before stops on that day. Refused with ``PORTFOLIO_TARGET_MISSING``,
    ``ANIMATOR_UNKNOWN``, ``ANIMATOR_UNCHANGED`` or ``ASSIGNMENT_OUT_OF_ORDER``.
    """
    if (group is None) == (area is None):
        raise Refusal("PORTFOLIO_TARGET_MISSING", place="group")
    _require_animator(animator, mutual, starts_on)
    current = (
        PortfolioAssignment.objects.select_for_update()
        .filter(mutual=mutual, group=group, area=area, ends_on__isnull=True)
        .first()
    )
    if current is not None:
        if current.animator_id == animator.pk:
            raise Refusal("ANIMATOR_UNCHANGED", place="animator", person=str(animator))
        _end(current, starts_on)
    return PortfolioAssignment.objects.create(
        mutual=mutual, group=group, area=area, animator=animator, starts_on=starts_on
    )


def _require_animator(animator: User, mutual: Mutual, on: date) -> None:
    if not roles_on(animator, mutual, on):
        raise Refusal("ANIMATOR_UNKNOWN", place="animator", person=str(animator))


def _end(assignment: PortfolioAssignment, ends_on: date) -> None:
    if ends_on <= assignment.starts_on:
        raise Refusal("ASSIGNMENT_OUT_OF_ORDER", place="starts_on", day=assignment.starts_on)
    assignment.ends_on = ends_on
    assignment.save(update_fields=["ends_on"])


@command("transfer_portfolio", right=Right.COORDINATE)
def transfer_portfolio(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    from_animator: User,
    to_animator: User,
    transferred_on: date,
    reason: str,
    assignments: tuple[PortfolioAssignment, ...] | None = None,
) -> PortfolioTransfer:
    """A portfolio goes to another animator in one act: all of it, or the assignments named.

    Tasks and the scope of the phone follow the assignments (:func:`portfolio_scope`). Refused with
    ``REASON_MISSING``, ``ANIMATOR_UNKNOWN``, ``ANIMATOR_UNCHANGED``, ``PORTFOLIO_EMPTY`` or
    ``ASSIGNMENT_OUT_OF_ORDER``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    if from_animator == to_animator:
        raise Refusal("ANIMATOR_UNCHANGED", place="to_animator", person=str(to_animator))
    _require_animator(to_animator, mutual, transferred_on)
    current = PortfolioAssignment.objects.select_for_update().filter(
        mutual=mutual, animator=from_animator, ends_on__isnull=True
    )
    if assignments is not None:
        current = current.filter(pk__in=[each.pk for each in assignments])
    moved = list(current)
    if not moved:
        raise Refusal("PORTFOLIO_EMPTY", place="from_animator", person=str(from_animator))
    transfer = PortfolioTransfer.objects.create(
        mutual=mutual,
        from_animator=from_animator,
        to_animator=to_animator,
        transferred_on=transferred_on,
        reason=reason.strip()[:200],
        recorded_by=actor,
        assignments_count=len(moved),
    )
    for each in moved:
        _end(each, transferred_on)
    PortfolioAssignment.objects.bulk_create(
        PortfolioAssignment(
            mutual=mutual, group_id=each.group_id, area_id=each.area_id, animator=to_animator,
            starts_on=transferred_on, transfer=transfer,
        )
        for each in moved
    )  # fmt: skip
    record_audit(
        kind=AuditKind.CORRECTION, mutual=mutual, actor=actor, code="PORTFOLIO_TRANSFERRED",
        subject=f"{from_animator} → {to_animator}",
        details={"count": len(moved), "reason": transfer.reason, "on": transferred_on},
    )  # fmt: skip
    return transfer


@dataclass(frozen=True, slots=True)
class PortfolioScope:
    """What an animator follows on a day: keys of groups, and of areas whose own families count."""

    groups: frozenset[int]
    areas: frozenset[int]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is followed."""
        return not self.groups and not self.areas

    def of_households(self) -> Q:
        """The condition that a household belongs to this portfolio."""
        return Q(group__in=self.groups) | Q(group__isnull=True, area__in=self.areas)


def portfolio_scope(user: User, mutual: Mutual, on: date) -> PortfolioScope:
    """What a person follows in a mutual on a day: what their phone holds and their tasks concern.

    An area stands for those inside it, except those that another animator follows.
    """
    assignments = list(assignments_on(mutual, on))
    groups = {each.group_id for each in assignments if each.animator_id == user.pk}
    by_area = {each.area_id: each.animator_id for each in assignments if each.area_id}
    own = [area for area, animator in by_area.items() if animator == user.pk]
    return PortfolioScope(
        frozenset(group for group in groups if group is not None),
        frozenset(_inside(own, by_area, user.pk)),
    )


def _inside(own: Iterable[int | None], by_area: dict[int | None, int], user: int) -> set[int]:
    found: set[int] = {area for area in own if area is not None}
    level: Sequence[int] = list(found)
    while level:
        inside = Area.objects.filter(parent__in=level).values_list("pk", flat=True)
        level = [pk for pk in inside if by_area.get(pk, user) == user and pk not in found]
        found.update(level)
    return found


def assignments_on(mutual: Mutual, on: date) -> QuerySet[PortfolioAssignment]:
    """Every assignment in force on a day, its animator, group and area loaded."""
    return PortfolioAssignment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), mutual=mutual, starts_on__lte=on
    ).select_related("animator", "group", "area")


def portfolio_of(animator: User, mutual: Mutual, on: date) -> list[PortfolioAssignment]:
    """What a person follows on a day, groups by name then areas."""
    found = list(assignments_on(mutual, on).filter(animator=animator))
    return sorted(
        found,
        key=lambda each: (each.group is None, each.group.name if each.group else str(each.area)),
    )


def animator_of_group(group: PartnerGroup, on: date) -> User | None:
    """Who follows a group on a day."""
    found = (
        PortfolioAssignment.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=on), group=group, starts_on__lte=on
        )
        .select_related("animator")
        .first()
    )
    return found.animator if found is not None else None


def animators(mutual: Mutual, on: date) -> list[User]:
    """Those who may follow groups: whoever has a role in the mutual itself that enrols families."""
    enrolling = [role for role, rights in ROLE_RIGHTS.items() if Right.ENROL in rights]
    return list(
        User.objects.filter(
            pk__in=Appointment.objects.filter(
                Q(effective_until__isnull=True) | Q(effective_until__gt=on),
                mutual=mutual,
                role__in=enrolling,
                effective_from__lte=on,
            ).values("user"),
            is_active=True,
        ).order_by("display_name")
    )


def animator_for(mutual: Mutual, uid: object, on: date) -> User:
    """The person with this ``uid`` who follows or may follow groups here, or ``NOT_FOUND``."""
    followed = PortfolioAssignment.objects.filter(mutual=mutual).values("animator")
    may = [each.pk for each in animators(mutual, on)]
    try:
        key = UUID(str(uid))
    except ValueError:
        raise Refusal("NOT_FOUND", record="animator", key=str(uid)) from None
    found = User.objects.filter(Q(pk__in=followed) | Q(pk__in=may), uid=key).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="animator", key=str(uid))
    return found


def households_followed(user: User, mutual: Mutual, on: date) -> QuerySet[Household]:
    """The families that a person follows on a day."""
    scope = portfolio_scope(user, mutual, on)
    return Household.objects.filter(scope.of_households(), mutual=mutual)


def households_of_nobody(mutual: Mutual, on: date) -> QuerySet[Household]:
    """The families that nobody follows on a day: neither their group, nor for those without group
    their place or one around it, stands in a portfolio."""
    assignments = list(assignments_on(mutual, on))
    groups = [each.group_id for each in assignments if each.group_id]
    areas = _inside([each.area_id for each in assignments if each.area_id], {}, 0)
    alone = Q(group__isnull=True) & (Q(area__isnull=True) | ~Q(area__in=areas))
    return Household.objects.filter(
        alone | (Q(group__isnull=False) & ~Q(group__in=groups)), mutual=mutual
    )
