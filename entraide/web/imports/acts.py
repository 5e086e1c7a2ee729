"""What a person does with an import: choose its columns, carry it out, give it up."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.takeover.models import ImportRun
from entraide.core.errors import Refusal, RefusedRows
from entraide.exchange.registers.background import (
    ask_for_import,
    is_interrupted,
    is_large,
    take_import_back,
)
from entraide.exchange.registers.running import (
    carry_out,
    choose_import_columns,
    drop_import,
    note_reading,
    plan_run,
    resume_import,
    run_for,
)
from entraide.web.imports.forms import ChoicesForm
from entraide.web.imports.views import IMPORTERS, draft_page
from entraide.web.imports.wording import is_returns
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view


@require_POST
@office_view(right=IMPORTERS, of_whole_mutual=True)
def choose(request: OfficeRequest, uid: Any) -> HttpResponse:
    """Read the file again with the columns and answers given."""
    run = run_for(request.mutual, uid)
    opened, _plan = plan_run(run, actor=request.user, on=request.day)
    heading = opened.table.headings[0]
    form = ChoicesForm(
        request.POST, mutual=request.mutual, profile=opened.profile, heading=heading,
        options=run.options,
    )  # fmt: skip
    if not form.is_valid():
        return draft_page(request, run, form, status=422)
    columns = form.chosen()
    same = [each for each in opened.table.headings if _headers(each) == _headers(heading)]
    choose_import_columns(
        **command_arguments(request), run=run, options=form.options(),
        columns={each.sheet.name: columns for each in same},
    )  # fmt: skip
    note_reading(run_for(request.mutual, uid), actor=request.user, on=request.day)
    return redirect(office_url(request, "import", uid=run.uid))


def _headers(heading: Any) -> list[str]:
    return [cell.text for cell in heading.row.cells]


@require_POST
@office_view(right=IMPORTERS, of_whole_mutual=True)
def confirm(request: OfficeRequest, uid: Any) -> HttpResponse:
    """Carry the import out, a large one in the background; sent twice, it is done once."""
    run: ImportRun = run_for(request.mutual, uid)
    said = command_arguments(request)
    here = redirect(office_url(request, "import", uid=run.uid))
    try:
        if is_large(run) or is_interrupted(run):
            ask_for_import(**said, run=run)
            return here
        carry_out(run, actor=said["actor"], on=said["on"], idempotency_key=said["idempotency_key"])
    except RefusedRows:
        return draft_page(request, run_for(request.mutual, uid), status=422)
    except Refusal as refusal:
        if refusal.code != "IMPORT_NOT_OPEN":
            raise
    else:
        notify(request, _("%(file)s is imported.") % {"file": run.file_name})
    return here


@require_POST
@office_view(right=IMPORTERS, of_whole_mutual=True)
def take_back(request: OfficeRequest, uid: Any) -> HttpResponse:
    """Not now: an import that has not begun, or was interrupted, is a draft again."""
    run = run_for(request.mutual, uid)
    try:
        take_import_back(**command_arguments(request), run=run)
    except Refusal as refusal:
        if refusal.code != "IMPORT_NOT_OPEN":
            raise
        notify(request, _("It has begun: it can no longer be stopped."), kind="bad")
    else:
        notify(request, _("Nothing was imported: the file waits for you."), kind="info")
    return redirect(office_url(request, "import", uid=run.uid))


@require_POST
@office_view(right=IMPORTERS, of_whole_mutual=True)
def resume(request: OfficeRequest, uid: Any) -> HttpResponse:
    """Take up what an import left aside; the file is here still."""
    run = run_for(request.mutual, uid)
    draft = resume_import(**command_arguments(request), run=run)
    note_reading(draft, actor=request.user, on=request.day)
    return redirect(office_url(request, "import", uid=draft.uid))


@require_POST
@office_view(right=IMPORTERS, of_whole_mutual=True)
def drop(request: OfficeRequest, uid: Any) -> HttpResponse:
    """Give a draft up."""
    run = run_for(request.mutual, uid)
    drop_import(**command_arguments(request), run=run)
    notify(request, _("%(file)s was given up: nothing was imported.") % {"file": run.file_name},
           kind="info")  # fmt: skip
    back = "import-returns" if is_returns(run) else "imports"
    return redirect(office_url(request, back))
