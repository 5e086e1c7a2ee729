"""The risk board: care beside what the tariffs assumed, by risk, by category, month by month."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.planning.risk_board import Board, risk_board
from entraide.apps.planning.tariff_assumptions import assumptions_waiting
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import products
from entraide.core.money import round_half_up
from entraide.core.risk_gaps import ALERT_MONTHS, FEWEST_CASES, Measure, Seen
from entraide.documents import writing
from entraide.files.flat_csv import amount, csv_file, decimal
from entraide.web.office import OfficeRequest, office_view
from entraide.web.report.extracts import CSV
from entraide.web.risk.board_rows import GAP_MEANING, MEANINGS, MEASURES, Writer, part_asked


def _asked(request: OfficeRequest) -> tuple[Board, Product | None]:
    """The board of the whole mutual, or of the product in the address."""
    code = request.GET.get("product", "")
    product = products(request.mutual).filter(code=code).first() if code else None
    return risk_board(request.mutual, request.day, product), product


@require_safe
@office_view(right=Right.READ_REPORTS, of_whole_mutual=True)
def board(request: OfficeRequest) -> HttpResponse:
    """Where we stand against the tariffs, what gives the alert, where each assumption is from."""
    read, product = _asked(request)
    writer = Writer(read, request.mutual.currency, request.LANGUAGE_CODE)
    part = part_asked(read, request.GET.get("part", ""))
    query = {"product": product.code} if product else {}
    context = {
        "period": writer.period(),
        "product": product,
        "products": [(each.code, each.name) for each in products(request.mutual)],
        "query": request.GET.urlencode(),
        "alerts": [writer.alert(row, alert) for row, alert in read.alerts],
        "part_name": writer.name(part),
        "is_whole": part is read.whole,
        "figures": writer.figures(part),
        "charts": writer.charts(part),
        "months": writer.months(part),
        "whole": writer.line(read.whole, part, query),
        "by_risk": [writer.line(row, part, query) for row in read.of("risk")],
        "by_category": [writer.line(row, part, query) for row in read.of("category")],
        "sources": read.sources,
        "plan": next((each.plan for each in read.sources if each.plan), None),
        "has_missing": any(each.is_missing for each in read.sources),
        "waiting_count": assumptions_waiting(request.mutual).count(),
        "threshold": writing.percent(read.threshold, request.LANGUAGE_CODE, 0),
        "running": ALERT_MONTHS,
        "fewest": FEWEST_CASES,
        "meanings": [*((MEASURES[each], MEANINGS[each]) for each in Measure)],
        "gap_meaning": GAP_MEANING,
        "may_change_settings": Right.CHANGE_SETTINGS in request.rights,
        "any_care": bool(read.whole.rolling[-1].actual.cases),
    }
    return render(request, "web/risk/board.html", context)


@require_safe
@office_view(right=Right.READ_REPORTS, of_whole_mutual=True)
def board_file(request: OfficeRequest) -> HttpResponse:
    """Every part of care in every month shown, and over the twelve that end with it; journalled."""
    read, product = _asked(request)
    writer = Writer(read, request.mutual.currency, request.LANGUAGE_CODE)
    lines = [
        [product.code if product else "", row.kind, row.code, writer.name(row), month, span,
         *_figures(seen, request.mutual.currency)]
        for row in read.rows
        for span, series in (("mois", row.months), ("12 mois", row.rolling))
        for month, seen in zip(_months(read), series, strict=True)
    ]  # fmt: skip
    record_audit(
        kind=AuditKind.EXPORT, mutual=request.mutual, actor=request.user, subject="risk board",
        details={"rows": len(lines), "from": read.period.start},
    )  # fmt: skip
    heads = [
        "formule", "lecture", "code", "part", "mois", "duree", "cas", "cas_attendus", "soins",
        "soins_attendus", "annees_personnes", "annees_personnes_a_risque", "frequence",
        "frequence_tarif", "ecart_frequence", "cout_moyen", "cout_moyen_tarif", "ecart_cout_moyen",
        "cout_par_personne", "cout_par_personne_tarif", "ecart_cout_par_personne",
    ]  # fmt: skip
    name = f"{request.mutual.code}-risques-{read.period.last:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(csv_file(heads, lines), content_type=CSV, headers=headers)


def _months(read: Board) -> list[Any]:
    return [month.start for month in read.period.months()]


def _figures(seen: Seen, currency: str) -> list[Any]:
    told = seen.shown
    cells: list[Any] = [
        told.cases,
        decimal(seen.expected_cases) if seen.has_expectation else None,
        amount(told.amount_minor, currency),
        amount(round_half_up(seen.expected_minor), currency) if seen.has_expectation else None,
        decimal(told.person_years),
        decimal(told.exposure),
    ]
    for measure in Measure:
        for value in (told.value(measure), seen.expected(measure)):
            if value is None:
                cells.append(None)
            elif measure is Measure.FREQUENCY:
                cells.append(decimal(value))
            else:
                cells.append(amount(round_half_up(value), currency))
        cells.append(decimal(seen.gap(measure)))
    return cells
