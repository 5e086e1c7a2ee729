"""Rules against adverse selection hold where people choose to join, and nowhere else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.groups import (
    GroupTerms,
    JoiningMode,
    SizeState,
    activation_findings,
    covered_share,
    size_state,
    waits,
)

VOLUNTARY = GroupTerms(JoiningMode.VOLUNTARY, Decimal("0.5"), waives_waiting=True)
COMPULSORY = GroupTerms(JoiningMode.COMPULSORY, Decimal("0.5"), waives_waiting=True)


def codes(terms: GroupTerms, persons: int, minimum: int, headcount: int | None) -> list[str]:
    found = activation_findings(
        terms, persons_count=persons, minimum_size=minimum, headcount=headcount
    )
    return [each.code for each in found]


@pytest.mark.requirement("R021", begun=True)
def test_the_share_and_the_waiting_are_asked_of_voluntary_groups_only() -> None:
    assert codes(VOLUNTARY, 4, 5, 20) == ["GROUP_TOO_SMALL", "GROUP_SHARE_TOO_LOW"]
    assert codes(COMPULSORY, 4, 5, 20) == ["GROUP_TOO_SMALL"]
    assert codes(VOLUNTARY, 10, 5, 20) == []
    assert codes(VOLUNTARY, 10, 5, None) == ["GROUP_HEADCOUNT_MISSING"]
    assert waits(None)
    assert waits(VOLUNTARY)
    assert not waits(COMPULSORY)
    assert waits(GroupTerms(JoiningMode.AUTOMATIC))


def test_a_share_is_of_whole_persons() -> None:
    assert codes(VOLUNTARY, 3, 1, 7) == ["GROUP_SHARE_TOO_LOW"]
    assert codes(VOLUNTARY, 4, 1, 7) == []


@pytest.mark.parametrize(
    ("persons", "state"),
    [(0, "under"), (4, "under"), (5, "near"), (6, "above"), (7, "above")],
)
def test_near_the_threshold(persons: int, state: str) -> None:
    assert size_state(persons, 5) is SizeState(state)


@given(st.integers(0, 500), st.integers(1, 100))
def test_a_group_is_in_one_state(persons: int, minimum: int) -> None:
    state = size_state(persons, minimum)
    assert (state is SizeState.UNDER) == (persons < minimum)
    if persons >= 2 * minimum + 1:
        assert state is SizeState.ABOVE


def test_the_covered_share() -> None:
    assert covered_share(5, 20) == Decimal("0.25")
    assert covered_share(25, 20) == 1
    assert covered_share(5, None) is None
    assert covered_share(5, 0) is None
