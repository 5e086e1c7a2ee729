"""The form of a tariff: one field for each of its values; to simulate it, or to enter it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from entraide.rulebook import ProductRules
from entraide.web.fields import DayField
from entraide.web.tariffs.fields import PercentField, changed_values, field_of, tariff_values


class TariffForm(forms.Form):
    """The values of a tariff as they stand on a day; :meth:`changes` says what was typed anew."""

    def __init__(self, *args: Any, rules: ProductRules, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing, self.absent = tariff_values(rules, on)
        for value in (*self.standing, *self.absent):
            self.fields[value.field_name] = field_of(value, rules.currency)

    def of_tariff(self) -> list[forms.BoundField]:
        """The fields of what stands today."""
        return [self[value.field_name] for value in self.standing]

    def to_add(self) -> list[forms.BoundField]:
        """The fields of what the formula could say besides."""
        return [self[value.field_name] for value in self.absent]

    def changes(self) -> dict[str, Any]:
        """Key path → plain value, for what differs from what stands."""
        return changed_values([*self.standing, *self.absent], self.cleaned_data)


class SimulationForm(TariffForm):
    """A tariff to try, and the effort above which a tier is flagged."""

    effort_limit = PercentField(label=_("Flag an effort above"), required=False, max_length=8)


class VersionForm(TariffForm):
    """A new version: its values, from when, who decided it, and why where the guard asks."""

    effective_from = DayField(label=_("In force from"))
    source = forms.CharField(
        label=_("Who decided it"),
        max_length=200,
        help_text=_("The assembly or the board, its day, its resolution."),
    )
    scenario = forms.CharField(
        label=_("Scenario of the business plan that justifies it"), max_length=200, required=False
    )
    running_share_reason = forms.CharField(
        label=_("Why more goes to running costs"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Asked when running costs take more than the limit of the mutual."),
    )
