"""The operations made in the books directly: costs, gifts, bank charges, interest, transfers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from entraide.apps.ledger.models import Account, Entry
from entraide.apps.ledger.operations import (
    record_bank_charge,
    record_expense,
    record_grant,
    record_interest,
    transfer_between_accounts,
)
from entraide.apps.ledger.selectors import treasury_accounts, treasury_balance
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from entraide.documents import writing
from entraide.web.fields import DayField, MoneyField
from entraide.web.ledger.wording import account_choice, fund_name
from entraide.web.notices import notify
from entraide.web.office import NOT_THERE, OfficeRequest, office_url, office_view
from entraide.web.refusals import show_refusal

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of operation: its words, its day, its service, and what else it asks for.

    ``day_name`` and ``account_name`` are the service's own argument names.
    """

    code: str
    verb: Text
    title: Text
    lede: Text
    day_label: Text
    day_name: str
    account_label: Text
    service: Callable[..., Entry]
    asks_role: bool = False
    usual_fund: str = ""


OPERATIONS: dict[str, Operation] = {
    operation.code: operation
    for operation in (
        Operation(
            "depense",
            gettext_lazy("Record a cost"),
            gettext_lazy("Record a running cost"),
            gettext_lazy(
                "Salary, rent, supplies, travel: paid from the fund for running costs, never from "
                "the mutual fund."
            ),
            gettext_lazy("Paid on"),
            "paid_on",
            gettext_lazy("Paid from"),
            record_expense,
            asks_role=True,
        ),
        Operation(
            "don",
            gettext_lazy("Record a gift or grant"),
            gettext_lazy("Record a gift or grant"),
            gettext_lazy("Money given to the mutual, for the fund that the donor named."),
            gettext_lazy("Received on"),
            "received_on",
            gettext_lazy("Received in"),
            record_grant,
            usual_fund=FundCode.RUNNING,
        ),
        Operation(
            "frais",
            gettext_lazy("Record a bank charge"),
            gettext_lazy("Record a bank charge"),
            gettext_lazy(
                "What the bank or the operator took. A charge seen on a statement is quicker "
                "recorded from its line, in the reconciliation."
            ),
            gettext_lazy("Taken on"),
            "charged_on",
            gettext_lazy("Taken from"),
            record_bank_charge,
            usual_fund=FundCode.RUNNING,
        ),
        Operation(
            "interets",
            gettext_lazy("Record interest"),
            gettext_lazy("Record interest"),
            gettext_lazy("What the bank paid, for the fund whose money earned it."),
            gettext_lazy("Received on"),
            "received_on",
            gettext_lazy("Received in"),
            record_interest,
            usual_fund=FundCode.MUTUAL,
        ),
    )
}
TRANSFER = "virement"


class AccountChoice(forms.ChoiceField):
    """One of the places where the money lies."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect, **kwargs)


class OperationForm(forms.Form):
    """An amount, a day, a place of money, and what it was for."""

    role = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=(
            (AccountRole.OTHER_RUNNING_COSTS.value, gettext_lazy("Running costs: rent, supplies")),
            (AccountRole.STAFF_COSTS.value, gettext_lazy("Staff: salaries, allowances")),
        ),
        widget=forms.RadioSelect,
        initial=AccountRole.OTHER_RUNNING_COSTS.value,
    )
    label = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    amount = MoneyField(label=gettext_lazy("Amount"))
    day = DayField()
    account = AccountChoice()
    fund = forms.ChoiceField(label=gettext_lazy("Fund"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, operation: Operation, request: OfficeRequest, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.operation = operation
        self.accounts = accounts_of(request)
        self.fields["amount"].currency = request.mutual.currency
        self.fields["day"].label, self.fields["day"].initial = operation.day_label, request.day
        _offer(self.fields["account"], self.accounts, operation.account_label)
        if not operation.asks_role:
            del self.fields["role"]
        if operation.usual_fund:
            self.fields["fund"].choices = [
                (fund.value, fund_name(fund)) for fund in (FundCode.MUTUAL, FundCode.RUNNING)
            ]
            self.fields["fund"].initial = operation.usual_fund
        else:
            del self.fields["fund"]

    def content(self) -> dict[str, Any]:
        """The arguments of the operation's service."""
        known = self.cleaned_data
        content = {
            "amount_minor": known["amount"],
            self.operation.day_name: known["day"],
            "label": known["label"],
            "treasury_account": self.accounts[known["account"]],
        }
        if "role" in known:
            content["role"] = AccountRole(known["role"])
        if "fund" in known:
            content["fund"] = FundCode(known["fund"])
        return content


