"""The forms of prior agreements: what is asked, who called, the number read back, the answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.claims.agreement_calls import Caller
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.providers.selectors import agreed_providers
from entraide.apps.schemes.models import Mutual
from entraide.web import clock
from entraide.web.claims.reasons import SECTORS, category_names
from entraide.web.fields import DayField, HourField, LastDayField, MoneyField
from entraide.web.office import OfficeRequest


def _line(label: Any, help_text: Any = "", *, size: int = 80) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=size,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def caller_of(form: forms.Form, mutual: Mutual) -> Caller:
    """Who called, as the form says it; the service names what is missing."""
    known = form.cleaned_data
    return Caller(
        name=known["caller_name"],
        post=known["caller_post"],
        called_at=known["called_at"] or clock.now(mutual),
        phone=known["caller_phone"],
    )


class AskForm(forms.Form):
    """What is asked, in the order in which it is said on the telephone."""

    card = forms.CharField(
        label=gettext_lazy("Card number or name"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    category = forms.ChoiceField(label=gettext_lazy("Care"))
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)
    amount = MoneyField(
        label=gettext_lazy("Amount asked"), required=False,
        help_text=gettext_lazy(
            "The most that the mutual will pay, the family’s share taken off."
            " Empty when no amount is known."
        ),
    )  # fmt: skip
    effective_from = DayField(label=gettext_lazy("From the day"))
    effective_until = LastDayField(label=gettext_lazy("Last day"))
    by_telephone = forms.BooleanField(label=gettext_lazy("Asked by telephone"), required=False)
    caller_name = _line(gettext_lazy("Who calls"))
    caller_post = _line(gettext_lazy("Their post"), gettext_lazy("For example: midwife."))
    caller_phone = _line(gettext_lazy("Their telephone number"), size=30)
    called_at = HourField(label=gettext_lazy("Hour of the call"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False,
        help_text=gettext_lazy("No diagnosis here: the family and the provider read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mutual = request.mutual
        self.fields["amount"].currency = request.mutual.currency
        names = category_names()
        self._categories = {each.code: each for each in CareCategory.objects.all()}
        self.fields["category"].choices = [
            (code, names.get(code, code)) for code in self._categories
        ]
        self._providers = {str(each.uid): each for each in agreed_providers(request.day)}
        self.fields["provider"].choices = [
            ("", _("Any provider")),
            *(
                (uid, f"{each.name}, {SECTORS[each.sector]}")
                for uid, each in self._providers.items()
            ),
        ]

    def content(self) -> dict[str, Any]:
        """The content of the command, without the person."""
        known = self.cleaned_data
        return {
            "category": self._categories[known["category"]],
            "provider": self._providers.get(known["provider"]),
            "amount_minor": known["amount"],
            "effective_from": known["effective_from"],
            "effective_until": known["effective_until"],
            "by_telephone": known["by_telephone"],
            "caller": caller_of(self, self._mutual) if known["by_telephone"] else None,
            "reason": known["reason"],
        }


class AnswerForm(forms.Form):
    """The answer of the médecin conseil."""

    amount = MoneyField(
        label=gettext_lazy("Amount agreed"), required=False,
        help_text=gettext_lazy(
            "The most that the mutual will pay, the family’s share taken off."
            " Empty: as it was asked."
        ),
    )  # fmt: skip
    effective_from = DayField(label=gettext_lazy("From the day"), required=False)
    effective_until = LastDayField(label=gettext_lazy("Last day"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(
        self, *args: Any, currency: str, days: tuple[date, date] | None, **kwargs: Any
    ) -> None:
        """``days``: those on which the rules would pay, half-open, put in beforehand."""
        if days is not None:
            kwargs["initial"] = {"effective_from": days[0], "effective_until": days[1]}
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency


class CallForm(forms.Form):
    """A later call about an agreement."""

    caller_name = _line(gettext_lazy("Who calls"))
    caller_post = _line(gettext_lazy("Their post"), gettext_lazy("For example: midwife."))
    caller_phone = _line(gettext_lazy("Their telephone number"), size=30)
    called_at = HourField(label=gettext_lazy("Hour of the call"), required=False)


class ReadBackForm(forms.Form):
    """The number as the caller said it again, and when."""

    number = forms.CharField(
        label=gettext_lazy("Number as the caller says it again"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    read_at = HourField(label=gettext_lazy("Hour"), required=False)
