"""A report as JSON values: every figure with its unit, numerator, denominator and parts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entraide.apps.reporting.report import CategoryRow, CollectedBy, Comparison, CutRow, Report
from entraide.core.periods import Period
from entraide.indicators.catalogue import BY_CODE, Unit
from entraide.indicators.engine import Figure


def report_document(report: Report) -> dict[str, Any]:
    """The whole report. Amounts are integers in minor units of ``currency``; rates are fractions
    of one, as ``Decimal``. Months run ``from`` … ``to``, both inside."""
    return {
        "mutual": {"code": report.mutual_code, "name": report.mutual_name, "place": report.place},
        "currency": report.currency,
        "read_on": report.on.isoformat(),
        "period": period_document(report.period),
        "previous": period_document(report.previous),
        "is_provisional": report.is_provisional,
        "group_kind": report.group_kind,
        "figures": {code: _compared(each) for code, each in report.figures.items()},
        "monthly": {code: [_point(each) for each in row] for code, row in report.monthly.items()},
        "rolling_12_months": {
            code: [_point(each) for each in row] for code, row in report.rolling.items()
        },
        "membership_by_month": {
            code: [_point(each) for each in row] for code, row in report.membership.items()
        },
        "categories": [_category(each) for each in report.categories],
        "products": [_cut(each) for each in report.products],
        "group_kinds": [_cut(each) for each in report.group_kinds],
        "collection_by_channel": [_channel(each) for each in report.channels],
    }


def _channel(row: CollectedBy) -> dict[str, Any]:
    """``cost_minor`` and ``cost_rate`` are null where the mutual has not said what it costs."""
    return {
        "channel": row.channel,
        "amount_minor": row.amount_minor,
        "receipts": row.receipts_count,
        "mean_delay_days": row.delay_days,
        "cost_minor": None if row.cost is None else row.cost.total_minor,
        "cost_rate": None if row.cost is None else row.cost.rate,
    }


def period_document(period: Period) -> dict[str, str]:
    """The first and the last month of a period, both inside."""
    return {"from": f"{period.start:%Y-%m}", "to": f"{period.last:%Y-%m}"}


def _parts(figure: Figure) -> dict[str, Any]:
    parts: dict[str, Any] = {"value": figure.value}
    if figure.unit is Unit.RATE and figure.value is not None:
        parts["percent"] = round(Decimal(figure.value) * 100, 2)
    if figure.denominator is not None:
        parts["numerator"] = figure.numerator
        parts["denominator"] = figure.denominator
    if figure.note:
        parts["note"] = figure.note
    return parts


def _compared(compared: Comparison) -> dict[str, Any]:
    indicator = BY_CODE[compared.now.code]
    return {
        "unit": compared.now.unit.value,
        "made_of": list(indicator.parts),
        **_parts(compared.now),
        "previous": _parts(compared.before),
    }


def _point(figure: Figure) -> dict[str, Any]:
    return {"month": f"{figure.period.last:%Y-%m}", **_parts(figure)}


def _category(row: CategoryRow) -> dict[str, Any]:
    return {
        "category": row.code,
        "label_fr": row.label_fr,
        "label_en": row.label_en,
        "cases": _compared(row.cases),
        "frequency": _compared(row.frequency),
        "average_cost": _compared(row.average_cost),
        "claims_incurred": _compared(row.claims_incurred),
        "change": {
            "total_minor": row.change.total_minor,
            "persons_minor": row.change.persons_minor,
            "frequency_minor": row.change.frequency_minor,
            "cost_minor": row.change.cost_minor,
        },
    }


def _cut(row: CutRow) -> dict[str, Any]:
    figures = {
        code: {"unit": figure.unit.value, **_parts(figure)} for code, figure in row.figures.items()
    }
    return {"key": row.key, "name": row.name, "figures": figures}
