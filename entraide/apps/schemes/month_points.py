"""The points of a month: whoever holds a duty signs it, and it stays so until taken up again.

What the program can see for itself (books reconciled, files complete) it says on the home page; a
point is the word of a person that a month was looked at: the data, the indicators, the training.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Appointment, MonthPoint, Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.titles import Duty, duties_held, holders_of_duties
from entraide.core.errors import Refusal
from entraide.core.periods import add_months, month_start


@dataclass(frozen=True, slots=True)
class Point:
    """One duty of a month: who answers for it today, and the last word on it."""

    duty: Duty
    holders: tuple[Appointment, ...]
    last: MonthPoint | None

    @property
    def is_done(self) -> bool:
        """Whether it stands signed."""
        return self.last is not None and self.last.is_done


def month_points(mutual: Mutual, month: date, on: date) -> list[Point]:
    """Every duty of the month that begins on ``month``, with who holds it on a day. Two queries."""
    holders = holders_of_duties(mutual, on)
    last = {
        row.duty: row
        for row in MonthPoint.objects.filter(mutual=mutual, month=month)
        .select_related("signed_by")
        .order_by("id")
    }
    return [Point(duty, tuple(holders[duty]), last.get(duty)) for duty in Duty]


def unsigned_duties(mutual: Mutual, user: User, on: date) -> tuple[Duty, ...]:
    """What a person answers for and has not signed of the last full month. Two queries."""
    held = duties_held(user, mutual, on)
    month = last_full_month(on)
    return tuple(
        point.duty
        for point in (month_points(mutual, month, on) if held else ())
        if point.duty in held and not point.is_done
    )


def last_full_month(on: date) -> date:
    """The first day of the last month that is over."""
    return add_months(month_start(on), -1)


@command("sign_month_point", right=Right.SIGN_MONTH)
def sign_month_point(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str,
    month: date, duty: str, is_done: bool = True, remark: str = "",
) -> MonthPoint:  # fmt: skip
    """Whoever holds a duty says that it was done for a month, or takes it up again with the reason.

    Refused with ``DUTY_UNKNOWN``, ``DUTY_OF_ANOTHER`` (somebody else answers for it),
    ``MONTH_NOT_OVER``, ``POINT_SIGNED``, ``POINT_NOT_SIGNED`` or ``REASON_MISSING``.
    """
    if duty not in {each.value for each in Duty}:
        raise Refusal("DUTY_UNKNOWN", place="duty", duty=duty)
    if duty not in duties_held(actor, mutual, on):
        raise Refusal("DUTY_OF_ANOTHER", place="duty")
    month = month_start(month)
    if month > last_full_month(on):
        raise Refusal("MONTH_NOT_OVER", place="month", day=add_months(month, 1))
    points = MonthPoint.objects.filter(mutual=mutual, month=month, duty=duty)
    last = points.select_for_update().order_by("-id").first()
    if is_done and last is not None and last.is_done:
        raise Refusal("POINT_SIGNED", place="duty", person=str(last.signed_by), day=last.signed_on)
    if not is_done:
        if last is None or not last.is_done:
            raise Refusal("POINT_NOT_SIGNED", place="duty")
        if not remark.strip():
            raise Refusal("REASON_MISSING", place="remark")
    return MonthPoint.objects.create(
        mutual=mutual, month=month, duty=duty, is_done=is_done, remark=remark.strip(),
        signed_on=on, signed_by=actor,
    )  # fmt: skip
