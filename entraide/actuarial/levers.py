"""Levers over time: what is asked of each, within which bounds, and what it moves each month.

Engine months are counted from 0 = January of the base year; plan months from 0 = the first month
after it. A decision taken in plan month ``start_month`` acts after the lever's lead time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from entraide.actuarial.assumptions import MONTHS_PER_YEAR, Assumptions, Lever, Shift
from entraide.core.errors import Finding, RefusedRows

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeverSetting:
    """How far a lever is moved (``value``, see its effect) and the plan month of the decision."""

    value: float
    start_month: int = 0


@dataclass(frozen=True, slots=True)
class LeverSettings:
    """The settings of a scenario: only what differs from *nothing changes*."""

    settings: Mapping[str, LeverSetting] = field(default_factory=dict)

    @classmethod
    def of(cls, **values: float) -> LeverSettings:
        """Settings decided at once: ``LeverSettings.of(growth=0.7, phone=1)``."""
        return cls({name: LeverSetting(value) for name, value in values.items()})

    @classmethod
    def from_document(cls, document: object, *, place: str = "levers") -> LeverSettings:
        """Read ``{"growth": 0.7, "price": {"value": 0.35, "start_month": 6}}``.

        Refused with ``RefusedRows`` and key paths when a value is no number, or a start no month.
        """
        if not isinstance(document, Mapping):
            raise RefusedRows((Finding("PLAN_VALUE_TYPE", 0, place, {"expected": "object"}),))
        findings: list[Finding] = []
        settings: dict[str, LeverSetting] = {}
        for name, given in document.items():
            where = f"{place}.{name}"
            parts = given if isinstance(given, Mapping) else {"value": given}
            for key in parts:
                if key not in ("value", "start_month"):
                    findings.append(Finding("PLAN_KEY_UNKNOWN", 0, f"{where}.{key}", {"key": key}))
            value, start = parts.get("value"), parts.get("start_month", 0)
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
                findings.append(Finding("PLAN_VALUE_TYPE", 0, where, {"expected": "number"}))
            elif isinstance(start, bool) or not isinstance(start, int) or start < 0:
                data = {"expected": "integer"}
                findings.append(Finding("PLAN_VALUE_TYPE", 0, f"{where}.start_month", data))
            else:
                settings[name] = LeverSetting(float(value), start)
        if findings:
            raise RefusedRows(tuple(findings))
        return cls(settings)

    def to_document(self) -> dict[str, Any]:
        """The settings as JSON values; reads back equal."""
        return {
            name: {"value": setting.value, "start_month": setting.start_month}
            for name, setting in self.settings.items()
        }

    def check(self, plan: Assumptions) -> tuple[Finding, ...]:
        """``NOT_REALISTIC`` for each value outside its bounds; the projection is made all the same.

        A lever that the plan does not have is refused (``RefusedRows``, ``LEVER_UNKNOWN``).
        """
        unknown = [name for name in self.settings if plan.lever(name) is None]
        if unknown:
            raise RefusedRows(
                tuple(Finding("LEVER_UNKNOWN", 0, f"levers.{n}", {"lever": n}) for n in unknown)
            )
        findings: list[Finding] = []
        for name, setting in self.settings.items():
            lever = plan.lever(name)
            assert lever is not None
            low, high = sorted((resting_value(plan, lever), lever.bound))
            if not low - 1e-12 <= setting.value <= high + 1e-12:
                shown = {"value": setting.value, "low": low, "high": high}
                details = {key: Decimal(repr(float(number))) for key, number in shown.items()}
                place = f"levers.{name}"
                findings.append(Finding("NOT_REALISTIC", 0, place, {"lever": name, **details}))
        return tuple(findings)


def resting_value(plan: Assumptions, lever: Lever) -> float:
    """The value of a lever that nobody moves: the running share of today, or 0."""
    return plan.running_share if lever.effect == "running_share" else 0.0


def progress(lever: Lever, start_month: int, months: int) -> Series:
    """Share of the change in force in each of ``months`` engine months, from 0 to 1.

    For a lever with ``contract_steps`` it is the share *in new contracts*: households reach it at
    their own signing, at the latest a year later, so that the ramp ends with the last contract.
    """
    plan_month = np.arange(months, dtype=np.float64) - MONTHS_PER_YEAR
    begin = start_month + lever.lead_months
    if lever.contract_steps:
        between = max(lever.ramp_months - MONTHS_PER_YEAR, 0) / max(lever.contract_steps - 1, 1)
        steps = [begin + round(between * k) for k in range(lever.contract_steps)]
        reached = sum((plan_month >= step).astype(np.float64) for step in steps)
        return np.asarray(reached / lever.contract_steps, dtype=np.float64)
    if lever.ramp_months == 0:
        return (plan_month >= begin).astype(np.float64)
    return np.clip((plan_month + 0.5 - begin) / lever.ramp_months, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class LeverPaths:
    """Month by month: added households, relative price, running share, organisation levers."""

    months: int
    added_households: Series
    price: Series
    running_share: Series
    organisation: Mapping[str, Series]

    def follow(self, shift: Shift) -> Series:
        """The value of a shift in each month."""
        path = self.organisation.get(shift.lever)
        if path is None:
            return np.full(self.months, shift.today)
        return shift.today + (shift.target - shift.today) * path


def lever_paths(plan: Assumptions, settings: LeverSettings, months: int) -> LeverPaths:
    """What the settings do in each of ``months`` engine months."""
    added, price = np.zeros(months), np.zeros(months)
    share = np.full(months, plan.running_share)
    organisation: dict[str, Series] = {}
    for lever in plan.levers:
        setting = settings.settings.get(lever.name)
        if setting is None:
            continue
        reached = progress(lever, setting.start_month, months)
        if lever.effect == "households":
            added = setting.value * reached
        elif lever.effect == "contribution":
            price = setting.value * reached
        elif lever.effect == "running_share":
            share = plan.running_share + (setting.value - plan.running_share) * reached
        else:
            organisation[lever.name] = setting.value * reached
    return LeverPaths(months, added, price, share, organisation)
