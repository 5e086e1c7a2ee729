"""Posts of a whole union: the same role in every mutual that stands under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from entraide.apps.access.models import User
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Appointment, Federation, Mutual, Role
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import appoint
from entraide.core.errors import Refusal


def mutuals_under(federation: Federation) -> list[Mutual]:
    """The mutuals of a union and of all that stands under it, by name."""
    return list(
        Mutual.objects.filter(federation__in=list(_with_below(federation))).order_by("name")
    )


def _with_below(federation: Federation) -> Iterator[Federation]:
    children: dict[int | None, list[Federation]] = {}
    for each in Federation.objects.all():
        children.setdefault(each.parent_id, []).append(each)
    waiting = [federation]
    while waiting:
        above = waiting.pop()
        yield above
        waiting += children.get(above.pk, [])


@command("appoint_in_union", right=Right.ADMINISTER)
def appoint_in_union(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    federation: Federation,
    user: User,
    role: str,
    effective_from: date,
    effective_until: date | None = None,
    title: str = "",
    duties: Sequence[str] = (),
) -> Federation:
    """Give a person a role in every mutual under a union during ``[from, until)``.

    One appointment in each, so that rights stay written mutual by mutual and each may be ended
    alone; where the person holds the role on the first day, nothing is added. A mutual that joins
    later asks for another appointment. Refused with ``UNION_EMPTY``, ``APPOINTED_EVERYWHERE``, and
    all that ``appoint`` refuses.
    """
    if role == Role.NETWORK_ADMIN:
        raise Refusal("ROLE_OF_OTHER_PLACE", place="role", role=role)
    under = mutuals_under(federation)
    if not under:
        raise Refusal("UNION_EMPTY", federation=federation.name)
    held = set(
        Appointment.objects.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gt=effective_from),
            user=user,
            role=role,
            mutual__in=under,
            branch__isnull=True,
            effective_from__lte=effective_from,
        ).values_list("mutual", flat=True)
    )
    missing = [each for each in under if each.pk not in held]
    if not missing:
        raise Refusal("APPOINTED_EVERYWHERE", person=str(user), federation=federation.name)
    for each in missing:
        appoint(
            mutual=each,
            actor=actor,
            on=on,
            idempotency_key=f"{idempotency_key}-{each.code}",
            user=user,
            role=role,
            effective_from=effective_from,
            effective_until=effective_until,
            title=title,
            duties=duties,
        )
    return federation
