"""What waits at the step of care, for the chain."""

from __future__ import annotations

from datetime import date, timedelta

from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.selectors import claims_by_state, next_to_review
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting

DUE_AFTER = timedelta(days=7)


def waiting(mutual: Mutual, day: date) -> Waiting:
    """Claims to look at or to approve; due when one waits for an opinion since over a week."""
    counts = claims_by_state(mutual)
    count = sum(
        counts[state].count
        for state in (ClaimState.IN_REVIEW, ClaimState.DECIDED)
        if state in counts
    )
    oldest = next_to_review(mutual) if ClaimState.IN_REVIEW in counts else None
    return Waiting(count, oldest is not None and day - oldest.received_on > DUE_AFTER)
