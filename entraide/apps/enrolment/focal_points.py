"""The people of a village to whom the mutual turns, and what it writes to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import FocalPoint, FocalPointMessage
from entraide.apps.enrolment.sections import require_own_area
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import under
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.phones import written_phone

LONGEST_SUBJECT, LONGEST_TEXT = 120, 1000


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

    Refused with ``OFFICER_NAME_MISSING``, ``DATE_IN_FUTURE`` or ``AREA_OF_OTHER_SECTION``.
    """
    require_own_area(mutual, area, actor, on)
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
    """A focal point stops; ``ends_on`` is the first day without.

    Refused with ``MANDATE_OUT_OF_ORDER`` or ``AREA_OF_OTHER_SECTION``.
    """
    require_own_area(mutual, focal_point.area, actor, on)
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


@command("write_to_focal_points", right=Right.ENROL)
def write_to_focal_points(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    area: Area | None,
    subject: str,
    text: str,
) -> FocalPointMessage:
    """A message to the focal points in office in an area and in those inside it; None: to all.

    It is kept with those it goes to, for the letters and the telephone. All faults at once:
    ``MESSAGE_SUBJECT_MISSING``, ``MESSAGE_TEXT_MISSING``, ``MESSAGE_TOO_LONG``,
    ``FOCAL_POINTS_NONE``. ``AREA_OF_OTHER_SECTION`` or ``AREAS_OF_OTHER_SECTION`` for who works
    in a section and would write beyond it.
    """
    require_own_area(mutual, area, actor, on)
    subject, text = subject.strip(), text.strip()
    points = list(focal_points_inside(mutual, area, on))
    faults = []
    if not subject:
        faults.append(Finding("MESSAGE_SUBJECT_MISSING", place="subject"))
    if not text:
        faults.append(Finding("MESSAGE_TEXT_MISSING", place="text"))
    for place, value, most in (
        ("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT),
    ):  # fmt: skip
        if len(value) > most:
            faults.append(Finding("MESSAGE_TOO_LONG", place=place, data={"most": most}))
    if not points:
        faults.append(Finding("FOCAL_POINTS_NONE", place="area"))
    if faults:
        raise RefusedRows(tuple(faults))
    message = FocalPointMessage.objects.create(
        mutual=mutual, area=area, subject=subject, text=text, written_on=on, written_by=actor
    )
    message.recipients.set(points)
    return message


def focal_points_inside(mutual: Mutual, area: Area | None, on: date) -> QuerySet[FocalPoint]:
    """The focal points in office on a day in an area and in those inside it, or everywhere."""
    in_office = FocalPoint.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), mutual=mutual, starts_on__lte=on
    )
    if area is not None:
        in_office = in_office.filter(area__in=under(area))
    return in_office.select_related("area__parent").order_by("area__name", "name")


def messages_of(mutual: Mutual) -> QuerySet[FocalPointMessage]:
    """What was written to focal points, the latest first, each with ``recipients_count``."""
    return (
        FocalPointMessage.objects.filter(mutual=mutual)
        .select_related("area", "written_by")
        .annotate(recipients_count=Count("recipients"))
        .order_by("-id")
    )


def message_for(mutual: Mutual, uid: object) -> FocalPointMessage:
    """The message of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = messages_of(mutual).filter(uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="message", key=str(uid))
    return found
