"""Cash found too much: recorded, followed, given back or made income by two persons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.models import (
    CashSurplus,
    ClearanceState,
    SurplusClearance,
)
from entraide.apps.contributions.shortages import record_surplus
from entraide.apps.contributions.surpluses import (
    approve_surplus_income,
    give_surplus_back,
    propose_surplus_income,
    refuse_surplus_income,
    reverse_clearance,
    surplus_for,
)
from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.web.contributions.shortages import READERS, FoundForm, ReverseForm
from entraide.web.contributions.wording import CLEARANCE_NAMES, CLEARANCE_STATES, account_name
from entraide.web.fields import DayField, MoneyField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to


class SurplusForm(FoundForm):
    """Cash found too much: in which box."""

    cash_account = forms.ChoiceField(label=gettext_lazy("Found in"))

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, mutual=mutual, **kwargs)
        self.boxes = {
            str(each.uid): each
            for each in treasury_accounts(mutual)
            if each.role == AccountRole.CASH
        }
        choices = [(uid, account_name(each)) for uid, each in self.boxes.items()]
        self.fields["cash_account"].choices = choices


@office_view(right=Right.PREPARE_SLIP)
def book_surplus(request: OfficeRequest) -> HttpResponse:
    """A count found more cash than the receipts say."""
    form = SurplusForm(request.POST or None, mutual=request.mutual, day=request.day)
    if request.method == "POST" and form.is_valid():
        try:
            recorded = record_surplus(
                **command_arguments(request),
                cash_account=form.boxes[form.cleaned_data["cash_account"]],
                amount_minor=form.cleaned_data["amount"],
                found_on=form.cleaned_data["found_on"],
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("Surplus %(number)s is recorded.") % {"number": recorded.document_number}
            notify(request, text, detail=_("It waits in suspense until it is known whose it is."))
            return redirect(office_url(request, "surplus", uid=recorded.uid))
    status = 422 if form.errors else 200
    return render(request, "web/contributions/surplus_new.html", {"form": form}, status=status)


class ClearForm(forms.Form):
    """A part of a surplus leaves suspense; each act keeps the fields that it needs."""

    amount = MoneyField(label=gettext_lazy("Amount"))
    given_to = forms.CharField(
        label=gettext_lazy("Given back to"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paid_on = DayField(label=gettext_lazy("Day"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    needs: tuple[str, ...] = ()

    def __init__(self, *args: Any, surplus: CashSurplus, day: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = surplus.mutual.currency
        self.fields["paid_on"].initial = day
        for name in set(self.fields) - set(self.needs):
            del self.fields[name]

    def content(self) -> dict[str, Any]:
        """What the service needs."""
        names = {"amount": "amount_minor"}
        return {names.get(name, name): value for name, value in self.cleaned_data.items()}


class GiveBackForm(ClearForm):
    """Its payer is known."""

    needs = ("amount", "given_to", "paid_on", "reason")


class IncomeForm(ClearForm):
    """Nobody claims it."""

    needs = ("amount", "reason")


class ApproveForm(ClearForm):
    """Nothing to type."""


class RefuseForm(ClearForm):
    """Why not."""

    needs = ("reason",)


# Act → its right, its form, its service, whether it decides on a proposal.
ACTS: dict[str, tuple[Right, type[ClearForm], Any, bool]] = {
    "give_back": (Right.POST_OPERATION, GiveBackForm, give_surplus_back, False),
    "propose": (Right.POST_OPERATION, IncomeForm, propose_surplus_income, False),
    "approve": (Right.WRITE_OFF, ApproveForm, approve_surplus_income, True),
    "refuse": (Right.WRITE_OFF, RefuseForm, refuse_surplus_income, True),
}


@office_view(right=READERS)
def surplus(request: OfficeRequest, uid: str) -> HttpResponse:
    """One surplus: who found it, since when it waits, what left suspense; the acts, by who may."""
    shown = surplus_for(request.mutual, uid)
    clearances = list(
        shown.clearances.select_related(
            "proposed_by", "decided_by", "reversed_by", "entry"
        ).order_by("pk")
    )
    proposed = next((each for each in clearances if each.state == ClearanceState.PROPOSED), None)
    asked = request.POST.get("act", "")
    acts = {
        act: form_class(
            request.POST if act == asked else None, surplus=shown, day=request.day, prefix=act
        )
        for act, (right, form_class, _service, _decides) in ACTS.items()
        if right in request.rights and _may_act(request, shown, proposed, act)
    }
    form = acts.get(asked)
    if request.method == "POST" and form is None:
        _refuse_act(request, shown, proposed, asked)
    if form is not None and form.is_valid():
        _right, _form, service, decides = ACTS[asked]
        about = {"clearance": proposed} if decides else {"surplus": shown}
        try:
            service(**command_arguments(request), **about, **form.content())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _DONE[asked]())
            return redirect(office_url(request, "surplus", uid=shown.uid))
    context = {
        "surplus": shown,
        "days": (request.day - shown.found_on).days,
        "box": account_name(shown.cash_account),
        "clearances": [
            (each, CLEARANCE_NAMES[each.kind], CLEARANCE_STATES[each.state],
             _may_reverse(request, each))
            for each in clearances
        ],
        "proposed": proposed,
        "entry_way": open_to(
            entry_way(request.mutual, shown.entry), request.rights, Right.READ_BOOKS
        ),
        "asked": form,
        **{f"{act}_form": each for act, each in acts.items()},
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/contributions/surplus.html", context, status=status)


_DONE = {
    "give_back": lambda: _("The cash is given back, and has left suspense."),
    "propose": lambda: _("Another person now decides whether it becomes income."),
    "approve": lambda: _("It is income of the running fund."),
    "refuse": lambda: _("The proposal is refused: the cash stays in suspense."),
}


def _may_act(
    request: OfficeRequest, shown: CashSurplus, proposed: SurplusClearance | None, act: str
) -> bool:
    """Who found it neither gives it back nor decides; who proposed it does not decide."""
    is_finder = shown.found_by_id == request.user.pk
    if ACTS[act][3]:
        return proposed is not None and not is_finder and proposed.proposed_by_id != request.user.pk
    return shown.remaining_minor > 0 and proposed is None and not (act == "give_back" and is_finder)


def _may_reverse(request: OfficeRequest, each: SurplusClearance) -> bool:
    is_posted = each.state == ClearanceState.POSTED
    return Right.REVERSE in request.rights and is_posted and each.decided_by_id != request.user.pk


def _refuse_act(
    request: OfficeRequest, shown: CashSurplus, proposed: SurplusClearance | None, act: str
) -> None:
    """An act that the page did not offer: the service says why, and the refusal is logged."""
    if act not in ACTS or (ACTS[act][3] and proposed is None):
        raise Refusal("NOT_FOUND", record="act", key=act)
    _right, form_class, service, decides = ACTS[act]
    content: dict[str, Any] = {"clearance": proposed} if decides else {"surplus": shown}
    known = {"amount": ("amount_minor", shown.remaining_minor), "given_to": ("given_to", ""),
             "paid_on": ("paid_on", request.day), "reason": ("reason", "")}  # fmt: skip
    content |= dict(known[name] for name in form_class.needs)
    service(**command_arguments(request), **content)


@office_view(right=Right.REVERSE)
def reverse(request: OfficeRequest, uid: str) -> HttpResponse:
    """What left suspense by mistake waits there again, with the reason."""
    rows = SurplusClearance.objects.filter(mutual=request.mutual)
    clearance = found(rows.select_related("surplus", "decided_by"), uid=uid)
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_clearance(
                **command_arguments(request),
                clearance=clearance,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            notify(request, _("It is taken back: the cash waits in suspense again."))
            return redirect(office_url(request, "surplus", uid=clearance.surplus.uid))
    context = {
        "form": form,
        "clearance": clearance,
        "surplus": clearance.surplus,
        "name": CLEARANCE_NAMES[clearance.kind],
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/clearance_reverse.html", context, status=status)
