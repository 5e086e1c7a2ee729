"""Imports as pages: the list with the way in, one import before and after, what is to correct."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.models import BEING_CARRIED_OUT, OVER, ImportRun, RunState
from entraide.apps.takeover.rows import has_families
from entraide.core.errors import Finding, Refusal
from entraide.documents import writing
from entraide.documents.import_model import model_workbook
from entraide.exchange.registers.background import is_interrupted
from entraide.exchange.registers.choices import take_up_choices
from entraide.exchange.registers.heartbeat import heard
from entraide.exchange.registers.opening import Opened, profile_named, recognised
from entraide.exchange.registers.plan import Action, Line, Plan
from entraide.exchange.registers.running import (
    RIGHTS,
    note_reading,
    plan_run,
    prepare_import,
    right_of,
    run_for,
    runs,
)
from entraide.exchange.registers.unread_columns import MONEY_UNREAD, TO_CORRECT
from entraide.files.flat_csv import harmless
from entraide.files.table_profile import TableProfile
from entraide.files.table_reading import corrected_rows
from entraide.web.imports.advances import CARRIERS, shown_advances
from entraide.web.imports.forms import ChoicesForm, FileForm, profiles_for
from entraide.web.imports.settling import shown_settlements
from entraide.web.imports.wording import (
    ACTIONS,
    COUNT_NAMES,
    FIELD_NAMES,
    RETURNS,
    is_returns,
    place_told,
    profile_title,
    state_of,
    told,
    understood,
)
from entraide.web.names import State
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.office import told as refusal_told

IMPORTERS = frozenset(RIGHTS)
# Who answers for the money that a file tells reads it, and carries nothing out.
READERS = IMPORTERS | {Right.IMPORT_STATEMENT}
ROWS_PER_PAGE = 50
FAULTS_SHOWN = 200
REMARKS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Said:
    """A fault or a remark: where, and what to do."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the plan with its state."""

    line: Line
    state: State


@dataclass(frozen=True, slots=True)
class ShownCount:
    """One figure of an import, written."""

    name: str
    value: str


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=READERS, of_whole_mutual=True)
def import_list(request: OfficeRequest) -> HttpResponse:
    """The way in: a file to send, models to fill in, and what was imported before."""
    form = FileForm(request.POST or None, request.FILES or None, rights=request.rights)
    fault = ""
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            profile = recognised(content, profile=form.cleaned_data["profile"])
            said = command_arguments(request)
            run = prepare_import(
                **said, file_name=file.name, content=content, profile=profile.profile, options={}
            )
            take_up_choices(run, request.user, request.day)
            note_reading(run, actor=request.user, on=request.day)
            return redirect(office_url(request, "import", uid=run.uid))
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            fault = _told_by_title(refusal, request)
    language = request.LANGUAGE_CODE
    page = Paginator(runs(request.mutual), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "fault": fault,
        "page": page,
        "rows": [(run, _title(run, language), state_of(run)) for run in page],
        "may_send": bool(profiles_for(request.rights)),
        "models": [(each, profile_title(each, language)) for each in _models(request)],
    }
    status = 422 if fault or form.errors else 200
    return render(request, "web/imports/list.html", context, status=status)


def _told_by_title(refusal: Refusal, request: OfficeRequest) -> str:
    """What a refusal says, its profiles by the names that stand in the form, not by their codes."""
    if refusal.code not in ("TABLE_UNRECOGNISED", "TABLE_AMBIGUOUS"):
        return refusal_told(refusal)
    titles = {
        each.profile: f"«\u00a0{profile_title(each, request.LANGUAGE_CODE)}\u00a0»"
        for each in profiles_for(request.rights)
    }
    codes = str(refusal.data["known"]).split(", ")
    known = ", ".join(titles[code] for code in codes if code in titles)
    return refusal_told(Refusal(refusal.code, **{**refusal.data, "known": known}))


def _title(run: ImportRun, language: str) -> str:
    return profile_title(profile_named(run.profile), language)


def _models(request: OfficeRequest) -> list[TableProfile]:
    """The tables of which a person may take a model; photos have none."""
    return [each for each in profiles_for(request.rights) if each.kind != "photos"]


