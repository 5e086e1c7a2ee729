"""When a convention must be renewed, and when it may be over after notice."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.core.conventions import Renewal, earliest_end, renewal_stage

ON = date(2025, 6, 16)


@pytest.mark.requirement("R071")
@pytest.mark.parametrize(
    ("until", "stage"),
    [
        (None, Renewal.FAR),
        (date(2025, 9, 15), Renewal.FAR),  # 91 days
        (date(2025, 9, 14), Renewal.SOON),  # 90
        (date(2025, 7, 17), Renewal.SOON),  # 31
        (date(2025, 7, 16), Renewal.URGENT),  # 30
        (date(2025, 6, 17), Renewal.URGENT),
        (date(2025, 6, 16), Renewal.OVER),  # the first day without convention
    ],
)
def test_alerts_come_ninety_then_thirty_days_before_the_end(
    until: date | None, stage: Renewal
) -> None:
    assert renewal_stage(until, ON) is stage


def test_notice_counts_from_the_day_it_is_given() -> None:
    assert earliest_end(ON, 30) == date(2025, 7, 16)
    assert earliest_end(ON, None) == ON