class TransferForm(forms.Form):
    """Money moved from one place of the mutual to another, each fund's part told apart."""

    source = AccountChoice()
    destination = AccountChoice()
    mutual_amount = MoneyField(label=gettext_lazy("Of the mutual fund"), required=False)
    running_amount = MoneyField(label=gettext_lazy("Of the running costs"), required=False)
    day = DayField(label=gettext_lazy("Moved on"))
    label = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = accounts_of(request)
        self.fields["day"].initial = request.day
        for name in ("mutual_amount", "running_amount"):
            self.fields[name].currency = request.mutual.currency
        _offer(self.fields["source"], self.accounts, pgettext_lazy("account", "From"))
        _offer(self.fields["destination"], self.accounts, pgettext_lazy("account", "To"), place=1)

    def clean(self) -> dict[str, Any] | None:
        """Something must move."""
        known = super().clean() or self.cleaned_data
        readable = not self.errors.keys() & {"mutual_amount", "running_amount"}
        if readable and not known.get("mutual_amount") and not known.get("running_amount"):
            self.add_error("mutual_amount", _("Type what moves, of one fund or of both."))
        return known

    def content(self) -> dict[str, Any]:
        """The arguments of the service."""
        known = self.cleaned_data
        amounts = {
            FundCode.MUTUAL: known["mutual_amount"] or 0,
            FundCode.RUNNING: known["running_amount"] or 0,
        }
        return {
            "source": self.accounts[known["source"]],
            "destination": self.accounts[known["destination"]],
            "amounts_minor": {fund: minor for fund, minor in amounts.items() if minor},
            "moved_on": known["day"],
            "label": known["label"],
        }


def accounts_of(request: OfficeRequest) -> dict[str, Account]:
    """Where the money lies, by the value of a form's choice."""
    return {str(account.uid): account for account in treasury_accounts(request.mutual)}


def _offer(field: Any, accounts: dict[str, Account], label: Text, place: int = 0) -> None:
    """The accounts as choices; the first, or the one at ``place``, is chosen already."""
    field.label = label
    field.choices = [(uid, account_choice(account)) for uid, account in accounts.items()]
    chosen = list(accounts)[place : place + 1] or list(accounts)[:1]
    field.initial = chosen[0] if chosen else ""


@require_http_methods(["GET", "HEAD", "POST"])
@office_view(right=Right.POST_OPERATION)
def record(request: OfficeRequest, kind: str) -> HttpResponse:
    """The form of one kind of operation; recorded, it opens the entry that it became."""
    if kind != TRANSFER and kind not in OPERATIONS:
        raise Http404(kind)
    posted = request.POST if request.method == "POST" else None
    form: OperationForm | TransferForm
    if kind == TRANSFER:
        form, service = TransferForm(posted, request=request), transfer_between_accounts
    else:
        operation = OPERATIONS[kind]
        form, service = (
            OperationForm(posted, operation=operation, request=request),
            operation.service,
        )
    if posted is not None and form.is_valid():
        try:
            entry = service(
                mutual=request.mutual,
                actor=request.user,
                on=request.day,
                idempotency_key=request.POST.get("idempotency_key", ""),
                **form.content(),
            )
        except Refusal as refusal:
            if refusal.code in NOT_THERE or refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal, _places_of(form))
        else:
            return _recorded(request, kind, entry)
    context = {
        "form": form,
        "is_transfer": kind == TRANSFER,
        "operation": OPERATIONS.get(kind),
        "operations": OPERATIONS.values(),
        "places": [
            (
                account_choice(account),
                treasury_balance(request.mutual, request.day, account=account),
            )
            for account in form.accounts.values()
        ],
    }
    return render(request, "web/ledger/operation.html", context, status=422 if form.errors else 200)


def _places_of(form: OperationForm | TransferForm) -> dict[str, str]:
    """Which field a refusal of the service is about."""
    if isinstance(form, TransferForm):
        return {"moved_on": "day", "amounts_minor": "mutual_amount"}
    return {
        form.operation.day_name: "day",
        "amount_minor": "amount",
        "treasury_account": "account",
    }


def _recorded(request: OfficeRequest, kind: str, entry: Entry) -> HttpResponse:
    total = sum(posting.amount_minor for posting in entry.postings.all() if posting.side == "debit")
    shown = writing.money(total, request.mutual.currency, request.LANGUAGE_CODE)
    notify(
        request,
        _("%(number)s is recorded: %(amount)s.")
        % {"number": entry.document_number, "amount": shown},
        detail=_("Write this number on the voucher: the bank statement will be matched by it."),
        links=[
            (_("Record another"), office_url(request, "operation-new", kind=kind)),
            (_("Back to the mutual fund"), office_url(request, "ledger")),
        ],
    )
    return redirect(office_url(request, "entry", uid=entry.uid))
