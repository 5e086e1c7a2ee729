"""The figures with which the demonstration opens, computed by the product's own reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django_scopes import scope

from entraide.apps.banking.selectors import reconciled_fund_balance
from entraide.apps.reporting.services import headline
from entraide.apps.schemes.models import Mutual
from entraide.demo.network import NETWORK

Number = int | float
FIGURES = (
    "households_covered",
    "persons_covered",
    "contribution_earned",
    "claims_incurred",
    "claims_ratio",
    "autonomy_rate",
)


@dataclass(frozen=True, slots=True)
class MutualFigures:
    """A mutual's twelve last full months; a figure that has nothing to divide is None."""

    code: str
    name: str
    currency: str
    period_from: date
    period_until: date
    figures: dict[str, Number | None]
    reconciled_on: date | None
    reconciled_minor: int | None


def network_figures(on: date) -> list[MutualFigures]:
    """The figures of the six mutuals, in the order of the network."""
    mutuals = {mutual.code: mutual for mutual in Mutual.objects.filter(is_demonstration=True)}
    return [figures_of(mutuals[plan.code], on) for plan in NETWORK]


def figures_of(mutual: Mutual, on: date) -> MutualFigures:
    """The figures of one mutual as known on a day."""
    with scope(mutual=mutual):
        found = headline(mutual=mutual, on=on)
        reconciled = reconciled_fund_balance(mutual, as_of=on)
        return MutualFigures(
            code=mutual.code,
            name=mutual.name,
            currency=mutual.currency,
            period_from=found.period.start,
            period_until=found.period.until,
            figures={code: found.now(code).value for code in FIGURES},
            reconciled_on=reconciled.on if reconciled else None,
            reconciled_minor=reconciled.amount_minor if reconciled else None,
        )
