"""Corrections for 100 records: the window, the month of the entry, before and after by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.entry_quality import (
    FEWEST_FOR_BAND,
    WINDOW_DAYS,
    By,
    Corrected,
    Entered,
    Kind,
    chance_of_difference,
    compared_days,
    effect,
    rate_of,
    rates,
)

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 8)
FORM, API = "web:household-new", "api:send_household"


def _corrected(entered_on: date, after: int, screen: str = FORM, user: int = 1) -> Corrected:
    return Corrected(
        Kind.FAMILIES, "correct_person", screen, user, entered_on,
        entered_on + timedelta(days=after),
    )  # fmt: skip


ENTERED = [
    Entered(Kind.FAMILIES, MAY, FORM, 1, 40),
    Entered(Kind.FAMILIES, MAY + timedelta(days=3), API, 2, 10),
    Entered(Kind.FAMILIES, JUNE, FORM, 1, 20),
]
CORRECTED = [
    _corrected(MAY, 0), _corrected(MAY, WINDOW_DAYS), _corrected(MAY, WINDOW_DAYS + 1),
    _corrected(MAY + timedelta(days=3), 30, API, 2), _corrected(JUNE, 40),
]  # fmt: skip


@pytest.mark.requirement("R059")
def test_a_correction_counts_where_its_record_was_entered() -> None:
    on = date(2026, 7, 31)
    by_month = rates(ENTERED, CORRECTED, By.MONTH, on)
    # The correction made in July of a record of June counts in June; the one after 61 days nowhere.
    assert [(each.key, each.corrections, each.records) for each in by_month] == [
        ("2026-05-01", 3, 50), ("2026-06-01", 1, 20),
    ]  # fmt: skip
    assert [each.band.estimate for each in by_month] == [6.0, 5.0]
    # May ends on 1 June; sixty days later is 31 July. June may still be corrected.
    assert [each.is_open for each in by_month] == [False, True]
    by_screen = rates(ENTERED, CORRECTED, By.SCREEN, on)
    assert [(each.key, each.corrections, each.records) for each in by_screen] == [
        (API, 1, 10), (FORM, 3, 60),
    ]  # fmt: skip
    assert {each.key: each.corrections for each in rates(ENTERED, CORRECTED, By.USER, on)} == {
        "1": 3, "2": 1,
    }  # fmt: skip


def test_few_records_say_little() -> None:
    [few] = rates([Entered(Kind.CLAIMS, MAY, FORM, 1, 10)], [], By.MONTH, JUNE)
    # Garwood's band of no event: up to 3.69 events (Biometrika 28, 1936), here for ten records.
    assert (few.band.low, round(few.band.high, 1)) == (0.0, 36.9)
    assert not few.has_band, "of so few it is not told"
    assert rate_of("", 0, FEWEST_FOR_BAND).has_band


@pytest.mark.requirement("R059")
def test_before_and_after_are_told_apart_only_beyond_chance() -> None:
    # Two heads of two throws of a fair coin: 2 × 1/4. Seven of seven: 2 × 1/128.
    assert chance_of_difference((0, 100), (2, 100)) == pytest.approx(0.5)
    assert chance_of_difference((0, 100), (7, 100)) == pytest.approx(2 / 128)
    assert chance_of_difference((7, 100), (0, 100)) == pytest.approx(2 / 128)
    assert chance_of_difference((5, 100), (5, 100)) == 1.0
    told = effect((20, 400), (6, 400), 90)
    assert told is not None
    assert told.is_change
    assert (told.before.band.estimate, told.after.band.estimate) == (5.0, 1.5)
    same = effect((20, 400), (15, 400), 90)
    assert same is not None
    assert not same.is_change
    assert effect((0, 0), (3, 10), 90) is None


def test_only_days_whose_window_is_over_are_compared() -> None:
    since = date(2026, 6, 1)
    assert compared_days(since, since + timedelta(days=WINDOW_DAYS)) == 0
    assert compared_days(since, since + timedelta(days=WINDOW_DAYS + 10)) == 10
    assert compared_days(since, since + timedelta(days=400)) == 90
    assert compared_days(since, since - timedelta(days=5)) == 0


@given(
    st.tuples(st.integers(0, 40), st.integers(1, 400)),
    st.tuples(st.integers(0, 40), st.integers(1, 400)),
)
def test_the_chance_knows_no_side(before: tuple[int, int], after: tuple[int, int]) -> None:
    chance = chance_of_difference(before, after)
    assert 0 < chance <= 1
    assert chance == pytest.approx(chance_of_difference(after, before))
