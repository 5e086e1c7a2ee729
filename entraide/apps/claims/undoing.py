"""A membership entered by mistake: it never covered anybody, and nobody owes anything for it.

It stands above claims because care claimed under a cover proves that the cover was meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.carried import claims_of_files, cover_of
from entraide.apps.claims.models import CarriedClaim, Claim, ClaimState
from entraide.apps.contributions.advances import advance_of
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.services import take_back
from entraide.apps.enrolment.history import Act, Change, note
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.enrolment.services import EndReason
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows


@command("undo_membership", right=Right.ENROL)
def undo_membership(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, membership: Membership
) -> Membership:
    """A membership was entered by mistake: with those that follow it, it ends before its first
    day, and its unpaid calls are cancelled by reversal.

    Refused, all at once, with ``MISTAKE_PAID`` (money was received for it) and
    ``MISTAKE_CLAIMED`` (care was claimed under it); or with ``MEMBERSHIP_ALREADY_ENDED``.
    """
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.ended_on is not None:
        raise Refusal("MEMBERSHIP_ALREADY_ENDED", ended_on=membership.ended_on)
    undone = Membership.objects.select_for_update().filter(
        household=membership.household_id, effective_from__gte=membership.effective_from
    )
    dues = ContributionDue.objects.filter(membership__in=undone)
    # Claims of a file that was merged into this one count under these covers too.
    claims = Claim.objects.filter(
        Q(household=membership.household_id)
        | Q(pk__in=CarriedClaim.objects.filter(membership__in=undone).values("claim")),
        care_on__gte=membership.effective_from,
    )
    faults = []
    if paid := _numbers(paid_dues(dues)):
        faults.append(Finding("MISTAKE_PAID", place="reason", data={"documents": paid}))
    if claimed := _numbers(standing_claims(claims)):
        faults.append(Finding("MISTAKE_CLAIMED", place="reason", data={"documents": claimed}))
    if faults:
        raise RefusedRows(tuple(faults))
    act = Act(actor, on)
    void(undone.filter(ended_on__isnull=True), unpaid_dues(dues), act)
    note(act, membership.household, Change.COVER_ENDED, after=EndReason.ENTERED_IN_ERROR.value)
    membership.refresh_from_db()
    return membership


def void(memberships: Iterable[Membership], dues: Iterable[ContributionDue], act: Act) -> None:
    """End memberships before their first day and cancel dues, inside the caller's transaction."""
    for membership in memberships:
        membership.ended_on = membership.effective_from
        membership.end_reason = EndReason.ENTERED_IN_ERROR.value
        membership.save(update_fields=["ended_on", "end_reason"])
    for due in dues:
        take_back(due=due, actor=act.actor, on=act.on, reason=EndReason.ENTERED_IN_ERROR.value)


def unpaid_dues(dues: QuerySet[ContributionDue]) -> QuerySet[ContributionDue]:
    """Those that nobody has paid anything of, whoever owes them: what a mistake cancels."""
    open_dues = dues.filter(cancelled_on__isnull=True, paid_minor=0)
    return open_dues.order_by("due_on", "document_number")


def paid_dues(dues: QuerySet[ContributionDue]) -> QuerySet[ContributionDue]:
    """Those that money was received for, wholly or in part."""
    paid = dues.filter(cancelled_on__isnull=True, paid_minor__gt=0)
    return paid.order_by("due_on", "document_number")


def standing_claims(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Those neither refused nor reversed."""
    return claims.exclude(state__in=(ClaimState.REFUSED, ClaimState.REVERSED)).order_by("id")


def binding_faults(kept: Household, merged: Household) -> list[Finding]:
    """What keeps a family's file from going into another one: money received for it, and care
    that the cover of the other did not reach.

    Every document is named at once; a call that nobody paid binds nothing.
    """
    receipts = merged.payments.filter(reversed_on__isnull=True).order_by("id")
    # A call may be paid without a receipt of the family: by its group, or by a credit.
    money = _numbers(receipts) or _numbers(paid_dues(merged.dues.all()))
    if not money and (advance := advance_of(merged)) is not None:
        money = advance.document_number or advance.source  # one that waits has no number yet
    standing = standing_claims(claims_of_files(merged).filter(membership__isnull=False))
    uncovered = ", ".join(
        claim.document_number for claim in standing if cover_of(kept, claim.care_on) is None
    )
    faults = []
    for code, documents in (("MERGE_HAS_MONEY", money), ("MERGE_CLAIM_UNCOVERED", uncovered)):
        if documents:
            data = {"name": merged.number, "kept": kept.number, "documents": documents}
            faults.append(Finding(code, place="merged", data=data))
    return faults


def _numbers(records: QuerySet[Any]) -> str:
    return ", ".join(record.document_number for record in records)
