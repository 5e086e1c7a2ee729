"""The charts of the report, each titled by what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.apps.reporting.report import CutRow, Report
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.documents.charts import Axis, Bar, Words, bar_chart, line_chart, nice_axis
from entraide.documents.report_words import ReportWords
from entraide.indicators.engine import Figure as Read
from entraide.web.figures import Chart

AUTONOMY_TARGET, CLAIMS_TARGET, BAND = 50, 90, (85, 95)
CATEGORIES_SHOWN = 5
LABEL_LENGTH = 20


def autonomy_chart(report: Report, words: ReportWords) -> Chart | None:
    """The autonomy rate over the twelve months that end with each month."""
    points = _points(report.rolling["autonomy_rate"])
    if len(points) < 2:
        return None
    values = [value for _figure, value in points]
    axis = nice_axis([*values, AUTONOMY_TARGET + 2])
    return _line(
        "report-autonomy",
        _autonomy_finding(values, words),
        _("12 months ending with each month, running share ÷ running costs, in %"),
        points,
        axis,
        words,
        target=AUTONOMY_TARGET,
    )


def claims_ratio_chart(report: Report, words: ReportWords) -> Chart | None:
    """The RSP over the twelve months that end with each month, in its band."""
    points = _points(report.rolling["claims_ratio"])
    if len(points) < 2:
        return None
    values = [value for _figure, value in points]
    axis = nice_axis([*values, BAND[0] - 3, BAND[1] + 3], from_zero=False)
    return _line(
        "report-claims",
        _claims_finding(values, words),
        _("12 months ending with each month, care incurred ÷ fund share, in %"),
        points,
        axis,
        words,
        target=CLAIMS_TARGET,
        band=BAND,
    )


def change_chart(report: Report, words: ReportWords) -> Chart | None:
    """What each category adds to the rise of care in a year; only those that rise are drawn."""
    rising = sorted(
        (row for row in report.categories if row.change.total_minor > 0),
        key=lambda row: -row.change.total_minor,
    )
    total = sum(row.change.total_minor for row in report.categories)
    if not rising or total <= 0:
        return None
    first = rising[0]
    name = _label(first.label_fr, first.label_en, words)
    share = Decimal(first.change.total_minor) / sum(row.change.total_minor for row in rising)
    finding = _("{category}: {share} of what rises").format(
        category=name, share=writing.percent(share, words.language, 0)
    )
    bars = [
        Bar(
            _cut(_label(row.label_fr, row.label_en, words)),
            row.change.total_minor,
            writing.amount(row.change.total_minor, report.currency, words.language, sign=True),
            is_ours=place == 0,
        )
        for place, row in enumerate(rising[:CATEGORIES_SHOWN])
    ]
    unit = CURRENCIES[report.currency].symbol
    told = ", ".join(f"{bar.label} {bar.written}" for bar in bars)
    return Chart(
        finding,
        bar_chart(Words("report-change", finding, told), bars),
        under=_("Rise of care in a year by category, {unit}").format(unit=unit),
        head=(_("Category"), unit),
        rows=tuple(
            (
                _label(row.label_fr, row.label_en, words),
                writing.amount(row.change.total_minor, report.currency, words.language, sign=True),
            )
            for row in report.categories
        ),
    )


def groups_chart(report: Report, words: ReportWords) -> Chart | None:
    """Where the persons covered come from."""
    rows = sorted(report.group_kinds, key=lambda row: -_persons(row))
    total = sum(_persons(row) for row in rows)
    if not total:
        return None
    first = rows[0]
    share = writing.percent(_persons(first) / total, words.language, 0)
    finding = _("{share} of the persons covered: {group}").format(
        share=share, group=words.name_of_cut(first).lower()
    )
    bars = [
        Bar(
            _cut(words.name_of_cut(row)),
            _persons(row),
            words.written(row.figures["persons_covered"]),
            is_ours=place == 0,
        )
        for place, row in enumerate(rows)
    ]
    told = ", ".join(f"{bar.label} {bar.written}" for bar in bars)
    return Chart(
        finding,
        bar_chart(Words("report-groups", finding, told), bars),
        under=_("Persons covered at the end of the period, by kind of group"),
        head=(_("Group"), _("Persons")),
        rows=tuple((bar.label, bar.written) for bar in bars),
    )


def group_claims_chart(report: Report, words: ReportWords) -> Chart | None:
    """The RSP of each kind of group beside the target."""
    rows = [row for row in report.group_kinds if row.figures["claims_ratio"].value is not None]
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: -_ratio(row))
    above = [row for row in rows if _ratio(row) > BAND[1]]
    if above:
        finding = _("RSP above its band: {group}, {value}").format(
            group=words.name_of_cut(above[0]).lower(),
            value=words.written(above[0].figures["claims_ratio"]),
        )
    else:
        finding = _("No kind of group goes above the band of the RSP")
    bars = [
        Bar(
            _cut(words.name_of_cut(row)),
            _ratio(row),
            words.written(row.figures["claims_ratio"]),
            is_ours=row in above or (not above and row is rows[0]),
        )
        for row in rows
    ]
    told = ", ".join(f"{bar.label} {bar.written}" for bar in bars)
    return Chart(
        finding,
        bar_chart(
            Words("report-group-claims", finding, told),
            bars,
            target=CLAIMS_TARGET,
            target_label=_("target {percent} %").format(percent=CLAIMS_TARGET),
        ),
        under=_("Care incurred ÷ fund share, by kind of group, in %"),
        head=(_("Group"), _("RSP")),
        rows=tuple((bar.label, bar.written) for bar in bars),
    )


def _line(
    ident: str,
    finding: str,
    under: str,
    points: Sequence[tuple[Read, Decimal]],
    axis: Axis,
    words: ReportWords,
    *,
    target: int,
    band: tuple[int, int] | None = None,
) -> Chart:
    labels = [words.month_name(figure.period.last) for figure, _value in points]
    written = [words.written(figure) for figure, _value in points]
    told = _("from {first} in {from_month} to {last} in {to_month}").format(
        first=written[0], from_month=labels[0], last=written[-1], to_month=labels[-1]
    )
    svg = line_chart(
        Words(ident, finding, told),
        labels,
        [value for _figure, value in points],
        Axis(axis.low, axis.high, axis.ticks, 1, " %"),
        target=target,
        target_label=_("target {percent} %").format(percent=target),
        band=band,
        language=words.language,
    )
    rows = tuple(zip(labels, written, strict=True))
    return Chart(finding, svg, under=under, head=(_("Month"), "%"), rows=rows)


def _autonomy_finding(values: Sequence[Decimal], words: ReportWords) -> str:
    now, change = values[-1], writing.points_between(values[-1] / 100, values[0] / 100)
    told = {
        "value": writing.percent(now / 100, words.language),
        "points": writing.number(abs(change), words.language, 1),
        "target": AUTONOMY_TARGET,
    }
    if now >= AUTONOMY_TARGET:
        return _("Autonomy is at {value}, above {target} %").format(**told)
    if change <= Decimal("-0.1"):
        return ngettext(
            "Autonomy falls by {points} point, far from {target} %",
            "Autonomy falls by {points} points, far from {target} %",
            1 + (change <= -2),
        ).format(**told)
    if change >= Decimal("0.1"):
        return ngettext(
            "Autonomy rises by {points} point, still below {target} %",
            "Autonomy rises by {points} points, still below {target} %",
            1 + (change >= 2),
        ).format(**told)
    return _("Autonomy does not move: {value}, below {target} %").format(**told)


def _claims_finding(values: Sequence[Decimal], words: ReportWords) -> str:
    value = writing.percent(values[-1] / 100, words.language)
    low, high = BAND
    if values[-1] > high:
        return _("The RSP is above its band: {value}").format(value=value)
    if values[-1] < low:
        return _("The RSP is below its band: {value}").format(value=value)
    if any(each > high or each < low for each in values[:-1]):
        return _("The RSP is back in its band: {value}").format(value=value)
    return _("The RSP stays in its band: {value}").format(value=value)


def _points(series: Sequence[Read]) -> list[tuple[Read, Decimal]]:
    return [(each, Decimal(each.value) * 100) for each in series if each.value is not None]


def _label(label_fr: str, label_en: str, words: ReportWords) -> str:
    return label_fr if words.language == "fr" else label_en


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1].rstrip()}…"


def _persons(row: CutRow) -> Decimal:
    return Decimal(row.figures["persons_covered"].value or 0)


def _ratio(row: CutRow) -> Decimal:
    return Decimal(row.figures["claims_ratio"].value or 0) * 100
