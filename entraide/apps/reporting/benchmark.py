"""Several mutuals side by side: common indicators, each in its own money, what is missing said.

A mutual shows its network what its statutes share (``schemes.choices``: ``share_*``); the people
of a mutual, and an adviser appointed there, see all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django_scopes import scope

from entraide.apps.reporting.services import last_full_year
from entraide.apps.reporting.warehouse import export_warehouse, folder_of, latest_export
from entraide.apps.schemes.choices import (
    SHARE_CARE,
    SHARE_CONTRIBUTIONS,
    SHARE_FUNDS,
    SHARE_MEMBERSHIP,
    SMALL_MUTUAL_PERSONS,
    FlagChoice,
)
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import Period
from entraide.indicators.catalogue import BY_CODE, Question
from entraide.indicators.engine import Engine, Figure
from entraide.indicators.schema import tables

COMMON = (
    "households_covered",
    "persons_covered",
    "mean_household_size",
    "new_households",
    "renewal_rate",
    "contribution_earned",
    "contribution_per_person",
    "collection_rate",
    "claims_incurred",
    "utilisation_rate",
    "average_cost",
    "claims_per_person",
    "cost_in_contributions",
    "claims_ratio",
    "gross_claims_ratio",
    "promptness_rate",
    "autonomy_rate",
    "reserve_months",
)
ADDED_UP = (
    "households_covered",
    "persons_covered",
    "new_households",
    "contribution_earned",
    "claims_incurred",
)
SHARED_BY: Mapping[Question, FlagChoice] = {
    Question.MEMBERSHIP: SHARE_MEMBERSHIP,
    Question.CONTRIBUTIONS: SHARE_CONTRIBUTIONS,
    Question.CARE: SHARE_CARE,
    Question.FUNDS: SHARE_FUNDS,
}
AT_MOST_OLD = timedelta(hours=24)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One mutual: its figures (None: not shared with the network), and what weakens them.

    ``months_missing``: months of the period in which nothing was posted. ``is_small``: too few
    persons for a ratio to mean much.
    """

    mutual: Mutual
    period: Period
    figures: Mapping[str, Figure | None]
    months_missing: int
    is_small: bool

    def value(self, code: str) -> Decimal | int | None:
        """The value of a figure; None when absent or not shared."""
        figure = self.figures[code]
        return figure.value if figure is not None else None


def benchmark(
    own: Iterable[Mutual], others: Iterable[Mutual] = (), *, on: date
) -> list[BenchmarkRow]:
    """The last twelve full months of each mutual, by name.

    ``own``: everything is shown. ``others``: what they share. Mutuals where people only learn do
    not count. Figures may be a day old: a comparison of twelve months does not wait for an export.
    """
    rows = [_row(mutual, on, shares_all=True) for mutual in own if not mutual.is_training]
    rows += [_row(mutual, on, shares_all=False) for mutual in others if not mutual.is_training]
    return sorted(rows, key=lambda row: row.mutual.name)


def _row(mutual: Mutual, on: date, *, shares_all: bool) -> BenchmarkRow:
    period = last_full_year(on)
    with scope(mutual=mutual):
        export = latest_export(mutual, not_before=timezone.now() - AT_MOST_OLD)
        export = export or export_warehouse(mutual)
        with Engine(folder_of(export), on) as engine:
            figures = {
                code: engine.figure(code, period) if shares_all or _shares(mutual, code) else None
                for code in COMMON
            }
            persons = engine.figure("persons_covered", period).value or 0
            missing = _MONTHS - _months_with_entries(engine, period)
    is_small = persons < SMALL_MUTUAL_PERSONS.of(mutual)
    return BenchmarkRow(mutual, period, figures, missing, is_small)


def _shares(mutual: Mutual, code: str) -> bool:
    return SHARED_BY[BY_CODE[code].question].of(mutual)


def _months_with_entries(engine: Engine, period: Period) -> int:
    posted = tables()["posting"]
    inside = posted.filter(posted.occurred_on >= period.start, posted.occurred_on < period.until)
    months = inside.mutate(month=inside.occurred_on.truncate("M")).select("month").distinct()
    return len(engine.fetch(months))


@dataclass(frozen=True, slots=True)
class Consolidated:
    """The sum of what the mutuals of one currency share; ``of`` says how many of them share it."""

    currency: str
    mutual_count: int
    sums: Mapping[str, tuple[Decimal | int, int]]  # code → (sum, mutuals that share it)


def consolidated(rows: Sequence[BenchmarkRow]) -> list[Consolidated]:
    """Sums by currency of what adds up, over the mutuals whose statutes share it.

    Two moneys are never added: there is no rate of exchange in the statutes.
    """
    found = []
    for currency in sorted({row.mutual.currency for row in rows}):
        of_it = [row for row in rows if row.mutual.currency == currency]
        sums: dict[str, tuple[Decimal | int, int]] = {}
        for code in ADDED_UP:
            choice = SHARED_BY[BY_CODE[code].question]
            values = [row.value(code) for row in of_it if choice.of(row.mutual)]
            known = [value for value in values if value is not None]
            sums[code] = (sum(known), len(known))
        found.append(Consolidated(currency, len(of_it), sums))
    return found
