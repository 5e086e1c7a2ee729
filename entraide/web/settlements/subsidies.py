"""The State's share of care: invoiced by period, received, passed on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.flags import STATE_SHARE, is_open
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import SubsidyInvoice, SubsidyState
from entraide.apps.settlement.subsidies import (
    cancel_subsidy_invoice,
    invoices,
    issue_subsidy_invoice,
    pass_subsidy_on,
    prepare_subsidy_invoice,
    receive_subsidy,
)
from entraide.apps.settlement.subsidy_figures import (
    credited_minor,
    given_back_of,
    left_minor,
    payees,
    settled_minor,
)
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.files.flat_csv import amount, csv_file
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.ledger.wording import account_choice
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.settlements import subsidy_states
from entraide.web.settlements.subsidy_papers import share_paper, supplement_told
from entraide.web.settlements.subsidy_shown import STATES, changes_told, giving_back
from entraide.web.ways import BATCH_READERS, entry_way, open_to

READERS = BATCH_READERS | {Right.RECORD_DEPOSIT}


class PrepareForm(forms.Form):
    """Which care, and to whom the invoice goes."""

    period_from = DayField(label=gettext_lazy("Care from"))
    period_until = LastDayField(label=gettext_lazy("to, included"))
    payer_name = forms.CharField(label=gettext_lazy("To whom"), max_length=160)


class ReceiveForm(forms.Form):
    """Money of the State for an invoice."""

    amount_minor = MoneyField(label=gettext_lazy("Amount"))
    received_on = DayField(label=gettext_lazy("Received on"))
    account = forms.ChoiceField(label=gettext_lazy("Into the account"))
    reference = forms.CharField(
        label=gettext_lazy("Reference of the bank"), max_length=80, required=False
    )


class PassOnForm(forms.Form):
    """From which account a share is passed on."""

    account = forms.ChoiceField(label=gettext_lazy("Paid from"))


def account_choices(request: OfficeRequest, form: forms.Form) -> dict[str, Any]:
    """The treasury accounts by their ``uid``; the form's field ``account`` offers them."""
    accounts = {str(each.uid): each for each in treasury_accounts(request.mutual)}
    form.fields["account"].choices = [  # type: ignore[attr-defined]
        (uid, account_choice(each)) for uid, each in accounts.items()
    ]
    return accounts


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def subsidies(request: OfficeRequest) -> HttpResponse:
    """Every invoice with what was received of it."""
    rows = [
        (each, *subsidy_states.as_received(each, STATES[each.state]), settled_minor(each))
        for each in invoices(request.mutual)
    ]
    context = {
        "rows": rows,
        **changes_told(request.mutual),
        "is_open": is_open(request.mutual, STATE_SHARE, request.day),
        "may_prepare": Right.PREPARE_BATCH in request.rights,
    }
    return render(request, "web/settlements/subsidies.html", context)


@office_view(right=Right.PREPARE_BATCH, of_whole_mutual=True)
def prepare(request: OfficeRequest) -> HttpResponse:
    """The shares of a period on one invoice."""
    form = PrepareForm(request.POST or None, initial={"payer_name": _("Ministry of Health")})
    if request.method == "POST" and form.is_valid():
        made: list[SubsidyInvoice] = []
        content = form.cleaned_data
        if carried_out(
            form,
            lambda: made.append(prepare_subsidy_invoice(**content, **command_arguments(request))),
        ):
            return redirect(office_url(request, "subsidy", uid=made[0].uid))
    return short_page(request, form, _("Invoice the State’s share"), _("Prepare the invoice"))


