"""What the minutes of the committee say was done: confirmed, reduced, raised, refused."""

from __future__ import annotations

import pytest

from entraide.apps.claims.committee import CommitteeOutcome, _outcome


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (4_000, 4_000, CommitteeOutcome.CONFIRMED),
        (4_000, 3_000, CommitteeOutcome.REDUCED),
        (4_000, 5_000, CommitteeOutcome.RAISED),
        (0, 5_000, CommitteeOutcome.RAISED),
        (4_000, 0, CommitteeOutcome.REFUSED),
        (0, 0, CommitteeOutcome.REFUSAL_CONFIRMED),
    ],
)
def test_an_outcome_is_told_by_what_was_paid_before_and_after(
    before: int, after: int, said: CommitteeOutcome
) -> None:
    assert _outcome(before, after) is said
