"""Cash on its way: who holds it, handed over between people, several slips to the bank."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.access.models import User
from entraide.apps.contributions.custody import (
    cash_flow,
    holdings,
    open_handovers,
    shortages_owed,
    slips_at_hand,
)
from entraide.apps.contributions.handovers import (
    answer_handover,
    hand_over_cash,
    withdraw_handover,
)
from entraide.apps.contributions.models import CashHandover, CollectionSlip, HandoverState
from entraide.apps.contributions.selectors import (
    deposit_for,
    handover_for,
    handovers_list,
    slip_for,
)
from entraide.apps.contributions.slips import deposit_slips
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.core.periods import add_months
from entraide.web.contributions.forms import DepositForm
from entraide.web.contributions.wording import account_name
from entraide.web.fields import DayField, MoneyField, read_day
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to, statement_ways

ROWS_PER_PAGE = 50


@office_view(right=Right.READ_REGISTERS)
def custody(request: OfficeRequest) -> HttpResponse:
    """Cash received, deposited, and the difference: who holds what is missing, since when."""
    from_ = _day(request, "from", date(request.day.year, 1, 1))
    until = _day(request, "until", add_months(date(request.day.year, request.day.month, 1), 1))
    held = holdings(request.mutual)
    owed = list(shortages_owed(request.mutual))
    context = {
        "flow": cash_flow(request.mutual, from_, until),
        "from_": from_,
        "until": until,
        "holdings": [(each, account_name(each.box), each.days(request.day)) for each in held],
        "held_minor": sum(each.total_minor for each in held),
        "shortages": [(each, (request.day - each.found_on).days) for each in owed],
        "owed_minor": sum(each.remaining_minor for each in owed),
        "handovers": list(open_handovers(request.mutual)),
        "may_give": Right.PREPARE_SLIP in request.rights,
        "may_deposit": Right.RECORD_DEPOSIT in request.rights,
    }
    return render(request, "web/contributions/custody.html", context)


def _day(request: OfficeRequest, name: str, otherwise: date) -> date:
    try:
        return read_day(request.GET[name]) if request.GET.get(name, "").strip() else otherwise
    except Refusal:
        return otherwise


class HandoverForm(forms.Form):
    """Cash that is given: to whom, when, into which box."""

    receiver = forms.ChoiceField(label=gettext_lazy("Given to"))
    given_on = DayField(label=gettext_lazy("Given on"))
    to_account = forms.ChoiceField(label=gettext_lazy("Into the cash box"), required=False)

    def __init__(self, *args: Any, mutual: Mutual, actor: User, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {
            str(each.uid): each
            for each in people_who_may(mutual, Right.PREPARE_SLIP, day)
            if each.pk != actor.pk
        }
        self.boxes = {
            str(each.uid): each
            for each in treasury_accounts(mutual)
            if each.role == AccountRole.CASH
        }
        self.fields["receiver"].choices = [(uid, str(each)) for uid, each in self.people.items()]
        self.fields["to_account"].choices = [
            ("", _("The same box")),
            *((uid, account_name(each)) for uid, each in self.boxes.items()),
        ]
        self.fields["given_on"].initial = day
        if len(self.boxes) < 2:
            del self.fields["to_account"]

    def box(self) -> Account | None:
        """The receiver's box, when it is said."""
        return self.boxes.get(self.cleaned_data.get("to_account", ""))


def _chosen(request: OfficeRequest) -> tuple[CollectionSlip, ...]:
    return tuple(slip_for(request.mutual, uid) for uid in request.POST.getlist("slips"))


