"""The register of the médecin conseil: written in one line, corrected by another, never erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.care_control.models import (
    EntryMode,
    EntryResult,
    MedicalSession,
    QuestionKind,
    RegisterEntry,
    SessionState,
)
from entraide.apps.care_control.sessions import of_same_person
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_right
from entraide.core.control.reasons import REASONS, in_force
from entraide.core.errors import Finding, Refusal, RefusedRows

_CONFIRMED = (EntryResult.AGREED, EntryResult.REFUSED)


@command("record_register_entry", right=Right.READ_MEDICAL)
def record_entry(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    handled_on: date,
    mode: str,
    kind: str,
    result: str,
    reason_code: str,
    question: str = "",
    answer: str = "",
    session: MedicalSession | None = None,
    claim: Claim | None = None,
    follow_up_on: date | None = None,
    corrects: RegisterEntry | None = None,
) -> RegisterEntry:
    """One line of the register; of a session, or between two.

    ``reason_code`` is empty where the decision of the rules on a claim is confirmed: nobody is made
    to say why, and none is made up.
    All faults at once: ``DATE_IN_FUTURE``, ``REGISTER_WORD`` (mode, kind or result unknown),
    ``REASON_CODE`` (not in force that day), ``CLAIM_OF_ANOTHER``, ``REGISTER_FOLLOW_UP`` (before
    the day), ``SESSION_OF_ANOTHER_DAY``, ``REGISTER_CORRECTED`` (a line is corrected once).
    """
    faults = [*_word_faults(mode, kind, result), *of_same_person(claim, person)]
    if handled_on > on:
        data: dict[str, object] = {"day": handled_on, "on": on}
        faults.append(Finding("DATE_IN_FUTURE", place="handled_on", data=data))
    confirms = claim is not None and kind == QuestionKind.CLAIM and result in _CONFIRMED
    if not (confirms and not reason_code) and reason_code not in in_force(REASONS, handled_on):
        data = {"code": reason_code, "day": handled_on}
        faults.append(Finding("REASON_CODE", place="reason_code", data=data))
    if follow_up_on is not None and follow_up_on < handled_on:
        faults.append(Finding("REGISTER_FOLLOW_UP", place="follow_up_on"))
    if session is not None and (
        session.held_on != handled_on or session.state == SessionState.CANCELLED
    ):
        data = {"day": session.held_on}
        faults.append(Finding("SESSION_OF_ANOTHER_DAY", place="session", data=data))
    if corrects is not None and RegisterEntry.objects.filter(corrects=corrects).exists():
        faults.append(Finding("REGISTER_CORRECTED", place="corrects"))
    if faults:
        raise RefusedRows(tuple(faults))
    return RegisterEntry.objects.create(
        mutual=mutual,
        session=session,
        mode=mode,
        handled_on=handled_on,
        person=person,
        claim=claim,
        kind=kind,
        result=result,
        reason_code=reason_code,
        question=question.strip(),
        answer=answer.strip(),
        follow_up_on=follow_up_on,
        entered_by=actor,
        corrects=corrects,
    )


def _word_faults(mode: str, kind: str, result: str) -> list[Finding]:
    said = (
        ("mode", mode, EntryMode.values),
        ("kind", kind, QuestionKind.values),
        ("result", result, EntryResult.values),
    )
    return [
        Finding("REGISTER_WORD", place=place, data={"value": word})
        for place, word, known in said
        if word not in known
    ]


def entries(mutual: Mutual, from_: date, until: date) -> QuerySet[RegisterEntry]:
    """The lines that stand in ``[from_, until)``, the latest first; corrected ones left out.

    Without ``question`` and ``answer``, which :func:`medical_entries` alone reads.
    """
    return (
        RegisterEntry.objects.filter(
            mutual=mutual,
            handled_on__gte=from_,
            handled_on__lt=until,
            corrected_by__isnull=True,
        )
        .defer("question", "answer")
        .select_related("person", "claim", "session", "entered_by")
        .order_by("-handled_on", "-id")
    )


def medical_entries(
    mutual: Mutual, rows: Sequence[RegisterEntry], reader: User, on: date
) -> dict[int, tuple[str, str]]:
    """Question and answer by entry, for medical roles only; each reading is journalled once."""
    require_right(reader, mutual, Right.READ_MEDICAL, on)
    found = {
        pk: (question, answer)
        for pk, question, answer in RegisterEntry.objects.filter(
            mutual=mutual, pk__in=[row.pk for row in rows]
        ).values_list("pk", "question", "answer")
    }
    if found:
        record_audit(
            kind=AuditKind.MEDICAL_READING,
            mutual=mutual,
            actor=reader,
            subject=f"medical register, {len(found)} lines",
            details={"entries": [str(row.uid) for row in rows]},
        )
    return found


def to_follow(mutual: Mutual, on: date) -> QuerySet[RegisterEntry]:
    """The lines whose follow-up is due and after which the person was not handled again."""
    due = entries(mutual, date.min, date.max).filter(follow_up_on__lte=on)
    later = RegisterEntry.objects.filter(
        mutual=mutual, person__in=due.values("person"), corrected_by__isnull=True
    ).values_list("person_id", "handled_on")
    latest: dict[int, date] = {}
    for person, handled_on in later:
        latest[person] = max(handled_on, latest.get(person, handled_on))
    kept = [row.pk for row in due if latest[row.person_id] <= row.handled_on]
    return due.filter(pk__in=kept)


def entry_for(mutual: Mutual, uid: object) -> RegisterEntry:
    """The line with this uid, or ``NOT_FOUND``."""
    entry = entries(mutual, date.min, date.max).filter(uid=uid).first()
    if entry is None:
        raise Refusal("NOT_FOUND", record="register entry")
    return entry
