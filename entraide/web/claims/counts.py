"""What waits at the step of care, for the chain."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import ngettext

from entraide.apps.claims.approvable import ToApprove, to_approve_by
from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import StateCount, claims_by_state, next_to_review
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.web.navigation import Reader, Waiting

APPROVERS = frozenset({Right.APPROVE_CLAIM, Right.PREPARE_BATCH})
DUE_AFTER = timedelta(days=7)


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Claims to look at or decided and to approve, by whomever; due when one waits for an opinion
    since over a week."""
    counts = claims_by_state(mutual)
    decided = counts[ClaimState.DECIDED].count if ClaimState.DECIDED in counts else 0
    told = []
    if decided:
        told.append(
            ngettext("%(n)d claim to approve", "%(n)d claims to approve", decided) % {"n": decided}
        )
    return _told(mutual, day, counts, decided, told)


def waiting_for(mutual: Mutual, day: date, reader: Reader) -> Waiting:
    """As :func:`waiting`; of the decided claims those that the reader may approve today, for whom
    approves: the same count as on their home and on the list."""
    if not reader.rights & APPROVERS:
        return waiting(mutual, day)
    found = mine(to_approve_by(mutual, reader.user), reader.rights)
    told = []
    if found.count:
        text = ngettext("%(n)d claim that you may approve", "%(n)d claims that you may approve",
                        found.count)  # fmt: skip
        told.append(text % {"n": found.count})
    return _told(mutual, day, claims_by_state(mutual), found.count, told)


def mine(found: ToApprove, rights: frozenset[Right]) -> StateCount:
    """What a person may approve: all of theirs, or only what the rules decided alone."""
    return found.mine if Right.APPROVE_CLAIM in rights else found.by_rules


def _told(
    mutual: Mutual, day: date, counts: dict[str, StateCount], decided: int, more: list[str]
) -> Waiting:
    review = counts[ClaimState.IN_REVIEW].count if ClaimState.IN_REVIEW in counts else 0
    oldest = next_to_review(mutual) if review else None
    told = []
    if review:
        told.append(
            ngettext("%(n)d claim waits for an opinion", "%(n)d claims wait for an opinion", review)
            % {"n": review}
        )
    is_due = oldest is not None and day - oldest.received_on > DUE_AFTER
    return Waiting(review + decided, is_due, (*told, *more))
