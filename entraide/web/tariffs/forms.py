"""The form of a tariff: one field for each of its values; to simulate it, or to enter it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entraide.core.errors import Refusal, RefusedRows
from entraide.rulebook import ProductRules
from entraide.web.fields import DayField, MoneyField
from entraide.web.home.rule_words import CHOICE_WORDS
from entraide.web.tariffs.fields import PercentField, changed_values, field_of, tariff_values


class CategoryForm(forms.Form):
    """A category of exempted households to add to a product."""

    category_title = forms.CharField(
        label=_("Name of the category"),
        max_length=80,
        required=False,
        help_text=_("For instance: Indigents. Its families are exempted one by one afterwards."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category_rate = PercentField(
        label=_("Part of the contribution that it does not pay"), required=False, max_length=8
    )
    category_paid_by = forms.ChoiceField(label=_("Who pays it instead"), required=False)
    category_waives_fees = forms.BooleanField(label=_("Nor does it pay fees"), required=False)
    category_subsidy_minor_per_person = MoneyField(label=_("Subsidy per person"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = ("state", "sponsor", "employer", "mutual")
        self.fields["category_paid_by"].choices = [  # type: ignore[attr-defined]
            (payer, CHOICE_WORDS[payer]) for payer in payers
        ]

    def count_in(self, currency: str) -> None:
        """The money of the product, in which the subsidy is typed."""
        self.fields["category_subsidy_minor_per_person"].currency = currency  # type: ignore[attr-defined]

    def of_category(self) -> list[forms.BoundField]:
        """The fields of a category of exempted households to add."""
        return [self[name] for name in self.fields if name.startswith("category_")]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        if known.get("category_title") and not known.get("category_rate"):
            self.add_error("category_rate", gettext("Write which part this category does not pay."))
        if known.get("category_rate") and not known.get("category_title"):
            self.add_error("category_title", gettext("Name the category."))
        return known

    @property
    def category_code(self) -> str:
        """The code of the category to add; empty without one."""
        return slugify(self.cleaned_data.get("category_title", "")).replace("-", "_")

    def category_changes(self) -> dict[str, Any]:
        """Key path → plain value of the category to add; empty without one."""
        known, code = self.cleaned_data, self.category_code
        if not code:
            return {}
        place = f"contribution.categories.{code}"
        subsidy = known["category_subsidy_minor_per_person"]
        return {
            f"{place}.exempted_rate": known["category_rate"],
            f"{place}.paid_by": known["category_paid_by"],
            f"{place}.waives_fees": known["category_waives_fees"],
            **({f"{place}.subsidy_minor_per_person": subsidy} if subsidy else {}),
        }

    def titled(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with the name of the category that is added."""
        if self.category_code:
            title = self.cleaned_data["category_title"]
            added = document["contribution"]["categories"][self.category_code]
            added.setdefault("title", {"fr": title, "en": title})
        return document


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

    def typed_in(self, sent: QueryDict) -> dict[str, str]:
        """What another form of this tariff holds, as it was typed: to fill this one in."""
        names = [value.field_name for value in (*self.standing, *self.absent)]
        return {name: sent[name] for name in names if name in sent}

    def fields_of(self, refusal: Refusal) -> dict[str, str]:
        """The place of each fault in the rules → the field in which it was typed."""
        findings = refusal.findings if isinstance(refusal, RefusedRows) else (refusal.as_finding(),)
        return {
            finding.place: value.field_name
            for finding in findings
            for value in (*self.standing, *self.absent)
            if f"{finding.place}.".startswith(f"{value.path}.")
        }

    def changes(self) -> dict[str, Any]:
        """Key path → plain value, for what differs from what stands."""
        return changed_values([*self.standing, *self.absent], self.cleaned_data)


class SimulationForm(TariffForm):
    """A tariff to try, and the effort above which a tier is flagged."""

    effort_limit = PercentField(label=_("Flag an effort above"), required=False, max_length=8)


class VersionForm(TariffForm, CategoryForm):
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
    retroactive_reason = forms.CharField(
        label=_("Why it begins in the past"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Asked when the first day has passed and care of those days was decided."),
    )

    def __init__(self, *args: Any, scenarios: Mapping[str, str], **kwargs: Any) -> None:
        """``scenarios``: the key → the name of those that the plan keeps, to choose one of; typed
        by hand where the mutual keeps none."""
        super().__init__(*args, **kwargs)
        self.count_in(kwargs["rules"].currency)
        self.named = scenarios
        if scenarios:
            self.fields["plan_scenario"] = forms.ChoiceField(
                label=self.fields.pop("scenario").label,
                choices=[("", _("No scenario")), *scenarios.items()],
                required=False,
            )

    def of_scenario(self) -> forms.BoundField:
        """The field that says what justifies the tariff: a choice where there is one to make."""
        return self["plan_scenario" if self.named else "scenario"]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        if "plan_scenario" in self.fields:
            known["scenario"] = self.named.get(known.get("plan_scenario", ""), "")
            known["scenario_uid"] = known.get("plan_scenario") or None
        return known

    def changes(self) -> dict[str, Any]:
        return super().changes() | self.category_changes()