def short_page(
    request: OfficeRequest, form: forms.Form, title: str, verb: str, back: str = "", way: str = ""
) -> HttpResponse:
    """A short form of the State's share on a page of its own."""
    return form_page(
        request, form, title=title, verb=verb,
        back=back or office_url(request, "subsidies"), way=way or _("State’s share"),
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip


def invoice_seen(request: OfficeRequest, uid: str) -> SubsidyInvoice:
    """The invoice of this mutual, or ``NOT_FOUND``."""
    held = SubsidyInvoice.objects.filter(mutual=request.mutual)
    return found(held.select_related("prepared_by", "issued_by", "entry"), uid=uid)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def subsidy(request: OfficeRequest, uid: str) -> HttpResponse:
    """One invoice: its claims, what the State paid, to whom it went."""
    invoice = invoice_seen(request, uid)
    left = left_minor(invoice)
    is_issued = invoice.state == SubsidyState.ISSUED
    waits, mine = invoice.state == SubsidyState.PREPARED, invoice.prepared_by_id == request.user.pk
    hands = (invoice.prepared_by_id, invoice.issued_by_id)
    entry = None if invoice.entry is None else entry_way(request.mutual, invoice.entry)
    kind, word = subsidy_states.as_received(invoice, STATES[invoice.state])
    back = giving_back(request, invoice, left)
    given = given_back_of(invoice)
    lines = [
        (each, back["back"].get(each.pk, 0), given.get(each.pk, 0))
        for each in invoice.lines.select_related("claim", "claim__person").order_by("id")
    ]
    context = {
        "invoice": invoice,
        "kind": kind,
        "word": word,
        "received_minor": settled_minor(invoice),
        "left_minor": max(0, left),
        "credited_minor": credited_minor(invoice),
        **back,
        "lines": lines,
        "payees": payees(invoice) if is_issued else [],
        "receipts": invoice.receipts.select_related("recorded_by", "reversal").order_by("id"),
        "entry": entry and open_to(entry, request.rights, Right.READ_BOOKS),
        "may_issue": waits and Right.AUTHORISE_BATCH in request.rights and not mine,
        "may_cancel": waits and Right.PREPARE_BATCH in request.rights,
        "may_receive": is_issued and Right.RECORD_DEPOSIT in request.rights,
        "may_pass": Right.RECORD_PAYOUT in request.rights and request.user.pk not in hands,
        "may_read_claims": Right.READ_REGISTERS in request.rights,
    }
    return render(request, "web/settlements/subsidy.html", context)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def supporting_list(request: OfficeRequest, uid: str) -> HttpResponse:
    """The claims of an invoice as CSV, by card number and without names: for the State."""
    invoice = invoice_seen(request, uid)
    code = request.mutual.currency
    lines = invoice.lines.select_related("claim", "claim__person", "claim__provider")
    rows = [
        (
            f"{each.claim.document_number} {supplement_told(each)}".strip(),
            each.claim.care_on,
            each.claim.person.number,
            each.claim.provider.name,
            amount(each.claim.claimed_minor, code),
            amount(each.amount_minor, code),
        )
        for each in lines.order_by("id")
    ]
    heads = (
        _("Claim"), _("Day of care"), _("Card"), _("Provider"), _("Amount asked"),
        _("State’s share"),
    )  # fmt: skip
    file = f"{invoice.document_number}.csv"
    return HttpResponse(
        csv_file(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def paper(request: OfficeRequest, uid: str) -> HttpResponse:
    """The invoice on paper with its supporting list, by card number and without names."""
    invoice, language = invoice_seen(request, uid), request.LANGUAGE_CODE
    lines = invoice.lines.select_related("claim", "claim__person", "claim__provider")
    period = writing.period(invoice.period_from, invoice.period_until, language)
    share = _("Share of the State in the care of the mutual’s members, %(period)s.")
    return share_paper(
        request,
        number=invoice.document_number,
        title=_("Invoice of the State’s share"),
        payer=invoice.payer_name,
        before=(
            share % {"period": period},
            *((_("To be issued: not an invoice yet."),) if invoice.issued_on is None else ()),
        ),
        lines=[
            (each.claim, each.amount_minor, supplement_told(each)) for each in lines.order_by("id")
        ],
        total_minor=invoice.total_minor,
        day=invoice.issued_on,
    )


@require_POST
@office_view(right=(Right.AUTHORISE_BATCH, Right.PREPARE_BATCH), of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """Issue the invoice, or give it up."""
    invoice = invoice_seen(request, uid)
    act = cancel_subsidy_invoice if "cancel" in request.POST else issue_subsidy_invoice
    try:
        act(invoice=invoice, **command_arguments(request))
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        word = _("cancelled") if "cancel" in request.POST else _("issued")
        notify(request, f"{invoice.document_number} {word}")
    return redirect(office_url(request, "subsidy", uid=invoice.uid))


@office_view(right=Right.RECORD_DEPOSIT, of_whole_mutual=True)
def receive(request: OfficeRequest, uid: str) -> HttpResponse:
    """The State paid, whole or a part."""
    invoice = invoice_seen(request, uid)
    here = office_url(request, "subsidy", uid=invoice.uid)
    left = max(0, left_minor(invoice))
    form = ReceiveForm(
        request.POST or None, initial={"received_on": request.day, "amount_minor": left}
    )
    form.fields["amount_minor"].currency = request.mutual.currency  # type: ignore[attr-defined]
    accounts = account_choices(request, form)
    if request.method == "POST" and form.is_valid():
        content = dict(form.cleaned_data)
        content["treasury_account"] = accounts[content.pop("account")]
        if carried_out(
            form, lambda: receive_subsidy(invoice=invoice, **content, **command_arguments(request))
        ):
            notify(request, _("Received of the State"))
            return redirect(here)
    return short_page(
        request, form, _("The State paid"), _("Record"), here, invoice.document_number
    )


@office_view(right=Right.RECORD_PAYOUT, of_whole_mutual=True)
def pass_on(request: OfficeRequest, uid: str, rank: int) -> HttpResponse:
    """What the State paid goes to one provider or family; ``rank`` in the order of the page."""
    invoice = invoice_seen(request, uid)
    rows = payees(invoice)
    if not 0 < rank <= len(rows):
        raise Refusal("NOT_FOUND", record="payee", key=rank)
    payee, here = rows[rank - 1], office_url(request, "subsidy", uid=invoice.uid)
    form = PassOnForm(request.POST or None)
    accounts = account_choices(request, form)
    if request.method == "POST" and form.is_valid():
        content = {
            "treasury_account": accounts[form.cleaned_data["account"]],
            "provider": payee.provider,
            "household": payee.household,
        }
        if carried_out(
            form, lambda: pass_subsidy_on(invoice=invoice, **content, **command_arguments(request))
        ):
            notify(request, _("Passed on"))
            return redirect(here)
    name = payee.provider.name if payee.provider else payee.household.number  # type: ignore[union-attr]
    return short_page(
        request, form, _("Pass on to {name}").format(name=name), _("Record"), here,
        invoice.document_number,
    )  # fmt: skip
