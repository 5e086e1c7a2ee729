"""The charts of a scenario, each titled by what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from entraide.apps.planning.comparisons import TARGET_PLAN_YEAR
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.documents.charts import Axis, Words, line_chart, nice_axis
from entraide.web.figures import Chart
from entraide.web.plan.numbers import (
    AUTONOMY_TARGET,
    BAND,
    Result,
    language,
    millions,
    millions_with_unit,
    percent_of,
    percent_points,
)

CLAIMS_TARGET = 90
WIDTH = 320


def autonomy_chart(result: Result, name: str, unchanged: Result | None) -> Chart | None:
    """The autonomy rate over the years, beside what happens when nothing changes."""
    values, labels = _series(result, "autonomy_rate"), _labels(result)
    rest = _series(unchanged, "autonomy_rate") if unchanged is not None else []
    if not values:
        return None
    finding = _autonomy_finding(result, values)
    axis = nice_axis([*values, *rest, AUTONOMY_TARGET + 4])
    svg = line_chart(
        Words("plan-autonomy", _("Autonomy rate"), _described(labels, values)),
        labels,
        values,
        Axis(axis.low, axis.high, axis.ticks, 1, " %"),
        target=AUTONOMY_TARGET,
        target_label=_("target {percent} %").format(percent=AUTONOMY_TARGET),
        rest=rest,
        rest_label=_("nothing changes, {value}").format(value=percent_points(rest[-1]))
        if rest
        else "",
        notes={TARGET_PLAN_YEAR: percent_points(values[TARGET_PLAN_YEAR])},
        language=language(),
        width=WIDTH,
    )
    return Chart(
        finding,
        svg,
        under=_("Share for running costs ÷ running costs, in %"),
        head=(_("Year"), name, *([_("Nothing changes")] if rest else [])),
        rows=_table(labels, values, rest),
    )


def claims_ratio_chart(result: Result, name: str, unchanged: Result | None) -> Chart | None:
    """The RSP over the years with its band, beside what happens when nothing changes."""
    values, labels = _series(result, "claims_ratio"), _labels(result)
    rest = _series(unchanged, "claims_ratio") if unchanged is not None else []
    if not values:
        return None
    axis = nice_axis([*values, *rest, *BAND, BAND[0] - 4, BAND[1] + 4], from_zero=False)
    svg = line_chart(
        Words("plan-claims", _("RSP"), _described(labels, values)),
        labels,
        values,
        Axis(axis.low, axis.high, axis.ticks, 1, " %"),
        target=CLAIMS_TARGET,
        target_label=_("target {percent} %").format(percent=CLAIMS_TARGET),
        band=BAND,
        rest=rest,
        rest_label=_("nothing changes, {value}").format(value=percent_points(rest[-1]))
        if rest
        else "",
        language=language(),
        width=WIDTH,
    )
    return Chart(
        _claims_finding(result, values),
        svg,
        under=_("Care of the year ÷ share for the mutual fund, in %"),
        head=(_("Year"), name, *([_("Nothing changes")] if rest else [])),
        rows=_table(labels, values, rest),
    )


def fund_chart(result: Result, name: str, unchanged: Result | None) -> Chart:
    """The mutual fund at the end of each year, in millions."""
    currency, labels = result["currency"], _labels(result)
    values, rest = _fund(result), _fund(unchanged) if unchanged is not None else []
    below = result["first_month_below_zero"]
    if below is not None:
        finding = _("The mutual fund falls below zero in {year}").format(year=below[:4])
    elif values[-1] < max(values):
        peak = labels[values.index(max(values))]
        finding = _("The mutual fund grows until {year}, then shrinks").format(year=peak)
    else:
        end = millions_with_unit(result["years"][-1]["fund_balance_minor"], currency)
        finding = _("The mutual fund reaches {amount} in {year}").format(
            amount=end, year=labels[-1]
        )
    rows = tuple(
        (
            label,
            millions(year["fund_balance_minor"], currency),
            *(
                [millions(unchanged["years"][place]["fund_balance_minor"], currency)]
                if unchanged is not None
                else []
            ),
        )
        for place, (label, year) in enumerate(zip(labels, result["years"], strict=True))
    )
    unit = CURRENCIES[currency].symbol
    axis = nice_axis([*values, *rest])
    svg = line_chart(
        Words("plan-fund", _("Mutual fund"), _described(labels, values, percent=False)),
        labels,
        values,
        Axis(axis.low, axis.high, axis.ticks, 0),
        rest=rest,
        rest_label=_("nothing changes, {value}").format(value=rows[-1][-1]) if rest else "",
        language=language(),
        width=WIDTH,
    )
    return Chart(
        finding,
        svg,
        under=_("Balance at the end of the year, millions of {unit}").format(unit=unit),
        head=(_("Year"), name, *([_("Nothing changes")] if rest else [])),
        rows=rows,
    )


def _autonomy_finding(result: Result, values: Sequence[Decimal]) -> str:
    years = result["years"]
    aimed, last = values[TARGET_PLAN_YEAR], values[-1]
    words = {
        "value": percent_points(aimed),
        "year": years[TARGET_PLAN_YEAR]["year"],
        "last": percent_points(last),
        "last_year": years[-1]["year"],
        "target": AUTONOMY_TARGET,
    }
    if aimed < AUTONOMY_TARGET:
        best = max(values[1:])
        if best == last:
            return _("Autonomy rises to {last} in {last_year}, below {target} %").format(**words)
        return _("Autonomy stays below {target} %: {last} in {last_year}").format(**words)
    if last < aimed:
        return _("Autonomy reaches {value} in {year}, then falls back").format(**words)
    return _("Autonomy reaches {value} in {year} and holds").format(**words)


def _claims_finding(result: Result, values: Sequence[Decimal]) -> str:
    low, high = BAND
    for year, value in list(zip(result["years"], values, strict=True))[1:]:
        words = {"year": year["year"], "value": percent_points(value)}
        if value > high:
            return _("The RSP goes above its band in {year}: {value}").format(**words)
        if value < low:
            return _("The RSP is below its band in {year}: {value}").format(**words)
    return _("The RSP stays in its band every year")


def _labels(result: Result) -> list[str]:
    return [str(year["year"]) for year in result["years"]]


def _series(result: Result, ratio: str) -> list[Decimal]:
    """A ratio of every year; empty when a year has none."""
    values = [percent_of(year, ratio) for year in result["years"]]
    return (
        [value for value in values if value is not None]
        if all(value is not None for value in values)
        else []
    )


def _fund(result: Result) -> list[Decimal]:
    digits = CURRENCIES[result["currency"]].minor_digits
    return [Decimal(year["fund_balance_minor"]).scaleb(-digits - 6) for year in result["years"]]


def _described(labels: Sequence[str], values: Sequence[Decimal], *, percent: bool = True) -> str:
    def written(value: Decimal) -> str:
        return percent_points(value) if percent else writing.number(value, language(), 1)

    return ", ".join(
        f"{label}{writing.NO_BREAK_SPACE}: {written(value)}"
        for label, value in zip(labels, values, strict=True)
    )


def _table(
    labels: Sequence[str], values: Sequence[Decimal], rest: Sequence[Decimal]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (label, percent_points(value), *([percent_points(rest[place])] if rest else []))
        for place, (label, value) in enumerate(zip(labels, values, strict=True))
    )
