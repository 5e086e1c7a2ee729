"""Commands on the registers of members that owe nothing.

Enrolling, renewing and adding a dependant raise dues: those commands are one layer above, in
``entraide.apps.contributions.services``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.facts import present_on
from entraide.apps.enrolment.history import Act, Change, carry, note
from entraide.apps.enrolment.models import Membership, PartnerGroup, Person
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.groups import GROUP_KINDS
from entraide.core.phones import written_phone


class EndReason(StrEnum):
    """Why a membership ends before its term."""

    RESIGNED = "resigned"
    MOVED_AWAY = "moved_away"
    DECEASED = "deceased"
    GROUP_LEFT = "group_left"
    UNPAID = "unpaid"
    FRAUD = "fraud"
    ENTERED_IN_ERROR = "entered_in_error"
    # Told in the field, the same codes as in core.obstacles:
    PRICE = "price"
    WELCOME = "welcome"
    TRUST = "trust"
    BENEFITS = "benefits"
    DISTANCE = "distance"
    DUPLICATE_COVER = "duplicate_cover"


REFINANCED = "refinanced"
"""Why a cover ended whose place the cover of a new loan took: no departure, nobody chooses it."""


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


@command("create_group", right=Right.ENROL)
def create_group(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    code: str,
    name: str,
    kind: str,
    product: Product | None = None,
    area: Area | None = None,
    address: str = "",
    phone: str = "",
) -> PartnerGroup:
    """A company, lender, village … through which households join.

    Refused with ``GROUP_CODE_USED`` or ``GROUP_KIND_UNKNOWN``.
    """
    if kind not in GROUP_KINDS:
        raise Refusal("GROUP_KIND_UNKNOWN", place="kind", kind=kind)
    if PartnerGroup.objects.filter(mutual=mutual, code=code).exists():
        raise Refusal("GROUP_CODE_USED", place="code", group=code)
    return PartnerGroup.objects.create(
        mutual=mutual,
        code=code,
        name=name,
        kind=kind,
        product=product,
        area=area,
        address=address,
        phone=written_phone(phone),
    )


@command("record_photo", right=Right.ENROL)
def record_photo(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, person: Person
) -> Person:
    """The photo of a person is in the file on paper: rights held back for it open again."""
    if not person.has_photo:
        person.has_photo = True
        person.save(update_fields=["has_photo"])
        note(Act(actor, on), person.household, Change.PHOTO, person=person, after="paper")
    return person


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
    ``SUCCESSOR_REQUIRED`` or ``SUCCESSOR_INVALID`` otherwise. Also refused: ``END_DATE_MISSING``,
    ``PERSON_ALREADY_ENDED``, ``DATE_IN_FUTURE``, ``EXIT_BEFORE_ENTRY``, ``DEATH_BEFORE_BIRTH``.
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


@command("end_membership", right=Right.ENROL)
def end_membership(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    membership: Membership,
    ended_on: date,
    reason: EndReason,
) -> Membership:
    """A membership stops before its term; ``ended_on`` is the first day without cover.

    A renewal that follows it never begins. What was already due stays due: whoever may reverse
    cancels it apart (``cancel_due``). Refused with ``MEMBERSHIP_ALREADY_ENDED``,
    ``MEMBERSHIP_OVER``, ``MEMBERSHIP_NOT_BEGUN`` or ``DATE_IN_FUTURE``.
    """
    require_not_future(ended_on, on, "ended_on")
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.ended_on is not None:
        raise Refusal("MEMBERSHIP_ALREADY_ENDED", ended_on=membership.ended_on)
    if ended_on >= membership.effective_until:
        raise Refusal("MEMBERSHIP_OVER", place="ended_on", until=membership.effective_until)
    if ended_on < membership.effective_from:
        first = membership.effective_from
        raise Refusal("MEMBERSHIP_NOT_BEGUN", place="ended_on", first=first)
    following = Membership.objects.select_for_update().filter(
        household=membership.household_id,
        effective_from__gt=membership.effective_from,
        ended_on__isnull=True,
    )
    for each in (membership, *following):
        each.ended_on = max(ended_on, each.effective_from)
        each.end_reason = EndReason(reason).value
        each.save(update_fields=["ended_on", "end_reason"])
    act = Act(actor, on, occurred_on=ended_on)
    note(act, membership.household, Change.COVER_ENDED, after=EndReason(reason).value)
    return membership
