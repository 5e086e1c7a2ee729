"""The *rapport mutuelle* as values: four questions, a year beside the year before.

Nothing is computed here but comparisons: every figure comes from the engine with its parts.
Doors turn a :class:`Report` into a page, a table on a terminal, a spreadsheet or a PDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from entraide.core.collection_costs import CollectionCost
from entraide.core.periods import Period, add_months
from entraide.indicators.catalogue import BY_CODE, CATALOGUE, Indicator, Question
from entraide.indicators.decomposition import Care, Change, change_explained
from entraide.indicators.engine import Engine, Figure
from entraide.indicators.quantities import Number
from entraide.indicators.schema import tables

SERIES = ("claims_ratio", "gross_claims_ratio", "autonomy_rate", "net_autonomy_rate")
CUT_FIGURES = (
    "households_covered",
    "persons_covered",
    "contribution_earned",
    "fund_share",
    "claims_count",
    "claims_incurred",
    "claims_ratio",
    "utilisation_rate",
)
ROLLING_MONTHS = 12
MEMBERSHIP_MONTHS = (
    "households_at_start",
    "households_first_covered",
    "households_reopened",
    "households_suspended",
    "households_lapsed",
    "households_exited",
    "households_covered",
    "covers_renewed",
    "persons_covered",
    "mean_household_size",
    "retention_rate",
    "growth_rate",
)  # « Suivi des adhésions », month by month


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of the period and of the same months a year before (or as many months before)."""

    now: Figure
    before: Figure


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category of care: how often, how dear, and why it changed."""

    code: str
    label_fr: str
    label_en: str
    cases: Comparison
    frequency: Comparison
    average_cost: Comparison
    claims_incurred: Comparison
    change: Change


@dataclass(frozen=True, slots=True)
class CutRow:
    """One product or kind of group (``by``) with its figures; ``key`` is a code, ``name`` may be
    empty, and so is the key of what belongs to none."""

    by: str
    key: str
    name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class CollectedBy:
    """All money of contributions received by one channel in the period, from the register of
    receipts. ``delay_days``: mean of day paid less day due. ``cost``: None where not said."""

    channel: str
    amount_minor: int
    receipts_count: int
    delay_days: int | None
    cost: CollectionCost | None


@dataclass(frozen=True, slots=True)
class Report:
    """A mutual over some months. ``is_provisional``: the last month is not over."""

    mutual_code: str
    mutual_name: str
    place: str
    currency: str
    on: date
    period: Period
    previous: Period
    is_provisional: bool
    export_uid: UUID
    figures: Mapping[str, Comparison]
    monthly: Mapping[str, tuple[Figure, ...]]
    rolling: Mapping[str, tuple[Figure, ...]]
    membership: Mapping[str, tuple[Figure, ...]]
    categories: tuple[CategoryRow, ...]
    products: tuple[CutRow, ...]
    group_kinds: tuple[CutRow, ...]
    channels: tuple[CollectedBy, ...] = ()  # none for one kind of group
    group_kind: str | None = None  # the one kind of group that the figures are of, if any

    def now(self, code: str) -> Figure:
        """The figure of the period."""
        return self.figures[code].now

    def of_question(self, question: Question) -> tuple[tuple[Indicator, Comparison], ...]:
        """The figures that answer one of the four questions, in their order."""
        return tuple(
            (each, self.figures[each.code])
            for each in CATALOGUE
            if each.question is question and each.code in self.figures
        )


def previous_period(period: Period) -> Period:
    """The same months of the year before; for more than a year, as many months before."""
    months = sum(1 for _ in period.months())
    back = 12 if months <= 12 else months
    return Period(add_months(period.start, -back), add_months(period.until, -back))


def group_kinds_of(engine: Engine, period: Period) -> tuple[str, ...]:
    """The kinds of group under cover in a period, families on their own being ``""``."""
    return tuple(engine.cut("persons_covered_months", period, "group_kind"))


def figures_of(engine: Engine, period: Period, previous: Period) -> dict[str, Comparison]:
    """Every figure that has a meaning without a cut."""
    return {
        each.code: Comparison(engine.figure(each.code, period), engine.figure(each.code, previous))
        for each in CATALOGUE
        if not each.only_by
    }


def rolling_series(
    engine: Engine, codes: tuple[str, ...], period: Period
) -> dict[str, tuple[Figure, ...]]:
    """Twelve-month figures that end with each month, from the month before the period on."""
    span = Period(add_months(period.start, -1), period.until)
    return {code: engine.series(code, span, months=ROLLING_MONTHS) for code in codes}


def monthly_series(
    engine: Engine, codes: tuple[str, ...], period: Period
) -> dict[str, tuple[Figure, ...]]:
    """The figures of each month of the period."""
    return {code: engine.series(code, period) for code in codes}


def category_rows(engine: Engine, period: Period, previous: Period) -> tuple[CategoryRow, ...]:
    """Each category that had a case in either period, the largest change of amount first."""
    names = {row["code"]: row for row in engine.fetch(tables()["dim_category"])}
    codes = ("cases", "person_years_at_risk", "claims_incurred", "category_frequency",
             "category_average_cost")  # fmt: skip
    now, before = (
        {code: engine.cut(code, span, "category") for code in codes} for span in (period, previous)
    )

    def compared(code: str, category: str) -> Comparison:
        return Comparison(
            now[code].get(category) or _nothing(code, period),
            before[code].get(category) or _nothing(code, previous),
        )

    rows = []
    for category in sorted(now["cases"].keys() | before["cases"].keys()):
        label = names.get(category, {})
        rows.append(
            CategoryRow(
                code=category,
                label_fr=label.get("label_fr") or category,
                label_en=label.get("label_en") or category,
                cases=compared("cases", category),
                frequency=compared("category_frequency", category),
                average_cost=compared("category_average_cost", category),
                claims_incurred=compared("claims_incurred", category),
                change=change_explained(_care(before, category), _care(now, category)),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-abs(row.change.total_minor), row.code)))


def _care(cut: Mapping[str, Mapping[str, Figure]], category: str) -> Care:
    def value(code: str) -> Number:
        figure = cut[code].get(category)
        return figure.value if figure is not None and figure.value is not None else 0

    return Care(
        Decimal(value("person_years_at_risk")), int(value("cases")), int(value("claims_incurred"))
    )


def cut_rows(engine: Engine, period: Period, by: str) -> tuple[CutRow, ...]:
    """The figures of the period by product or kind of group, in the order of contributions."""
    cuts = {code: engine.cut(code, period, by) for code in CUT_FIGURES}
    names: dict[str, Any] = {}
    if by == "product":
        names = {row["code"]: row["name"] for row in engine.fetch(tables()["dim_product"])}
    keys = {key for cut in cuts.values() for key in cut}
    rows = [
        CutRow(
            by,
            key,
            names.get(key, ""),
            {code: cut.get(key) or _nothing(code, period) for code, cut in cuts.items()},
        )
        for key in keys
    ]
    return tuple(sorted(rows, key=lambda row: (-_earned(row), row.key)))


def _nothing(code: str, period: Period) -> Figure:
    """What a figure is where none of its rows is: 0, or absent for a ratio."""
    indicator = BY_CODE[code]
    return Figure(code, 0 if not indicator.parts else None, indicator.unit, period)


def _earned(row: CutRow) -> Number:
    return row.figures["contribution_earned"].value or 0
