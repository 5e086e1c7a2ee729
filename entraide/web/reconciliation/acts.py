"""Answering for lines: accept, refuse, take back, post what is missing, explain, compare again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.banking.matches import (
    confirm_match,
    explain_line,
    post_bank_charge_for,
    post_interest_for,
    post_to_suspense,
    undo_match,
    withdraw_explanation,
)
from entraide.apps.banking.models import Match, MatchState
from entraide.apps.banking.selectors import bank_account_for, line_for, match_for
from entraide.apps.banking.services import match_account
from entraide.apps.banking.worksheet import line_counts
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.reconciliation import LeftoverClass
from entraide.web.notices import notify
from entraide.web.office import NOT_THERE, OfficeRequest, office_url, office_view, told
from entraide.web.reconciliation.forms import ExplainForm, RefuseForm
from entraide.web.reconciliation.views import line_page, match_page
from entraide.web.refusals import show_refusal

POSTINGS: dict[str, Callable[..., Match]] = {
    "charge": post_bank_charge_for,
    "interest": post_interest_for,
    "suspense": post_to_suspense,
}


def command_arguments(request: OfficeRequest) -> dict[str, Any]:
    """What every command is told: whose, by whom, on which day, under which key."""
    return {
        "mutual": request.mutual,
        "actor": request.user,
        "on": request.day,
        "idempotency_key": request.POST.get("idempotency_key", ""),
    }


def _back(request: OfficeRequest, usual: str) -> HttpResponse:
    """The page of this office from which the act was asked, or the usual one."""
    asked = request.POST.get("next", "")
    own = f"/m/{request.mutual.code}/"
    is_safe = asked.startswith(own) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return redirect(asked if is_safe else usual)


def must_rise(refusal: Refusal) -> bool:
    """Whether a refusal is answered by a page of its own (404, 403) rather than in place."""
    return refusal.code in NOT_THERE or refusal.code == "FORBIDDEN"


@require_POST
@office_view(right=Right.MATCH)
def confirm(request: OfficeRequest, uid: str) -> HttpResponse:
    """Accept a proposal."""
    match = match_for(request.mutual, uid)  # type: ignore[arg-type]
    here = office_url(request, "match", uid=match.uid)
    try:
        confirm_match(match=match, **command_arguments(request))
    except Refusal as refusal:
        if must_rise(refusal):
            raise
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("Match accepted."), links=[(_("See it, or take it back"), here)])
    return _back(request, here)


@require_POST
@office_view(right=Right.MATCH)
def undo(request: OfficeRequest, uid: str) -> HttpResponse:
    """Refuse a proposal, or take a match back; always with a reason."""
    match = match_for(request.mutual, uid)  # type: ignore[arg-type]
    was_proposed = match.state == MatchState.PROPOSED
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return match_page(request, uid, form=form)
    try:
        undo_match(match=match, reason=form.cleaned_data["reason"], **command_arguments(request))
    except Refusal as refusal:
        if must_rise(refusal):
            raise
        show_refusal(form, refusal)
        return match_page(request, uid, form=form)
    text = _("Proposal refused.") if was_proposed else _("Match taken back.")
    notify(
        request,
        text,
        detail=_("Its lines and entries are open again; this pair will not be proposed again."),
    )
    return _back(request, office_url(request, "match", uid=match.uid))


@require_POST
@office_view(right=Right.POST_OPERATION)
def post_line(request: OfficeRequest, uid: str) -> HttpResponse:
    """Post what a line tells and the books do not know: a charge, interest, or suspense."""
    line = line_for(request.mutual, uid)  # type: ignore[arg-type]
    service = POSTINGS.get(request.POST.get("what", ""))
    if service is None:
        raise Http404
    here = office_url(request, "statement-line", uid=line.uid)
    try:
        match = service(line=line, **command_arguments(request))
    except Refusal as refusal:
        if must_rise(refusal):
            raise
        notify(request, told(refusal), kind="bad")
        return redirect(here)
    [piece] = match.matched_entries.select_related("entry")
    notify(
        request,
        _("%(number)s is recorded and matched with its line.")
        % {"number": piece.entry.document_number},
        links=[
            (_("See the entry"), office_url(request, "entry", uid=piece.entry.uid)),
            (
                _("Back to the account"),
                office_url(request, "bank-account", uid=line.bank_account.uid),
            ),
        ],
    )
    return _back(request, here)


@require_POST
@office_view(right=Right.MATCH)
def explain(request: OfficeRequest, uid: str) -> HttpResponse:
    """Say why a line stays without an entry."""
    line = line_for(request.mutual, uid)  # type: ignore[arg-type]
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return line_page(request, line, form=form)
    try:
        explain_line(
            line=line,
            explanation_class=LeftoverClass(form.cleaned_data["explanation_class"]),
            note=form.cleaned_data["note"],
            **command_arguments(request),
        )
    except Refusal as refusal:
        if must_rise(refusal):
            raise
        show_refusal(form, refusal)
        return line_page(request, line, form=form)
    notify(
        request,
        _("The line is explained: it no longer holds up the reconciliation."),
        links=[
            (
                _("Back to the account"),
                office_url(request, "bank-account", uid=line.bank_account.uid),
            )
        ],
    )
    return redirect(office_url(request, "statement-line", uid=line.uid))


@require_POST
@office_view(right=Right.MATCH)
def withdraw(request: OfficeRequest, uid: str) -> HttpResponse:
    """Take the explanation of a line back, with a reason."""
    line = line_for(request.mutual, uid)  # type: ignore[arg-type]
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return line_page(request, line, withdrawal=form)
    try:
        withdraw_explanation(
            line=line, reason=form.cleaned_data["reason"], **command_arguments(request)
        )
    except Refusal as refusal:
        if must_rise(refusal):
            raise
        show_refusal(form, refusal)
        return line_page(request, line, withdrawal=form)
    notify(request, _("Explanation taken back: the line is open again."))
    return redirect(office_url(request, "statement-line", uid=line.uid))


@require_POST
@office_view(right=Right.MATCH)
def compare(request: OfficeRequest, uid: str) -> HttpResponse:
    """Compare once more what is open, after receipts or rules were added."""
    account = bank_account_for(request.mutual, uid)  # type: ignore[arg-type]
    before = line_counts(account)
    match_account(bank_account=account, **command_arguments(request))
    after = line_counts(account)
    notify(
        request,
        _("Compared again: %(matched)d more lines matched, %(proposed)d with a proposal, "
          "%(alone)d left alone.")
        % {
            "matched": after.matched - before.matched,
            "proposed": after.proposed,
            "alone": after.alone,
        },
        kind="info",
    )  # fmt: skip
    return redirect(office_url(request, "bank-account", uid=account.uid))
