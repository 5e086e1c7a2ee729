"""« Bons de référence » at the provider's desk: those it issues, and those that send to it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entraide.apps.claims.referrals import OPEN, state_on
from entraide.apps.portal.selectors import referral_of_place, referrals_of_place
from entraide.apps.portal.services import send_on, take_back_referral
from entraide.core.errors import Refusal
from entraide.messages import sentence
from entraide.web.claims.reasons import language
from entraide.web.claims.referral_forms import VoucherForm, care_of, sender_of
from entraide.web.claims.referrals import paper_answer
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.office import told
from entraide.web.portal.cards import bearer_of
from entraide.web.portal.frame import PortalRequest, command_of, portal_url, portal_view, shown
from entraide.web.refusals import show_refusal

PER_PAGE = 25


@require_safe
@portal_view
def voucher_list(request: PortalRequest) -> HttpResponse:
    """The vouchers of the place, the latest first."""
    rows = referrals_of_place(request.place, request.day)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            (each, state_of("referral", state_on(each, request.day)), sender_of(each))
            for each in page
        ],
    }
    return shown(request, "web/portal/referrals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_view
def issue(request: PortalRequest) -> HttpResponse:
    """The provider sends a person on; the number and the paper are there at once."""
    form = VoucherForm(
        request.POST or None, day=request.day, own=request.place.provider,
        card=request.GET.get("card", ""),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            person = bearer_of(request.place, form.cleaned_data["card"], request.user, request.day)
        except Refusal as refusal:
            form.add_error("card", sentence(refusal.code, refusal.data, language()))
        else:
            try:
                issued = send_on(**command_of(request), person=person, **form.content())
            except Refusal as refusal:
                show_refusal(form, refusal)
            else:
                text = _("Referral voucher %(number)s is issued.")
                notify(request, text % {"number": issued.document_number})
                return redirect(portal_url(request, "referral", uid=issued.uid))
    status = 422 if form.errors else 200
    return shown(request, "web/portal/referral_new.html", {"form": form}, status=status)


@require_safe
@portal_view
def voucher(request: PortalRequest, uid: str) -> HttpResponse:
    """One voucher, with its number to write on the attestation."""
    found = referral_of_place(request.place, uid, request.day)
    state = state_on(found, request.day)
    is_own = found.referred_by_id == request.place.provider.pk
    context = {
        "shown": found,
        "state": state_of("referral", state),
        "sender": sender_of(found),
        "care": care_of(found),
        "may_cancel": is_own and state == OPEN,
    }
    return shown(request, "web/portal/referral.html", context)


@require_safe
@portal_view
def paper(request: PortalRequest, uid: str) -> HttpResponse:
    """The A5 of a voucher."""
    return paper_answer(referral_of_place(request.place, uid, request.day), request.day)


@require_POST
@portal_view
def cancel(request: PortalRequest, uid: str) -> HttpResponse:
    """The provider takes back a voucher of its own, by another record."""
    found = referral_of_place(request.place, uid, request.day)
    reason = request.POST.get("reason", "")[:200]
    try:
        take_back_referral(**command_of(request), voucher=found, reason=reason)
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            raise
        notify(request, told(refusal), kind="bad")
    else:
        text = _("Referral voucher %(number)s is cancelled.")
        notify(request, text % {"number": found.document_number})
    return redirect(portal_url(request, "referral", uid=found.uid))
