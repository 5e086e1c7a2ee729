"""The forms of contributions: money received, reversals, slips and deposits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.contributions.desk import CHANNEL_OF_ROLE, MoneyReceived
from entraide.apps.contributions.models import Channel, Payer
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_accounts
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from entraide.web.contributions.wording import PAYER_NAMES, account_name
from entraide.web.fields import DayField, MoneyField

AT_HAND = (AccountRole.CASH, AccountRole.MOBILE_MONEY)  # first at a desk, then banks


def _at_hand(account: Account) -> int:
    return AT_HAND.index(account.role) if account.role in AT_HAND else len(AT_HAND)


class MoneyPart(forms.Form):
    """Money on the table, which may be none: where it goes, how much, its number.

    The account tells the channel, so that nothing is asked twice.
    """

    treasury = forms.ChoiceField(
        label=gettext_lazy("Received in"), widget=forms.RadioSelect, required=False
    )
    amount = MoneyField(label=gettext_lazy("Amount received"), required=False)
    external_reference = forms.CharField(
        label=gettext_lazy("Transaction number"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    money_may_be_absent = True

    def __init__(self, *args: Any, mutual: Mutual, takes_money: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_money = takes_money
        if not takes_money:  # the person enrols, another one holds the cash box
            del self.fields["treasury"], self.fields["amount"], self.fields["external_reference"]
            return
        self.accounts: dict[str, Account] = {
            str(account.uid): account
            for account in sorted(treasury_accounts(mutual), key=_at_hand)
            if account.role in CHANNEL_OF_ROLE
        }
        choices = [(uid, account_name(account)) for uid, account in self.accounts.items()]
        if self.money_may_be_absent:
            # Ticked until somebody says where money went: an empty amount is not in the cash box.
            choices.insert(0, ("", _("Nothing today")))
        self.fields["treasury"].choices = choices
        self.fields["treasury"].initial = choices[0][0] if choices else ""
        self.fields["amount"].currency = mutual.currency
        self.fields["external_reference"].is_conditional = True  # its hint says when it is needed

    def clean(self) -> dict[str, Any] | None:
        """An amount needs where it went."""
        known = super().clean() or self.cleaned_data
        if known.get("amount") and not known.get("treasury"):
            self.add_error("treasury", _("Choose where this money went."))
        return known

    def money(self) -> MoneyReceived | None:
        """What was received, or None when nothing was."""
        known = self.cleaned_data
        if not known.get("amount") or not known.get("treasury"):
            return None
        return MoneyReceived(
            known["amount"], self.accounts[known["treasury"]], known["external_reference"]
        )


class PaymentForm(MoneyPart):
    """Money received for a household already enrolled."""

    paid_on = DayField(label=gettext_lazy("Received on"))
    brought_by = forms.ChoiceField(
        label=gettext_lazy("Brought by"),
        choices=(
            ("", gettext_lazy("The family")),
            (Channel.LENDER.value, gettext_lazy("The lender, who keeps it back from the loan")),
            (Channel.GROUP.value, gettext_lazy("Its group, for several families")),
        ),
        required=False,
    )
    payer = forms.ChoiceField(label=gettext_lazy("On behalf of"), required=False)
    payer_name = forms.CharField(
        label=gettext_lazy("Name of who pays"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paper_number = forms.CharField(
        label=gettext_lazy("Number of the paper receipt"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    double_confirmed = forms.BooleanField(
        label=gettext_lazy("The leaf does bear this number: record it all the same"),
        required=False,
    )
    money_may_be_absent = False

    def __init__(self, *args: Any, day: date, payers: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].required = self.fields["treasury"].required = True
        self.fields["paid_on"].initial = day
        if len(payers) > 1:
            self.fields["payer"].choices = [(each, PAYER_NAMES[each]) for each in payers]
        else:
            del self.fields["payer"]

    def channel(self) -> Channel:
        """How the money came: as the account tells, unless lender or group brought it."""
        brought_by = self.cleaned_data.get("brought_by")
        if brought_by:
            return Channel(brought_by)
        return CHANNEL_OF_ROLE[self.accounts[self.cleaned_data["treasury"]].role]

    def payer_chosen(self) -> Payer:
        """Whose dues it pays."""
        return Payer(self.cleaned_data.get("payer") or Payer.HOUSEHOLD)


class ReasonForm(forms.Form):
    """Why something is taken back: read later by whoever checks the books."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReversalForm(ReasonForm):
    """A receipt is taken back; once its cash is at the bank, who gives the money back to whom."""

    refund_from = forms.ChoiceField(
        label=gettext_lazy("Money given back from"), widget=forms.RadioSelect
    )
    given_to = forms.CharField(
        label=gettext_lazy("Given back to"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, mutual: Mutual, is_deposited: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_deposited = is_deposited
        self.accounts: dict[str, Account] = {}
        if not is_deposited:
            del self.fields["refund_from"], self.fields["given_to"]
            return
        self.accounts = {str(account.uid): account for account in treasury_accounts(mutual)}
        self.fields["refund_from"].choices = [
            (uid, account_name(account)) for uid, account in self.accounts.items()
        ]

    def account(self) -> Account | None:
        """The account that the money comes out of, when the bank has that of the receipt."""
        return self.accounts.get(self.cleaned_data.get("refund_from", ""))


class ReassignForm(ReasonForm):
    """The family that a receipt was for."""

    household = forms.CharField(
        label=gettext_lazy("Number of the right family"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DepositForm(forms.Form):
    """The cash of a slip reaches the bank."""

    bank = forms.ChoiceField(label=gettext_lazy("Deposited in"), widget=forms.RadioSelect)
    deposited_on = DayField(label=gettext_lazy("Day of the deposit"))
    amount = MoneyField(label=gettext_lazy("Amount counted by the bank"), required=False)

    def __init__(self, *args: Any, mutual: Mutual, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = mutual.currency
        self.accounts = {
            str(account.uid): account
            for account in treasury_accounts(mutual)
            if CHANNEL_OF_ROLE.get(account.role) not in (Channel.CASH, None)
        }
        choices = [(uid, account_name(account)) for uid, account in self.accounts.items()]
        self.fields["bank"].choices = choices
        self.fields["bank"].initial = choices[0][0] if choices else ""
        self.fields["deposited_on"].initial = day

    def account(self) -> Account:
        """The account that received the deposit."""
        return self.accounts[self.cleaned_data["bank"]]
