"""« Factures » at the provider's desk: the attestations of a period together, with their total."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from entraide.apps.claims.invoice_selectors import InvoiceTotals, totals_of
from entraide.apps.claims.models import Invoice, InvoiceState
from entraide.apps.claims.paid_elsewhere import borne_elsewhere, paid_instead
from entraide.apps.portal.selectors import (
    claims_of_place,
    claims_to_invoice,
    invoice_of_place,
    invoices_of_place,
)
from entraide.apps.portal.services import send_invoice
from entraide.core.errors import Refusal
from entraide.core.periods import add_months, month_start
from entraide.web.claims.invoices import difference_of
from entraide.web.claims.provider_words import provider_state, sums_by_word
from entraide.web.claims.reasons import language
from entraide.web.claims.statements import statement_pdf
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.portal.frame import PortalRequest, command_of, portal_url, portal_view, shown
from entraide.web.refusals import show_refusal

PER_PAGE = 25


class DaysForm(forms.Form):
    """The days of care alone: what they hold is listed before anything is sent."""

    period_from = DayField()
    period_until = LastDayField()


class InvoiceForm(forms.Form):
    """The provider's own number, the days of care, the total: it must be that of what was sent."""

    provider_number = forms.CharField(label=gettext_lazy("Your invoice no."), max_length=60)
    period_from = DayField(label=gettext_lazy("Care from the day"))
    period_until = LastDayField(label=gettext_lazy("to the day"))
    stated_total = MoneyField(label=gettext_lazy("Total of the invoice"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stated_total"].currency = currency


@require_http_methods(["GET", "HEAD", "POST"])
@portal_view
def invoice_list(request: PortalRequest) -> HttpResponse:
    """The invoices sent; a form for the next one, with the attestations of its days and their
    sum. « See these days » (``act=look``) lists those of other days and sends nothing."""
    start, until = add_months(month_start(request.day), -1), month_start(request.day)
    looks = request.POST.get("act") == "look"
    days = DaysForm(request.POST if request.method == "POST" else None)
    if days.is_valid():
        start, until = days.cleaned_data["period_from"], days.cleaned_data["period_until"]
    listed = list(claims_to_invoice(request.place, start, until))
    listed_minor = sum(each.stated_minor for each in listed)
    currency = request.mutual.currency
    initial = {
        "provider_number": request.POST.get("provider_number", ""),
        "period_from": start,
        "period_until": until,
        "stated_total": listed_minor or None,
    }
    sent = request.POST if request.method == "POST" and not looks else None
    form = InvoiceForm(sent, currency=currency, initial=initial)
    if form.is_bound and form.is_valid():
        known = form.cleaned_data
        try:
            invoice = send_invoice(
                **command_of(request), provider_number=known["provider_number"],
                period_from=known["period_from"], period_until=known["period_until"],
                stated_minor=known["stated_total"],
            )  # fmt: skip
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("Invoice received under number %(number)s.")
            notify(request, text % {"number": invoice.document_number})
            return redirect(portal_url(request, "invoice", uid=invoice.uid))
    page = Paginator(invoices_of_place(request.place), PER_PAGE).get_page(request.GET.get("page"))
    others = claims_to_invoice(request.place, None, None).exclude(
        pk__in=[each.pk for each in listed]
    )
    context = {
        "form": form,
        "page": page,
        "rows": _rows(list(page)),
        "listed": listed,
        "listed_minor": listed_minor,
        "period": (start, until),
        "others_count": others.count(),
    }
    status = 422 if form.errors else 200
    return shown(request, "web/portal/invoices.html", context, status=status)


def _rows(invoices: list[Invoice]) -> list[tuple[Invoice, Any, int]]:
    """Each invoice with the word of its state, and by how much it was closed beside its total."""
    totals = totals_of(invoices)
    return [
        (
            each,
            state_of("invoice", each.state),
            difference_of(each, totals[each.pk])[1] if each.state == InvoiceState.CLOSED else 0,
        )
        for each in invoices
    ]


@require_safe
@portal_view
def invoice(request: PortalRequest, uid: str) -> HttpResponse:
    """One invoice and its attestations, with what is decided and paid of them; printable."""
    sent = invoice_of_place(request.place, uid)
    claims = list(claims_of_place(request.place).filter(invoice=sent))
    instead, borne = paid_instead(claims), borne_elsewhere(claims)
    totals = totals_of([sent]).get(sent.pk, InvoiceTotals())
    context = {
        "invoice": sent,
        "state": state_of("invoice", sent.state),
        "totals": totals,
        "difference": difference_of(sent, totals),
        "rows": [
            (
                each,
                provider_state(each.state, is_paid_instead=each.pk in instead),
                borne.get(each.pk, 0),
            )
            for each in claims
        ],
        "sums": sums_by_word(claims),
        "borne_minor": sum(borne.values()),
    }
    return shown(request, "web/portal/invoice.html", context)


@require_safe
@portal_view
def statement(request: PortalRequest, uid: str) -> HttpResponse:
    """The statement of one of its invoices, with what is paid, reduced and why."""
    sent = invoice_of_place(request.place, uid)
    return statement_pdf(sent, request.mutual, request.day, language())
