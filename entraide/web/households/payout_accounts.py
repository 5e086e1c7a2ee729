"""Where the refunds of a family may be paid, noted at the desk; each account keeps its days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.enrolment.selectors import household_for
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.clients import (
    note_payout_account,
    payout_account,
    payout_accounts_of,
    withdraw_payout_account,
)
from entraide.core.errors import Refusal
from entraide.web.households.fields import text_input
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal
from entraide.web.settlements.marked import mark_shown_for

ACCOUNTS_SHOWN = 20


class PayoutAccountForm(forms.Form):
    """An account at a bank or microfinance institution, or a mobile-money number."""

    institution = forms.CharField(
        label=gettext_lazy("Bank, microfinance institution or mobile money"),
        max_length=120, widget=text_input(),
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("Account or telephone number"), max_length=40, widget=text_input()
    )
    holder_name = forms.CharField(
        label=gettext_lazy("In whose name"), max_length=160, widget=text_input()
    )


@office_view(right=Right.ENROL)
def note_account(request: OfficeRequest, uid: str) -> HttpResponse:
    """The account to which refunds go from today on, and those before."""
    household = household_for(request.mutual, uid)
    current = payout_account(household)
    said = {name: getattr(current, name) for name in PayoutAccountForm.base_fields if current}
    member = household.persons.filter(is_member=True).last() or household.persons.first()
    if not said and member is not None:
        said = {"holder_name": member.full_name}
    form = PayoutAccountForm(request.POST or None, initial=said)
    if request.method == "POST" and (is_done := _carried_out(request, household, form)):
        notify(request, is_done)
        return redirect(office_url(request, "household", uid=household.uid))
    context = {
        "household": household,
        "member": member,
        "form": form,
        "current": current,
        "mark": mark_shown_for(request, household),
        "accounts": payout_accounts_of(household)[:ACCOUNTS_SHOWN],
    }
    status = 422 if form.errors else 200
    return render(request, "web/households/payout_account.html", context, status=status)


def _carried_out(request: OfficeRequest, household: Any, form: PayoutAccountForm) -> str:
    """What was done, as the next page says it; empty when the form is to be corrected."""
    if "withdraw" in request.POST:
        form.is_bound = False
        withdraw_payout_account(**command_arguments(request), household=household)
        return str(_("No account is noted for refunds any more."))
    if not form.is_valid():
        return ""
    try:
        note_payout_account(**command_arguments(request), household=household, **form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return ""
    return str(_("The account for refunds is noted."))
