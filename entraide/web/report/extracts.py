"""Flat files of the registers, for who keeps a spreadsheet or accounting of their own."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from entraide.apps.reporting.flat_columns import FLAT_FILES, KINDS, FlatFile
from entraide.apps.reporting.flat_files import column_meaning, dictionary_file, flat_file
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.messages import translate
from entraide.web.office import OfficeRequest, office_view, told
from entraide.web.report.periods import asked_period

CSV = "text/csv; charset=utf-8"
READERS = (Right.READ_REGISTERS, Right.READ_BOOKS)


@require_GET
@office_view(right=READERS)
def extracts(request: OfficeRequest) -> HttpResponse:
    """The files that this person may take, each with its columns."""
    language = request.LANGUAGE_CODE
    refusal, period = "", None
    try:
        period = _asked(request)
    except Refusal as refused:
        refusal = told(refused)
    context = {
        "files": [_shown(file, language) for file in _of(request)],
        "refusal": refusal,
        "query": request.GET.urlencode() if period else "",
        "period": period,
        "first": f"{period.start:%Y-%m}" if period else request.GET.get("from", ""),
        "last": f"{period.last:%Y-%m}" if period else request.GET.get("to", ""),
    }
    return render(request, "web/report/extracts.html", context, status=422 if refusal else 200)


@require_GET
@office_view(right=READERS)
def extract(request: OfficeRequest, register: str) -> HttpResponse:
    """One file, of all time or of the months asked for; logged."""
    file = FLAT_FILES.get(register)
    if file is None or file.right not in request.rights:
        raise Http404(register)
    period = _asked(request)
    content = flat_file(mutual=request.mutual, file=file, period=period, actor=request.user)
    months = f"-{period.start:%Y-%m}-{period.last:%Y-%m}" if period and file.dated else ""
    return _download(content, f"{request.mutual.code}-{register}{months}.csv")


@require_GET
@office_view(right=READERS)
def dictionary(request: OfficeRequest) -> HttpResponse:
    """What every column means."""
    return _download(dictionary_file(request.LANGUAGE_CODE), "dictionnaire.csv")


def _of(request: OfficeRequest) -> list[FlatFile]:
    return [file for file in FLAT_FILES.values() if file.right in request.rights]


def _asked(request: OfficeRequest) -> Period | None:
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    return asked_period(first, last, request.day) if first or last else None


def _shown(file: FlatFile, language: str) -> dict[str, object]:
    return {
        "name": file.name,
        "title": translate(file.title, language),
        "dated": file.dated,
        "columns": [
            (
                column.name,
                translate(KINDS[column.kind], language),
                column_meaning(column, language),
            )
            for column in file.columns
        ],
    }


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=CSV, headers=headers)
