"""The way in for what a bank or an operator answers to transfers: beside settlements, not lists."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import SettlementBatch
from entraide.apps.takeover.models import ImportRun
from entraide.core.errors import Refusal
from entraide.exchange.registers.choices import take_up_choices
from entraide.exchange.registers.opening import profiles, recognised
from entraide.exchange.registers.running import note_reading, prepare_import, runs
from entraide.web.imports.forms import ReturnsForm
from entraide.web.imports.wording import RETURNS, state_of
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

ROWS_PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.RECORD_PAYOUT, of_whole_mutual=True)
def returned_file(request: OfficeRequest) -> HttpResponse:
    """Send the file of a bank or an operator; what it would change is shown before."""
    form, fault = ReturnsForm(request.POST or None, request.FILES or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(office_url(request, "import", uid=_prepared(request, form).uid))
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            fault = told(refusal)
    known = [each.profile for each in profiles(RETURNS)]
    page = Paginator(
        runs(request.mutual).filter(profile__in=known), ROWS_PER_PAGE
    ).get_page(request.GET.get("page"))  # fmt: skip
    context = {
        "form": form,
        "fault": fault,
        "page": page,
        "rows": [(run, state_of(run)) for run in page],
        "models": known,
        "batch": _batch(request),
    }
    status = 422 if fault or form.errors else 200
    return render(request, "web/imports/returns.html", context, status=status)


def _prepared(request: OfficeRequest, form: ReturnsForm) -> ImportRun:
    file = form.cleaned_data["file"]
    content = file.read()
    profile = recognised(content, kind=RETURNS)
    run = prepare_import(
        **command_arguments(request), file_name=file.name, content=content,
        profile=profile.profile, options={},
    )  # fmt: skip
    take_up_choices(run, request.user, request.day)
    note_reading(run, actor=request.user, on=request.day)
    return run


def _batch(request: OfficeRequest) -> SettlementBatch | None:
    """The batch from which the person came; None when the address names none of the mutual."""
    try:
        uid = UUID(request.GET.get("batch", ""))
    except ValueError:
        return None
    return SettlementBatch.objects.filter(mutual=request.mutual, uid=uid).first()
