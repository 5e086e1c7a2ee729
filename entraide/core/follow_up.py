"""Whom to visit, whom to call, and when: the follow-up plan of a mutual.

A plan says for each segment of the scorecard and each stage of the contract by which channel a
family is followed and every how many days. All days are half-open: a contact of day ``d`` serves
``[d, d + every)``, and the next one is due on ``d + every``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from entraide.core.errors import Finding, RefusedRows
from entraide.core.renewals import RenewalStage, days_to_term, stage_of

WITHOUT_SEGMENT = ""  # a family that answered no scorecard yet
MOST_DAYS = 366
OVERRIDE_DAYS = (7, 15, 30, 60, 90, 180)  # the frequencies that one family may be given


class Channel(StrEnum):
    """How a family is followed; ``NONE``: the plan asks for nothing."""

    VISIT = "visit"
    CALL = "call"
    NONE = "none"


class ContractStage(StrEnum):
    """Where a contract stands: under way, or at a stage of its renewal."""

    RUNNING = "running"  # renewed already, or its term is more than sixty days away
    J60 = RenewalStage.J60.value
    J30 = RenewalStage.J30.value
    J0 = RenewalStage.J0.value
    AFTER_J30 = RenewalStage.AFTER_J30.value


@dataclass(frozen=True, slots=True)
class FollowRule:
    """One cell of the plan: the channel and every how many days; 0 days for ``Channel.NONE``."""

    channel: Channel
    every_days: int


NOTHING = FollowRule(Channel.NONE, 0)


@dataclass(frozen=True, slots=True)
class FollowPlan:
    """The cells of a plan by segment and stage, in force from ``effective_from`` on."""

    effective_from: date
    cells: Mapping[tuple[str, ContractStage], FollowRule]

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments in their order, families without segment last."""
        known = dict.fromkeys(segment for segment, _stage in self.cells)
        return tuple(sorted(known, key=lambda each: (each == WITHOUT_SEGMENT, each)))

    def rule(self, segment: str, stage: ContractStage) -> FollowRule:
        """The cell of a segment and a stage; a segment that the plan does not know is followed as
        a family without one."""
        found = self.cells.get((segment, stage))
        return found or self.cells.get((WITHOUT_SEGMENT, stage), NOTHING)


@dataclass(frozen=True, slots=True)
class FollowRow:
    """A cell as it is proposed, before it is known to hold."""

    segment: str
    stage: str
    channel: str
    every_days: int | None


def plan_of(effective_from: date, rows: Iterable[FollowRow]) -> FollowPlan:
    """The plan that these rows say. All faults are told at once, each at ``rows[n]``:
    ``FOLLOW_STAGE_UNKNOWN``, ``FOLLOW_CHANNEL_UNKNOWN``, ``FOLLOW_DAYS_INVALID`` (a visit or a
    call every 1 to 366 days), ``FOLLOW_CELL_TWICE``; ``FOLLOW_PLAN_EMPTY`` when nobody would ever
    be seen; ``FOLLOW_DEFAULT_MISSING`` for a stage without row for families without segment."""
    faults: list[Finding] = []
    cells: dict[tuple[str, ContractStage], FollowRule] = {}
    for rank, row in enumerate(rows):
        place = f"rows[{rank}]"
        is_stage = row.stage in ContractStage.__members__.values()
        is_channel = row.channel in Channel.__members__.values()
        days = row.every_days or 0
        if not is_stage:
            faults.append(Finding("FOLLOW_STAGE_UNKNOWN", place=place, data={"value": row.stage}))
        if not is_channel:
            faults.append(
                Finding("FOLLOW_CHANNEL_UNKNOWN", place=place, data={"value": row.channel})
            )
        elif row.channel == Channel.NONE:
            days = 0
        elif not 0 < days <= MOST_DAYS:
            faults.append(Finding("FOLLOW_DAYS_INVALID", place=place, data={"most": MOST_DAYS}))
        if not (is_stage and is_channel):
            continue
        key = (row.segment, ContractStage(row.stage))
        if key in cells:
            faults.append(Finding("FOLLOW_CELL_TWICE", place=place))
        cells[key] = FollowRule(Channel(row.channel), days)
    if not any(rule.channel is not Channel.NONE for rule in cells.values()) and not faults:
        faults.append(Finding("FOLLOW_PLAN_EMPTY"))
    if not faults and any((WITHOUT_SEGMENT, stage) not in cells for stage in ContractStage):
        faults.append(Finding("FOLLOW_DEFAULT_MISSING"))
    if faults:
        raise RefusedRows(tuple(faults))
    return FollowPlan(effective_from, cells)


def contract_stage(term: date, *, is_renewed: bool, on: date) -> ContractStage | None:
    """The stage of a contract on a day; None when it is over and followed no more."""
    if is_renewed:
        return ContractStage.RUNNING if on < term else None
    stage = stage_of(term, on)
    if stage is not None:
        return ContractStage(stage.value)
    return ContractStage.RUNNING if on < term else None


def stage_begins_on(stage: ContractStage, covered_from: date, term: date) -> date:
    """The first day of a contract at a stage."""
    if stage is ContractStage.RUNNING:
        return covered_from
    return max(covered_from, term - timedelta(days=days_to_term(RenewalStage(stage.value))))


def serves(used: Channel, planned: Channel) -> bool:
    """Whether a contact does what the plan asks: a visit also does for a call, never the reverse;
    where nothing is planned every contact does."""
    return planned is not Channel.VISIT or used is Channel.VISIT


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known of a family: the days of its contract and of its last visit and call."""

    covered_from: date
    term: date
    last_visit_on: date | None = None
    last_call_on: date | None = None

    def last_serving(self, planned: Channel) -> date | None:
        """The last contact that does for a channel."""
        days = {Channel.VISIT: self.last_visit_on, Channel.CALL: self.last_call_on}
        served = [day for used, day in days.items() if day is not None and serves(used, planned)]
        return max(served, default=None)


def next_due(
    rule: FollowRule, family: Followed, stage: ContractStage, *, planned_from: date
) -> date | None:
    """The day on which a family is to be seen next; None when the rule asks for nothing.

    So many days after the last contact that does for the channel, or after the contract began for
    a family never seen since (its enrolment was a contact too); never before the stage began, nor
    before ``planned_from``, the first day of the plan or of the family's own rule.
    """
    if rule.channel is Channel.NONE:
        return None
    last = family.last_serving(rule.channel)
    since = max(family.covered_from, last) if last is not None else family.covered_from
    begins_on = stage_begins_on(stage, family.covered_from, family.term)
    return max(since + timedelta(days=rule.every_days), begins_on, planned_from)
