"""What stands beside a scenario: each lever alone, the other scenarios, what would upset it.

Nothing is recorded here: projections take milliseconds and are made again at each reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions
from entraide.actuarial.levers import LeverSettings, resting_value
from entraide.actuarial.projection import Ratio, YearFigures, project
from entraide.actuarial.solvency import USUAL_TARGETS
from entraide.apps.planning.models import Scenario
from entraide.apps.planning.selectors import last_run
from entraide.apps.planning.services import HORIZON_MONTHS, checksum, projected

AUTONOMY_TARGET, CLAIMS_RATIO_TARGET = USUAL_TARGETS
TARGET_PLAN_YEAR = AUTONOMY_TARGET.from_year

Levers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both ratios of one plan year, as shares; None when absent."""

    name: str
    autonomy: Decimal | None
    claims_ratio: Decimal | None

    @property
    def reaches_autonomy(self) -> bool:
        """Whether contributions pay the part of the running costs that is aimed at."""
        return self.autonomy is not None and self.autonomy >= _exact(AUTONOMY_TARGET.low)

    @property
    def claims_ratio_side(self) -> int:
        """−1 below the band of the claims ratio, 0 inside, 1 above (or absent)."""
        if self.claims_ratio is None or self.claims_ratio > _exact(CLAIMS_RATIO_TARGET.high):
            return 1
        return -1 if self.claims_ratio < _exact(CLAIMS_RATIO_TARGET.low) else 0


def result_of(scenario: Scenario) -> dict[str, Any]:
    """What the engine answers for a scenario: its kept run while the inputs are the same."""
    run = last_run(scenario)
    inputs = checksum([scenario.plan.assumptions_checksum, scenario.overrides, HORIZON_MONTHS])
    if run is not None and run.inputs_checksum == inputs:
        kept: dict[str, Any] = run.result
        return kept
    return projected(scenario.plan.assumptions, scenario.overrides)


def outcome_of(name: str, result: Mapping[str, Any], plan_year: int) -> Outcome:
    """Both ratios of a plan year (0 is the base year) in what the engine answered."""
    ratios = result["years"][plan_year]["ratios"]
    return Outcome(name, _share(ratios["autonomy_rate"]), _share(ratios["claims_ratio"]))


def each_lever_alone(assumptions: Mapping[str, Any], plan_year: int) -> list[Outcome]:
    """Each lever moved to its bound with all others at rest, the strongest first."""
    plan = Assumptions.from_document(assumptions)
    outcomes = [
        _outcome(plan, LeverSettings.of(**{lever.name: lever.bound}), plan_year, lever.name)
        for lever in plan.levers
    ]
    return sorted(outcomes, key=lambda outcome: -(outcome.autonomy or 0))


def what_would_upset(
    assumptions: Mapping[str, Any], levers: Levers, plan_year: int
) -> list[Outcome]:
    """The same levers in a world a little worse, one change at a time.

    ``wages``: salaries rise 2 points more each year; ``care``: one tenth more cases;
    ``newcomers``: a dearer contribution keeps twice as many households away.
    """
    plan = Assumptions.from_document(assumptions)
    settings = LeverSettings.from_document(levers)
    changes: tuple[tuple[str, Callable[[Assumptions], Assumptions]], ...] = (
        ("wages", _dearer_wages),
        ("care", _more_care),
        ("newcomers", _shyer_households),
    )
    return [_outcome(change(plan), settings, plan_year, name) for name, change in changes]


def moved_levers(assumptions: Mapping[str, Any], levers: Levers) -> list[str]:
    """The levers that are not at rest, in the order of the plan."""
    plan = Assumptions.from_document(assumptions)
    settings = LeverSettings.from_document(levers).settings
    return [
        lever.name
        for lever in plan.levers
        if lever.name in settings
        and abs(settings[lever.name].value - resting_value(plan, lever)) > 1e-9
    ]


def _dearer_wages(plan: Assumptions) -> Assumptions:
    return replace(plan, staff=replace(plan.staff, wage_rise=plan.staff.wage_rise + 0.02))


def _more_care(plan: Assumptions) -> Assumptions:
    lines = tuple(replace(line, frequency=line.frequency * 1.1) for line in plan.care_lines)
    return replace(plan, care_lines=lines)


def _shyer_households(plan: Assumptions) -> Assumptions:
    membership = replace(
        plan.membership,
        newcomers_lost_per_price=plan.membership.newcomers_lost_per_price * 2,
        renewals_lost_per_price=plan.membership.renewals_lost_per_price * 2,
    )
    return replace(plan, membership=membership)


def _outcome(plan: Assumptions, settings: LeverSettings, plan_year: int, name: str) -> Outcome:
    year: YearFigures = project(plan, MONTHS_PER_YEAR * max(plan_year, 1), settings).year(plan_year)
    return Outcome(name, _divided(year.autonomy_rate), _divided(year.claims_ratio))


def _divided(ratio: Ratio) -> Decimal | None:
    if ratio.denominator_minor == 0:
        return None
    return Decimal(ratio.numerator_minor) / Decimal(ratio.denominator_minor)


def _share(ratio: Mapping[str, Any]) -> Decimal | None:
    return _divided(Ratio(ratio["numerator_minor"], ratio["denominator_minor"]))


def _exact(bound: float | None) -> Decimal:
    return Decimal(repr(bound or 0.0))
