"""« Factures »: the reception register, one invoice with its attestations, its closing."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.claims.held import closers_of, held_invoices
from entraide.apps.claims.invoice_selectors import (
    InvoiceTotals,
    claims_on,
    invoice_for,
    invoices_by_state,
    invoices_list,
    loose_claims,
    overdue_invoices,
    scan_for,
    scans_of,
    totals_of,
)
from entraide.apps.claims.invoices import (
    attach_claims,
    cancel_invoice,
    close_invoice,
    close_invoice_with_difference,
    keep_invoice_scan,
    receive_invoice,
)
from entraide.apps.claims.models import ClaimState, Invoice, InvoiceState
from entraide.apps.claims.paid_elsewhere import borne_elsewhere, paid_instead
from entraide.apps.providers.scans import prepared_scan
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.claims.invoice_forms import InvoiceReasonForm, ReceptionForm
from entraide.web.claims.views import Tab
from entraide.web.fields import is_uid
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.names import state_of
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.forms import ScanForm

PER_PAGE = 50
ALL = "all"
HELD_STATES = (ClaimState.DECIDED, ClaimState.APPROVED)  # not paid before it adds up


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def invoices(request: OfficeRequest) -> HttpResponse:
    """The register: what came in, what was entered of it, what is late."""
    counts = invoices_by_state(request.mutual)
    text = request.GET.get("q", "").strip()[:80]
    state = request.GET.get("state") or (
        ALL if text or InvoiceState.RECEIVED not in counts else InvoiceState.RECEIVED
    )
    rows = invoices_list(request.mutual, state="" if state == ALL else state, text=text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    totals = totals_of(list(page.object_list))
    late = set(overdue_invoices(request.mutual, request.day).values_list("pk", flat=True))
    context = {
        "page": page,
        "rows": [
            (each, totals[each.pk], each.pk in late, _gap_minor(each, totals[each.pk]))
            for each in page.object_list
        ],
        "tabs": [
            *(
                Tab(code, str(state_of("invoice", code).word), counts.get(code, 0), code == state)
                for code in InvoiceState.values
                if code in counts or code == state
            ),
            Tab(ALL, _("All invoices"), sum(counts.values()), state == ALL),
        ],
        "state": state,
        "q": text,
        "late_count": len(late),
        "may_enter": Right.ENTER_CLAIM in request.rights,
    }
    return render(request, "web/claims/invoices.html", context)


@office_view(right=Right.ENTER_CLAIM, of_whole_mutual=True)
def receive(request: OfficeRequest) -> HttpResponse:
    """An invoice comes in: it takes its number, then its attestations are entered."""
    form = ReceptionForm(
        request.POST or None, request=request, initial={"received_on": request.day}
    )
    kept: list[Invoice] = []
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: kept.append(receive_invoice(**command_arguments(request), **form.content())),
    ):  # fmt: skip
        notify(request, _("Invoice received under number {n}.").format(n=kept[0].document_number))
        return redirect(invoice_url(request, kept[0]))
    return _form(
        request, form, title=_("Receive an invoice"), verb=_("Write in the register"),
        lede=_("It takes its number at once; then its attestations are entered one after another."),
        back=office_url(request, "invoices"), way=_("Invoices"),
    )  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def invoice(request: OfficeRequest, uid: str) -> HttpResponse:
    """One invoice: what its paper says beside what was entered, attestation by attestation."""
    shown = invoice_for(request.mutual, uid)
    totals = totals_of([shown])[shown.pk]
    is_open = shown.state == InvoiceState.RECEIVED
    may_enter = Right.ENTER_CLAIM in request.rights and is_open
    is_stuck = is_open and totals.count > 0 and totals.differs(shown)
    page = Paginator(claims_on(shown), PER_PAGE * 2).get_page(request.GET.get("page"))
    borne = borne_elsewhere(claims_on(shown))
    context = {
        "invoice": shown,
        "totals": totals,
        "difference": difference_of(shown, totals),
        "closed_with": closed_with(shown, totals),
        "page": page,
        "scans": scans_of(shown),
        "loose": [
            (each, shown.holds(each.care_on))
            for each in (loose_claims(shown)[:PER_PAGE] if may_enter else ())
        ],
        "rows": [(each, shown.holds(each.care_on), borne.get(each.pk, 0)) for each in page],
        "paid_instead": paid_instead(page),
        "borne_minor": sum(borne.values()),
        "held": held_invoices(request.mutual, claims_on(shown).filter(state__in=HELD_STATES)),
        "may_enter": may_enter,
        "may_close": may_enter and totals.count > 0 and not totals.differs(shown),
        "is_stuck": is_stuck,
        "closers": closers_of(shown, request.day) if is_stuck else [],
        "may_force": is_stuck
        and Right.APPROVE_CLAIM in request.rights
        and shown.received_by_id != request.user.pk,
        "may_cancel": may_enter and totals.count == 0,
        "is_late": is_late(request, shown, totals),
    }
    return render(request, "web/claims/invoice.html", context)


def difference_of(shown: Invoice, totals: InvoiceTotals) -> tuple[int, int]:
    """What was entered less what the paper says: attestations, and amount."""
    return totals.count - shown.stated_count, totals.stated_minor - shown.stated_minor


def closed_with(shown: Invoice, totals: InvoiceTotals) -> tuple[int, int] | None:
    """The difference with which an invoice was closed, where it is another one since: a claim was
    reversed. None while nothing changed."""
    if shown.closing_difference_minor is None or shown.closing_difference_count is None:
        return None
    accepted = shown.closing_difference_count, shown.closing_difference_minor
    return None if accepted == difference_of(shown, totals) else accepted


def _gap_minor(shown: Invoice, totals: InvoiceTotals) -> int:
    """What a closed invoice differs by today; an open one is still being entered."""
    return difference_of(shown, totals)[1] if shown.state == InvoiceState.CLOSED else 0


def is_late(request: OfficeRequest, shown: Invoice, totals: InvoiceTotals) -> bool:
    """Whether its day is over and something is still to be paid or entered."""
    if shown.due_on is None or shown.due_on >= request.day:
        return False
    is_open = shown.state == InvoiceState.RECEIVED
    return is_open or (shown.state == InvoiceState.CLOSED and totals.unpaid_count > 0)


@require_POST
@office_view(right=(Right.ENTER_CLAIM, Right.APPROVE_CLAIM), of_whole_mutual=True)
def close(request: OfficeRequest, uid: str) -> HttpResponse:
    """The invoice is whole; or a second person accepts its difference with a reason."""
    shown = invoice_for(request.mutual, uid)
    try:
        if "reason" in request.POST:
            reason = request.POST["reason"][:300]
            close_invoice_with_difference(
                **command_arguments(request), invoice=shown, reason=reason
            )
        else:
            close_invoice(**command_arguments(request), invoice=shown)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("Invoice {n} is closed.").format(n=shown.document_number))
    return redirect(invoice_url(request, shown))


@office_view(right=Right.ENTER_CLAIM, of_whole_mutual=True)
def cancel(request: OfficeRequest, uid: str) -> HttpResponse:
    """An invoice received by mistake."""
    shown = invoice_for(request.mutual, uid)
    form = InvoiceReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: cancel_invoice(
            **command_arguments(request), invoice=shown, reason=form.cleaned_data["reason"]
        ),
    ):  # fmt: skip
        notify(request, _("Invoice {n} is cancelled.").format(n=shown.document_number))
        return redirect(invoice_url(request, shown))
    return _form(
        request, form, title=_("Cancel the reception"), verb=_("Cancel the reception"),
        lede=_("Its number stays used; nothing may stand on it."),
        back=invoice_url(request, shown), way=shown.document_number,
    )  # fmt: skip


@require_POST
@office_view(right=Right.ENTER_CLAIM, of_whole_mutual=True)
def attach(request: OfficeRequest, uid: str) -> HttpResponse:
    """Claims that bear the invoice's number and were entered before it was received."""
    shown = invoice_for(request.mutual, uid)
    chosen = list(loose_claims(shown).filter(uid__in=_uids(request)))
    try:
        attach_claims(**command_arguments(request), invoice=shown, claims=chosen)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("{n} claims are on the invoice.").format(n=len(chosen)))
    return redirect(invoice_url(request, shown))


