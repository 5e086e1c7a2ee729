"""Paying back to the State what it paid too much; the State's account, line by line."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import SubsidyRepayment
from entraide.apps.settlement.subsidy_repayments import (
    approve_subsidy_repayment,
    cancel_subsidy_repayment,
    pay_subsidy_repayment,
    prepare_subsidy_repayment,
    reverse_subsidy_repayment,
)
from entraide.apps.settlement.subsidy_statement import state_statement
from entraide.documents import writing
from entraide.files.flat_csv import amount, csv_file
from entraide.web.fields import DayField
from entraide.web.groups.acts import carried_out
from entraide.web.ledger.wording import KIND_NAMES
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.settlements.forms import overdraft_field
from entraide.web.settlements.subsidies import (
    READERS,
    account_choices,
    invoice_seen,
    short_page,
)
from entraide.web.settlements.subsidy_credits import done


class RepayForm(forms.Form):
    """When and from which account the money went back."""

    paid_on = DayField(label=gettext_lazy("Paid on"))
    account = forms.ChoiceField(label=gettext_lazy("Paid from"))
    reference = forms.CharField(
        label=gettext_lazy("Reference of the bank"), max_length=80, required=False
    )
    overdraft = overdraft_field()


def _repayment(request: OfficeRequest, uid: str) -> SubsidyRepayment:
    rows = SubsidyRepayment.objects.filter(mutual=request.mutual)
    return found(rows.select_related("invoice", "prepared_by", "approved_by"), uid=uid)


@require_POST
@office_view(right=Right.PREPARE_BATCH, of_whole_mutual=True)
def prepare(request: OfficeRequest, uid: str) -> HttpResponse:
    """All that the State paid too much of an invoice, for another person to approve."""
    invoice, reason = invoice_seen(request, uid), request.POST.get("reason", "")[:200]
    return done(
        request,
        invoice,
        lambda: prepare_subsidy_repayment(
            invoice=invoice, reason=reason, **command_arguments(request)
        ),
        _("The repayment is prepared; another person approves it, a third pays it."),
    )


@require_POST
@office_view(right=(Right.AUTHORISE_BATCH, Right.PREPARE_BATCH), of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """Approve the repayment, or give it up."""
    repayment = _repayment(request, uid)
    is_cancelled = "cancel" in request.POST
    act = cancel_subsidy_repayment if is_cancelled else approve_subsidy_repayment
    said = _("Repayment {number} is given up.") if is_cancelled else _(
        "Repayment {number} is approved; the cashier pays it."
    )  # fmt: skip
    return done(
        request,
        repayment.invoice,
        lambda: act(repayment=repayment, **command_arguments(request)),
        said.format(number=repayment.document_number),
    )


@office_view(right=Right.RECORD_PAYOUT, of_whole_mutual=True)
def pay(request: OfficeRequest, uid: str) -> HttpResponse:
    """The money went back to the State."""
    repayment = _repayment(request, uid)
    here = office_url(request, "subsidy", uid=repayment.invoice.uid)
    form = RepayForm(request.POST or None, initial={"paid_on": request.day})
    accounts = account_choices(request, form)
    if request.method == "POST" and form.is_valid():
        content = dict(form.cleaned_data)
        content["treasury_account"] = accounts[content.pop("account")]
        is_lent = content.pop("overdraft")
        content["seen_overdraft_minor"] = repayment.amount_minor if is_lent else 0
        if carried_out(
            form,
            lambda: pay_subsidy_repayment(
                repayment=repayment, **content, **command_arguments(request)
            ),
        ):
            notify(request, _("Paid back to the State"))
            return redirect(here)
    title = _("Pay {amount} back to the State").format(
        amount=writing.money(repayment.amount_minor, request.mutual.currency, request.LANGUAGE_CODE)
    )
    return short_page(request, form, title, _("Record"), here, repayment.invoice.document_number)


@require_POST
@office_view(right=Right.REVERSE, of_whole_mutual=True)
def take_back(request: OfficeRequest, uid: str) -> HttpResponse:
    """The money came back, or the repayment was recorded by mistake."""
    repayment, reason = _repayment(request, uid), request.POST.get("reason", "")[:200]
    return done(
        request,
        repayment.invoice,
        lambda: reverse_subsidy_repayment(
            repayment=repayment, reason=reason, **command_arguments(request)
        ),
        _("Repayment {number} is taken back.").format(number=repayment.document_number),
    )


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def statement(request: OfficeRequest) -> HttpResponse:
    """The State's account: what it owes and paid, and the balance after each line."""
    lines = state_statement(request.mutual, request.day)
    balance = lines[-1].balance_minor if lines else 0
    context = {
        "lines": [
            (each, KIND_NAMES[(each.entry.reverses or each.entry).kind], each.entry.reverses)
            for each in reversed(lines)
        ],
        "balance_minor": balance,
        "owed_back_minor": max(0, -balance),
        "may_open": Right.READ_BOOKS in request.rights,
    }
    return render(request, "web/settlements/subsidy_statement.html", context)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def statement_csv(request: OfficeRequest) -> HttpResponse:
    """The same as CSV, the oldest first."""
    code = request.mutual.currency
    rows = [
        (
            each.entry.occurred_on,
            each.entry.document_number,
            str(KIND_NAMES[each.entry.kind]),
            each.entry.label,
            amount(each.more_minor, code),
            amount(each.less_minor, code),
            amount(each.balance_minor, code),
        )
        for each in state_statement(request.mutual, request.day)
    ]
    heads = (
        _("Day"), _("Document"), _("What"), _("Label"), _("Owes more"), _("Owes less"),
        _("Owed after"),
    )  # fmt: skip
    return HttpResponse(
        csv_file(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="compte-etat.csv"'},
    )
