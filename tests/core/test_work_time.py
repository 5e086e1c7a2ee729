"""Minutes and what they cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entraide.core.work_time import WorkTime, work_cost


@pytest.mark.parametrize(
    ("minutes", "hour_minor", "cost"), [(60, 900, 900), (90, 900, 1350), (1, 90, 2), (0, 900, 0)]
)
def test_minutes_cost_their_part_of_an_hour(minutes: int, hour_minor: int, cost: int) -> None:
    assert work_cost(minutes, hour_minor) == cost


def test_the_mean_counts_only_what_was_told() -> None:
    time = WorkTime(minutes=100, acts_count=3)
    assert time.mean_minutes == Decimal(100) / 3
    assert time.mean_cost_minor(600) == 333  # 33.3 minutes at 600 an hour
    assert WorkTime(0, 0).mean_minutes is None
    assert WorkTime(0, 0).mean_cost_minor(600) is None
