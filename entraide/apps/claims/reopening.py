"""A claim that the committee decided is taken up again by a later session, with a reason.

What was decided stays. Where the claim was approved, its entry is reversed; the rules decide it
anew under the ceilings, agreements and limits as they stand, and it waits for what this session
decides.
"""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.again import Asked, decide_again, taken_up
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.committee_models import (
    ClaimReopening,
    CommitteeDecision,
    CommitteeSession,
)
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

REOPENABLE = (ClaimState.DECIDED, ClaimState.REFUSED, ClaimState.APPROVED)
_REASON_LENGTH = 300


@command("reopen_in_committee", right=Right.APPROVE_CLAIM)
def reopen_in_committee(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: CommitteeSession,
    claim: Claim,
    reason: str,
) -> Claim:
    """Take up again, in an open session, a claim that an earlier one decided.

    Refused with ``REOPENING_REASON_MISSING``, ``COMMITTEE_CLOSED``, ``CLAIM_NOT_OF_COMMITTEE``
    (no earlier session decided it), ``CLAIM_IN_SETTLEMENT`` once it stands in a batch,
    ``CLAIM_REVERSED``, ``CLAIM_WAITS_ALREADY``, ``CLAIM_KEPT_BACK``
    or ``SEPARATION_OF_DUTIES`` for who entered or approved it.
    """
    if not reason.strip():
        raise Refusal("REOPENING_REASON_MISSING", place="reason")
    held = CommitteeSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if held.closed_on is not None:
        raise Refusal("COMMITTEE_CLOSED", session=held.document_number)
    taken = taken_up(claim, actor)
    _require_reopenable(taken.claim, held)
    asked = Asked(WhyAgain.REOPENED, actor, on, reason, has_looked=True, paper=held.document_number)
    again = decide_again(taken, asked)
    ClaimReopening.objects.create(
        mutual=mutual, claim=taken.claim, session=held, decision=again.decision,
        reason=reason.strip()[:_REASON_LENGTH], reopened_on=on, reopened_by=actor,
    )  # fmt: skip
    return taken.claim


def reopenable_in(session: CommitteeSession) -> QuerySet[Claim]:
    """The claims that an earlier session decided and this one may take up again, the latest
    decided first."""
    earlier = CommitteeDecision.objects.filter(
        session__mutual=session.mutual_id,
        session__closed_on__isnull=False,
        session__held_on__lte=session.held_on,
    ).exclude(session=session)
    claims = Claim.objects.filter(pk__in=earlier.values("decision__claim"), state__in=REOPENABLE)
    return claims.select_related("person", "provider").order_by("-id")


def _require_reopenable(claim: Claim, session: CommitteeSession) -> None:
    number = claim.document_number
    if claim.state in (ClaimState.IN_BATCH, ClaimState.PAID):
        raise Refusal("CLAIM_IN_SETTLEMENT", claim=number)
    if claim.state == ClaimState.REVERSED:
        raise Refusal("CLAIM_REVERSED", claim=number)
    if claim.state == ClaimState.IN_REVIEW:
        raise Refusal("CLAIM_WAITS_ALREADY", claim=number)
    if not reopenable_in(session).filter(pk=claim.pk).exists():
        raise Refusal("CLAIM_NOT_OF_COMMITTEE", claim=number)
