"""« Suivi des adhésions »: the monthly table, each figure opening to its rows, and the cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.reporting.membership_table import MembershipTable, membership_table
from entraide.apps.reporting.report import MEMBERSHIP_MONTHS
from entraide.apps.schemes.choices import RENEWAL_RATE_DAYS
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.core.periods import Period
from entraide.documents import writing
from entraide.documents.report_words import GROUP_KINDS, MEMBERSHIP_HEADS, written
from entraide.indicators.catalogue import BY_CODE
from entraide.indicators.engine import Figure
from entraide.messages import translate
from entraide.web.figures import Definition
from entraide.web.groups.kinds import kind_tabs
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.report.periods import asked_period, query_of, usual_choices

# The columns that add up: families at the start, those that came, those that left, at the end.
MOVEMENT = MEMBERSHIP_MONTHS[: MEMBERSHIP_MONTHS.index("households_covered") + 1]

# A ratio opens to the rows of what it counts; a state or a flow to its own.
ROWS_OF = {
    "mean_household_size": "persons_covered",
    "retention_rate": "households_to_renew",
    "growth_rate": "households_covered",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a month, and the way to its rows."""

    text: str
    url: str
    under: str = ""


@require_safe
@office_view(right=Right.READ_REPORTS)
def follow_up(request: OfficeRequest) -> HttpResponse:
    """Months as rows, figures as columns, the whole period below; then the cohorts."""
    asked = asked_period(request.GET.get("from", ""), request.GET.get("to", ""), request.day)
    kept = {name: request.GET.get(name, "") for name in ("from", "to")}
    kinds = kind_tabs(request, **kept)
    worked_out = partial(
        membership_table, mutual=request.mutual, start=asked.start, until=asked.until,
        on=request.day, group_kind=kinds.asked,
    )  # fmt: skip
    table = Remembered(request.mutual, request.day).figure(
        f"months {asked.start} {asked.until} of {kinds.asked}", worked_out
    )
    language = request.LANGUAGE_CODE
    context = {
        "months": writing.period(table.period.start, table.period.until, language),
        "choices": usual_choices(table.period, request.day, kinds.asked),
        "kinds": kinds,
        "tables": [
            _part(request, table, kinds.asked, _("Families covered"), MOVEMENT),
            _part(
                request,
                table,
                kinds.asked,
                _("Persons, renewals and rates"),
                MEMBERSHIP_MONTHS[len(MOVEMENT) :],
            ),
        ],
        "cohorts": _cohorts(table, language),
        "renewal_days": RENEWAL_RATE_DAYS.of(request.mutual),
        "retention": Definition(
            translate(BY_CODE["retention_rate"].name, language),
            translate(BY_CODE["retention_rate"].definition, language),
        ),
    }
    return render(request, "web/renewals/months.html", context)


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of the table, months as rows, the whole period below."""

    title: str
    heads: list[Definition]
    rows: list[tuple[str, list[Cell]]]
    whole: list[Cell]


def _part(
    request: OfficeRequest,
    table: MembershipTable,
    group_kind: str | None,
    title: str,
    codes: tuple[str, ...],
) -> Part:
    language = request.LANGUAGE_CODE
    rows = []
    for figures in zip(*(table.months[code] for code in codes), strict=True):
        period = figures[0].period
        name = writing.month(period.last, language)
        rows.append((name, [_cell(request, figure, period, group_kind) for figure in figures]))
    heads = [
        Definition(
            translate(MEMBERSHIP_HEADS[code], language),
            f"{translate(BY_CODE[code].name, language)}. "
            + translate(BY_CODE[code].definition, language),
        )
        for code in codes
    ]
    return Part(
        title,
        heads,
        rows,
        [_cell(request, table.whole[code], table.period, group_kind) for code in codes],
    )


def _cell(request: OfficeRequest, figure: Figure, period: Period, group_kind: str | None) -> Cell:
    code = ROWS_OF.get(figure.code, figure.code)
    query = query_of(period, group_kind)
    if code != figure.code:
        query += "&" + urlencode({"of": figure.code})
    url = f"{office_url(request, 'report-rows', code=code)}?{query}"
    text = written(figure, request.mutual.currency, request.LANGUAGE_CODE)
    return Cell(text, url if figure.value is not None else "")


def _cohorts(table: MembershipTable, language: str) -> list[tuple[str, list[tuple[str, Cell]]]]:
    """Each cut with its rows: name, rate, « 12 ÷ 15 »."""
    titles = {
        "group_kind": _("By kind of group"),
        "cohort": _("By year of enrolment"),
        "group": _("By group"),
    }
    return [
        (
            titles[by],
            [
                (
                    _cohort_name(by, row.key, row.name, language),
                    Cell(
                        written(row.rate, "", language),
                        "",
                        f"{row.rate.numerator} ÷ {row.rate.denominator}",
                    ),
                )
                for row in rows
            ],
        )
        for by, rows in table.cohorts.items()
        if rows
    ]


def _cohort_name(by: str, key: str, name: str, language: str) -> str:
    if by == "group_kind":
        return translate(GROUP_KINDS.get(key, key), language)
    return name or key or _("Families without a group")
