"""The minutes of a closed session: signed by its chair and a member, the paper kept as a scan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.committee_models import (
    Capacity,
    CommitteeScan,
    CommitteeSession,
    CommitteeSignature,
)
from entraide.apps.claims.committee_seats import seat_of
from entraide.apps.enrolment.selectors import found
from entraide.apps.providers.conventions import PreparedScan
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


@command("sign_committee_minutes", right=Right.READ_REGISTERS)
def sign_minutes(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: CommitteeSession,
    capacity: str,
) -> CommitteeSignature:
    """A member who sat signs the minutes from their own account, as their chair or as a member.

    Who has no account signs the printed paper, whose scan is kept. Refused with
    ``COMMITTEE_NOT_CLOSED``, ``COMMITTEE_NOT_PRESENT`` (who did not sit),
    ``COMMITTEE_SIGNED_ALREADY`` or ``COMMITTEE_CHAIR_TAKEN``: two persons are needed.
    """
    held = _closed(session)
    signatures = list(held.signatures.select_related("signed_by"))
    seat = seat_of(held, actor)
    if seat is None:
        raise Refusal("COMMITTEE_NOT_PRESENT", place="capacity", name=str(actor))
    for each in signatures:
        if each.signed_by_id == actor.pk or each.name == seat.name:
            raise Refusal("COMMITTEE_SIGNED_ALREADY", place="capacity", name=each.name)
        if each.capacity == capacity == Capacity.CHAIR:
            raise Refusal("COMMITTEE_CHAIR_TAKEN", place="capacity", name=each.name)
    return CommitteeSignature.objects.create(
        mutual=mutual, session=held, capacity=Capacity(capacity), name=seat.name,
        signed_by=actor, signed_on=on,
    )  # fmt: skip


@command("keep_committee_scan", right=Right.APPROVE_CLAIM)
def keep_minutes_scan(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    session: CommitteeSession,
    scan: PreparedScan,
) -> CommitteeScan:
    """The minutes as they were signed on paper; earlier scans stay. ``COMMITTEE_NOT_CLOSED``."""
    return CommitteeScan.objects.create(
        mutual=mutual, session=_closed(session), content=scan.content,
        media_type=scan.media_type, sha256=hashlib.sha256(scan.content).hexdigest(),
        recorded_by=actor, recorded_on=on,
    )  # fmt: skip


def are_signed(signatures: Sequence[CommitteeSignature]) -> bool:
    """Whether a chair and a member have signed: two persons, as the table itself holds."""
    return {each.capacity for each in signatures} == set(Capacity.values)


def scans_of(session: CommitteeSession) -> QuerySet[CommitteeScan]:
    """The scans of the minutes of a session, the latest first, without their content."""
    scans = CommitteeScan.objects.filter(session=session).defer("content")
    return scans.select_related("recorded_by").order_by("-id")


def minutes_scan_for(mutual: Mutual, uid: object) -> CommitteeScan:
    """A scan of this mutual with its content, or ``NOT_FOUND``."""
    return found(CommitteeScan.objects.filter(mutual=mutual), uid=uid)


def _closed(session: CommitteeSession) -> CommitteeSession:
    held = CommitteeSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if held.closed_on is None:
        raise Refusal("COMMITTEE_NOT_CLOSED", session=held.document_number)
    return held
