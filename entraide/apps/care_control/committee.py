"""The comité de suivi: what families say of their care, what is decided with the providers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.care_control.committee_models import (
    CareFeedback,
    CommitteeDecision,
    CommitteeMeeting,
    FeedbackMode,
    Opinion,
)
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.selectors import found
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.periods import last_day
from entraide.core.suppression import SMALLEST_SHOWN


@command("record_care_feedback", right=Right.ENROL)
def record_feedback(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    mode: str,
    welcome: int,
    treatment: int,
    complaint: str = "",
) -> CareFeedback:
    """What a family answers of the welcome and the care, 1 bad to 3 good, by call or visit.

    All faults at once: ``FEEDBACK_ANSWER`` (an answer that is none), ``FEEDBACK_TWICE`` (the
    family was asked about this care already).
    """
    faults = [
        Finding("FEEDBACK_ANSWER", place=place)
        for place, value in (("welcome", welcome), ("treatment", treatment))
        if value not in Opinion.values
    ]
    if mode not in FeedbackMode.values:
        faults.append(Finding("FEEDBACK_ANSWER", place="mode"))
    if CareFeedback.objects.filter(claim=claim).exists():
        faults.append(
            Finding("FEEDBACK_TWICE", place="claim", data={"claim": claim.document_number})
        )
    if faults:
        raise RefusedRows(tuple(faults))
    return CareFeedback.objects.create(
        mutual=mutual, claim=claim, mode=mode, welcome=welcome, treatment=treatment,
        complaint=complaint.strip()[:500], asked_on=on, asked_by=actor,
    )  # fmt: skip


@command("record_committee_meeting", right=Right.CONTROL_CARE)
def record_meeting(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    held_on: date,
    period_from: date,
    period_until: date,
    present: str,
    minutes: str,
) -> CommitteeMeeting:
    """A sitting with its minutes; they stay as written.

    All faults at once: ``DATE_IN_FUTURE``, ``PERIOD_EMPTY``, ``MINUTES_EMPTY``.
    """
    faults = []
    if held_on > on:
        faults.append(Finding("DATE_IN_FUTURE", place="held_on", data={"day": held_on, "on": on}))
    if period_until <= period_from:
        faults.append(
            Finding(
                "PERIOD_EMPTY",
                place="period_until",
                data={"start": period_from, "until": last_day(period_until)},
            )
        )
    faults += [
        Finding("MINUTES_EMPTY", place=place)
        for place, text in (("present", present), ("minutes", minutes))
        if not text.strip()
    ]
    if faults:
        raise RefusedRows(tuple(faults))
    return CommitteeMeeting.objects.create(
        mutual=mutual, held_on=held_on, period_from=period_from, period_until=period_until,
        present=present.strip()[:500], minutes=minutes.strip(), recorded_by=actor,
    )  # fmt: skip


@command("record_committee_decision", right=Right.CONTROL_CARE)
def record_decision(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    meeting: CommitteeMeeting,
    what: str,
    responsible: str,
    due_on: date,
    provider: Provider | None = None,
) -> CommitteeDecision:
    """Something decided, who does it and until when.

    All faults at once: ``DECISION_EMPTY``, ``DECISION_DUE`` (before the sitting).
    """
    faults = [
        Finding("DECISION_EMPTY", place=place)
        for place, text in (("what", what), ("responsible", responsible))
        if not text.strip()
    ]
    if due_on < meeting.held_on:
        faults.append(Finding("DECISION_DUE", place="due_on", data={"day": meeting.held_on}))
    if faults:
        raise RefusedRows(tuple(faults))
    return CommitteeDecision.objects.create(
        mutual=mutual, meeting=meeting, provider=provider, what=what.strip()[:500],
        responsible=responsible.strip()[:160], due_on=due_on, decided_by=actor,
    )  # fmt: skip


@command("close_committee_decision", right=Right.CONTROL_CARE)
def close_decision(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    decision: CommitteeDecision,
    outcome: str,
) -> CommitteeDecision:
    """What came of a decision. ``DECISION_CLOSED`` the second time, or ``REASON_MISSING``."""
    if not outcome.strip():
        raise Refusal("REASON_MISSING", place="outcome")
    held = CommitteeDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if held.done_on is not None:
        raise Refusal("DECISION_CLOSED", day=held.done_on)
    held.done_on, held.done_by, held.outcome = on, actor, outcome.strip()[:300]
    held.save(update_fields=["done_on", "done_by", "outcome"])
    return held


def meetings_of(mutual: Mutual) -> QuerySet[CommitteeMeeting]:
    """Every sitting, the latest first."""
    rows = CommitteeMeeting.objects.filter(mutual=mutual).select_related("recorded_by")
    return rows.order_by("-held_on", "-pk")


def meeting_for(mutual: Mutual, uid: UUID | str) -> CommitteeMeeting:
    """The sitting of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(meetings_of(mutual), uid=uid)


def decisions_of(mutual: Mutual) -> QuerySet[CommitteeDecision]:
    """What was decided, the open ones first, the most urgent of them first."""
    rows = CommitteeDecision.objects.filter(mutual=mutual)
    rows = rows.select_related("meeting", "provider", "done_by")
    return rows.order_by("done_on", "due_on", "pk")


def open_decisions(mutual: Mutual) -> QuerySet[CommitteeDecision]:
    """What is still to be done."""
    return decisions_of(mutual).filter(done_on__isnull=True)


def decision_for(mutual: Mutual, uid: UUID | str) -> CommitteeDecision:
    """The decision of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(decisions_of(mutual), uid=uid)


def feedback_of(mutual: Mutual, from_: date, until: date) -> QuerySet[CareFeedback]:
    """The answers asked for in ``[from_, until)``, the latest first."""
    rows = CareFeedback.objects.filter(mutual=mutual, asked_on__gte=from_, asked_on__lt=until)
    return rows.select_related("claim__provider", "asked_by").order_by("-asked_on", "-pk")


@dataclass(frozen=True, slots=True)
class Score:
    """What families say of a provider: answers « good » of all, complaints.

    The counts of good answers are None for fewer than :data:`SMALLEST_SHOWN` families: who said
    what would be known.
    """

    asked: int
    good_welcome: int | None
    good_treatment: int | None
    complaints: int


def scores(mutual: Mutual, from_: date, until: date) -> dict[int, Score]:
    """Key of each provider of whose care a family was asked → its score. One query."""
    rows = feedback_of(mutual, from_, until).values_list(
        "claim__provider_id", "welcome", "treatment", "complaint"
    )
    answers: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for provider, *answer in rows.order_by():
        answers[provider].append((answer[0], answer[1], answer[2]))
    return {provider: _score(held) for provider, held in answers.items()}


def _score(held: list[tuple[int, int, str]]) -> Score:
    is_shown = len(held) >= SMALLEST_SHOWN
    good = [sum(each[place] == Opinion.GOOD for each in held) for place in (0, 1)]
    return Score(
        asked=len(held),
        good_welcome=good[0] if is_shown else None,
        good_treatment=good[1] if is_shown else None,
        complaints=sum(bool(each[2]) for each in held),
    )
