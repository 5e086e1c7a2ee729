"""« D’une année à l’autre »: claims by category and pathology, why they changed, what was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.nomenclature.models import CareCategory, Diagnosis
from entraide.apps.planning.models import CareNote
from entraide.apps.planning.year_on_year import (
    WRITERS,
    YearOnYear,
    claims_behind,
    notes_of,
    year_on_year,
)
from entraide.apps.reporting.services import last_full_year
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.money import CURRENCIES
from entraide.core.periods import Period
from entraide.core.suppression import SMALLEST_SHOWN
from entraide.documents import writing
from entraide.files.flat_csv import amount, csv_file, decimal
from entraide.web.claims.reasons import category_names
from entraide.web.fields import is_uid
from entraide.web.office import OfficeRequest, forbidden, office_view, told
from entraide.web.report.extracts import CSV
from entraide.web.report.periods import asked_period, query_of, usual_choices
from entraide.web.risk.forms import NoteForm
from entraide.web.risk.year_rows import WITHOUT, Rows, average_minor, frequency, heads

READERS = (Right.READ_REPORTS, Right.READ_MEDICAL)
ROWS_PER_PAGE = 50


def reads_medical(request: OfficeRequest) -> bool:
    """Whether pathologies are shown to this person."""
    return Right.READ_MEDICAL in request.rights


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def years(request: OfficeRequest) -> HttpResponse:
    """The period asked for beside the one before; one that cannot be read keeps the usual one."""
    refusal = ""
    try:
        period = period_asked(request)
    except Refusal as refused:
        refusal, period = told(refused), last_full_year(request.day)
    return page(request, period, refusal=refusal)


def page(
    request: OfficeRequest, period: Period, *, refusal: str = "", form: NoteForm | None = None
) -> HttpResponse:
    """The page itself; ``form`` is the note that could not be kept."""
    table = _read(request, period, "claims from year to year")
    rows = Rows(request, table, _notes(request, period))
    shown = rows.rows()
    may_write = bool(set(WRITERS) & request.rights)
    if form is None and may_write:
        form = NoteForm()
    if form is not None:
        form.offer(
            [
                (row.key, f"— {row.name}" if row.is_inside else row.name)
                for row in shown
                if not row.key.endswith(":")  # the claims without diagnosis
            ]
        )
    language = request.LANGUAGE_CODE
    context = {
        "refusal": refusal,
        "months": writing.period(period.start, period.until, language),
        "months_before": writing.period(table.before.start, table.before.until, language),
        "period": period,
        "query": query_of(period),
        "choices": usual_choices(period, request.day),
        "first": f"{period.start:%Y-%m}",
        "last": f"{period.last:%Y-%m}",
        "heads": heads(language),
        "rows": shown,
        "total": rows.total(),
        "chart": rows.chart(),
        "hidden_count": table.hidden_count,
        "smallest": SMALLEST_SHOWN,
        "unit": CURRENCIES[request.mutual.currency].symbol,
        "with_pathologies": reads_medical(request),
        "form": form if shown else None,
        "is_open": bool(form and form.is_bound),
    }
    status = 422 if refusal or (form is not None and form.errors) else 200
    return render(request, "web/risk/years.html", context, status=status)


def period_asked(request: OfficeRequest) -> Period:
    """The months of the address; a refusal names the one that cannot be read."""
    asked = request.GET if request.method != "POST" else request.POST
    return asked_period(asked.get("from", ""), asked.get("to", ""), request.day)


def _read(request: OfficeRequest, period: Period, subject: str) -> YearOnYear:
    """The table as this person may see it; the reading of diagnoses is journalled."""
    medical = reads_medical(request)
    if medical:
        record_audit(
            kind=AuditKind.MEDICAL_READING, mutual=request.mutual, actor=request.user,
            subject=subject, details={"from": period.start, "until": period.until},
        )  # fmt: skip
    return year_on_year(request.mutual, period, request.day, with_pathologies=medical)


def _notes(request: OfficeRequest, period: Period) -> list[CareNote]:
    return notes_of(request.mutual, period, with_medical=reads_medical(request))


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def years_file(request: OfficeRequest) -> HttpResponse:
    """The same table as a file, each figure of both periods and the notes; journalled."""
    period = period_asked(request)
    table = _read(request, period, "file of claims from year to year")
    rows = Rows(request, table, _notes(request, period))
    lines = list(_lines(request, table, rows))
    record_audit(
        kind=AuditKind.EXPORT, mutual=request.mutual, actor=request.user,
        subject="claims from year to year", details={"rows": len(lines), "from": period.start},
    )  # fmt: skip
    content = csv_file(
        [
            "categorie", "pathologie", "code", "cas_avant", "cas", "annees_personnes_avant",
            "annees_personnes", "frequence_avant", "frequence", "cout_moyen_avant", "cout_moyen",
            "soins_avant", "soins", "evolution", "effet_personnes", "effet_frequence",
            "effet_cout", "explications",
        ],
        lines,
    )  # fmt: skip
    name = f"{request.mutual.code}-annees-{period.start:%Y-%m}-{period.last:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=CSV, headers=headers)


def _lines(request: OfficeRequest, table: YearOnYear, rows: Rows) -> Iterable[list[Any]]:
    currency, names = request.mutual.currency, category_names()
    notes = {shown.key: shown.notes for shown in rows.rows()}

    def money(minor: int | None) -> str | None:
        return None if minor is None else amount(minor, currency)

    for category in table.rows:
        for row in (category, *category.inside):
            pair, which, change = (row.before, row.now), row.pathology, row.change
            key = row.category if which is None else f"{row.category}:{which.uid}"
            yield [
                names.get(row.category, row.category),
                "" if which is None else rows.name(row),
                which.code if which else "",
                *(care and care.cases for care in pair),
                *(care and decimal(care.person_years) for care in pair),
                *(care and decimal(frequency(care)) for care in pair),
                *(care and money(average_minor(care)) for care in pair),
                *(care and money(care.amount_minor) for care in pair),
                *(
                    [None] * 4
                    if change is None
                    else map(
                        money,
                        (change.total_minor, change.persons_minor, change.frequency_minor,
                         change.cost_minor),
                    )
                ),
                " | ".join(f"{note.text} ({note.written_by}, {note.written_on:%d/%m/%Y})"
                           for note in notes[key]),
            ]  # fmt: skip


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def claims(request: OfficeRequest) -> HttpResponse:
    """The claims behind a row. The register is read, and for a pathology the diagnoses, by who
    may; a number that is hidden from this person does not open."""
    if Right.READ_REGISTERS not in request.rights:
        return forbidden(request, frozenset({Right.READ_REGISTERS}))
    period = period_asked(request)
    category = CareCategory.objects.filter(code=request.GET.get("category", "")).first()
    if category is None:
        raise Http404("category")
    which, name = request.GET.get("pathology", ""), category_names()[category.code]
    diagnosis: Diagnosis | str | None = None
    if which:
        if not reads_medical(request):
            return forbidden(request, frozenset({Right.READ_MEDICAL}))
        diagnosis, label = _diagnosis(which)
        name = f"{name}, {label}"
        record_audit(
            kind=AuditKind.MEDICAL_READING, mutual=request.mutual, actor=request.user,
            subject="claims of a pathology", details={"pathology": label, "from": period.start},
        )  # fmt: skip
    elif not reads_medical(request):
        table = year_on_year(request.mutual, period, request.day, with_pathologies=False)
        if any(row.category == category.code and row.now is None for row in table.rows):
            raise Refusal("CARE_TOO_FEW", category=name, smallest=SMALLEST_SHOWN)
    found = claims_behind(request.mutual, period, category, diagnosis)
    context = {
        "name": name,
        "months": writing.period(period.start, period.until, request.LANGUAGE_CODE),
        "query": query_of(period),
        "page": Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "total_minor": sum(row["amount"] for row in found),
        "count": len(found),
    }
    return render(request, "web/risk/claims.html", context)


def _diagnosis(which: str) -> tuple[Diagnosis | str, str]:
    if which == WITHOUT:
        return "", _("Without diagnosis")
    found = Diagnosis.objects.filter(uid=which).first() if is_uid(which) else None
    if found is None:
        raise Http404("pathology")
    return found, found.label
