"""Sums paid for many families: received whole, shared with a preview, told to the group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from entraide.apps.access.records import whole_mutual
from entraide.apps.contributions.desk import CHANNEL_OF_ROLE
from entraide.apps.contributions.lump_sums import (
    FamilyShare,
    owed_by,
    proposed_shares,
    receive_lump_sum,
    require_own_sum,
    reverse_lump_sum,
    share_lump_sum,
)
from entraide.apps.contributions.models import GroupPayment, SumOrigin
from entraide.apps.contributions.registers import groups_named, lump_sums_list, members_of
from entraide.apps.contributions.selectors import lump_sum_for
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.selectors import household_by_number
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.lump_sums import SharingRule
from entraide.messages import sentence
from entraide.web.contributions.forms import ReasonForm
from entraide.web.contributions.wording import account_name
from entraide.web.fields import DayField, MoneyField, read_amount
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal
from entraide.web.ways import entry_way, open_to

ROWS_PER_PAGE = 50
FAMILIES_SHOWN = 300  # of one group on the page where a sum is shared
ORIGIN_NAMES: dict[str, str | Promise] = {
    SumOrigin.COLLECTIVE_FIELD: gettext_lazy("Collective field"),
    SumOrigin.COMMON_PURSE: gettext_lazy("Common purse"),
    SumOrigin.SPONSOR: gettext_lazy("Sponsor"),
    SumOrigin.EMPLOYER: gettext_lazy("Employer’s list"),
    SumOrigin.OTHER: gettext_lazy("Other"),
}
RULE_NAMES: dict[str, str | Promise] = {
    SharingRule.OLDEST_FIRST: gettext_lazy("Oldest dues first"),
    SharingRule.EQUAL: gettext_lazy("Equal parts"),
    SharingRule.IN_PROPORTION: gettext_lazy("In proportion to what is due"),
}


@office_view(right=Right.READ_REGISTERS)
def lump_sum_list(request: OfficeRequest) -> HttpResponse:
    """Every lump sum, those with a rest first."""
    found = lump_sums_list(request.mutual)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(each, ORIGIN_NAMES[each.origin]) for each in page.object_list],
        "may_receive": Right.RECORD_PAYMENT in request.rights,
    }
    return render(request, "web/contributions/lump_sums.html", context)


class LumpSumForm(forms.Form):
    """One sum for many families: from where, how much, into which account."""

    origin = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"), choices=list(ORIGIN_NAMES.items())
    )
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    payer_name = forms.CharField(
        label=gettext_lazy("Brought by"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    treasury = forms.ChoiceField(label=gettext_lazy("Received in"), widget=forms.RadioSelect)
    amount = MoneyField(label=gettext_lazy("Amount received"))
    paid_on = DayField(label=gettext_lazy("Received on"))
    external_reference = forms.CharField(
        label=gettext_lazy("Transaction number"), max_length=80, required=False
    )

    def __init__(self, *args: Any, mutual: Mutual, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {
            str(each.uid): each
            for each in treasury_accounts(mutual)
            if each.role in CHANNEL_OF_ROLE
        }
        self.groups = {str(each.uid): each for each in groups_named(mutual)}
        self.fields["treasury"].choices = [
            (uid, account_name(each)) for uid, each in self.accounts.items()
        ]
        self.fields["treasury"].initial = next(iter(self.accounts), "")
        self.fields["external_reference"].is_conditional = True  # its hint says when it is needed
        self.fields["group"].choices = [
            ("", _("None: families are chosen by their number")),
            *((uid, each.name) for uid, each in self.groups.items()),
        ]
        self.fields["amount"].currency = mutual.currency
        self.fields["paid_on"].initial = day


@office_view(right=Right.RECORD_PAYMENT)
def receive(request: OfficeRequest) -> HttpResponse:
    """A lump sum is received; it is shared on its own page."""
    form = LumpSumForm(request.POST or None, mutual=request.mutual, day=request.day)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        try:
            made = receive_lump_sum(
                **command_arguments(request),
                origin=SumOrigin(known["origin"]),
                payer_name=known["payer_name"],
                amount_minor=known["amount"],
                treasury_account=form.accounts[known["treasury"]],
                paid_on=known["paid_on"],
                group=form.groups.get(known["group"]),
                external_reference=known["external_reference"],
            )
        except Refusal as refusal:
            show_refusal(form, refusal, {"amount_minor": "amount"})
        else:
            notify(
                request,
                _("Lump sum %(number)s is recorded.") % {"number": made.document_number},
                detail=_("Share it between the families now, or later."),
            )
            return redirect(office_url(request, "lump-sum", uid=made.uid))
    status = 422 if form.errors else 200
    return render(request, "web/contributions/lump_sum_new.html", {"form": form}, status=status)


@office_view(right=Right.READ_REGISTERS)
def lump_sum(request: OfficeRequest, uid: str) -> HttpResponse:
    """A lump sum, its receipts and its rest: the statement that the group's officer takes home."""
    shown = lump_sum_for(request.mutual, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_lump_sum(
                **command_arguments(request), lump_sum=shown, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            if refusal.code == "FORBIDDEN":
                raise
            show_refusal(form, refusal)
        else:
            notify(
                request, _("Lump sum %(number)s is taken back.") % {"number": shown.document_number}
            )
            return redirect(office_url(request, "lump-sum", uid=shown.uid))
    receipts = list(shown.receipts.select_related("household").order_by("pk"))
    members = members_of([each.household for each in receipts if each.household])
    context = {
        "lump_sum": shown,
        "origin": ORIGIN_NAMES[shown.origin],
        "account": account_name(shown.treasury_account),
        "receipts": [(each, members.get(each.household_id)) for each in receipts],
        "entry_way": open_to(
            entry_way(request.mutual, shown.entry), request.rights, Right.READ_BOOKS
        ),
        "form": form,
        "may_share": Right.RECORD_PAYMENT in request.rights
        and shown.rest_minor > 0
        and _is_own(request, shown),
        "may_reverse": Right.REVERSE in request.rights
        and shown.reversed_on is None
        and not shown.allocated_minor
        and shown.slip is None,
    }
    status = 422 if form.errors else 200
    return render(request, "web/contributions/lump_sum.html", context, status=status)


def _is_own(request: OfficeRequest, shown: GroupPayment) -> bool:
    """Whether the sum is of the sections of who looks, or they work for the whole mutual."""
    try:
        with whole_mutual():
            require_own_sum(shown, request.user, request.day)
    except Refusal:
        return False
    return True


@office_view(right=Right.RECORD_PAYMENT)
def share(request: OfficeRequest, uid: str) -> HttpResponse:
    """The rest of a sum between families: proposed by a rule, corrected by hand, then recorded."""
    shown = lump_sum_for(request.mutual, uid)
    asked = request.POST if request.method == "POST" else request.GET
    households, unknown = _families(request, shown, asked)
    rule = asked.get("rule", "")
    typed, faults = (
        {},
        [_("No family bears the number %(number)s.") % {"number": number} for number in unknown],
    )
    if request.method == "POST" and "record" in asked:
        typed, wrong = _typed(request.mutual, households, asked)
        faults += wrong
        if not faults:
            faults = _record(request, shown, typed, households)
            if not faults:
                return redirect(office_url(request, "lump-sum", uid=shown.uid))
    elif rule in list(SharingRule):
        typed = proposed_shares(shown, households, SharingRule(rule))
    owed, members = owed_by(households), members_of(households)
    context = {
        "lump_sum": shown,
        "rows": [
            (
                each,
                members.get(each.pk),
                sum(due.remaining_minor for due in owed.get(each.pk, ())),
                typed.get(each.pk, 0),
            )
            for each in households
        ],
        "shared_minor": sum(typed.values()),
        "rest_minor": shown.rest_minor - sum(typed.values()),
        "rules": RULE_NAMES.items(),
        "rule": rule,
        "numbers": asked.get("numbers", ""),
        "faults": faults,
        "limit": FAMILIES_SHOWN,
    }
    status = 422 if faults else 200
    return render(request, "web/contributions/lump_sum_share.html", context, status=status)


def _families(
    request: OfficeRequest, shown: GroupPayment, asked: Mapping[str, str]
) -> tuple[list[Household], list[str]]:
    """Those of the group that owe something, those asked by number; and the numbers unknown."""
    found: dict[int, Household] = {}
    if shown.group is not None:
        of_group = Household.objects.filter(mutual=request.mutual, group=shown.group)
        for each in of_group.order_by("number")[:FAMILIES_SHOWN]:
            found[each.pk] = each
        owing = owed_by(found.values())
        found = {pk: each for pk, each in found.items() if pk in owing}
    unknown = []
    for number in asked.get("numbers", "").replace(",", " ").replace(";", " ").split():
        household = household_by_number(request.mutual, number)
        if household is None:
            unknown.append(number)
        else:
            found[household.pk] = household
    return list(found.values()), unknown


def _typed(
    mutual: Mutual, households: Iterable[Household], asked: Mapping[str, str]
) -> tuple[dict[int, int], list[str]]:
    typed, faults = {}, []
    for each in households:
        text = asked.get(f"part-{each.uid}", "").strip()
        if not text:
            continue
        try:
            if amount_minor := read_amount(text, mutual.currency):
                typed[each.pk] = amount_minor
        except Refusal as refusal:
            faults.append(_of(each.number, told(refusal)))
    return typed, faults


def _of(number: str, fault: str) -> str:
    """A fault with the family that it is about."""
    return f"{number}{pgettext('between a term and its meaning', ': ')}{fault}"


def _record(
    request: OfficeRequest,
    shown: GroupPayment,
    typed: dict[int, int],
    households: Iterable[Household],
) -> list[str]:
    """Record the parts; what was refused, told family by family."""
    shares = tuple(FamilyShare(each, typed[each.pk]) for each in households if each.pk in typed)
    try:
        share_lump_sum(**command_arguments(request), lump_sum=shown, shares=shares)
    except RefusedRows as refusal:
        language = get_language() or "fr"
        return [
            _of(each.data.get("household", ""), sentence(each.code, each.data, language))
            for each in refusal.findings
        ]
    except Refusal as refusal:
        if refusal.code == "FORBIDDEN":
            raise
        return [told(refusal)]
    notify(
        request,
        ngettext("%(count)s receipt is made.", "%(count)s receipts are made.", len(shares))
        % {"count": len(shares)},
        detail=_("What is not shared stays the advance of the group."),
    )
    return []
