"""The mutuals side by side: common indicators, own money, what is missing or fragile said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.reporting.benchmark import (
    ADDED_UP,
    COMMON,
    BenchmarkRow,
    Consolidated,
    consolidated,
)
from entraide.apps.reporting.benchmark import benchmark as compared
from entraide.apps.reporting.services import last_full_year
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.money import CURRENCIES
from entraide.documents import writing
from entraide.documents.report_words import written
from entraide.indicators.catalogue import BY_CODE, Unit
from entraide.indicators.engine import Figure
from entraide.messages import translate
from entraide.web.figures import Definition
from entraide.web.network.frame import NetworkRequest, network_view, shown


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one mutual as written, and why it is absent or fragile."""

    mutual: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator across the mutuals."""

    definition: Definition
    cells: list[Cell]


@require_safe
@network_view(right=Right.READ_REPORTS)
def benchmark(request: NetworkRequest) -> HttpResponse:
    """Everything of the mutuals where the person serves; what the others of the network share."""
    own = [mutual for mutual in request.readable if not mutual.is_training]
    others: list[Mutual] = []
    if Right.ADMINISTER in request.network_rights:
        known = {mutual.pk for mutual in own}
        others = list(Mutual.objects.exclude(pk__in=known).select_related("federation"))
    rows = compared(own, others, on=request.day)
    context = {
        "rows": rows,
        "countries": len({row.mutual.country for row in rows}),
        "period": last_full_year(request.day),
        "lines": [_line(code, rows, last_full_year(request.day).last) for code in COMMON],
        "notes": [(row.mutual.name, _notes(row)) for row in rows],
        "currencies": [
            (CURRENCIES[each.currency].symbol, each.mutual_count) for each in consolidated(rows)
        ],
        "sums": _sums(consolidated(rows)),
    }
    return shown(request, "web/network/benchmark.html", context)


def _line(code: str, rows: list[BenchmarkRow], last: date) -> Line:
    """``last``: the end of the months compared, on which a reserve is counted."""
    language = get_language() or "fr"
    indicator = BY_CODE[code]
    name = translate(indicator.name, language)
    if code == "reserve_months":
        name = _("{name}, on {day}").format(name=name, day=writing.day(last, language))
    definition = Definition(name, translate(indicator.definition, language))
    return Line(definition, [_cell(row, code) for row in rows])


def _cell(row: BenchmarkRow, code: str) -> Cell:
    figure, name = row.figures[code], row.mutual.name
    if figure is None:
        return Cell(name, writing.ABSENT, _("not shared by the statutes"))
    if figure.value is None:
        return Cell(name, writing.ABSENT, _("nothing to divide by"))
    return Cell(name, in_words(figure, row.mutual.currency))


def in_words(figure: Figure, currency: str) -> str:
    """A figure with its unit; a sum of money in the mutual's own."""
    language = get_language() or "fr"
    if figure.unit is Unit.MONEY:
        return writing.money(round(Decimal(figure.value or 0)), currency, language)
    return written(figure, currency, language)


def _notes(row: BenchmarkRow) -> list[str]:
    """What a reader must know before comparing."""
    notes = []
    if row.months_missing:
        notes.append(
            _("%(count)d months of twelve without an entry") % {"count": row.months_missing}
        )
    if row.is_small:
        notes.append(_("few persons: ratios are fragile"))
    if any(figure is None for figure in row.figures.values()):
        notes.append(_("part of the figures is not shared"))
    return notes


def _sums(by_currency: list[Consolidated]) -> list[tuple[str, list[str]]]:
    """Each figure that adds up, with its sum in each money."""
    language = get_language() or "fr"
    return [
        (translate(BY_CODE[code].name, language), [_sum(code, of, language) for of in by_currency])
        for code in ADDED_UP
    ]


def _sum(code: str, of: Consolidated, language: str) -> str:
    value, count = of.sums[code]
    if not count:
        return writing.ABSENT
    if BY_CODE[code].unit is Unit.MONEY:
        text = writing.money(round(Decimal(value)), of.currency, language)
    else:
        text = writing.number(value, language)
    if count < of.mutual_count:
        text += " " + _("(%(count)d of %(all)d)") % {"count": count, "all": of.mutual_count}
    return text
