"""What an import says was paid ahead: prepared, approved by another, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.contributions.advances import (
    advance_for,
    latest_advances,
    reverse_opening_advance,
)
from entraide.apps.contributions.models import AdvanceState, OpeningAdvance
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.advances import approve_advances, prepare_advances, refuse_advances
from entraide.apps.takeover.models import ImportedRow, ImportRun
from entraide.apps.takeover.rows import advances_of
from entraide.core.errors import Refusal
from entraide.exchange.registers.running import RIGHTS, run_for
from entraide.web.contributions.forms import ReasonForm
from entraide.web.imports.wording import ADVANCE_TOLD, advance_state
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import (
    OfficeRequest,
    command_arguments,
    office_url,
    office_view,
    told,
)
from entraide.web.refusals import show_refusal

CARRIERS = frozenset({Right.IMPORT_REGISTERS, Right.POST_OPERATION})
ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownAdvance:
    """What the old tool told of one family, and what became of it here."""

    row: ImportedRow
    advance: OpeningAdvance | None
    state: State

    @property
    def number(self) -> str:
        """The number of the family."""
        return str((self.row.said or {}).get("number", ""))

    @property
    def amount_minor(self) -> int:
        """What was paid ahead."""
        return int((self.row.said or {}).get("advance_minor", 0))

    @property
    def is_to_prepare(self) -> bool:
        """Neither waits nor stands."""
        standing = (AdvanceState.PREPARED, AdvanceState.POSTED)
        return self.advance is None or self.advance.state not in standing


def shown_advances(run: ImportRun) -> list[ShownAdvance]:
    """The amounts that an import told, in the order of the file, with what became of them."""
    rows = list(advances_of(run))
    latest = latest_advances(UUID(row.key) for row in rows)
    found = []
    for row in rows:
        advance = latest.get(UUID(row.key))
        state = advance_state(advance) if advance is not None else ADVANCE_TOLD
        found.append(ShownAdvance(row, advance, state))
    return found


@require_safe
@office_view(right=CARRIERS, of_whole_mutual=True)
def carried_over(request: OfficeRequest, uid: Any) -> HttpResponse:
    """The money paid ahead that an import told: what is in the books, and what to do."""
    return _page(request, run_for(request.mutual, uid), ReasonForm())


def _page(
    request: OfficeRequest, run: ImportRun, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    shown = shown_advances(run)
    to_prepare = [each for each in shown if each.is_to_prepare]
    waiting = [
        each.advance
        for each in shown
        if each.advance is not None and each.advance.state == AdvanceState.PREPARED
    ]
    posted = [
        each.advance
        for each in shown
        if each.advance is not None and each.advance.state == AdvanceState.POSTED
    ]
    is_mine = any(each.prepared_by_id == request.user.pk for each in waiting)
    may_post = Right.POST_OPERATION in request.rights
    context = {
        "run": run,
        "page": Paginator(shown, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "told_minor": sum(each.amount_minor for each in shown),
        "to_prepare": to_prepare,
        "to_prepare_minor": sum(each.amount_minor for each in to_prepare),
        "waiting": waiting,
        "waiting_minor": sum(each.amount_minor for each in waiting),
        "posted_minor": sum(each.amount_minor for each in posted),
        "rest_minor": sum(each.rest_minor for each in posted),
        "may_prepare": Right.IMPORT_REGISTERS in request.rights and bool(to_prepare),
        "may_approve": may_post and bool(waiting) and not is_mine,
        "may_see_imports": bool(frozenset(RIGHTS) & request.rights),
        "may_reverse": Right.REVERSE in request.rights,
        "form": form,
    }
    return render(request, "web/imports/advances.html", context, status=status)


def _done(
    request: OfficeRequest, uid: Any, act: Callable[..., ImportRun], sentence: str
) -> HttpResponse:
    run = run_for(request.mutual, uid)
    try:
        act(**command_arguments(request), run=run)
    except Refusal as refusal:
        if refusal.code == "FORBIDDEN":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, sentence)
    return redirect(office_url(request, "import-advances", uid=run.uid))


@require_POST
@office_view(right=CARRIERS, of_whole_mutual=True)
def prepare(request: OfficeRequest, uid: Any) -> HttpResponse:
    """Propose them: another person approves. Who may only post is refused by the command."""
    return _done(request, uid, prepare_advances, _("The advances wait for another person."))


@require_POST
@office_view(right=Right.POST_OPERATION, of_whole_mutual=True)
def approve(request: OfficeRequest, uid: Any) -> HttpResponse:
    """The second person carries them into the books."""
    return _done(request, uid, approve_advances, _("The advances are in the books."))


@require_POST
@office_view(right=Right.POST_OPERATION, of_whole_mutual=True)
def refuse(request: OfficeRequest, uid: Any) -> HttpResponse:
    """The second person says no, with the reason."""
    run, form = run_for(request.mutual, uid), ReasonForm(request.POST)
    if form.is_valid():
        try:
            refuse_advances(
                **command_arguments(request), run=run, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            notify(request, _("The advances were not carried over."), kind="info")
            return redirect(office_url(request, "import-advances", uid=run.uid))
    return _page(request, run, form, status=422)


@office_view(right=Right.REVERSE, of_whole_mutual=True)
def reverse(request: OfficeRequest, uid: Any) -> HttpResponse:
    """An advance carried over wrongly leaves the books again, with the reason."""
    advance = advance_for(request.mutual, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_opening_advance(
                **command_arguments(request), advance=advance, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            text = _("Advance %(number)s is taken back.")
            notify(request, text % {"number": advance.document_number})
            return redirect(office_url(request, "import-advances", uid=advance.source_uid))
    context = {"advance": advance, "form": form}
    status = 422 if form.errors else 200
    return render(request, "web/imports/advance_reverse.html", context, status=status)
