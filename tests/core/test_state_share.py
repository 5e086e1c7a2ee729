"""What stays of what was asked of the State, and what is to be asked beside it."""

from __future__ import annotations

import pytest

from entraide.core.state_share import added_minor, kept_of


@pytest.mark.requirement("R225")
@pytest.mark.parametrize(
    ("standing", "owed", "kept", "added"),
    [
        ((1600,), 1600, (1600,), 0),  # as it was asked
        ((1600,), 1000, (1000,), 0),  # decided again for less
        ((1600,), 2000, (1600,), 400),  # for more: the rest is asked beside it
        ((1600, 400), 1800, (1600, 200), 0),  # the latest goes back first
        ((1600, 400), 1000, (1000, 0), 0),
        ((1000,), 1600, (1000,), 600),  # part was given back before
        ((1600,), 0, (0,), 0),  # undone
        ((1600,), None, (1600,), 0),  # nobody decided yet
        ((), 1600, (), 1600),
    ],
)
def test_the_difference_goes_back_or_is_asked(
    standing: tuple[int, ...], owed: int | None, kept: tuple[int, ...], added: int
) -> None:
    assert kept_of(standing, owed) == kept
    assert added_minor(standing, owed) == added
    if owed is not None:
        assert sum(kept) + added == owed
