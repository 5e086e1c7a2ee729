"""How payees are paid: what a family asked for, where a provider and the mutual have accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.enrolment.selectors import found, household_for
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import PaymentAccount
from entraide.apps.settlement.payees import (
    AccountEntry,
    account_of_provider,
    identity_of,
    note_payment_account,
    note_payout_preference,
    offered_channels,
    payable_providers,
    preference_of,
    provider_accounts,
)
from entraide.apps.settlement.returned_accounts import marks
from entraide.apps.takeover.clients import payout_account
from entraide.core.ledger import AccountRole
from entraide.core.settlement_channels import IN_HAND, TREASURY_OF_CHANNEL, PayoutChannel
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.ledger.wording import account_choice
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.settlements.marked import shown_mark
from entraide.web.settlements.payees import channel_name


class PreferenceForm(forms.Form):
    """By which way a family wishes to be reimbursed."""

    channel = forms.ChoiceField(label=gettext_lazy("Reimbursed by"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, offered: Iterable[PayoutChannel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (each.value, channel_name(each.value)) for each in offered
        ]


class AccountForm(forms.Form):
    """An account: where, under which number, in whose name."""

    channel = forms.ChoiceField(label=gettext_lazy("Paid by"))
    institution = forms.CharField(
        label=gettext_lazy("Bank, microfinance institution or mobile money"), max_length=120
    )
    bic = forms.CharField(
        label=gettext_lazy("BIC"), max_length=14, required=False,
        help_text=gettext_lazy("The bank’s code of 8 or 11 signs, where it is known."),
    )  # fmt: skip
    number = forms.CharField(label=gettext_lazy("IBAN, account or telephone number"), max_length=40)
    holder_name = forms.CharField(label=gettext_lazy("In whose name"), max_length=140)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (each.value, channel_name(each.value)) for each in PayoutChannel if each not in IN_HAND
        ]

    def entry(self) -> AccountEntry:
        """The account as it is typed."""
        known = self.cleaned_data
        return AccountEntry(
            known["institution"], known["number"], known["holder_name"], known["bic"]
        )


@office_view(right=Right.ENROL)
def preference(request: OfficeRequest, uid: str) -> HttpResponse:
    """By which way the refunds of a family go, from today on."""
    household = household_for(request.mutual, uid)
    here, current = office_url(request, "household", uid=household.uid), preference_of(household)
    form = PreferenceForm(
        request.POST or None,
        offered=offered_channels(request.mutual),
        initial={"channel": current.channel if current else ""},
    )
    if request.method == "POST" and form.is_valid():
        channel = form.cleaned_data["channel"]
        if carried_out(
            form,
            lambda: note_payout_preference(
                household=household, channel=channel, **command_arguments(request)
            ),
        ):
            needs_account = channel not in IN_HAND and payout_account(household) is None
            notify(
                request,
                _("Refunds of the family: {channel}").format(channel=channel_name(channel)),
                detail=_("No account is noted yet: the money would have nowhere to go.")
                if needs_account
                else "",
                links=[(_("Account for refunds"), office_url(request, "payout-account", uid=uid))],
            )
            return redirect(here)
    return form_page(
        request, form, title=_("How the family is reimbursed"), verb=_("Record"),
        lede=_("Unless a claim says otherwise. Batches are prepared by means."),
        back=here, way=household.number,
    )  # fmt: skip


@require_safe
@office_view(right=(Right.PREPARE_BATCH, Right.RECORD_PAYOUT, Right.AUTHORISE_BATCH))
def accounts(request: OfficeRequest) -> HttpResponse:
    """The accounts of providers, and how banks know the mutual's own."""
    mutual = request.mutual
    held = {each.provider_id: each for each in provider_accounts(mutual)}
    providers = payable_providers(mutual, request.day)
    known = marks(mutual)
    marked = {
        key: shown_mark(request, payout)
        for key, account in held.items()
        if (payout := known.on_account(key, None, account.number)) is not None
    }
    own = [each for each in treasury_accounts(mutual) if each.role != AccountRole.CASH]
    context = {
        "providers": [
            (each, held.get(each.pk), channel_of_account(held.get(each.pk)), marked.get(each.pk))
            for each in providers
        ],
        "own": [(each, account_choice(each), identity_of(each)) for each in own],
        "may_note": Right.PREPARE_BATCH in request.rights,
    }
    return render(request, "web/settlements/accounts.html", context)


def channel_of_account(account: PaymentAccount | None) -> str:
    """By which way an account is reached, as the reader says it; empty without one."""
    return channel_name(account.channel) if account else ""


@office_view(right=Right.PREPARE_BATCH)
def provider_account(request: OfficeRequest, uid: str) -> HttpResponse:
    """The account to which a provider is paid, from today on."""
    known = Q(agreements__mutual=request.mutual) | Q(payouts__mutual=request.mutual)
    provider = found(Provider.objects.filter(known).distinct(), uid=uid)
    return _note(
        request, account_of_provider(request.mutual, provider), provider.name, provider=provider
    )


@office_view(right=Right.PREPARE_BATCH)
def own_account(request: OfficeRequest, uid: str) -> HttpResponse:
    """How the bank knows one of the mutual's accounts: what an order to it needs."""
    account = found(Account.objects.filter(mutual=request.mutual), uid=uid)
    return _note(request, identity_of(account), account_choice(account), treasury_account=account)


def _note(
    request: OfficeRequest, current: PaymentAccount | None, name: str, **whose: Any
) -> HttpResponse:
    back = office_url(request, "payment-accounts")
    names = ("channel", "institution", "bic", "number", "holder_name")
    said = {each: getattr(current, each) for each in names} if current else {}
    if not said and (own := whose.get("treasury_account")) is not None:
        ways = {role: channel for channel, role in TREASURY_OF_CHANNEL.items()}
        said = {"holder_name": request.mutual.name, "channel": ways.get(AccountRole(own.role), "")}
    form = AccountForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        content = {"channel": form.cleaned_data["channel"], "account": form.entry(), **whose}
        if carried_out(form, lambda: note_payment_account(**content, **command_arguments(request))):
            notify(
                request,
                _("Account noted: {name}").format(name=name),
                detail=_("Batches prepared from now on go to it; whoever authorises sees it."),
            )
            return redirect(back)
    return form_page(
        request, form, title=_("Account of {name}").format(name=name), verb=_("Record"),
        back=back, way=_("Accounts of payees"),
        step=_("Settlements"), step_url=office_url(request, "settlements"),
    )  # fmt: skip