@office_view(right=Right.PREPARE_SLIP)
def give_cash(request: OfficeRequest) -> HttpResponse:
    """The cash of one's own slips is given to another person."""
    form = HandoverForm(
        request.POST or None, mutual=request.mutual, actor=request.user, day=request.day
    )
    mine = slips_at_hand(request.mutual).filter(holder=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            handover = hand_over_cash(
                **command_arguments(request),
                slips=_chosen(request),
                receiver=form.people[form.cleaned_data["receiver"]],
                given_on=form.cleaned_data["given_on"],
                to_account=form.box(),
            )
        except Refusal as refusal:
            if refusal.code == "NOT_FOUND":
                raise
            show_refusal(form, refusal, {"slips": ""})
        else:
            notify(
                request,
                _("Hand-over %(number)s is recorded.") % {"number": handover.document_number},
                detail=_("%(person)s counts the cash and confirms; until then you answer for it.")
                % {"person": handover.receiver},
            )
            return redirect(office_url(request, "handover", uid=handover.uid))
    context = {
        "form": form,
        "slips": list(mine.order_by("prepared_on", "pk")[:ROWS_PER_PAGE]),
        "ticked": request.POST.getlist("slips"),
        "is_sent": request.method == "POST",
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/handover_new.html", context, status=status)


@office_view(right=Right.READ_REGISTERS)
def handover_list(request: OfficeRequest) -> HttpResponse:
    """Every hand-over, the latest first."""
    show = request.GET.get("show", "")
    found = handovers_list(request.mutual, show=show)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "show": show, "may_give": Right.PREPARE_SLIP in request.rights}
    return render(request, "web/contributions/handovers.html", context)


class CountForm(forms.Form):
    """What the receiver counted, and why it differs."""

    counted = MoneyField(label=gettext_lazy("Amount counted"))
    explanation = forms.CharField(
        label=gettext_lazy("If it differs, why"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counted"].currency = mutual.currency


@office_view(right=Right.READ_REGISTERS)
def handover(request: OfficeRequest, uid: str) -> HttpResponse:
    """One hand-over: its slips, what was counted; answered by its receiver."""
    shown = handover_for(request.mutual, uid)
    form = CountForm(request.POST or None, mutual=request.mutual)
    if request.method == "POST" and _acted(request, shown, form):
        return redirect(office_url(request, "handover", uid=shown.uid))
    context = {
        "handover": shown,
        "lines": list(shown.lines.select_related("slip").order_by("slip__document_number")),
        "from_name": account_name(shown.from_account),
        "to_name": account_name(shown.to_account),
        "form": form,
        "may_book_missing": shown.state == HandoverState.DISPUTED
        and (shown.giver_id == request.user.pk or Right.POST_OPERATION in request.rights),
        "is_receiver": shown.is_open and shown.receiver_id == request.user.pk,
        "is_giver": shown.is_open and shown.giver_id == request.user.pk,
        "entry_way": open_to(
            entry_way(request.mutual, shown.entry), request.rights, Right.READ_BOOKS
        )
        if shown.entry
        else None,
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/handover.html", context, status=status)


def _acted(request: OfficeRequest, shown: CashHandover, form: CountForm) -> bool:
    if request.POST.get("act") == "withdraw":
        withdraw_handover(**command_arguments(request), handover=shown)
        notify(request, _("The cash is back with you: nothing was handed over."))
        return True
    if not form.is_valid():
        return False
    try:
        answered = answer_handover(
            **command_arguments(request),
            handover=shown,
            counted_minor=form.cleaned_data["counted"],
            explanation=form.cleaned_data["explanation"],
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    if answered.state == HandoverState.CONFIRMED:
        notify(request, _("Confirmed: you hold this cash from now on."))
    else:
        notify(request, _("The difference is recorded; the giver still answers for the cash."))
    return True


@office_view(right=Right.RECORD_DEPOSIT)
def deposit_together(request: OfficeRequest) -> HttpResponse:
    """Several slips taken to the bank at once, one line on its statement."""
    form = DepositForm(request.POST or None, mutual=request.mutual, day=request.day)
    if request.method == "POST" and form.is_valid():
        try:
            made = deposit_slips(
                **command_arguments(request),
                slips=_chosen(request),
                bank_account=form.account(),
                deposited_on=form.cleaned_data["deposited_on"],
                amount_minor=form.cleaned_data["amount"],
            )
        except Refusal as refusal:
            if refusal.code == "NOT_FOUND":
                raise
            show_refusal(form, refusal, {"slips": ""})
        else:
            notify(
                request,
                _("Deposit %(number)s is recorded.") % {"number": made.document_number},
                detail=_("Write this number on the bank’s paper: the statement is matched by it."),
            )
            return redirect(office_url(request, "bank-deposit", uid=made.uid))
    waiting = slips_at_hand(request.mutual).select_related("holder", "cash_account")
    context = {
        "form": form,
        "slips": list(waiting.order_by("prepared_on", "pk")[: 4 * ROWS_PER_PAGE]),
        "ticked": request.POST.getlist("slips"),
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/deposit_new.html", context, status=status)


@office_view(right=Right.READ_REGISTERS)
def bank_deposit(request: OfficeRequest, uid: str) -> HttpResponse:
    """A deposit of several slips, and the line of the statement that answers to it."""
    shown = deposit_for(request.mutual, uid)
    context = {
        "deposit": shown,
        "bank": account_name(shown.bank_account),
        "slips": list(shown.slips.select_related("holder").order_by("document_number")),
        "entry_way": open_to(
            entry_way(request.mutual, shown.entry), request.rights, Right.READ_BOOKS
        ),
        "statement_ways": [
            (on, minor, open_to(way, request.rights, Right.READ_BOOKS, Right.MATCH))
            for on, minor, way in statement_ways(request.mutual, shown.entry)
        ],
    }
    return render(request, "web/contributions/bank_deposit.html", context)
