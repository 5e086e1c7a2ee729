"""Giving back to the State: credit notes, what counts for another invoice, receipts taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import (
    SubsidyCredit,
    SubsidyInvoice,
    SubsidyReceipt,
)
from entraide.apps.settlement.subsidy_credits import (
    cancel_subsidy_credit,
    issue_subsidy_credit,
    offset_subsidy,
    prepare_subsidy_credit,
    reverse_subsidy_receipt,
)
from entraide.core.errors import Refusal
from entraide.web.fields import is_uid
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.settlements.subsidies import READERS, invoice_seen
from entraide.web.settlements.subsidy_papers import decision_told, share_paper


def done(
    request: OfficeRequest, invoice: SubsidyInvoice, act: Callable[[], Any], said: str
) -> HttpResponse:
    """Do it and go back to the invoice, saying what was done or why it was not."""
    try:
        act()
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, said)
    return redirect(office_url(request, "subsidy", uid=invoice.uid))


def _credit(request: OfficeRequest, uid: str) -> SubsidyCredit:
    credits_ = SubsidyCredit.objects.filter(mutual=request.mutual)
    return found(credits_.select_related("invoice", "prepared_by"), uid=uid)


@require_POST
@office_view(right=Right.PREPARE_BATCH, of_whole_mutual=True)
def prepare(request: OfficeRequest, uid: str) -> HttpResponse:
    """A credit note of the claims undone since, for another person to issue."""
    invoice, reason = invoice_seen(request, uid), request.POST.get("reason", "")[:200]
    return done(
        request,
        invoice,
        lambda: prepare_subsidy_credit(
            invoice=invoice, reason=reason, **command_arguments(request)
        ),
        _("The credit note is prepared; another person issues it."),
    )


@require_POST
@office_view(right=(Right.AUTHORISE_BATCH, Right.PREPARE_BATCH), of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """Issue the credit note, or give it up."""
    credit = _credit(request, uid)
    is_cancelled = "cancel" in request.POST
    act = cancel_subsidy_credit if is_cancelled else issue_subsidy_credit
    cancelled, issued = pgettext("credit note", "cancelled"), pgettext("credit note", "issued")
    word = cancelled if is_cancelled else issued
    return done(
        request,
        credit.invoice,
        lambda: act(credit=credit, **command_arguments(request)),
        f"{credit.document_number} {word}",
    )


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The credit note on paper, with the claims it gives back."""
    credit = _credit(request, uid)
    lines = credit.lines.select_related(
        "line__claim", "line__claim__person", "line__claim__provider"
    )
    told = _("Given back of invoice {number}, for claims undone or decided again since: {reason}")
    return share_paper(
        request,
        number=credit.document_number,
        title=_("Credit note of the State’s share"),
        payer=credit.invoice.payer_name,
        before=(
            told.format(number=credit.invoice.document_number, reason=credit.reason),
            *((_("To be issued: not a credit note yet."),) if credit.issued_on is None else ()),
        ),
        lines=[
            (each.line.claim, each.amount_minor, decision_told(each.decision_number))
            for each in lines.order_by("id")
        ],
        total_minor=credit.total_minor,
        day=credit.issued_on,
    )


@require_POST
@office_view(right=Right.RECORD_DEPOSIT, of_whole_mutual=True)
def offset(request: OfficeRequest, uid: str) -> HttpResponse:
    """What the State paid too much of an invoice counts for another."""
    invoice, named = invoice_seen(request, uid), request.POST.get("to", "")
    if not is_uid(named):
        raise Refusal("NOT_FOUND", place="to", record="invoice", key=named)
    to = invoice_seen(request, named)
    return done(
        request,
        invoice,
        lambda: offset_subsidy(invoice=invoice, to=to, **command_arguments(request)),
        _("Counted for invoice {number}.").format(number=to.document_number),
    )


@require_POST
@office_view(right=Right.REVERSE, of_whole_mutual=True)
def take_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """A receipt of the State was recorded by mistake."""
    receipts = SubsidyReceipt.objects.filter(mutual=request.mutual)
    receipt = found(receipts.select_related("invoice", "entry"), uid=uid)
    reason = request.POST.get("reason", "")[:200]
    return done(
        request,
        receipt.invoice,
        lambda: reverse_subsidy_receipt(
            receipt=receipt, reason=reason, **command_arguments(request)
        ),
        _("Receipt {number} is taken back.").format(number=receipt.document_number),
    )