@require_safe
@office_view(right=IMPORTERS, of_whole_mutual=True)
def model(request: OfficeRequest, profile: str) -> HttpResponse:
    """The model of a table, made on the fly."""
    known = next((each for each in _models(request) if each.profile == profile), None)
    if known is None:
        raise Http404(profile)
    words = {
        "table": _("Table"),
        "sheet": _("Columns"),
        "column": _("Column"),
        "holds": _("What it holds"),
        "needed": _("Needed"),
        "other": _("Also known as"),
        "yes": _("yes"),
    }
    content = model_workbook(known, {name: str(text) for name, text in FIELD_NAMES.items()}, words)
    return HttpResponse(
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="modele-{profile}.xlsx"'},
    )


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def import_page(request: OfficeRequest, uid: Any) -> HttpResponse:
    """One import: what it would change, or what it changed."""
    run = run_for(request.mutual, uid)
    if run.state in BEING_CARRIED_OUT:
        return running_page(request, run)
    if request.htmx:  # the page that looked on while it ran
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if run.state in OVER:
        return render(request, "web/imports/done.html", _done(request, run))
    return draft_page(request, run)


def running_page(request: OfficeRequest, run: ImportRun) -> HttpResponse:
    """How far an import has come that waits for the background worker or is carried out by it."""
    beat = heard(run.uid)
    is_gone = beat is None and is_interrupted(run)
    if not is_gone and run_for(request.mutual, run.uid).state not in BEING_CARRIED_OUT:
        return import_page(request, request.mutual.code, uid=run.uid)
    context = {
        "run": run,
        "is_returns": is_returns(run),
        "title": _title(run, request.LANGUAGE_CODE),
        "is_interrupted": is_gone,
        "is_queued": run.state == RunState.QUEUED and not is_gone,
        "rows_read": beat.done if beat is not None and beat.step == "rows" else 0,
        "progress": beat if beat is not None and beat.total else None,
        "step": COUNT_NAMES.get(beat.step, "") if beat is not None else "",
    }
    return render(request, "web/imports/running.html", context)


def draft_page(
    request: OfficeRequest, run: ImportRun, form: ChoicesForm | None = None, *, status: int = 200
) -> HttpResponse:
    """What a draft would change, with its columns to choose."""
    try:
        opened, plan = plan_run(run, actor=request.user, on=request.day)
    except Refusal as refusal:
        context = {"run": run, "fault": refusal_told(refusal), "is_returns": is_returns(run)}
        return render(request, "web/imports/unreadable.html", context, status=422)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    heading = opened.table.headings[0] if opened.table.headings else None
    form = form or ChoicesForm(
        mutual=request.mutual, profile=opened.profile, heading=heading, options=run.options
    )
    form.mark_needed(plan.faults)
    page = Paginator(plan.lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "is_returns": opened.profile.kind == RETURNS,
        "title": profile_title(opened.profile, language),
        "opened": opened,
        "plan": plan,
        "form": form,
        "columns": _columns(opened, form, currency, language),
        "options": [form[name] for name in form.fields if not name.startswith("column-")],
        "unread": _unread(opened),
        "faults": said(plan.faults[:FAULTS_SHOWN], currency, language),
        "faults_count": len(plan.faults),
        "remarks": said(plan.remarks[:REMARKS_SHOWN], currency, language),
        "remarks_count": len(plan.remarks),
        "counts": counts_shown(plan.counts, currency, language),
        "page": page,
        "lines": [ShownLine(line, ACTIONS[line.action]) for line in page],
        "names_families": any(line.household_number for line in plan.lines),
        "has_amounts": any(line.amount_minor is not None for line in plan.lines),
        "called_minor": sum(
            line.amount_minor or 0
            for line in plan.lines
            if opened.profile.kind == "members" and line.action is Action.CREATE
        ),
        "paid_unread": said(
            [each for each in plan.remarks if each.code == MONEY_UNREAD], currency, language
        ),
        "unmatched_count": plan.by_action.get(Action.UNMATCHED, 0),
        "aside_count": plan.by_action.get(Action.ASIDE, 0),
        "may_act": right_of(run.profile) in request.rights,
        "supposes_kept_back": opened.profile.kind == "loans"
        and not any("contribution_minor" in row.values for row in opened.table.rows),
        "is_refused": run.state == RunState.REFUSED,
        "refusal": refusal_told(Refusal(run.refusal, file=run.file_name))
        if run.refusal not in ("", "INPUT_REFUSED") and not plan.faults
        else "",
    }
    return render(request, "web/imports/draft.html", context, status=status)


