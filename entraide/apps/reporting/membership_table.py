"""« Suivi des adhésions »: from the families at the start of each month to those at its end.

Every figure is one of the catalogue; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from entraide.apps.reporting.report import MEMBERSHIP_MONTHS, monthly_series
from entraide.apps.reporting.services import engine_for, period_of_report
from entraide.apps.schemes.models import Mutual
from entraide.core.periods import Period
from entraide.indicators.engine import Engine, Figure
from entraide.indicators.schema import tables

COHORT_CUTS = ("group_kind", "cohort", "group")
GROUPS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class CohortRow:
    """The rate of keeping of one kind of group, year of enrolment or group."""

    key: str
    name: str
    rate: Figure


@dataclass(frozen=True, slots=True)
class MembershipTable:
    """The months of a period, the period itself, and the rate of keeping by cohort."""

    period: Period
    months: Mapping[str, tuple[Figure, ...]]
    whole: Mapping[str, Figure]
    cohorts: Mapping[str, tuple[CohortRow, ...]]


def membership_table(
    *, mutual: Mutual, start: date, until: date, on: date, group_kind: str | None = None
) -> MembershipTable:
    """The table of the months of ``[start, until)`` as known on a day; see ``period_of_report``.

    ``group_kind`` keeps one kind of group (``""``: families on their own).
    """
    period = period_of_report(start, until, on)
    only = None if group_kind is None else {"group_kind": group_kind}
    opened, _export = engine_for(mutual, on, only)
    with opened as engine:
        return MembershipTable(
            period,
            monthly_series(engine, MEMBERSHIP_MONTHS, period),
            {code: engine.figure(code, period) for code in MEMBERSHIP_MONTHS},
            {by: _cohort(engine, period, by) for by in COHORT_CUTS},
        )


def _cohort(engine: Engine, period: Period, by: str) -> tuple[CohortRow, ...]:
    """The largest cohorts first; years of enrolment in their order."""
    names: dict[str, str] = {}
    if by == "group":
        names = {row["uid"]: row["name"] for row in engine.fetch(tables()["dim_group"])}
    cut = engine.cut("retention_rate", period, by)
    rows = [CohortRow(key, names.get(key, ""), figure) for key, figure in cut.items()]
    if by == "cohort":
        return tuple(sorted(rows, key=lambda row: row.key))
    rows.sort(key=lambda row: (-(row.rate.denominator or 0), row.key))
    return tuple(rows[:GROUPS_SHOWN])
