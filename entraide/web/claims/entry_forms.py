"""What is typed from an attestation or an invoice: the head of the paper, then its lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entraide.apps.claims.models import Circuit
from entraide.apps.providers.models import Provider
from entraide.core.settlement_channels import PayoutChannel
from entraide.documents.writing import number
from entraide.web.claims.circumstances import CircumstancesForm
from entraide.web.claims.reasons import CHANNELS, SECTORS, language
from entraide.web.claims.sheet import quantity_written
from entraide.web.fields import DayField, MoneyField

FIRST_LINES, MORE_LINES = 4, 3
REIMBURSED_BY = tuple(each.value for each in PayoutChannel)
AS_ASKED = "asked"  # by the way that the family asked for


class QuantityField(forms.CharField):
    """A quantity as typed, ``0,5`` or ``12``; the services say whether it can be right."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return quantity_written(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            quantity = Decimal(text.replace(" ", "").replace(",", "."))
        except InvalidOperation:
            quantity = Decimal("NaN")
        if not quantity.is_finite() or quantity.adjusted() >= MOST_DIGITS:
            told = gettext("“{text}” is not a quantity. Write 1, 12 or 0.5.").format(text=text)
            raise ValidationError(told)
        if quantity != round(quantity, 2):
            told = gettext("A quantity has two decimals at most: {rounded}?")
            raise ValidationError(told.format(rounded=number(quantity, language(), 2)))
        return quantity


MOST_DIGITS = 8  # before the point; the column holds no more


class ClaimForm(CircumstancesForm):
    """The head of an attestation."""

    card = forms.CharField(
        label=_("Card number"),
        max_length=120,
        help_text=_("The card’s number, or enough of the name."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    care_on = DayField(label=_("Day of care"))
    received_on = DayField(label=_("Received on"))
    provider = forms.ChoiceField(label=_("Provider"))
    circuit = forms.ChoiceField(
        label=_("Who is paid"),
        widget=forms.RadioSelect,
        initial=Circuit.THIRD_PARTY_PAYMENT.value,
        choices=[
            (Circuit.THIRD_PARTY_PAYMENT.value, _("The provider (third-party payment)")),
            (Circuit.REIMBURSEMENT.value, _("The family (reimbursement)")),
        ],
    )
    channel = forms.ChoiceField(
        label=_("Reimbursed by"),
        required=False,
        choices=[
            ("", "–"),
            (AS_ASKED, pgettext_lazy("channel", "As the family asked")),
            *((code, CHANNELS[code]) for code in REIMBURSED_BY),
        ],
    )
    attestation_number = forms.CharField(label=_("Attestation no."), max_length=60, required=False)
    invoice_number = forms.CharField(label=_("Invoice no."), max_length=60, required=False)
    diagnosis = forms.CharField(label=_("Diagnosis"), max_length=120, required=False)
    stated_total = MoneyField(
        label=_("Total written on the paper"),
        required=False,
        help_text=_("Compared with the sum of the lines; a difference is kept."),
    )

    other_paid = MoneyField(
        label=_("Already paid by another payer"),
        required=False,
        help_text=_("Its statement for this care; dealt out over the lines."),
    )
    # The ``uid`` of the invoice received that the attestation stands on.
    invoice = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        agreed: list[Provider],
        others: list[Provider],
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.providers = {str(each.uid): each for each in (*agreed, *others)}
        self.fields["stated_total"].currency = currency
        self.fields["other_paid"].currency = currency
        groups: list[Any] = [("", _("Choose"))]
        if agreed:
            groups.append((_("Under agreement"), [_choice(each) for each in agreed]))
        if others:
            groups.append((_("Without agreement"), [_choice(each) for each in others]))
        self.fields["provider"].choices = groups
        for name in ("attestation_number", "invoice_number", "diagnosis"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def provider_chosen(self) -> Provider | None:
        """The provider, once the form was read."""
        return self.providers.get(self.cleaned_data.get("provider", ""))

    @property
    def care_day(self) -> date | None:
        """The day of care, where it could be read."""
        return self.cleaned_data.get("care_on")


def _choice(provider: Provider) -> tuple[str, str]:
    return str(provider.uid), f"{provider.name}, {SECTORS[provider.sector]}"


class LineForm(forms.Form):
    """One act or drug. ``prefilled`` remembers the price that was proposed, so that another act
    may propose another one as long as nobody has typed a price."""

    item = forms.CharField(
        label=_("Act or drug"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "care-items"}),
    )
    quantity = QuantityField(label=_("Quantity"), required=False)
    unit_price = MoneyField(label=_("Unit price"), required=False)
    prefilled = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_price"].currency = currency

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed on the line."""
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in _TYPED)


_TYPED = ("item", "quantity", "unit_price")

MOST_LINES = 200
LineFormSet = forms.formset_factory(LineForm, extra=0, max_num=MOST_LINES, absolute_max=220)
