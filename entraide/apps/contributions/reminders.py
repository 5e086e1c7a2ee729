"""Families reminded of what they owe: who did it, when and how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.contributions.collection import late_households
from entraide.apps.contributions.tariff_records import Reminder, ReminderWay
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

MOST_AT_ONCE = 500


@command("record_reminders", right=Right.ENROL)
def record_reminders(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    households: Sequence[Household],
    given_on: date,
    way: ReminderWay,
) -> list[Reminder]:
    """These families were reminded on a day; each keeps what it owed then.

    A family that owes nothing is passed over. Refused with ``REMINDER_NOBODY`` when none of them is
    late, ``REMINDER_TOO_MANY`` above 500, or ``DATE_IN_FUTURE``.
    """
    require_not_future(given_on, on, "given_on")
    if len(households) > MOST_AT_ONCE:
        raise Refusal("REMINDER_TOO_MANY", count=len(households), maximum=MOST_AT_ONCE)
    late = late_households(mutual, given_on).filter(pk__in=[each.pk for each in households])
    reminders = [
        Reminder(
            mutual=mutual,
            household=household,
            given_on=given_on,
            given_by=actor,
            way=ReminderWay(way).value,
            remaining_minor=household.owed_minor,
            oldest_due_on=household.oldest_due_on,
        )
        for household in late
    ]
    if not reminders:
        raise Refusal("REMINDER_NOBODY")
    return Reminder.objects.bulk_create(reminders)
