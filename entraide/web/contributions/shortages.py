"""Missing cash: booked to who held it, paid back, written off; cash found too much."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.custody import settlement_for, shortage_for, shortages_list
from entraide.apps.contributions.models import CashShortage, ShortageSettlement
from entraide.apps.contributions.selectors import slip_for
from entraide.apps.contributions.shortage_reversals import SEPARATED_KINDS, reverse_settlement
from entraide.apps.contributions.shortage_settlements import (
    deduct_shortage,
    receive_repayment,
    write_off_shortage,
)
from entraide.apps.contributions.shortages import acknowledge_shortage, establish_shortage
from entraide.apps.contributions.surpluses import surpluses_list
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from entraide.web.contributions.wording import SETTLEMENT_NAMES, account_name
from entraide.web.fields import DayField, MoneyField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to

ROWS_PER_PAGE = 50
# Whoever reads the registers or the books: an elected officer decides of a loss.
READERS = (Right.READ_REGISTERS, Right.READ_BOOKS)


@office_view(right=READERS)
def shortage_list(request: OfficeRequest) -> HttpResponse:
    """Every shortage, the latest first, then cash found too much."""
    show = request.GET.get("show", "")
    found = shortages_list(request.mutual, show=show)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _aged(request, page.object_list),
        "show": show,
        "surpluses": [
            (each, account_name(each.cash_account), (request.day - each.found_on).days)
            for each in surpluses_list(request.mutual)[:ROWS_PER_PAGE]
        ],
        "may_record": Right.PREPARE_SLIP in request.rights,
    }
    return render(request, "web/contributions/shortages.html", context)


def _aged(request: OfficeRequest, rows: Any) -> list[tuple[CashShortage, int]]:
    return [(each, (request.day - each.found_on).days) for each in rows]


class FoundForm(forms.Form):
    """An amount that a count found missing, or too much: how much, when, why."""

    amount = MoneyField(label=gettext_lazy("Amount"))
    found_on = DayField(label=gettext_lazy("Counted on"))
    reason = forms.CharField(
        label=gettext_lazy("How it was found, and why"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, mutual: Mutual, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = mutual.currency
        self.fields["found_on"].initial = day


@office_view(right=(Right.PREPARE_SLIP, Right.POST_OPERATION))
def book_shortage(request: OfficeRequest, uid: str) -> HttpResponse:
    """Cash of a slip is missing: its holder acknowledges it, or the finance officer finds it."""
    slip = slip_for(request.mutual, uid)
    is_own = slip.holder_id == request.user.pk
    if not is_own and Right.POST_OPERATION not in request.rights:
        raise Refusal(
            "SHORTAGE_NOT_HOLDER", document_number=slip.document_number, holder=str(slip.holder)
        )
    form = FoundForm(request.POST or None, mutual=request.mutual, day=request.day)
    if request.method == "POST" and form.is_valid():
        book = acknowledge_shortage if is_own else establish_shortage
        try:
            shortage = book(
                **command_arguments(request),
                slip=slip,
                amount_minor=form.cleaned_data["amount"],
                found_on=form.cleaned_data["found_on"],
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(
                request,
                _("Shortage %(number)s is recorded.") % {"number": shortage.document_number},
                detail=_("The rest of the slip can be handed over or deposited."),
            )
            return redirect(office_url(request, "shortage", uid=shortage.uid))
    context = {"form": form, "slip": slip, "is_own": is_own}
    status = 422 if form.errors else 200
    return render(request, "web/contributions/shortage_new.html", context, status=status)


class SettleForm(forms.Form):
    """A part of a shortage comes to its end; each act keeps the fields that it needs."""

    amount = MoneyField(label=gettext_lazy("Amount"))
    treasury = forms.ChoiceField(label=gettext_lazy("Received in"))
    paid_on = DayField(label=gettext_lazy("Day"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    needs: tuple[str, ...] = ()
    first_role: str = AccountRole.CASH.value

    def __init__(self, *args: Any, shortage: CashShortage, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = shortage.mutual.currency
        self.fields["paid_on"].initial = day
        self.accounts = {str(each.uid): each for each in treasury_accounts(shortage.mutual)}
        choices = [(uid, account_name(each)) for uid, each in self.accounts.items()]
        self.fields["treasury"].choices = choices
        self.fields["treasury"].initial = next(
            (uid for uid, each in self.accounts.items() if each.role == self.first_role), ""
        )
        for name in set(self.fields) - set(self.needs):
            del self.fields[name]

    def content(self) -> dict[str, Any]:
        """What the service needs."""
        names = {"amount": "amount_minor", "treasury": "treasury_account"}
        content = {names.get(name, name): value for name, value in self.cleaned_data.items()}
        if "treasury_account" in content:
            content["treasury_account"] = self.accounts[content["treasury_account"]]
        return content


class RepayForm(SettleForm):
    """Money that the holder brings."""

    needs = ("amount", "treasury", "paid_on")


class DeductForm(SettleForm):
    """Money kept back from a salary."""

    needs = ("amount", "treasury", "paid_on", "reason")
    first_role = AccountRole.BANK.value

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["treasury"].label = _("Salary paid from")
        self.fields["reason"].label = _("Pay slip and consent")


class WriteOffForm(SettleForm):
    """Money that nobody will bring."""

    needs = ("amount", "reason")


# Act → its right, its form, its service.
ACTS: dict[str, tuple[Right, type[SettleForm], Any]] = {
    "repay": (Right.RECORD_PAYMENT, RepayForm, receive_repayment),
    "deduct": (Right.POST_OPERATION, DeductForm, deduct_shortage),
    "write_off": (Right.WRITE_OFF, WriteOffForm, write_off_shortage),
}


@office_view(right=READERS)
def shortage(request: OfficeRequest, uid: str) -> HttpResponse:
    """One shortage: who owes it, since when, what came back; its settlement, by who may."""
    shown = shortage_for(request.mutual, uid)
    asked = request.POST.get("act", "")
    acts = {
        act: form_class(
            request.POST if act == asked else None, shortage=shown, day=request.day, prefix=act
        )
        for act, (right, form_class, _service) in ACTS.items()
        if right in request.rights and _may_act(request, shown, act)
    }
    form = acts.get(asked)
    if request.method == "POST" and form is None:
        _refuse_act(request, shown, asked)
    if form is not None and form.is_valid():
        try:
            settled = ACTS[asked][2](**command_arguments(request), shortage=shown, **form.content())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("Settlement %(number)s is recorded.") % {"number": settled.document_number}
            notify(request, text)
            return redirect(office_url(request, "shortage", uid=shown.uid))
    context = {
        "shortage": shown,
        "days": (request.day - shown.found_on).days,
        "box": account_name(shown.cash_account),
        "settlements": [
            (
                each,
                SETTLEMENT_NAMES[each.kind],
                _place(each.treasury_account),
                _may_reverse(request, shown, each),
            )
            for each in shown.settlements.select_related(
                "treasury_account", "received_by", "slip", "reversed_by", "entry__reversed_by"
            ).order_by("pk")
        ],
        "entry_way": open_to(
            entry_way(request.mutual, shown.entry), request.rights, Right.READ_BOOKS
        ),
        "asked": form,
        "may_read_slips": Right.READ_REGISTERS in request.rights,
        **{f"{act}_form": each for act, each in acts.items()},
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/contributions/shortage.html", context, status=status)


def _place(account: Account | None) -> str:
    return account_name(account) if account else ""


def _may_reverse(request: OfficeRequest, shown: CashShortage, each: ShortageSettlement) -> bool:
    """Whether the page offers to take a settlement back: the service says why not."""
    is_own = each.kind in SEPARATED_KINDS and each.received_by_id == request.user.pk
    is_at_bank = each.slip is not None and each.slip.deposited_on is not None
    return (
        Right.REVERSE in request.rights
        and each.reversed_on is None
        and shown.holder_id != request.user.pk
        and not is_own
        and not is_at_bank
    )


def _may_act(request: OfficeRequest, shown: CashShortage, act: str) -> bool:
    """Nobody settles their own shortage, nor writes off the one that they established."""
    is_earlier = act == "write_off" and shown.established_by_id == request.user.pk
    return shown.remaining_minor > 0 and shown.holder_id != request.user.pk and not is_earlier


def _refuse_act(request: OfficeRequest, shown: CashShortage, act: str) -> None:
    """An act that the page did not offer: the service says why, and the refusal is logged."""
    if act not in ACTS:
        raise Refusal("NOT_FOUND", record="act", key=act)
    content: dict[str, Any] = {"amount_minor": shown.remaining_minor}
    if act != "write_off":
        [account, *_others] = treasury_accounts(request.mutual)
        content |= {"treasury_account": account, "paid_on": request.day}
    if act != "repay":
        content["reason"] = ""
    ACTS[act][2](**command_arguments(request), shortage=shown, **content)


class ReverseForm(forms.Form):
    """Why a settlement is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@office_view(right=Right.REVERSE)
def reverse(request: OfficeRequest, uid: str) -> HttpResponse:
    """A settlement recorded by mistake is taken back, with the reason: it is owed again."""
    settlement = settlement_for(request.mutual, uid)
    form = ReverseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_settlement(
                **command_arguments(request),
                settlement=settlement,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            text = _("Settlement %(number)s is taken back: it is owed again.")
            notify(request, text % {"number": settlement.document_number})
            return redirect(office_url(request, "shortage", uid=settlement.shortage.uid))
    context = {
        "form": form,
        "settlement": settlement,
        "shortage": settlement.shortage,
        "name": SETTLEMENT_NAMES[settlement.kind],
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/settlement_reverse.html", context, status=status)
