"""Commands on the registers of members that owe nothing.

Enrolling, renewing and adding a dependant raise dues: those commands are one layer above, in
``entraide.apps.contributions.services``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.history import Act, Change, note
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
