"""The choices that a mutual makes for itself, by name: what ``Mutual.settings`` may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding, RefusedRows


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its name, what it means, and its value when the mutual says nothing."""

    name: str
    meaning: str
    default: Any


RUNNING_SHARE_LIMIT = Choice(
    "running_share_limit",
    "The largest part of a contribution that may go to running costs without a written reason.",
    "0.30",
)

CHOICES: tuple[Choice, ...] = (RUNNING_SHARE_LIMIT,)


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings if every name is a known choice with a value of its kind.

    Refused with every fault at once: ``SETTING_UNKNOWN``, ``SETTING_INVALID``.
    """
    known = {choice.name: choice for choice in CHOICES}
    faults: list[Finding] = []
    for name, value in settings.items():
        place = f"settings.{name}"
        if name not in known:
            faults.append(Finding("SETTING_UNKNOWN", place=place, data={"name": name}))
        elif not _is_rate(value):
            faults.append(
                Finding("SETTING_INVALID", place=place, data={"name": name, "value": str(value)})
            )
    if faults:
        raise RefusedRows(tuple(faults))
    return dict(settings)


def _is_rate(value: Any) -> bool:
    """A rate is written as text: a float would not be exact."""
    try:
        return isinstance(value, str) and Decimal(0) <= Decimal(value) <= Decimal(1)
    except InvalidOperation:
        return False


def running_share_limit(mutual: Mutual) -> Decimal:
    """The mutual's guard on the running-cost share of a contribution, between 0 and 1."""
    value = mutual.settings.get(RUNNING_SHARE_LIMIT.name, RUNNING_SHARE_LIMIT.default)
    return Decimal(value)
