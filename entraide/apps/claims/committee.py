"""The claims committee: a session is opened, decides claims one by one, is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.committee_models import CommitteeScan, CommitteeSeat
from entraide.apps.claims.committee_seats import seated, who_may_sit
from entraide.apps.claims.models import Claim, CommitteeDecision, CommitteeSession, Decision
from entraide.apps.claims.review import LineReview, looked_at
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import next_number
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

COMMITTEE_PREFIX = "PV"
FEWEST_MEMBERS = 2
MOST_MEMBERS = 30


@command("open_committee", right=Right.APPROVE_CLAIM)
def open_committee(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    held_on: date,
    members: Sequence[str] = (),
    people: Sequence[User] = (),
    place: str = "",
) -> CommitteeSession:
    """Open a session with who is there, at least two: ``people`` have an account in this mutual,
    ``members`` are names; one that is an account's is that person (``committee_seats``).

    Refused with ``COMMITTEE_TOO_FEW``, ``COMMITTEE_NOT_OF_MUTUAL``, ``COMMITTEE_NAME_OF_TWO`` or
    ``DATE_IN_FUTURE``.
    """
    require_not_future(held_on, on, "held_on")
    accounts = who_may_sit(mutual, on, held_on)
    for each in people:
        if each not in accounts:
            raise Refusal("COMMITTEE_NOT_OF_MUTUAL", place="people", person=str(each))
    present = seated(accounts, members, people)
    if not FEWEST_MEMBERS <= len(present) <= MOST_MEMBERS:
        raise Refusal(
            "COMMITTEE_TOO_FEW", place="members", fewest=FEWEST_MEMBERS, most=MOST_MEMBERS
        )
    session = CommitteeSession.objects.create(
        mutual=mutual,
        document_number=next_number(mutual=mutual, prefix=COMMITTEE_PREFIX, on=on),
        held_on=held_on,
        place=place.strip(),
        members=list(present),
        opened_by=actor,
    )
    for name, user in present.items():
        if user is not None:
            CommitteeSeat.objects.create(mutual=mutual, session=session, user=user, name=name)
    return session


@command("decide_in_committee", right=Right.APPROVE_CLAIM)
def decide_in_committee(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: CommitteeSession,
    claim: Claim,
    reason: str,
    changes: Sequence[LineReview] = (),
) -> Claim:
    """What the committee decided on a claim, always with its reason.

    Refused with ``COMMITTEE_CLOSED``, ``REVIEW_REASON_MISSING``, and as
    :func:`~entraide.apps.claims.review.review_claim` refuses.
    """
    if not reason.strip():
        raise Refusal("REVIEW_REASON_MISSING", place="reason")
    held = _open(session)
    claim = looked_at(
        claim, actor=actor, on=on, changes=changes, reason=reason.strip(), is_of_committee=True
    )
    CommitteeDecision.objects.create(mutual=mutual, session=held, decision=decision_in_force(claim))
    return claim


@command("close_committee", right=Right.APPROVE_CLAIM)
def close_committee(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: CommitteeSession,
    notes: str = "",
) -> CommitteeSession:
    """Close a session: its minutes are complete. ``COMMITTEE_CLOSED`` the second time."""
    held = _open(session)
    held.closed_on, held.closed_by, held.notes = on, actor, notes.strip()
    held.save(update_fields=["closed_on", "closed_by", "notes"])
    return held


def _open(session: CommitteeSession) -> CommitteeSession:
    held = CommitteeSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if held.closed_on is not None:
        raise Refusal("COMMITTEE_CLOSED", session=held.document_number)
    return held


def sessions_of(mutual: Mutual) -> QuerySet[CommitteeSession]:
    """The sessions of a mutual, the latest first, each with how many claims it decided, as how
    many capacities (chair, member) its minutes are signed, and whether signed paper is kept."""
    sessions = CommitteeSession.objects.filter(mutual=mutual).select_related(
        "opened_by", "closed_by"
    )
    # A chair and a member have signed where both capacities stand there.
    signed_as = Count("signatures__capacity", distinct=True)
    return sessions.annotate(
        decided=Count("decisions", distinct=True),
        signed_as=signed_as,
        has_paper=Exists(CommitteeScan.objects.filter(session=OuterRef("pk"))),
    ).order_by("-held_on", "-id")


def session_for(mutual: Mutual, uid: UUID | str) -> CommitteeSession:
    """The session of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(sessions_of(mutual), uid=uid)


def sittings_of(decisions: Sequence[Decision]) -> dict[int, CommitteeSession]:
    """Primary key of a decision → the session of the committee that made it. One query."""
    rows = CommitteeDecision.objects.filter(decision__in=[each.pk for each in decisions])
    return {row.decision_id: row.session for row in rows.select_related("session")}


def decided_in(session: CommitteeSession) -> list[CommitteeDecision]:
    """What a session decided, in the order in which it did."""
    rows = CommitteeDecision.objects.filter(session=session).order_by("pk")
    return list(rows.select_related("decision__claim__person", "decision__claim__provider"))


class CommitteeOutcome(StrEnum):
    """What the committee did with the decision that it had before it."""

    CONFIRMED = "confirmed"
    REDUCED = "reduced"
    RAISED = "raised"
    REFUSED = "refused"
    REFUSAL_CONFIRMED = "refusal_confirmed"


def outcomes_in(decisions: Sequence[Decision]) -> dict[int, CommitteeOutcome]:
    """Decision → what it did with the one before it on the same claim. One query."""
    claims = [each.claim_id for each in decisions]
    rows = Decision.objects.filter(claim__in=claims).values_list(
        "claim_id", "number", "payable_minor"
    )
    before = {(claim, number + 1): payable for claim, number, payable in rows}
    return {
        each.pk: _outcome(before[each.claim_id, each.number], each.payable_minor)
        for each in decisions
    }


def _outcome(before_minor: int, after_minor: int) -> CommitteeOutcome:
    if not after_minor:
        return CommitteeOutcome.REFUSED if before_minor else CommitteeOutcome.REFUSAL_CONFIRMED
    if after_minor < before_minor:
        return CommitteeOutcome.REDUCED
    is_same = after_minor == before_minor
    return CommitteeOutcome.CONFIRMED if is_same else CommitteeOutcome.RAISED
