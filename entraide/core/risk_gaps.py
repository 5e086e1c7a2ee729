"""Care as it happens beside what the tariff assumed: how often, how dear, how much per person.

Actual ÷ expected, element by element: the cases and the amount that the tariff expects of the
persons who were really at risk, so that more members alone are no gap. *Gap* = actual ÷ expected
− 1. Source of the method: D. B. Atkinson, *Experience Study Calculations*, Society of Actuaries
2016 (actual-to-expected ratios by number and by amount); chance in a number of cases: F. Garwood,
*Fiducial limits for the Poisson distribution*, Biometrika 28 (1936).

A *case* is a claim in one category of care. The last months look too good: care was given whose
claim has not come. That is why only a gap *above* the tariff is told as an alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from entraide.core.control.bands import rate_band

ALERT_MONTHS = 2  # running
ROLLING_MONTHS = 12
FEWEST_CASES = 5
"""Expected in twelve months for a part of care to speak: W. G. Cochran, *Some methods for
strengthening the common χ² tests*, Biometrics 10 (1954). What expects fewer tells nothing."""
CHANCE = 0.95  # of the band of a number of cases


class Measure(StrEnum):
    """What is compared with the tariff."""

    FREQUENCY = "frequency"  # cases ÷ person-years at risk
    AVERAGE_COST = "average_cost"  # amount ÷ cases
    COST_PER_PERSON = "cost_per_person"  # amount ÷ person-years covered


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases and their amount (minor units), with the person-years that they come from.

    ``person_years``: under cover. ``exposure``: what the frequency divides by: the person-years at
    risk of a category, once its waiting period is over; all those covered for several together.
    """

    cases: int = 0
    amount_minor: int = 0
    person_years: Decimal = Decimal(0)
    exposure: Decimal = Decimal(0)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.cases + other.cases,
            self.amount_minor + other.amount_minor,
            self.person_years + other.person_years,
            self.exposure + other.exposure,
        )

    def parts(self, measure: Measure) -> tuple[Decimal, Decimal]:
        """Numerator and denominator of a measure."""
        return {
            Measure.FREQUENCY: (Decimal(self.cases), self.exposure),
            Measure.AVERAGE_COST: (Decimal(self.amount_minor), Decimal(self.cases)),
            Measure.COST_PER_PERSON: (Decimal(self.amount_minor), self.person_years),
        }[measure]

    def value(self, measure: Measure) -> Decimal | None:
        """The measure; None where there is nothing to divide by."""
        return _divided(*self.parts(measure))


@dataclass(frozen=True, slots=True)
class Seen:
    """One part of care over some time: all of it, and the part of which the tariff said something.

    ``compared``: of the products and months with an assumption; ``expected_cases`` and
    ``expected_minor``: what the tariff expects of these very persons.
    """

    actual: Tally = Tally()
    compared: Tally = Tally()
    expected_cases: Decimal = Decimal(0)
    expected_minor: Decimal = Decimal(0)

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.actual + other.actual,
            self.compared + other.compared,
            self.expected_cases + other.expected_cases,
            self.expected_minor + other.expected_minor,
        )

    @property
    def has_expectation(self) -> bool:
        """Whether the tariff expects anything here."""
        return self.expected_cases > 0

    @property
    def shown(self) -> Tally:
        """What stands beside the tariff: the part compared, or all where nothing is expected."""
        return self.compared if self.has_expectation else self.actual

    def expected_parts(self, measure: Measure) -> tuple[Decimal, Decimal]:
        """Numerator and denominator of what the tariff expects of a measure."""
        return {
            Measure.FREQUENCY: (self.expected_cases, self.compared.exposure),
            Measure.AVERAGE_COST: (self.expected_minor, self.expected_cases),
            Measure.COST_PER_PERSON: (self.expected_minor, self.compared.person_years),
        }[measure]

    def expected(self, measure: Measure) -> Decimal | None:
        """What the tariff expects of a measure; None where it says nothing."""
        return _divided(*self.expected_parts(measure)) if self.has_expectation else None

    def gap(self, measure: Measure) -> Decimal | None:
        """Actual ÷ expected − 1; None where either is absent."""
        actual, expected = self.compared.value(measure), self.expected(measure)
        if actual is None or not expected:
            return None
        return actual / expected - 1

    @property
    def may_be_chance(self) -> bool:
        """Whether the number expected lies in the band of the number of cases seen."""
        if not self.has_expectation:
            return False
        expected = float(self.expected_cases)  # not money: a number of cases
        band = rate_band(self.compared.cases, expected, confidence=CHANCE)
        return band.low <= 1.0 <= band.high


NOTHING_SEEN = Seen()


def together(months: Sequence[Seen]) -> Seen:
    """Several months, or several parts, as one."""
    return sum(months, NOTHING_SEEN)


def rolling(months: Sequence[Seen], length: int = ROLLING_MONTHS) -> tuple[Seen, ...]:
    """For each month, the months that end with it, at most ``length``."""
    return tuple(
        together(months[max(0, place + 1 - length) : place + 1]) for place in range(len(months))
    )


@dataclass(frozen=True, slots=True)
class Alert:
    """A measure above the tariff by more than the threshold, for two months running at least.

    ``gap``: of the twelve months that end with the last one, which is the figure that the board
    shows. ``months``: for how many months running the twelve that end with each are above.
    """

    measure: Measure
    gap: Decimal
    months: int
    may_be_chance: bool


def alerts(
    months: Sequence[Seen], threshold: Decimal, *, running: int = ALERT_MONTHS
) -> tuple[Alert, ...]:
    """What the last month of a series gives the alert of; months in their order, all over.

    Each month speaks by the twelve that end with it: one of which part of the claims has not come,
    or one dear case, is no alert beside a year that costs less than expected. Where twelve months
    together expect fewer than :data:`FEWEST_CASES`, nothing is told: one case would be a gap.
    Twelve months without a case have no mean cost and no gap, which ends a run.
    """
    if len(months) < running:
        return ()
    whole_years = max(running, len(months) - ROLLING_MONTHS + 1)
    speaking = rolling(months)[-whole_years:]
    if speaking[-1].expected_cases < FEWEST_CASES:
        return ()
    found = []
    for measure in Measure:
        lasted = _months_above([month.gap(measure) for month in speaking], threshold)
        last = speaking[-1].gap(measure)
        if lasted >= running and last is not None:
            chance = measure is not Measure.AVERAGE_COST and speaking[-1].may_be_chance
            found.append(Alert(measure, last, lasted, chance))
    return tuple(found)


def _months_above(gaps: Sequence[Decimal | None], threshold: Decimal) -> int:
    """How many of the last gaps, without a break, are above the threshold."""
    lasted = 0
    for gap in reversed(gaps):
        if gap is None or gap <= threshold:
            break
        lasted += 1
    return lasted


def _divided(above: Decimal, below: Decimal) -> Decimal | None:
    return above / below if below > 0 else None
