"""Minutes and what they cost."""

from __future__ import annotations

from decimal import Decimal

from entraide.core.work_time import WorkTime


def test_the_mean_counts_only_what_was_told() -> None:
    time = WorkTime(minutes=100, acts_count=3)
    assert time.mean_minutes == Decimal(100) / 3
    assert time.mean_cost_minor(600) == 333  # 33.3 minutes at 600 an hour
    assert WorkTime(0, 0).mean_minutes is None
    assert WorkTime(0, 0).mean_cost_minor(600) is None
