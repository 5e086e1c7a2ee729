"""The report of the mutual: on the page, as a spreadsheet, as a PDF, down to the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entraide.apps.reporting.report import Report
from entraide.apps.reporting.services import (
    figure_rows,
    kinds_in_period,
    last_full_year,
    run_report,
)
from entraide.apps.schemes.care_terms import TARGETS
from entraide.apps.schemes.flags import SCHEME_EXCHANGE, is_open
from entraide.apps.schemes.rights import Right
from entraide.core.delays import Step
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.documents import writing
from entraide.documents.report_pdf import report_pdf
from entraide.documents.report_words import GROUP_KINDS, ReportWords
from entraide.documents.report_xlsx import report_workbook
from entraide.documents.writing import period as period_in_words
from entraide.indicators.catalogue import BY_CODE, Question
from entraide.indicators.quantities import Flow, Over
from entraide.messages import translate
from entraide.web.claims.reasons import category_names
from entraide.web.office import OfficeRequest, office_view, told
from entraide.web.report import findings
from entraide.web.report.drill import Names, row_table
from entraide.web.report.periods import (
    Choice,
    asked_kind,
    asked_period,
    query_of,
    usual_choices,
)
from entraide.web.report.shown import Shown, with_unit

ROWS_PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@office_view(right=Right.READ_REPORTS)
def report(request: OfficeRequest) -> HttpResponse:
    """The period asked for; a period that cannot be told keeps the usual one below its refusal."""
    refusal = ""
    try:
        made = _report(request, _asked(request))
    except Refusal as refused:
        refusal = told(refused)
        made = _report(request, last_full_year(request.day))
    may_extract = bool({Right.READ_REGISTERS, Right.READ_BOOKS} & request.rights)
    may_exchange = Right.COORDINATE in request.rights
    context = {
        "refusal": refusal,
        "may_extract": may_extract,
        "exchanges_with_scheme": may_exchange
        and is_open(request.mutual, SCHEME_EXCHANGE, request.day),
        **_page(request, made),
    }
    return render(request, "web/report/page.html", context, status=422 if refusal else 200)


@require_GET
@office_view(right=Right.READ_REPORTS)
def spreadsheet(request: OfficeRequest) -> HttpResponse:
    """The same figures as a spreadsheet."""
    return _file(request, report_workbook, XLSX, "xlsx")


@require_GET
@office_view(right=Right.READ_REPORTS)
def pdf(request: OfficeRequest) -> HttpResponse:
    """The same figures as a paper to sign."""
    return _file(request, report_pdf, "application/pdf", "pdf")


@require_GET
@office_view(right=Right.READ_REPORTS)
def rows(request: OfficeRequest, code: str) -> HttpResponse:
    """The facts that a figure counts or adds up, fifty a page."""
    indicator = BY_CODE.get(code)
    if indicator is None or not isinstance(indicator.quantity, Flow) or indicator.only_by:
        raise Http404(code)
    asked = _asked(request)
    kind = asked_kind(request.GET.get("kind", ""))
    figure, found = figure_rows(
        mutual=request.mutual, code=code, period=asked, on=request.day, group_kind=kind
    )
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    language = request.LANGUAGE_CODE
    names = Names(language, category_names())
    shown = row_table(list(page.object_list), request.mutual, names, request.rights)
    of = BY_CODE.get(request.GET.get("of", ""))
    context = {
        "name": translate(indicator.name, language),
        "meaning": translate(indicator.definition, language),
        "part_of": translate(of.name, language) if of is not None and of is not indicator else "",
        "months": period_in_words(asked.start, asked.until, language),
        "covered": _covered(indicator.quantity, asked, language),
        "query": query_of(asked, kind),
        "total": with_unit(figure, request.mutual.currency, language),
        "table": shown,
        "page": page,
    }
    return render(request, "web/report/rows.html", context)


def _covered(flow: Flow, asked: Period, language: str) -> str:
    """The days of the rows: the period, its last month for a state, all time for a balance."""
    if flow.over is Over.RUNNING:
        return _("From the beginning to {day}").format(day=writing.day(asked.last, language))
    if flow.over is Over.FIRST:
        eve = writing.day(asked.start - timedelta(days=1), language)
        return _("On the eve of the period, {day}").format(day=eve)
    if flow.over is Over.LAST:
        return writing.month(asked.last, language)
    return period_in_words(asked.start, asked.until, language)


def _asked(request: OfficeRequest) -> Period:
    return asked_period(request.GET.get("from", ""), request.GET.get("to", ""), request.day)


def _report(request: OfficeRequest, asked: Period) -> Report:
    return run_report(
        mutual=request.mutual,
        start=asked.start,
        until=asked.until,
        on=request.day,
        group_kind=asked_kind(request.GET.get("kind", "")),
    )


def _file(
    request: OfficeRequest, write: Callable[[Report, str], bytes], kind: str, ending: str
) -> HttpResponse:
    made = _report(request, _asked(request))
    name = f"{made.mutual_code}-{made.period.start:%Y-%m}-{made.period.last:%Y-%m}.{ending}"
    return HttpResponse(
        write(made, request.LANGUAGE_CODE),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(request: OfficeRequest, made: Report) -> dict[str, object]:
    shown = Shown(request, made)
    words = shown.words
    balance = [findings.autonomy_chart(made, words), findings.claims_ratio_chart(made, words)]
    members = [findings.groups_chart(made, words), findings.group_claims_chart(made, words)]
    return {
        "report": made,
        "words": words,
        "months": words.months(),
        "months_before": words.months_before(),
        "remarks": words.remarks(),
        "query": query_of(made.period, made.group_kind),
        "choices": usual_choices(made.period, request.day, made.group_kind),
        "kinds": _kinds(request, made),
        "kind_asked": request.GET.get("kind", "") if made.group_kind is not None else "",
        "first": request.GET.get("from") or f"{made.period.start:%Y-%m}",
        "last": request.GET.get("to") or f"{made.period.last:%Y-%m}",
        "head": shown.head(),
        "balance_charts": [each for each in balance if each is not None],
        "change_chart": findings.change_chart(made, words),
        "member_charts": [each for each in members if each is not None],
        "funds": shown.lines(Question.FUNDS, _("All figures of the funds")),
        "care": shown.lines(Question.CARE, _("All figures of care")),
        "membership": shown.lines(Question.MEMBERSHIP, _("All figures of memberships")),
        "contributions": shown.lines(Question.CONTRIBUTIONS, _("All figures of contributions")),
        "categories": words.category_table(),
        "products": words.product_table(),
        "groups": words.group_table(),
        "by_month": words.month_table(),
        "prompt": _prompt(shown),
        "promise_days": TARGETS[Step.RECEPTION_TO_PAYMENT].of(request.mutual),
    }


def _kinds(request: OfficeRequest, made: Report) -> list[Choice]:
    """The kinds of group of the period, to read the whole report of one of them."""
    words = ReportWords(made, request.LANGUAGE_CODE)
    found = kinds_in_period(mutual=request.mutual, period=made.period, on=request.day)
    choices = [Choice(_("The whole mutual"), query_of(made.period), made.group_kind is None)]
    return choices + [
        Choice(
            words.say(GROUP_KINDS.get(kind, kind)),
            query_of(made.period, kind),
            made.group_kind == kind,
        )
        for kind in found
    ]


def _prompt(shown: Shown) -> list[tuple[str, str]]:
    """How fast care is paid: each figure with its name."""
    codes = ("promptness_rate", "payment_delay_median", "payment_delay_p90", "rejection_rate")
    return [
        (shown.words.name(BY_CODE[code]), _told(shown, code))
        for code in codes
        if shown.report.now(code).value is not None
    ]


def _told(shown: Shown, code: str) -> str:
    """« 18 ÷ 26 = 70,4 % » for a share, else the figure."""
    figure = shown.report.now(code)
    if figure.numerator is None or figure.denominator is None:
        return shown.with_unit(figure)
    return f"{figure.numerator} ÷ {figure.denominator} = {shown.with_unit(figure)}"
