"""The forms of reconciliation: a file, a reason, an explanation, an account, a rule."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.banking.models import BankAccount
from entraide.apps.banking.postings import RULE_ROLES
from entraide.apps.banking.statement_files import AUTO, CAMT053, profiles
from entraide.apps.banking.worksheet import accounts_without_statements
from entraide.apps.ledger.models import Account
from entraide.apps.schemes.models import Mutual
from entraide.core.ledger import AccountRole
from entraide.core.reconciliation import LeftoverClass
from entraide.web.fields import DayField
from entraide.web.ledger.wording import account_name
from entraide.web.reconciliation.wording import EXPLANATION_NAMES, profile_title

MOST_MEGABYTES = 20


def _words(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attributes})


class StatementForm(forms.Form):
    """A statement as the bank sent it."""

    file = forms.FileField(label=gettext_lazy("File of the statement"))
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)

    def __init__(self, *args: Any, bank_account: BankAccount, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [
            (AUTO, _("Recognised by itself")),
            (CAMT053, "camt.053 (XML)"),
            *(
                (profile.profile, f"CSV · {profile_title(profile)}")
                for profile in profiles(bank_account.mutual)
            ),
        ]
        self.fields["file"].widget.attrs["accept"] = ".xml,.csv,.txt,text/csv,application/xml"

    def clean_file(self) -> Any:
        """Not larger than any statement is."""
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                _("This file is larger than %(most)s MB: it is not a statement.")
                % {"most": MOST_MEGABYTES}
            )
        return file


class RefuseForm(forms.Form):
    """Why a proposal is refused, or a match taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, widget=_words())


class ExplainForm(forms.Form):
    """Why a line stays without an entry."""

    explanation_class = forms.ChoiceField(
        label=gettext_lazy("What is it"),
        choices=[(code.value, EXPLANATION_NAMES[code]) for code in EXPLANATION_NAMES],
        widget=forms.RadioSelect,
        initial=LeftoverClass.BANK_ERROR.value,
    )
    note = forms.CharField(label=gettext_lazy("In words"), max_length=300, widget=_words())


class BankAccountForm(forms.Form):
    """An account at a bank or operator, and the account of the books that mirrors it."""

    account = forms.ChoiceField(label=gettext_lazy("In the books"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("Name of the account"), max_length=120, widget=_words()
    )
    institution = forms.CharField(
        label=gettext_lazy("Bank or operator"), max_length=120, required=False, widget=_words()
    )
    identifier = forms.CharField(
        label=gettext_lazy("Account number or IBAN"),
        max_length=60,
        required=False,
        widget=_words(),
    )
    csv_profile = forms.ChoiceField(label=gettext_lazy("CSV profile"), required=False)
    opened_on = DayField(label=gettext_lazy("Opened on"))

    def __init__(self, *args: Any, mutual: Mutual, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts: dict[str, Account] = {
            str(each.uid): each for each in accounts_without_statements(mutual)
        }
        choices = [(uid, account_name(each)) for uid, each in self.accounts.items()]
        self.fields["account"].choices = choices
        self.fields["account"].initial = choices[0][0] if choices else ""
        self.fields["csv_profile"].choices = [
            ("", _("None: it sends camt.053")),
            *((each.profile, profile_title(each)) for each in profiles(mutual)),
        ]
        self.fields["opened_on"].initial = date(day.year, 1, 1)


RULE_ROLE_NAMES = {
    AccountRole.BANK_CHARGES: gettext_lazy("Bank charges"),
    AccountRole.INTEREST_INCOME: gettext_lazy("Interest received"),
    AccountRole.OTHER_RUNNING_COSTS: gettext_lazy("Other running costs"),
}


class RuleForm(forms.Form):
    """Lines that look like this are always that."""

    code = forms.CharField(label=gettext_lazy("Short code"), max_length=40, widget=_words())
    pattern = forms.CharField(
        label=gettext_lazy("Words of the line"), max_length=200, widget=_words()
    )
    account_role = forms.ChoiceField(
        label=gettext_lazy("Posted to"),
        choices=[
            (role.value, RULE_ROLE_NAMES[role]) for role in RULE_ROLE_NAMES if role in RULE_ROLES
        ],
        widget=forms.RadioSelect,
        initial=AccountRole.BANK_CHARGES.value,
    )


class ByHandForm(forms.Form):
    """Lines and entries that a person puts together; only carries what the service refuses."""

    lines = forms.CharField(label=gettext_lazy("Lines of the statement"), required=False)
    entries = forms.CharField(label=gettext_lazy("Entries of the books"), required=False)
