"""The people of a village to whom the mutual turns, and the villages that have none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import FocalPoint
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.phones import written_phone


@command("appoint_focal_point", right=Right.ENROL)
def appoint_focal_point(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    area: Area,
    name: str,
    phone: str,
    starts_on: date,
) -> FocalPoint:
    """A person of a village becomes its focal point; a village may have several.

    Refused with ``OFFICER_NAME_MISSING`` or ``DATE_IN_FUTURE``.
    """
    if not name.strip():
        raise Refusal("OFFICER_NAME_MISSING", place="name")
    require_not_future(starts_on, on, "starts_on")
    return FocalPoint.objects.create(
        mutual=mutual, area=area, name=name.strip(), phone=written_phone(phone), starts_on=starts_on
    )


@command("end_focal_point", right=Right.ENROL)
def end_focal_point(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    focal_point: FocalPoint,
    ends_on: date,
) -> FocalPoint:
    """A focal point stops; ``ends_on`` is the first day without. ``MANDATE_OUT_OF_ORDER``."""
    if ends_on <= focal_point.starts_on or focal_point.ends_on is not None:
        raise Refusal("MANDATE_OUT_OF_ORDER", place="ends_on", day=focal_point.starts_on)
    focal_point.ends_on = ends_on
    focal_point.save(update_fields=["ends_on"])
    return focal_point


def focal_points_on(mutual: Mutual, areas: Iterable[Area], on: date) -> dict[int, list[FocalPoint]]:
    """The focal points in office on a day, by the key of their area. One query."""
    found: dict[int, list[FocalPoint]] = {}
    in_office = FocalPoint.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        mutual=mutual,
        area__in=list(areas),
        starts_on__lte=on,
    )
    for each in in_office.order_by("name"):
        found.setdefault(each.area_id, []).append(each)
    return found


def focal_point_for(mutual: Mutual, uid: object) -> FocalPoint:
    """The focal point of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = FocalPoint.objects.filter(mutual=mutual, uid=uid).select_related("area").first()
    if found is None:
        raise Refusal("NOT_FOUND", record="focal_point", key=str(uid))
    return found
