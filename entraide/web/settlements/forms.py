"""The forms of settlements: which claims, from which account; which payouts, on which day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entraide.apps.ledger.models import Account
from entraide.apps.settlement.models import Payout
from entraide.web.claims.reasons import language
from entraide.web.fields import DayField, is_uid


def account_label(account: Account) -> str:
    """What an account is called in the reader's language."""
    return account.label_fr if language() == "fr" else account.label_en


class BatchForm(forms.Form):
    """A batch to prepare: the account that will pay, the claims that it pays."""

    account = forms.ChoiceField(label=_("Paid from"), widget=forms.RadioSelect)
    claims = forms.MultipleChoiceField(label=_("Claims"), required=False)

    def __init__(
        self, *args: Any, accounts: Iterable[tuple[str, str]], claims: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = list(accounts)
        self.fields["claims"].choices = [(uid, uid) for uid in claims]
        self.fields["claims"].error_messages["invalid_choice"] = _(
            "A claim of this list is no longer to be settled. Look at the list again."
        )

    def clean_claims(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["claims"]
        if not chosen:
            raise forms.ValidationError(gettext("Tick at least one claim."))
        if not all(is_uid(each) for each in chosen):
            raise forms.ValidationError(self.fields["claims"].error_messages["invalid_choice"])
        return chosen


class PaidForm(forms.Form):
    """The payouts whose money has gone, and the day on which it went."""

    paid_on = DayField(label=_("Paid on"))
    payouts = forms.MultipleChoiceField(
        label=_("Payments made"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, payouts: Iterable[Payout], day: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"paid_on": day}, **kwargs)
        self.fields["payouts"].choices = [(str(each.uid), str(each.uid)) for each in payouts]

    def clean_payouts(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["payouts"]
        if not chosen:
            raise forms.ValidationError(gettext("Tick at least one payment."))
        return chosen
