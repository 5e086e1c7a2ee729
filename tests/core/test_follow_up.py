"""Whom to visit or call, and when: cases by hand, then what always holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import RefusedRows
from entraide.core.follow_up import (
    NOTHING,
    Channel,
    ContractStage,
    Followed,
    FollowPlan,
    FollowRow,
    FollowRule,
    contract_stage,
    next_due,
    plan_of,
    serves,
    stage_begins_on,
)

pytestmark = pytest.mark.requirement("R017")

ON = date(2025, 6, 16)
PLAN_FROM = date(2025, 1, 1)
VISIT, CALL = FollowRule(Channel.VISIT, 30), FollowRule(Channel.CALL, 15)


def rows(*, of: str = "", **channels: tuple[str, int]) -> list[FollowRow]:
    return [
        FollowRow(of, stage.value, *channels.get(stage.value, ("none", 0)))
        for stage in ContractStage
    ]


def test_a_plan_answers_for_every_segment_and_stage() -> None:
    plan = plan_of(
        PLAN_FROM,
        [*rows(running=("call", 90), j30=("call", 15)), *rows(of="C", j30=("visit", 10))],
    )
    assert plan.segments == ("C", "")
    assert plan.rule("C", ContractStage.J30) == FollowRule(Channel.VISIT, 10)
    assert plan.rule("C", ContractStage.RUNNING) == NOTHING
    assert plan.rule("", ContractStage.J30) == FollowRule(Channel.CALL, 15)
    assert plan.rule("Z", ContractStage.RUNNING) == FollowRule(Channel.CALL, 90)  # unknown segment


@pytest.mark.parametrize(
    ("given_rows", "codes"),
    [
        (rows(), ["FOLLOW_PLAN_EMPTY"]),
        (rows(of="A", j0=("call", 5)), ["FOLLOW_DEFAULT_MISSING"]),
        (rows(j0=("visit", 0), j30=("call", 367)), ["FOLLOW_DAYS_INVALID"] * 2),
        ([*rows(j0=("call", 5)), *rows(j0=("call", 5))], ["FOLLOW_CELL_TWICE"] * 5),
        (
            [FollowRow("", "later", "letter", 5)],
            ["FOLLOW_STAGE_UNKNOWN", "FOLLOW_CHANNEL_UNKNOWN"],
        ),
    ],
)
def test_every_fault_of_a_plan_is_told(given_rows: list[FollowRow], codes: list[str]) -> None:
    with pytest.raises(RefusedRows) as refused:
        plan_of(PLAN_FROM, given_rows)
    assert [each.code for each in refused.value.findings] == codes


@pytest.mark.parametrize(
    ("days_left", "is_renewed", "stage"),
    [
        (61, False, ContractStage.RUNNING),
        (60, False, ContractStage.J60),
        (30, False, ContractStage.J30),
        (1, False, ContractStage.J30),
        (0, False, ContractStage.J0),
        (-30, False, ContractStage.AFTER_J30),
        (-91, False, None),
        (10, True, ContractStage.RUNNING),  # renewed before its term: nothing to ask
        (0, True, None),  # the next contract is the one to follow
    ],
)
def test_the_stage_of_a_contract(
    days_left: int, is_renewed: bool, stage: ContractStage | None
) -> None:
    term = ON + timedelta(days=days_left)
    assert contract_stage(term, is_renewed=is_renewed, on=ON) is stage


def test_a_visit_does_for_a_call_but_no_call_for_a_visit() -> None:
    assert serves(Channel.VISIT, Channel.CALL)
    assert serves(Channel.CALL, Channel.CALL)
    assert serves(Channel.VISIT, Channel.VISIT)
    assert not serves(Channel.CALL, Channel.VISIT)


FAR = {"covered_from": date(2025, 1, 10), "term": date(2026, 1, 10)}


@pytest.mark.parametrize(
    ("rule", "family", "due_on"),
    [
        # Never seen since it enrolled on 10 January: thirty days later.
        (VISIT, Followed(**FAR), date(2025, 2, 9)),
        (VISIT, Followed(**FAR, last_visit_on=date(2025, 6, 1)), date(2025, 7, 1)),
        (VISIT, Followed(**FAR, last_call_on=date(2025, 6, 1)), date(2025, 2, 9)),
        (CALL, Followed(**FAR, last_visit_on=date(2025, 6, 1)), date(2025, 6, 16)),
        (
            CALL,
            Followed(**FAR, last_visit_on=date(2025, 6, 1), last_call_on=date(2025, 6, 10)),
            date(2025, 6, 25),
        ),
        # A visit before this contract does not count for more than its first day.
        (VISIT, Followed(**FAR, last_visit_on=date(2024, 12, 1)), date(2025, 2, 9)),
        (NOTHING, Followed(**FAR), None),
    ],
)
def test_the_next_contact_by_hand(rule: FollowRule, family: Followed, due_on: date | None) -> None:
    assert next_due(rule, family, ContractStage.RUNNING, planned_from=PLAN_FROM) == due_on


def test_nobody_is_late_before_the_stage_or_the_plan_began() -> None:
    family = Followed(covered_from=date(2024, 7, 1), term=date(2025, 7, 1))
    assert stage_begins_on(ContractStage.J30, family.covered_from, family.term) == date(2025, 6, 1)
    due = next_due(CALL, family, ContractStage.J30, planned_from=PLAN_FROM)
    assert due == date(2025, 6, 1)
    assert next_due(CALL, family, ContractStage.J30, planned_from=date(2025, 6, 9)) == date(
        2025, 6, 9
    )


DAYS = st.integers(-200, 200).map(lambda days: ON + timedelta(days=days))
RULES = st.builds(FollowRule, st.sampled_from([Channel.VISIT, Channel.CALL]), st.integers(1, 366))


@given(RULES, DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS), DAYS)
def test_a_contact_serves_its_days_and_no_more(
    rule: FollowRule, start: date, visit: date | None, call: date | None, planned_from: date
) -> None:
    family = Followed(start, start + timedelta(days=365), visit, call)
    due = next_due(rule, family, ContractStage.RUNNING, planned_from=planned_from)
    assert due is not None
    assert due >= max(start, planned_from)
    seen = max(due, ON)
    after = Followed(start, family.term, last_visit_on=seen)
    again = next_due(rule, after, ContractStage.RUNNING, planned_from=planned_from)
    assert again == seen + timedelta(days=rule.every_days)  # [seen, seen + every)


@given(st.integers(-90, 400), st.booleans())
def test_a_stage_has_begun_when_a_contract_is_in_it(days_left: int, is_renewed: bool) -> None:
    term = ON + timedelta(days=days_left)
    stage = contract_stage(term, is_renewed=is_renewed, on=ON)
    start = term - timedelta(days=365)
    if stage is not None and start <= ON:
        assert start <= stage_begins_on(stage, start, term) <= ON


def test_an_empty_plan_asks_for_nothing() -> None:
    assert FollowPlan(ON, {}).rule("A", ContractStage.J0) == NOTHING
