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
from entraide.apps.portal.selectors import (
    claims_of_place,
    claims_to_invoice,
    invoice_of_place,
    invoices_of_place,
)
from entraide.apps.portal.services import send_invoice
from entraide.core.errors import Refusal
from entraide.core.periods import add_months, month_start
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.portal.frame import PortalRequest, command_of, portal_url, portal_view, shown
from entraide.web.refusals import show_refusal

PER_PAGE = 25


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
    """The invoices sent; a form for the next one, with what waits for it."""
    start = add_months(month_start(request.day), -1)
    initial = {"period_from": start, "period_until": month_start(request.day)}
    form = InvoiceForm(request.POST or None, currency=request.mutual.currency, initial=initial)
    if request.method == "POST" and form.is_valid():
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
    waiting = list(claims_to_invoice(request.place, start, add_months(request.day, 1)))
    context = {
        "form": form,
        "page": page,
        "rows": [(each, state_of("invoice", each.state)) for each in page],
        "waiting_count": len(waiting),
        "waiting_minor": sum(each.stated_minor for each in waiting),
    }
    status = 422 if form.errors else 200
    return shown(request, "web/portal/invoices.html", context, status=status)


@require_safe
@portal_view
def invoice(request: PortalRequest, uid: str) -> HttpResponse:
    """One invoice and its attestations, with what is decided and paid of them; printable."""
    sent = invoice_of_place(request.place, uid)
    context = {
        "invoice": sent,
        "state": state_of("invoice", sent.state),
        "totals": totals_of([sent]).get(sent.pk, InvoiceTotals()),
        "rows": claims_of_place(request.place).filter(invoice=sent),
    }
    return shown(request, "web/portal/invoice.html", context)
