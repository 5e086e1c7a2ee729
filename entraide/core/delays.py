"""How long each step of a claim takes: the middle, and what one claim in ten exceeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Step(StrEnum):
    """From one date of a claim to the next."""

    CARE_TO_RECEPTION = "care_to_reception"
    RECEPTION_TO_RECORD = "reception_to_record"
    RECORD_TO_DECISION = "record_to_decision"
    DECISION_TO_APPROVAL = "decision_to_approval"
    APPROVAL_TO_BATCH = "approval_to_batch"
    BATCH_TO_PAYMENT = "batch_to_payment"
    RECEPTION_TO_PAYMENT = "reception_to_payment"


@dataclass(frozen=True, slots=True)
class ClaimDates:
    """The dates of one claim, None for a step that has not come."""

    care_on: date
    received_on: date
    recorded_on: date
    decided_on: date | None = None
    approved_on: date | None = None
    batched_on: date | None = None
    paid_on: date | None = None

    def days(self, step: Step) -> int | None:
        """Days of a step, at least 0: a paper may be entered with the date of the next morning."""
        start, end = {
            Step.CARE_TO_RECEPTION: (self.care_on, self.received_on),
            Step.RECEPTION_TO_RECORD: (self.received_on, self.recorded_on),
            Step.RECORD_TO_DECISION: (self.recorded_on, self.decided_on),
            Step.DECISION_TO_APPROVAL: (self.decided_on, self.approved_on),
            Step.APPROVAL_TO_BATCH: (self.approved_on, self.batched_on),
            Step.BATCH_TO_PAYMENT: (self.batched_on, self.paid_on),
            Step.RECEPTION_TO_PAYMENT: (self.received_on, self.paid_on),
        }[step]
        return None if start is None or end is None else max(0, (end - start).days)


@dataclass(frozen=True, slots=True)
class StepDelay:
    """One step over many claims. ``within``: how many took no more than ``target_days``."""

    step: Step
    count: int
    median_days: Fraction
    p90_days: Fraction
    target_days: int | None
    within: int


def quantile(values: Sequence[int], share: Fraction) -> Fraction:
    """The value below which a share of the values lies, between two neighbours in proportion
    (R. Hyndman and Y. Fan, *The American Statistician* 50, 1996, definition 7)."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("at least one value")
    at = (len(ordered) - 1) * share
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def step_delays(
    claims: Sequence[ClaimDates], targets: dict[Step, int] | None = None
) -> tuple[StepDelay, ...]:
    """Each step that some claim has gone through, in their order; ``targets`` in days."""
    told = []
    for step in Step:
        days = [each for claim in claims if (each := claim.days(step)) is not None]
        if not days:
            continue
        target = (targets or {}).get(step)
        told.append(
            StepDelay(
                step,
                len(days),
                quantile(days, Fraction(1, 2)),
                quantile(days, Fraction(9, 10)),
                target,
                sum(1 for each in days if target is not None and each <= target),
            )
        )
    return tuple(told)