def _uids(request: OfficeRequest) -> list[str]:
    return [each for each in request.POST.getlist("claim") if is_uid(each)]


@office_view(right=Right.ENTER_CLAIM, of_whole_mutual=True)
def add_scan(request: OfficeRequest, uid: str) -> HttpResponse:
    """The pages of an invoice, as a PDF or a photo."""
    shown = invoice_for(request.mutual, uid)
    form = ScanForm(request.POST or None, request.FILES or None)
    form.fields["scan"].label = _("Pages of the invoice: PDF or photo")
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: keep_invoice_scan(
            **command_arguments(request), invoice=shown,
            scan=prepared_scan(form.cleaned_data["scan"].read()),
        ),
    ):  # fmt: skip
        notify(request, _("The pages are kept."))
        return redirect(invoice_url(request, shown))
    return _form(
        request, form, title=_("Pages of the invoice"), verb=_("Keep them"),
        back=invoice_url(request, shown), way=shown.document_number, is_file=True,
    )  # fmt: skip


@require_safe
@office_view(right=Right.READ_REGISTERS, of_whole_mutual=True)
def scan(request: OfficeRequest, uid: str) -> HttpResponse:
    """The pages themselves, as they are kept."""
    kept = scan_for(request.mutual, uid)
    ending = "pdf" if kept.media_type == "application/pdf" else "jpg"
    answer = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    # What somebody else made is not shown inside a page of ours.
    answer["Content-Disposition"] = f'attachment; filename="facture-{kept.uid}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _form(request: OfficeRequest, form: Any, **words: Any) -> HttpResponse:
    step_url = office_url(request, "claims")
    return form_page(request, form, step=_("Care"), step_url=step_url, **words)


def invoice_url(request: OfficeRequest, shown: Invoice) -> str:
    """The address of an invoice's page."""
    return office_url(request, "invoice", uid=shown.uid)
