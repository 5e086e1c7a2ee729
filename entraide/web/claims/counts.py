"""What waits at the step of care, for the chain."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import ngettext

from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import claims_by_state, next_to_review
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting

DUE_AFTER = timedelta(days=7)


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Claims to look at or to approve; due when one waits for an opinion since over a week."""
    counts = claims_by_state(mutual)
    review, decided = (
        counts[state].count if state in counts else 0
        for state in (ClaimState.IN_REVIEW, ClaimState.DECIDED)
    )
    oldest = next_to_review(mutual) if review else None
    told = []
    if review:
        told.append(
            ngettext("%(n)d claim waits for an opinion", "%(n)d claims wait for an opinion", review)
            % {"n": review}
        )
    if decided:
        told.append(
            ngettext("%(n)d claim to approve", "%(n)d claims to approve", decided) % {"n": decided}
        )
    is_due = oldest is not None and day - oldest.received_on > DUE_AFTER
    return Waiting(review + decided, is_due, tuple(told))
