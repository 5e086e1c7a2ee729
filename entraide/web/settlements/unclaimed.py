"""Refunds that families do not come for: by age, with whom was spoken, and what is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.choices import UNCLAIMED_AFTER_DAYS
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import ContactMeans, ContactResult, Payout, UnclaimedRefund
from entraide.apps.settlement.payees import offered_channels
from entraide.apps.settlement.selectors import payout_for
from entraide.apps.settlement.unclaimed import (
    approve_set_aside,
    came_back,
    propose_set_aside,
    record_refund_contact,
    refuse_set_aside,
    reissue_refund,
    set_aside_minor,
    told,
    waiting_payouts,
)
from entraide.core.errors import Refusal
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.office import told as sentence_of
from entraide.web.settlements.accounts import PreferenceForm
from entraide.web.settlements.forms import ReasonForm, return_name
from entraide.web.settlements.payees import channel_name, members_of
from entraide.web.settlements.views import ACCOUNT_READERS
from entraide.web.ways import BATCH_READERS

PER_PAGE = 50
READERS = BATCH_READERS | {Right.READ_REGISTERS}
MEANS: dict[str, Any] = {
    ContactMeans.CALL: pgettext_lazy("contact", "Call"),
    ContactMeans.VISIT: pgettext_lazy("contact", "Visit"),
    ContactMeans.MESSAGE: pgettext_lazy("contact", "Message"),
    ContactMeans.GROUP: pgettext_lazy("contact", "By the group"),
}
RESULTS: dict[str, Any] = {
    ContactResult.WILL_COME: gettext_lazy("The family will come"),
    ContactResult.FEARS_ARREARS: gettext_lazy("Stays away, having arrears"),
    ContactResult.TOO_FAR: gettext_lazy("Too far"),
    ContactResult.OTHER_CHANNEL: gettext_lazy("Wants it another way"),
    ContactResult.UNREACHABLE: gettext_lazy("Not reached"),
    ContactResult.MOVED: gettext_lazy("Moved away"),
    ContactResult.DECEASED: gettext_lazy("Deceased"),
    ContactResult.OTHER: gettext_lazy("Other reason"),
}


class ContactForm(forms.Form):
    """Whom was spoken to, how, and what came of it."""

    contacted_on = DayField(label=gettext_lazy("On"))
    means = forms.ChoiceField(label=gettext_lazy("How"), choices=list(MEANS.items()))
    result = forms.ChoiceField(label=gettext_lazy("What came of it"), choices=list(RESULTS.items()))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


@require_safe
@office_view(right=READERS)
def unclaimed(request: OfficeRequest) -> HttpResponse:
    """What waits for families, the oldest first; what came back; what stands aside."""
    mutual = request.mutual
    page = Paginator(waiting_payouts(mutual), PER_PAGE).get_page(request.GET.get("page"))
    names = _names(request, page)
    rows = [
        (
            each,
            names.get(each.payout.household_id or 0, ""),
            channel_name(each.payout.channel),
            MEANS.get(each.contact.means, "") if each.contact else "",
            RESULTS.get(each.contact.result, "") if each.contact else "",
        )
        for each in told(mutual, page, request.day)
    ]
    context = {
        "page": page,
        "rows": rows,
        "term_days": UNCLAIMED_AFTER_DAYS.of(mutual),
        "came_back": [
            (each, return_name(each.return_code)) for each in came_back(mutual)[:PER_PAGE]
        ],
        "aside_minor": set_aside_minor(mutual),
        "may_contact": Right.RECORD_PAYMENT in request.rights,
        "may_prepare": Right.PREPARE_BATCH in request.rights,
        "may_decide": Right.AUTHORISE_BATCH in request.rights,
        "user_pk": request.user.pk,
    }
    return render(request, "web/settlements/unclaimed.html", context)


def _names(request: OfficeRequest, payouts: Iterable[Payout]) -> dict[int, str]:
    """Whom to call, for who calls or pays; nobody else is told a name."""
    may_know = request.rights & (ACCOUNT_READERS | {Right.RECORD_PAYMENT, Right.GIVE_REFUND})
    return members_of(payouts) if may_know else {}


@office_view(right=Right.RECORD_PAYMENT)
def contact(request: OfficeRequest, uid: str) -> HttpResponse:
    """A family was told that its refund waits, or could not be."""
    payout = payout_for(request.mutual, uid)
    form = ContactForm(request.POST or None, initial={"contacted_on": request.day})
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data
        if carried_out(
            form,
            lambda: record_refund_contact(payout=payout, **content, **command_arguments(request)),
        ):
            notify(request, _("Contact noted: {number}").format(number=payout.document_number))
            return redirect(office_url(request, "unclaimed"))
    return _page(request, form, _("The family was told"), _("Record"), payout.document_number)


@office_view(right=Right.PREPARE_BATCH)
def reissue(request: OfficeRequest, uid: str) -> HttpResponse:
    """The refund goes another way, by another batch."""
    payout = payout_for(request.mutual, uid)
    form = PreferenceForm(request.POST or None, offered=offered_channels(request.mutual))
    if request.method == "POST" and form.is_valid():
        channel = form.cleaned_data["channel"]
        if carried_out(
            form,
            lambda: reissue_refund(payout=payout, channel=channel, **command_arguments(request)),
        ):
            notify(
                request,
                _("{number} is to go another way").format(number=payout.document_number),
                detail=_("Its claims wait for another batch."),
                links=[(_("Prepare a batch"), office_url(request, "batch-new"))],
            )
            return redirect(office_url(request, "unclaimed"))
    return _page(request, form, _("Pay it another way"), _("Send it"), payout.document_number)


@office_view(right=Right.PREPARE_BATCH)
def propose(request: OfficeRequest, uid: str) -> HttpResponse:
    """Nobody came within the term: proposed for « non réclamés »."""
    payout = payout_for(request.mutual, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if carried_out(
            form,
            lambda: propose_set_aside(payout=payout, reason=reason, **command_arguments(request)),
        ):
            notify(
                request,
                _("{number} proposed as unclaimed").format(number=payout.document_number),
                detail=_("Another person decides. The family is paid when it comes, as before."),
            )
            return redirect(office_url(request, "unclaimed"))
    return _page(request, form, _("Set aside as unclaimed"), _("Propose"), payout.document_number)


@require_POST
@office_view(right=Right.AUTHORISE_BATCH)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """Another person writes it to « non réclamés », or says why not."""
    held = found(UnclaimedRefund.objects.filter(mutual=request.mutual), uid=uid)
    here = office_url(request, "unclaimed")
    try:
        if "refuse" in request.POST:
            refuse_set_aside(
                set_aside=held, reason=request.POST.get("reason", ""), **command_arguments(request)
            )
            notify(request, _("It goes on waiting."))
        else:
            done = approve_set_aside(set_aside=held, **command_arguments(request))
            notify(
                request,
                _("Written to the unclaimed refunds: {number}").format(number=done.document_number),
                detail=_("The family is paid when it comes, as before."),
            )
    except Refusal as refusal:
        notify(request, sentence_of(refusal), kind="bad")
    return redirect(here)


def _page(
    request: OfficeRequest, form: forms.Form, title: str, verb: str, number: str
) -> HttpResponse:
    return form_page(
        request, form, title=title, verb=verb, lede=number,
        back=office_url(request, "unclaimed"), way=_("Unclaimed refunds"),
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip
