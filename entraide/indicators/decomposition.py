"""Why care costs more or less than before: more persons, more often, or dearer each time.

Care = persons at risk × frequency × mean cost. The change is split in this order: persons at the
former frequency and cost; frequency at the new number of persons and the former cost; cost for
the rest. The three effects sum exactly to the change.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from entraide.core.money import round_half_up


@dataclass(frozen=True, slots=True)
class Care:
    """One category over one period: years at risk, cases, amount in minor units."""

    person_years: Decimal
    cases: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Change:
    """The change of an amount and its three causes, in minor units."""

    persons_minor: int
    frequency_minor: int
    cost_minor: int

    @property
    def total_minor(self) -> int:
        """The whole change."""
        return self.persons_minor + self.frequency_minor + self.cost_minor


def change_explained(before: Care, now: Care) -> Change:
    """The causes of the change from one period to the next.

    Without anyone at risk before or now, the change is one of persons. Without a case before,
    there is no former cost to compare with: the change is one of frequency.
    """
    change_minor = now.amount_minor - before.amount_minor
    if not before.person_years or not now.person_years:
        return Change(change_minor, 0, 0)
    if not before.cases:
        return Change(0, change_minor, 0)
    growth = now.person_years / before.person_years - 1
    persons_minor = round_half_up(growth * before.amount_minor)
    if not now.cases:
        return Change(persons_minor, change_minor - persons_minor, 0)
    former_cost = Decimal(before.amount_minor) / before.cases
    expected_cases = before.cases * now.person_years / before.person_years
    frequency_minor = round_half_up((now.cases - expected_cases) * former_cost)
    return Change(persons_minor, frequency_minor, change_minor - persons_minor - frequency_minor)
