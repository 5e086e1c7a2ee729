"""Incentive terms of a convention: what data says was earned. Pure, no records.

A discount for prompt payment belongs to the mutual, a bonus for quality to the provider. Both are
rates of exact amounts, rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from entraide.core.money import rate_of


class Incentive(StrEnum):
    """Which kind of term it is."""

    PROMPT_DISCOUNT = "prompt"
    QUALITY_BONUS = "bonus"


class QualityMeasure(StrEnum):
    """By which answers of families quality is measured: the share that say « good »."""

    WELCOME = "welcome"
    TREATMENT = "treatment"


@dataclass(frozen=True, slots=True)
class Discount:
    """``base_minor``: what is paid in time; ``amount_minor``: the discount on it."""

    base_minor: int
    amount_minor: int


def prompt_discount(
    claims: Iterable[tuple[date, int]], paid_on: date, within_days: int, rate: Decimal
) -> Discount:
    """The discount on claims (day of reception, amount) paid at most ``within_days`` after it."""
    base = sum(
        amount for received_on, amount in claims if (paid_on - received_on).days <= within_days
    )
    return Discount(base, rate_of(base, rate))


def quality_bonus(
    good: int | None, asked: int, threshold: Decimal, base_minor: int, rate: Decimal
) -> int | None:
    """The bonus on what was paid for a year; 0 below the threshold, None where too few families
    were asked to know (``good`` is None)."""
    if good is None or not asked:
        return None
    return rate_of(base_minor, rate) if Decimal(good) / asked >= threshold else 0
