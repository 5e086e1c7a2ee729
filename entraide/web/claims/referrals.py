"""« Bons de référence »: the register in the office, one voucher, its paper; the path respected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.claims.models import ReferralVoucher
from entraide.apps.claims.referral_links import link_referral
from entraide.apps.claims.referrals import (
    STATES,
    Respect,
    cancel_referral,
    in_all,
    issue_referral,
    path_claims,
    respect_of_path,
    state_counts,
    state_on,
    using,
    voucher_for,
    vouchers,
)
from entraide.apps.claims.selectors import claim_for
from entraide.apps.schemes.rights import Right
from entraide.core.care_path import PathStanding
from entraide.core.errors import Refusal
from entraide.core.periods import add_months
from entraide.documents import writing
from entraide.documents.referral_pdf import referral_pdf
from entraide.web.care_control.periods import Asked, asked_period
from entraide.web.claims.patients import person_of_card
from entraide.web.claims.referral_forms import (
    STANDINGS,
    VoucherForm,
    care_of,
    sender_of,
    voucher_paper,
)
from entraide.web.fields import is_uid
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

PER_PAGE = 50
READERS = (Right.READ_REGISTERS, Right.GIVE_PRE_AUTHORISATION)


@require_safe
@office_view(right=READERS)
def voucher_list(request: OfficeRequest) -> HttpResponse:
    """Every voucher, the latest first, narrowed to a state."""
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else ""
    rows = vouchers(request.mutual, request.day, state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = state_counts(request.mutual, request.day)
    context = {
        "page": page,
        "rows": [(each, state_on(each, request.day), sender_of(each)) for each in page],
        "states": [(code, state_of("referral", code).word, counts[code]) for code in STATES],
        "state": state,
        "may_issue": Right.GIVE_PRE_AUTHORISATION in request.rights,
    }
    return render(request, "web/claims/referrals.html", context)


@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def issue(request: OfficeRequest) -> HttpResponse:
    """The médecin conseil sends a person on; the paper is printed from the next page."""
    form = VoucherForm(request.POST or None, day=request.day, card=request.GET.get("card", ""))
    if request.method == "POST" and form.is_valid():
        person = person_of_card(request.mutual, form.cleaned_data["card"])
        if person is None:
            form.add_error("card", _("Nobody, or several persons, have this card or name."))
        else:
            try:
                issued = issue_referral(
                    **command_arguments(request), person=person, **form.content()
                )
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                text = _("Referral voucher %(number)s is issued.")
                notify(request, text % {"number": issued.document_number})
                return redirect(office_url(request, "referral", uid=issued.uid))
    status = 422 if form.errors else 200
    return render(request, "web/claims/referral_new.html", {"form": form}, status=status)


@require_safe
@office_view(right=READERS)
def voucher(request: OfficeRequest, uid: str) -> HttpResponse:
    """One voucher: how it stands, what used it, why it was cancelled."""
    shown = voucher_for(request.mutual, uid)
    state = state_on(shown, request.day)
    context = {
        "shown": shown,
        "state": state,
        "sender": sender_of(shown),
        "care": care_of(shown),
        "claims": using(shown).select_related("provider"),
        "may_cancel": Right.GIVE_PRE_AUTHORISATION in request.rights
        and state in ("open", "expired"),
    }
    return render(request, "web/claims/referral.html", context)


@require_safe
@office_view(right=READERS)
def paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The A5 of a voucher."""
    return paper_answer(voucher_for(request.mutual, uid), request.day)


def paper_answer(shown: ReferralVoucher, on: date) -> HttpResponse:
    """The A5 as an answer, for the office and the portal."""
    content = referral_pdf(voucher_paper(shown, on))
    headers = {"Content-Disposition": f'inline; filename="{shown.document_number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
@office_view(right=Right.GIVE_PRE_AUTHORISATION)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """Another record takes the voucher back."""
    shown = voucher_for(request.mutual, uid)
    reason = request.POST.get("reason", "")[:200]
    try:
        cancel_referral(**command_arguments(request), voucher=shown, reason=reason)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        text = _("Referral voucher %(number)s is cancelled.")
        notify(request, text % {"number": shown.document_number})
    return redirect(office_url(request, "referral", uid=shown.uid))


@require_safe
@office_view(right=(Right.READ_REGISTERS, Right.READ_REPORTS))
def respect(request: OfficeRequest) -> HttpResponse:
    """The compliance rate with the path of care, by provider and month, each with its claims."""
    asked = asked_period(request, months=12)
    rows = respect_of_path(request.mutual, asked.from_, asked.until)
    total = in_all(rows)
    context = {
        "asked": asked,
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "total": total,
        "total_cells": _cells(request, total, asked.from_, asked.until),
        "rows": [
            (each, _cells(request, each, each.month, add_months(each.month, 1))) for each in rows
        ],
        "may_open": Right.READ_REGISTERS in request.rights,
    }
    return render(request, "web/claims/care_path.html", context)


def _cells(
    request: OfficeRequest, each: Respect, from_: date, until: date
) -> list[tuple[Any, int, str]]:
    """Each standing with its number and the address of its claims."""
    counts = {
        PathStanding.REFERRED: each.referred,
        PathStanding.FOLLOW_UP: each.follow_up,
        PathStanding.OUT_OF_PATH: each.out_of_path,
        PathStanding.EMERGENCY: each.emergency,
    }
    days = {"first": f"{from_:%d/%m/%Y}", "last": f"{until - timedelta(days=1):%d/%m/%Y}"}
    here = office_url(request, "care-path-rows")
    return [
        (
            STANDINGS[standing.value],
            count,
            f"{here}?{urlencode({**days, 'provider': each.provider_uid, 'standing': standing})}",
        )
        for standing, count in counts.items()
    ]


@require_safe
@office_view(right=Right.READ_REGISTERS)
def respect_rows(request: OfficeRequest) -> HttpResponse:
    """The claims behind a figure: of a provider, a period, a standing."""
    asked: Asked = asked_period(request, months=12)
    standing = request.GET.get("standing", "")
    rows = path_claims(request.mutual, asked.from_, asked.until)
    if is_uid(provider := request.GET.get("provider", "")):
        rows = rows.filter(provider__uid=provider)
    if standing in STANDINGS:
        rows = rows.filter(care_path=standing)
    rows = rows.select_related("person", "provider", "referral").order_by("-care_on", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "period": writing.period(asked.from_, asked.until, request.LANGUAGE_CODE),
        "page": page,
        "rows": [(each, STANDINGS[each.care_path]) for each in page],
        "standing": STANDINGS.get(standing, ""),
    }
    return render(request, "web/claims/care_path_rows.html", context)


@require_POST
@office_view(right=Right.REVIEW_CLAIM)
def link(request: OfficeRequest, uid: str) -> HttpResponse:
    """The médecin conseil puts a voucher on a claim in review; the rules decide it again."""
    claim = claim_for(request.mutual, uid)
    named = request.POST.get("voucher", "")
    try:
        if not is_uid(named):
            raise Refusal("NOT_FOUND", record="referral", key=named)
        link_referral(
            **command_arguments(request), claim=claim,
            voucher=voucher_for(request.mutual, named), reason=request.POST.get("reason", "")[:300],
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The voucher stands on the claim: the rules decided it again."))
    return redirect(office_url(request, "claim", uid=claim.uid))
