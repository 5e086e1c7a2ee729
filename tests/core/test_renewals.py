"""The stages of a renewal, and what a family that comes back after a gap must do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.enrolment import MembershipCover
from entraide.core.periods import Period
from entraide.core.product import MembershipRule
from entraide.core.renewals import (
    NextStep,
    RenewalStage,
    following,
    reentry,
    stage_of,
    terms_followed,
)

ON = date(2025, 6, 16)


@pytest.mark.parametrize(
    ("days_left", "stage"),
    [
        (61, None),
        (60, RenewalStage.J60),
        (31, RenewalStage.J60),
        (30, RenewalStage.J30),
        (1, RenewalStage.J30),
        (0, RenewalStage.J0),
        (-29, RenewalStage.J0),
        (-30, RenewalStage.AFTER_J30),
        (-90, RenewalStage.AFTER_J30),
        (-91, None),
    ],
)
def test_the_stage_of_a_term(days_left: int, stage: RenewalStage | None) -> None:
    assert stage_of(ON + timedelta(days=days_left), ON) is stage


@given(st.integers(-400, 400))
def test_a_followed_term_has_exactly_one_stage(days_left: int) -> None:
    term = ON + timedelta(days=days_left)
    assert (stage_of(term, ON) is not None) == (term in terms_followed(ON))


@pytest.mark.parametrize(
    ("days_left", "grace_days", "step"),
    [
        (45, 0, NextStep.TELL),
        (10, 0, NextStep.ASK),
        (0, 0, NextStep.RENEW_IN_GRACE),
        (-10, 15, NextStep.RENEW_IN_GRACE),
        (-10, 5, NextStep.RENEW_ANEW),
        (-40, 60, NextStep.RENEW_IN_GRACE),
        (-40, 15, NextStep.ASK_WHY),
    ],
)
def test_the_next_thing_to_do(days_left: int, grace_days: int, step: NextStep) -> None:
    told = following(ON + timedelta(days=days_left), grace_days, ON)
    assert told is not None
    assert told.step is step


COVER = MembershipCover(Period(date(2024, 1, 1), date(2025, 1, 1)), joined_on=date(2020, 3, 1))
RULE = MembershipRule(renewal_grace_days=30)


@pytest.mark.parametrize(
    ("starts_on", "arrears", "first", "joined_on", "codes"),
    [
        # the day after the term: nothing to say, arrears or not
        (date(2025, 1, 1), 5000, True, date(2020, 3, 1), []),
        # within the grace
        (date(2025, 1, 31), 0, True, date(2020, 3, 1), ["REENTRY_IN_GRACE"]),
        # one day after the grace: waiting periods begin anew
        (date(2025, 2, 1), 0, False, date(2025, 2, 1), ["REENTRY_WAITING_ANEW"]),
        # arrears stay beside the new cover, or come first, as the mutual chose
        (date(2025, 3, 1), 5000, False, date(2025, 3, 1),
         ["REENTRY_WAITING_ANEW", "REENTRY_ARREARS_STAY"]),
        (date(2025, 3, 1), 5000, True, date(2025, 3, 1),
         ["REENTRY_WAITING_ANEW", "ARREARS_BEFORE_REENTRY"]),
        (date(2025, 1, 20), 5000, True, date(2020, 3, 1),
         ["REENTRY_IN_GRACE", "ARREARS_BEFORE_REENTRY"]),
    ],
)  # fmt: skip
def test_what_a_family_that_comes_back_does(
    starts_on: date, arrears: int, first: bool, joined_on: date, codes: list[str]
) -> None:
    back = reentry(
        RULE, COVER, starts_on, arrears_minor=arrears, arrears_first=first, currency="XOF"
    )
    assert back.joined_on == joined_on
    assert back.keeps_seniority == (joined_on == COVER.joined_on)
    assert [finding.code for finding in back.findings] == codes
    assert [each.code for each in back.refusals] == [
        code for code in codes if code == "ARREARS_BEFORE_REENTRY"
    ]


def test_a_cover_ended_before_its_term_counts_to_that_day() -> None:
    ended = MembershipCover(COVER.period, COVER.joined_on, ended_on=date(2024, 6, 1))
    assert reentry(RULE, ended, date(2024, 7, 1)).gap_days == 30
    assert reentry(RULE, ended, date(2024, 7, 1)).keeps_seniority
    assert not reentry(RULE, ended, date(2024, 7, 2)).keeps_seniority
