"""Sessions of the médecin conseil: planned, booked by slot, held or cancelled; and the calls."""

from __future__ import annotations

from datetime import date, time

from entraide.apps.access.models import User
from entraide.apps.care_control.models import (
    CallOutcome,
    MedicalCall,
    MedicalSession,
    SessionMode,
    SessionState,
    SlotBooking,
)
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, may
from entraide.core.errors import Finding, Refusal, RefusedRows

MOST_SLOTS = 60
MOST_MINUTES = 240


@command("plan_medical_session", right=Right.CONTROL_CARE)
def plan_session(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    doctor: User,
    mode: str,
    held_on: date,
    starts_at: time,
    slots_count: int,
    slot_minutes: int,
    place: str = "",
) -> MedicalSession:
    """A *permanence* on a day, at a place or by telephone, of so many slots of so many minutes.

    All faults at once: ``SESSION_DOCTOR`` (who may not read medical data), ``SESSION_PLACE``
    (in person without a place), ``SESSION_SLOTS`` (1 to 60 slots of 1 to 240 minutes).
    """
    faults = []
    if not may(doctor, mutual, Right.READ_MEDICAL, held_on):
        faults.append(Finding("SESSION_DOCTOR", place="doctor", data={"person": str(doctor)}))
    if mode not in SessionMode.values or (mode == SessionMode.IN_PERSON and not place.strip()):
        faults.append(Finding("SESSION_PLACE", place="place"))
    if not 0 < slots_count <= MOST_SLOTS or not 0 < slot_minutes <= MOST_MINUTES:
        data = {"slots": MOST_SLOTS, "minutes": MOST_MINUTES}
        faults.append(Finding("SESSION_SLOTS", place="slots_count", data=data))
    if faults:
        raise RefusedRows(tuple(faults))
    return MedicalSession.objects.create(
        mutual=mutual,
        doctor=doctor,
        mode=mode,
        held_on=held_on,
        starts_at=starts_at,
        place=place.strip()[:160],
        slots_count=slots_count,
        slot_minutes=slot_minutes,
        planned_by=actor,
    )


def _locked(session: MedicalSession) -> MedicalSession:
    held = MedicalSession.objects.select_for_update().get(pk=session.pk)
    if held.state != SessionState.PLANNED:
        raise Refusal("SESSION_CLOSED", day=held.held_on)
    return held


@command("book_medical_slot", right=Right.CONTROL_CARE)
def book_slot(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: MedicalSession,
    rank: int,
    person: Person,
) -> SlotBooking:
    """A person is expected in a slot. Refused: ``SESSION_CLOSED``, ``SLOT_UNKNOWN``,
    ``SLOT_TAKEN``."""
    session = _locked(session)
    if not 1 <= rank <= session.slots_count:
        raise Refusal("SLOT_UNKNOWN", place="rank", slots=session.slots_count)
    if session.bookings.filter(rank=rank, freed_on__isnull=True).exists():
        raise Refusal("SLOT_TAKEN", place="rank", rank=rank)
    return SlotBooking.objects.create(
        mutual=mutual, session=session, rank=rank, person=person, booked_by=actor
    )


@command("free_medical_slot", right=Right.CONTROL_CARE)
def free_slot(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, booking: SlotBooking
) -> SlotBooking:
    """The person does not come: the slot is free again. Refused: ``SLOT_FREE_ALREADY``."""
    held = SlotBooking.objects.select_for_update().get(pk=booking.pk)
    if held.freed_on is not None:
        raise Refusal("SLOT_FREE_ALREADY", rank=held.rank)
    held.freed_on, held.freed_by = on, actor
    held.save(update_fields=["freed_on", "freed_by"])
    return held


@command("close_medical_session", right=Right.CONTROL_CARE)
def close_session(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: MedicalSession,
    cost_minor: int,
) -> MedicalSession:
    """The session was held and cost so much. Refused: ``SESSION_CLOSED``, ``DATE_IN_FUTURE``,
    ``SESSION_COST`` (below zero)."""
    session = _locked(session)
    if session.held_on > on:
        raise Refusal("DATE_IN_FUTURE", place="held_on", day=session.held_on, on=on)
    if cost_minor < 0:
        raise Refusal("SESSION_COST", place="cost_minor")
    return _ended(session, SessionState.HELD, actor, on, cost_minor=cost_minor)


@command("cancel_medical_session", right=Right.CONTROL_CARE)
def cancel_session(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: MedicalSession,
    reason: str,
) -> MedicalSession:
    """The session is not held, and why. Refused: ``SESSION_CLOSED``, ``REASON_MISSING``,
    ``SESSION_HAS_ENTRIES`` (somebody was received in it)."""
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    session = _locked(session)
    if session.entries.exists():
        raise Refusal("SESSION_HAS_ENTRIES")
    return _ended(session, SessionState.CANCELLED, actor, on, reason=reason.strip()[:200])


def _ended(
    session: MedicalSession,
    state: SessionState,
    actor: User,
    on: date,
    *,
    cost_minor: int = 0,
    reason: str = "",
) -> MedicalSession:
    session.state, session.closed_by, session.closed_on = state, actor, on
    session.cost_minor, session.reason = cost_minor, reason
    session.save(update_fields=["state", "closed_by", "closed_on", "cost_minor", "reason"])
    return session


@command("record_medical_call", right=Right.CONTROL_CARE)
def record_call(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    called_on: date,
    outcome: str,
    minutes: int,
    session: MedicalSession | None = None,
    claim: Claim | None = None,
    note: str = "",
) -> MedicalCall:
    """A call with its outcome. What was said of the illness belongs in the register, not here.

    All faults at once: ``CALL_OUTCOME``, ``DATE_IN_FUTURE``, ``CALL_MINUTES`` (0 to 240),
    ``CLAIM_OF_ANOTHER``.
    """
    faults = []
    if outcome not in CallOutcome.values:
        faults.append(Finding("CALL_OUTCOME", place="outcome", data={"value": outcome}))
    if called_on > on:
        data = {"day": called_on, "on": on}
        faults.append(Finding("DATE_IN_FUTURE", place="called_on", data=data))
    if not 0 <= minutes <= MOST_MINUTES:
        faults.append(Finding("CALL_MINUTES", place="minutes", data={"most": MOST_MINUTES}))
    faults.extend(of_same_person(claim, person))
    if faults:
        raise RefusedRows(tuple(faults))
    return MedicalCall.objects.create(
        mutual=mutual,
        session=session,
        person=person,
        claim=claim,
        called_on=called_on,
        outcome=outcome,
        minutes=minutes,
        note=note.strip()[:200],
        recorded_by=actor,
    )


def of_same_person(claim: Claim | None, person: Person) -> list[Finding]:
    """``CLAIM_OF_ANOTHER`` when a claim is linked that is not this person's."""
    if claim is None or (claim.person.merged_into_id or claim.person_id) == person.pk:
        return []
    data = {"claim": claim.document_number, "person": person.full_name}
    return [Finding("CLAIM_OF_ANOTHER", place="claim", data=data)]
