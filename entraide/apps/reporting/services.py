"""Making the report: the warehouse brought up to date, the engine asked, nothing posted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.contributions.collection import by_channel
from entraide.apps.reporting.models import ReportRun, WarehouseExport
from entraide.apps.reporting.report import (
    MEMBERSHIP_MONTHS,
    SERIES,
    CollectedBy,
    Comparison,
    Report,
    category_rows,
    cut_rows,
    figures_of,
    group_kinds_of,
    monthly_series,
    previous_period,
    rolling_series,
)
from entraide.apps.reporting.report_document import report_document
from entraide.apps.reporting.warehouse import (
    export_warehouse,
    folder_of,
    is_current,
    latest_export,
)
from entraide.apps.schemes.choices import RENEWAL_RATE_DAYS
from entraide.apps.schemes.collection_terms import collection_terms
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.collection_costs import collection_cost
from entraide.core.errors import Refusal
from entraide.core.periods import Period, add_months, month_start
from entraide.indicators.engine import Engine, Figure

LONGEST_MONTHS = 60
REPORT_NAME = "mutual"
HEADLINE = (
    "households_covered",
    "persons_covered",
    "contribution_earned",
    "claims_incurred",
    "claims_ratio",
    "gross_claims_ratio",
    "autonomy_rate",
    "net_autonomy_rate",
    "fund_balance",
    "reserve_months",
)
HEADLINE_SERIES = ("claims_ratio", "autonomy_rate", "reserve_months")


def period_of_report(start: date, until: date, on: date) -> Period:
    """Whole months from ``start`` up to, not including, ``until``; none that has not begun.

    Refused with ``REPORT_MONTHS_SWAPPED``, ``REPORT_TOO_LONG`` or ``REPORT_NOT_BEGUN``.
    """
    first, after_last = month_start(start), month_start(until)
    if first >= after_last:
        raise Refusal("REPORT_MONTHS_SWAPPED", first=first, last=add_months(after_last, -1))
    if after_last > add_months(first, LONGEST_MONTHS):
        raise Refusal("REPORT_TOO_LONG", months=LONGEST_MONTHS)
    if first > on:
        raise Refusal("REPORT_NOT_BEGUN", first=first, on=on)
    return Period(first, min(after_last, add_months(month_start(on), 1)))


def last_full_year(on: date) -> Period:
    """The twelve months that ended before the month of a day."""
    until = month_start(on)
    return Period(add_months(until, -12), until)


def engine_for(
    mutual: Mutual, on: date, only: Mapping[str, str] | None = None
) -> tuple[Engine, WarehouseExport]:
    """The figures of a mutual, or of a part of it, as known on a day; a context to be closed."""
    export = export_warehouse(mutual)
    days = RENEWAL_RATE_DAYS.of(mutual)
    return Engine(folder_of(export), on, only, renewal_days=days), export


def run_report(
    *, mutual: Mutual, start: date, until: date, on: date, group_kind: str | None = None
) -> Report:
    """The report of a mutual on the months of ``[start, until)``, as known on a day.

    ``group_kind`` keeps one kind of group (``""``: families on their own); what the books alone
    know is then absent.

    Reads only. Months that have not begun are left out; see :func:`period_of_report` for the
    refusals.
    """
    period = period_of_report(start, until, on)
    previous = previous_period(period)
    only = None if group_kind is None else {"group_kind": group_kind}
    opened, export = engine_for(mutual, on, only)
    with opened as engine:
        return Report(
            mutual_code=mutual.code,
            mutual_name=mutual.name,
            place=mutual.place,
            currency=mutual.currency,
            on=on,
            period=period,
            previous=previous,
            is_provisional=period.until > on,
            export_uid=export.uid,
            figures=figures_of(engine, period, previous),
            monthly=monthly_series(engine, SERIES, period),
            rolling=rolling_series(engine, SERIES, period),
            membership=monthly_series(engine, MEMBERSHIP_MONTHS, period),
            categories=category_rows(engine, period, previous),
            products=cut_rows(engine, period, "product"),
            group_kinds=cut_rows(engine, period, "group_kind"),
            channels=_collected_by(mutual, period, group_kind),
            group_kind=group_kind,
        )


def _collected_by(
    mutual: Mutual, period: Period, group_kind: str | None
) -> tuple[CollectedBy, ...]:
    with scope(mutual=mutual):
        found = by_channel(mutual, period.start, period.until, group_kind=group_kind)
    rows = []
    for each in found:
        terms = collection_terms(mutual, each.channel)
        cost = None
        if terms is not None:
            cost = collection_cost(
                terms, receipts_count=each.receipts_count, amount_minor=each.amount_minor
            )
        rows.append(
            CollectedBy(each.channel, each.amount_minor, each.receipts_count, each.delay_days, cost)
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures that open the day: the last twelve full months, the twelve before, the trend.

    ``overtaken_at`` is when the registers were read, if something was recorded since; else None.
    """

    period: Period
    overtaken_at: datetime | None
    figures: dict[str, Comparison]
    rolling: dict[str, tuple[Figure, ...]]

    def now(self, code: str) -> Figure:
        """The figure of the last twelve full months."""
        return self.figures[code].now


def headline(*, mutual: Mutual, on: date, at_most_old: timedelta | None = None) -> Headline:
    """Autonomy, RSP, fund and reserve of the last twelve full months, with twelve-month series.

    These months move seldom: a page that is opened all day accepts an export ``at_most_old``
    rather than wait for another after each receipt.
    """
    period = last_full_year(on)
    previous = previous_period(period)
    export = None
    overtaken_at = None
    if at_most_old is not None:
        export = latest_export(mutual, not_before=timezone.now() - at_most_old)
        if export is not None and not is_current(export):
            overtaken_at = export.recorded_at
    with Engine(folder_of(export or export_warehouse(mutual)), on) as engine:
        return Headline(
            period,
            overtaken_at,
            {
                code: Comparison(engine.figure(code, period), engine.figure(code, previous))
                for code in HEADLINE
            },
            rolling_series(engine, HEADLINE_SERIES, period),
        )


def kinds_in_period(*, mutual: Mutual, period: Period, on: date) -> tuple[str, ...]:
    """The kinds of group by which a report can be read."""
    opened, _export = engine_for(mutual, on)
    with opened as engine:
        return group_kinds_of(engine, period)


def figure_rows(
    *, mutual: Mutual, code: str, period: Period, on: date, group_kind: str | None = None
) -> tuple[Figure, list[dict[str, Any]]]:
    """A figure that is read from the facts (a sum, a count) with the facts behind it, for drilling
    down."""
    only = None if group_kind is None else {"group_kind": group_kind}
    opened, _export = engine_for(mutual, on, only)
    with opened as engine:
        return engine.figure(code, period), engine.fetch(engine.rows(code, period))


@command("keep_report", right=Right.READ_REPORTS)
def keep_report(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    start: date,
    until: date,
) -> ReportRun:
    """Keep a report as it was read on a day, with the export that its figures come from."""
    report = run_report(mutual=mutual, start=start, until=until, on=on)
    return ReportRun.objects.create(
        mutual=mutual,
        name=REPORT_NAME,
        period_from=report.period.start,
        period_until=report.period.until,
        figures=json.loads(json.dumps(report_document(report), default=str)),
        export=WarehouseExport.objects.get(uid=report.export_uid),
        made_by=actor,
    )
