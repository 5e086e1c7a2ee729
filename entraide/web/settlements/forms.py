"""The forms of settlements: which claims, from which account; which payouts, on which day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entraide.apps.ledger.models import Account
from entraide.apps.settlement.models import Payout, PayoutPlace, ReturnCode
from entraide.core.settlement_channels import places_of
from entraide.core.work_time import MINUTES_OF_A_DAY
from entraide.web.claims.reasons import language
from entraide.web.fields import DayField, MoneyField, is_uid


def account_label(account: Account) -> str:
    """What an account is called in the reader's language."""
    return account.label_fr if language() == "fr" else account.label_en


def overdraft_field() -> forms.BooleanField:
    """Whether a person confirms that the bank lends what an account lacks."""
    return forms.BooleanField(
        label=_("If the bank account lacks it, the bank lends: I confirm the overdraft"),
        required=False,
    )


def place_name(place: str) -> str:
    """A place of payment; an empty one was not said."""
    names = {
        PayoutPlace.OFFICE.value: gettext("At the office"),
        PayoutPlace.AGENCY.value: gettext("At an agency"),
        PayoutPlace.HOME.value: gettext("At home"),
        PayoutPlace.TRANSFER.value: gettext("By transfer"),
        "": gettext("Not said"),
    }
    return names[place]


class BatchForm(forms.Form):
    """A batch to prepare: the account that will pay, the claims that it pays."""

    account = forms.ChoiceField(label=_("Paid from"), widget=forms.RadioSelect)
    claims = forms.MultipleChoiceField(label=_("Claims"), required=False)
    awards = forms.MultipleChoiceField(label=_("Owed by conventions"), required=False)
    invoice_reason = forms.CharField(
        label=_("Why they are paid before their invoice adds up"), required=False, max_length=300
    )

    def __init__(
        self,
        *args: Any,
        accounts: Iterable[tuple[str, str]],
        claims: Iterable[str],
        awards: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = list(accounts)
        gone = _("A line of this list is no longer to be settled. Look at the list again.")
        for name, keys in (("claims", claims), ("awards", awards)):
            self.fields[name].choices = [(uid, uid) for uid in keys]  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid_choice"] = gone

    def clean(self) -> dict[str, Any]:
        content: dict[str, Any] = super().clean() or {}
        claims, awards = content.get("claims"), content.get("awards")
        if claims == [] and awards == []:
            self.add_error("claims", gettext("Tick at least one claim."))
        for name, chosen in (("claims", claims), ("awards", awards)):
            if not all(is_uid(each) for each in chosen or ()):
                self.add_error(name, self.fields[name].error_messages["invalid_choice"])
        return content


class PaidForm(forms.Form):
    """The payouts whose money has gone, and the day on which it went."""

    paid_on = DayField(label=_("Paid on"))
    place = forms.ChoiceField(label=_("Where the money was given"), required=False)
    minutes = forms.IntegerField(
        label=_("Minutes for each payment, way and wait"),
        required=False,
        min_value=0,
        max_value=MINUTES_OF_A_DAY,
    )
    payouts = forms.MultipleChoiceField(
        label=_("Payments made"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        payouts: Iterable[Payout],
        day: date,
        **kwargs: Any,
    ) -> None:
        payouts = list(payouts)
        places = list(dict.fromkeys(places_of(each.channel)[0] for each in payouts))
        usual = places[0] if len(places) == 1 else ""
        super().__init__(*args, initial={"paid_on": day, "place": usual}, **kwargs)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", "–"), *((each, place_name(each)) for each in places),
        ]  # fmt: skip
        self.fields["payouts"].choices = [(str(each.uid), str(each.uid)) for each in payouts]

    def clean_payouts(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["payouts"]
        if not chosen:
            raise forms.ValidationError(gettext("Tick at least one payment."))
        return chosen


def return_name(code: str) -> str:
    """Why a payment came back, as the reader says it; empty for one that did not."""
    names = {
        ReturnCode.ACCOUNT_UNKNOWN.value: gettext("Account unknown"),
        ReturnCode.ACCOUNT_CLOSED.value: gettext("Account closed"),
        ReturnCode.NAME_DIFFERS.value: gettext("The holder’s name differs"),
        ReturnCode.LIMIT_EXCEEDED.value: gettext("Above the limit of the account"),
        ReturnCode.REFUSED.value: gettext("Refused by the bank or operator"),
        ReturnCode.NOT_FETCHED.value: gettext("Not fetched"),
        ReturnCode.MISTAKE.value: gettext("Recorded by mistake"),
    }
    return names.get(code, code)


class ReturnForm(forms.Form):
    """When and why a payment came back."""

    returned_on = DayField(label=_("Came back on"))
    code = forms.ChoiceField(label=_("Why"))
    reason = forms.CharField(label=_("In the words of the bank"), required=False, max_length=200)

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"returned_on": day}, **kwargs)
        codes = [each for each in ReturnCode.values if each != ReturnCode.MISTAKE]
        self.fields["code"].choices = [("", "–"), *((each, return_name(each)) for each in codes)]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is undone."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class AskBackForm(forms.Form):
    """How much is asked back of a claim, and why."""

    amount_minor = MoneyField(label=_("Amount asked back"))
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"].currency = currency  # type: ignore[attr-defined]
