"""A family that stops: its cover ends, and a cover that will never begin is owed by nobody."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from entraide.apps.access.models import User
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.services import take_back
from entraide.apps.enrolment.models import Membership
from entraide.apps.enrolment.services import EndReason, end_membership
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


@command("give_up_cover", right=Right.ENROL)
def give_up_cover(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    membership: Membership,
    reason: str,
) -> Membership:
    """Take back by reversal every unpaid due of a cover that ended before it began.

    A due that money was received for stays: its receipt is reversed first. Refused with
    ``COVER_HAS_BEGUN`` when some day was covered.
    """
    membership = Membership.objects.get(pk=membership.pk)
    ended_on, begins_on = membership.ended_on, membership.effective_from
    if ended_on is None or ended_on > begins_on:
        raise Refusal("COVER_HAS_BEGUN", begins_on=begins_on)
    for due in ContributionDue.objects.filter(
        membership=membership, cancelled_on__isnull=True, paid_minor=0
    ).order_by("due_on", "document_number"):
        take_back(due=due, actor=actor, on=on, reason=reason)
    return membership


@transaction.atomic
def end_family(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    membership: Membership,
    ended_on: date,
    reason: EndReason,
) -> Membership:
    """End a membership and, where the family had renewed ahead, what it owes for that renewal.

    What was due for the cover that ends stays due. See ``enrolment.services.end_membership`` for
    the refusals.
    """
    ended = end_membership(
        mutual=mutual,
        actor=actor,
        on=on,
        idempotency_key=idempotency_key,
        membership=membership,
        ended_on=ended_on,
        reason=reason,
    )
    never_begun = Membership.objects.filter(
        household=ended.household_id,
        effective_from__gt=ended.effective_from,
        ended_on__isnull=False,
    )
    for number, each in enumerate(never_begun.order_by("effective_from")):
        if each.ended_on is not None and each.ended_on <= each.effective_from:
            give_up_cover(
                mutual=mutual,
                actor=actor,
                on=on,
                idempotency_key=f"{idempotency_key}-renewal-{number}",
                membership=each,
                reason=EndReason(reason).value,
            )
    return ended


def paid_for_nothing_minor(membership: Membership) -> int:
    """What was received for covers that follow a membership and will never begin: to give back."""
    following = ContributionDue.objects.filter(
        household=membership.household_id,
        membership__effective_from__gt=membership.effective_from,
        membership__ended_on__isnull=False,
        cancelled_on__isnull=True,
        paid_minor__gt=0,
    ).select_related("membership")
    return sum(
        due.paid_minor
        for due in following
        if due.membership.ended_on is not None
        and due.membership.ended_on <= due.membership.effective_from
    )