def _unread(opened: Opened) -> list[str]:
    """The headers of the columns that no field is read from."""
    found = [
        text
        for heading in opened.table.headings
        for _, text in heading.unknown
        if text != TO_CORRECT
    ]
    return list(dict.fromkeys(found))


def _columns(
    opened: Opened, form: ChoicesForm, currency: str, language: str
) -> list[tuple[Any, bool, list[tuple[str, str]]]]:
    """(field of the form, whether it is needed, texts of the file with what was understood)."""
    rows = []
    for field in opened.profile.fields:
        if f"column-{field.name}" not in form.fields:
            continue
        examples = [
            (text, understood(field.name, value, currency, language))
            for text, value in opened.table.examples.get(field.name, ())
        ]
        is_needed = opened.profile.is_required(field)
        rows.append((form[f"column-{field.name}"], is_needed, examples))
    return rows


def said(findings: list[Finding], currency: str, language: str) -> list[Said]:
    """Faults or remarks as the page shows them."""
    return [
        Said(
            place_told(finding.place, language),
            told(finding.code, finding.data, currency, language),
        )
        for finding in findings
    ]


def counts_shown(counts: dict[str, int], currency: str, language: str) -> list[ShownCount]:
    """The figures of an import, those that are not zero."""
    return [
        ShownCount(
            str(name),
            writing.money(counts[key], currency, language)
            if key.endswith("_minor")
            else writing.number(counts[key], language),
        )
        for key, name in COUNT_NAMES.items()
        if counts.get(key)
    ]


def _done(request: OfficeRequest, run: ImportRun) -> dict[str, Any]:
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    return {
        "run": run,
        "is_returns": is_returns(run),
        "title": _title(run, language),
        "counts": counts_shown(run.counts, currency, language),
        "advances": shown_advances(run)[:REMARKS_SHOWN],
        "has_rest": run.content is not None and run.state == RunState.DONE,
        "settlements": shown_settlements(request, run),
        "may_see_families": Right.READ_REGISTERS in request.rights and has_families(run),
        "may_carry": bool(CARRIERS & request.rights),
        "paid_unread": [
            told(each["code"], each["data"], currency, language)
            for each in run.remarks
            if each["code"] == MONEY_UNREAD
        ],
        "remarks": [
            Said(
                place_told(remark["place"], language),
                told(remark["code"], remark["data"], currency, language),
            )
            for remark in run.remarks
        ],
    }


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def to_correct(request: OfficeRequest, uid: Any) -> HttpResponse:
    """The table again in CSV, with a column that says what to correct in each row."""
    run = run_for(request.mutual, uid)
    opened, plan = plan_run(run, actor=request.user, on=request.day)
    content = io.StringIO()
    writer = csv.writer(content, delimiter=";")
    for row in corrected_rows(opened.table.headings, _by_row(plan, request)):
        writer.writerow([harmless(text) for text in row])
    name = f"a-corriger-{run.file_name.rsplit('.', 1)[0]}.csv".replace('"', "")
    return HttpResponse(
        content.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _by_row(plan: Plan, request: OfficeRequest) -> dict[tuple[str, int], list[str]]:
    """(sheet, row) → what to correct there."""
    by_row: dict[tuple[str, int], list[str]] = {}
    for finding in plan.faults:
        sheet = ""
        if finding.place.startswith("sheet "):
            sheet = finding.place.removeprefix("sheet ").rsplit(", row ", 1)[0]
        column = str(finding.data.get("column", ""))
        text = told(finding.code, finding.data, request.mutual.currency, request.LANGUAGE_CODE)
        key = (sheet, int(finding.data.get("row", 0)))
        by_row.setdefault(key, []).append(f"{column} : {text}" if column else text)
    return by_row
