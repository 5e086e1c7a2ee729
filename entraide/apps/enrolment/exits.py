"""A person leaves a family, or dies; and what was recorded so by mistake is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.facts import present_on
from entraide.apps.enrolment.history import Act, carry
from entraide.apps.enrolment.models import Person, RegisterChange
from entraide.apps.enrolment.papers import ADULT_YEARS
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.periods import age_on


class ExitReason(StrEnum):
    """Why a person leaves a household that stays covered."""

    DIED = "died"
    MARRIED = "married"
    DIVORCED = "divorced"
    OWN_HOUSEHOLD = "own_household"
    TOO_OLD = "too_old"
    MOVED_AWAY = "moved_away"
    ENTERED_IN_ERROR = "entered_in_error"
    OTHER = "other"


def may_succeed(staying: Sequence[Person], on: date) -> list[Person]:
    """Who may become the member of a family, the likeliest first: the spouse, then the oldest.

    The adults; where only children stay, the oldest answers with whoever looks after them.
    """
    adults = [each for each in staying if age_on(each.birth_on, on) >= ADULT_YEARS]
    return sorted(adults or staying, key=lambda each: (each.relation != "spouse", each.birth_on))


@command("end_person", right=Right.ENROL)
def end_person(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    exited_on: date | None = None,
    died_on: date | None = None,
    successor: Person | None = None,
    reason: ExitReason | None = None,
) -> Person:
    """A person leaves the household (``exited_on``: first day without cover) or has died.

    When the member goes and others stay, one of them becomes the member (``successor``):
    ``SUCCESSOR_REQUIRED`` or ``SUCCESSOR_INVALID`` otherwise; a child does not while an adult stays
    (``SUCCESSOR_TOO_YOUNG``). Also refused: ``END_DATE_MISSING``, ``PERSON_ALREADY_ENDED``,
    ``DATE_IN_FUTURE``, ``EXIT_BEFORE_ENTRY``, ``DEATH_BEFORE_BIRTH``,
    ``DEATH_BEFORE_ENTRY``.
    """
    person = Person.objects.select_related("household").select_for_update().get(pk=person.pk)
    _require_end(person, exited_on, died_on, on)
    staying = [
        other for other in present_on(person.household.persons.all(), on) if other.pk != person.pk
    ]
    if person.is_member and staying:
        if successor is None:
            raise Refusal("SUCCESSOR_REQUIRED", place="successor", person=person.full_name)
        if successor.pk not in {other.pk for other in staying}:
            raise Refusal("SUCCESSOR_INVALID", place="successor", person=successor.full_name)
        if successor.pk not in {other.pk for other in may_succeed(staying, on)}:
            raise Refusal("SUCCESSOR_TOO_YOUNG", place="successor", person=successor.full_name)
    act = Act(actor, on, occurred_on=exited_on or died_on)
    given = ExitReason.DIED if died_on is not None else reason
    leaving = {
        "exited_on": exited_on,
        "died_on": died_on,
        "exit_reason": str(given or ""),
        "provisional_until": None,
    }
    carry(act, person, leaving)
    if person.is_member and staying and successor is not None:
        # After the person's own row: a household has one member at a time.
        successor.household = person.household
        carry(act, successor, {"is_member": True, "relation": "member"})
    return person


def _require_end(person: Person, exited_on: date | None, died_on: date | None, on: date) -> None:
    if (exited_on is None) == (died_on is None):
        raise Refusal("END_DATE_MISSING", place="exited_on")
    # A newborn only declared leaves by itself, unless something else happens before.
    exit_on = None if person.provisional_until is not None else person.exited_on
    ended_on = exit_on or person.died_on
    if ended_on is not None:
        raise Refusal("PERSON_ALREADY_ENDED", person=person.full_name, day=ended_on)
    if exited_on is not None:
        require_not_future(exited_on, on, "exited_on")
        if exited_on < person.entered_on:
            raise Refusal(
                "EXIT_BEFORE_ENTRY",
                place="exited_on",
                entered_on=person.entered_on,
                exited_on=exited_on,
            )
    if died_on is not None:
        require_not_future(died_on, on, "died_on")
        if died_on < person.birth_on:
            raise Refusal(
                "DEATH_BEFORE_BIRTH", place="died_on", birth_on=person.birth_on, died_on=died_on
            )
        if died_on < person.entered_on:
            # Whoever had died before was never of the family: entered in error.
            raise Refusal(
                "DEATH_BEFORE_ENTRY", place="died_on", entered_on=person.entered_on, died_on=died_on
            )


@command("withdraw_exit", right=Right.MEND_REGISTER)
def withdraw_exit(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    reason: str,
) -> Person:
    """A departure or a death was recorded by mistake: the person never went.

    Who had become the member in their place is again what they were. The history keeps all of it.
    Refused with ``EXIT_NONE``, ``EXIT_REASON_MISSING`` or ``MERGED_RECORD``.
    """
    person = (
        Person.objects.select_related("household").select_for_update(of=("self",)).get(pk=person.pk)
    )
    if not reason.strip():
        raise Refusal("EXIT_REASON_MISSING", place="reason")
    if person.merged_into_id is not None:
        raise Refusal("MERGED_RECORD", number=person.number, into=person.merged_into.number)
    if person.died_on is None and (person.exited_on is None or person.provisional_until):
        raise Refusal("EXIT_NONE", person=person.full_name)
    act = Act(actor, on, reason=reason)
    if person.is_member:
        for successor in person.household.persons.filter(
            is_member=True, exited_on__isnull=True, died_on__isnull=True
        ).exclude(pk=person.pk):
            carry(act, successor, {"is_member": False, "relation": _relation_before(successor)})
    carry(act, person, {"exited_on": None, "died_on": None, "exit_reason": ""})
    return person


def _relation_before(successor: Person) -> str:
    """What somebody was to the member whose place they took."""
    became = RegisterChange.objects.filter(person=successor, field="relation", after="member")
    latest = became.order_by("-id").first()
    return latest.before if latest is not None and latest.before else "other"
