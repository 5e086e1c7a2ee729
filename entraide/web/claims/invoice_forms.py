"""The forms of the reception register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from entraide.apps.providers.selectors import agreed_providers, providers_without_agreement
from entraide.web.claims.reasons import SECTORS
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.office import OfficeRequest


class ReceptionForm(forms.Form):
    """An invoice as it comes in, in the order of its paper."""

    provider = forms.ChoiceField(label=_("Provider"))
    provider_number = forms.CharField(
        label=_("Number written by the provider"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    period_from = DayField(label=_("Care from"))
    period_until = LastDayField(label=_("Last day"))
    received_on = DayField(label=_("Received on"))
    stated_count = forms.IntegerField(label=_("Number of attestations"), min_value=1)
    stated_total = MoneyField(label=_("Total of the invoice"))
    page_count = forms.IntegerField(label=_("Pages"), min_value=0, max_value=5000, required=False)
    due_on = DayField(
        label=_("To be paid by"), required=False,
        help_text=_("Empty: counted from the convention."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stated_total"].currency = request.mutual.currency
        agreed = list(agreed_providers(request.day))
        others = list(providers_without_agreement(request.mutual, request.day))
        self._providers = {str(each.uid): each for each in (*agreed, *others)}
        groups: list[Any] = [("", _("Choose"))]
        for name, rows in ((_("Under agreement"), agreed), (_("Without agreement"), others)):
            if rows:
                groups.append(
                    (name, [(str(p.uid), f"{p.name}, {SECTORS[p.sector]}") for p in rows])
                )
        self.fields["provider"].choices = groups

    def content(self) -> dict[str, Any]:
        """The content of the command."""
        known = self.cleaned_data
        return {
            "provider": self._providers[known["provider"]],
            "provider_number": known["provider_number"],
            "period_from": known["period_from"],
            "period_until": known["period_until"],
            "received_on": known["received_on"],
            "stated_count": known["stated_count"],
            "stated_minor": known["stated_total"],
            "page_count": known["page_count"] or 0,
            "due_on": known["due_on"],
        }


class InvoiceReasonForm(forms.Form):
    """Why an invoice is closed in spite of its difference, or cancelled."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stays with the invoice."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
