"""Calls about prior agreements: a later one noted, the number read back, the register of calls."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.claims.agreement_calls import (
    CALL_TAKERS,
    calls_between,
    read_back_number,
    record_agreement_call,
)
from entraide.apps.claims.models import AgreementCall
from entraide.apps.enrolment.selectors import found
from entraide.core.errors import Refusal
from entraide.web import clock
from entraide.web.care_control.periods import asked_period
from entraide.web.claims.agreement_forms import CallForm, ReadBackForm, caller_of
from entraide.web.claims.authorisations import READERS, agreement_named, agreement_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

MOST_CALLS = 200


@require_POST
@office_view(right=CALL_TAKERS)
def call(request: OfficeRequest, uid: str) -> HttpResponse:
    """Somebody calls about an agreement that is asked already."""
    shown, form = agreement_named(request, uid), CallForm(request.POST)
    if form.is_valid():
        try:
            record_agreement_call(
                **command_arguments(request),
                authorisation=shown,
                caller=caller_of(form, request.mutual),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The call is recorded."))
            return redirect(office_url(request, "prior-agreement", uid=shown.uid))
    return agreement_page(request, shown, call_form=form)


@require_POST
@office_view(right=CALL_TAKERS)
def read_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """The caller said the number again."""
    calls = AgreementCall.objects.filter(mutual=request.mutual)
    held = found(calls.select_related("authorisation"), uid=uid)
    form = ReadBackForm(request.POST)
    if form.is_valid():
        try:
            read_back_number(
                **command_arguments(request),
                call=held,
                number=form.cleaned_data["number"],
                read_at=form.cleaned_data["read_at"] or clock.now(request.mutual),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("The caller has the right number: %(number)s.")
            notify(request, text % {"number": held.authorisation.document_number})
            return redirect(office_url(request, "prior-agreement", uid=held.authorisation.uid))
    shown = agreement_named(request, str(held.authorisation.uid))
    return agreement_page(request, shown, read_form=form)


@require_safe
@office_view(right=READERS)
def register(request: OfficeRequest) -> HttpResponse:
    """The calls of a period: who called, for whom, whether the number was read back."""
    asked = asked_period(request)
    calls = calls_between(request.mutual, asked.from_, asked.until)
    context = {
        "period_form": asked.form,
        "calls": calls[:MOST_CALLS],
        "count": calls.count(),
        "silent": calls.filter(read_back__isnull=True).count(),
        "most": MOST_CALLS,
    }
    return render(request, "web/claims/agreement_calls.html", context)
