"""The forms of the rules of care: what a rule is about and when, its values, its order."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from entraide.apps.schemes.models import ProductDraft
from entraide.rulebook.drafts import part_at, value_at, with_values
from entraide.web.products.fields import ItemsField, field_of, plain_value
from entraide.web.providers.wording import LEVELS, SECTOR_CHOICES
from entraide.web.tariffs.condition_words import (
    KINDS,
    LISTS,
    PER,
    RISK_NAMES,
    STAYS,
    VISIT_CHOICES,
    WHOSE,
)

PROMISES = (
    "is_covered",
    "copayment_rate",
    "copayment_minor_per_case",
    "deductible_minor_per_case",
    "flat_rate_minor",
    "ceiling_minor_per_case",
    "ceiling_minor_per_person_per_year",
    "ceiling_minor_per_household_per_year",
    "ceiling_count_per_person_per_year",
    "requires_pre_authorisation",
    "requires_referral",
    "state_share_rate",
    "copayment_payer",
)
ONLY_GENERAL = ("waiting_period_months", "waits_by_expected_delivery")
SECTORS = tuple(code for code, _name in SECTOR_CHOICES)
NEW = "_"  # in place of the code of a rule that has none yet
GENERAL_PATHS = (
    "ceiling_minor_per_person_per_year",
    "ceiling_minor_per_household_per_year",
    "membership.claim_time_limit_days",
    "review.claim_minor",
    "review.quantity",
    "pays_after_others",
)


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One kind of rule that has a title of its own: where it stands and what it says."""

    part: str  # of the document; of a category for variants
    name: Any
    values: tuple[str, ...]
    has_target: bool = False
    is_counted: bool = False
    is_ranked: bool = False


KINDS_OF_RULES: dict[str, RuleKind] = {
    "variant": RuleKind(
        "variants", gettext_lazy("Variant"), (*PROMISES, "waiting_period_months"), is_ranked=True
    ),
    "item": RuleKind(
        "items",
        gettext_lazy("Rule of single acts or drugs"),
        (
            "is_covered",
            "copayment_rate",
            "copayment_minor_per_unit",
            "price_minor",
            "max_quantity",
            "minimum_days_between",
            "waiting_period_months",
            "requires_pre_authorisation",
            "is_free_of_ceilings",
        ),
        has_target=True,
        is_ranked=True,
    ),
    "limit": RuleKind(
        "limits",
        gettext_lazy("Limit"),
        (
            "amount_minor",
            "count",
            "quantity",
            "amount_minor_per_extra_member",
            "members_included",
            "amount_minor_cap",
        ),
        has_target=True,
        is_counted=True,
    ),
    "deductible": RuleKind(
        "deductibles",
        gettext_lazy("Deductible"),
        ("amount_minor",),
        has_target=True,
        is_counted=True,
    ),
}


class DraftForm(forms.Form):
    """Values of a draft by key path, each in a field; :meth:`document` is the draft with them."""

    def __init__(self, *args: Any, draft: ProductDraft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.paths: dict[str, str] = {}  # field → key path

    def add_value(self, name: str, path: str) -> None:
        """A field for the value at a key path."""
        draft = self.draft
        current = value_at(draft.document, path, draft.effective_from)
        self.fields[name] = field_of(path, current, str(draft.document["currency"]))
        self.paths[name] = path

    def typed_values(self) -> dict[str, Any]:
        """Key path → plain value, for every field of a value."""
        known = self.cleaned_data
        return {path: plain_value(path, known.get(name)) for name, path in self.paths.items()}

    def document(self) -> dict[str, Any]:
        """The draft with what was typed."""
        draft = self.draft
        return with_values(
            draft.document, self.typed_values(), on=draft.effective_from, source=draft.source
        )

    def value_fields(self) -> list[forms.BoundField]:
        """The fields of values, in their order."""
        return [self[name] for name in self.paths]


class GeneralForm(DraftForm):
    """What holds for all care: ceilings, time limit, when a person looks, other payers first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "review.claim_minor": _("A person looks at claims above"),
            "review.quantity": _("A person looks above so many units of one act"),
            "ceiling_minor_per_person_per_year": _("All care, for one person in a year"),
            "ceiling_minor_per_household_per_year": _("All care, for the family in a year"),
            "membership.claim_time_limit_days": _("Days to hand in the paper after the care"),
        }
        for path in GENERAL_PATHS:
            name = path.replace(".", "-")
            self.add_value(name, path)
            self.fields[name].label = labels.get(path, self.fields[name].label)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One value of a category: its field for all providers, then for each sector."""

    name: str
    cells: list[tuple[str, forms.BoundField | None]]


class BenefitForm(DraftForm):
    """One category of care: each value for all providers, and for a sector that differs."""

    def __init__(self, *args: Any, category: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category = category
        for name in (*PROMISES, *ONLY_GENERAL):
            self.add_value(f"all-{name}", f"benefits.{category}.{name}")
        for sector in SECTORS:
            for name in PROMISES:
                path = f"benefits.{category}.by_sector.{sector}.{name}"
                self.add_value(f"{sector}-{name}", path)

    def rows(self) -> list[GridRow]:
        """The table of the page: a value by line, a sector by column."""
        heads = {"all": _("all providers"), **{code: str(word) for code, word in SECTOR_CHOICES}}
        rows = []
        for name in (*PROMISES, *ONLY_GENERAL):
            cells = [
                (word, self[f"{code}-{name}"] if f"{code}-{name}" in self.fields else None)
                for code, word in heads.items()
            ]
            field, label = self.fields[f"all-{name}"], str(self.fields[f"all-{name}"].label)
            unit = getattr(field, "unit", "")
            rows.append(GridRow(f"{label} ({unit})" if unit else label, cells))
        for field_name, field in self.fields.items():
            column = field_name.partition("-")[0]
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs |= {
                "aria-label": f"{field.label}, {heads[column]}",
                "class": "select" if is_choice else "input input--num",
            }
        return rows

    def document(self) -> dict[str, Any]:
        document = super().document()
        part = document["benefits"].setdefault(self.category, {})
        by_sector = part.get("by_sector", {})
        for sector in [code for code, own in by_sector.items() if not own]:
            del by_sector[sector]
        if by_sector == {}:
            part.pop("by_sector", None)
        return document


class RuleForm(DraftForm):
    """A rule with a title: a variant of a category, single acts, a limit, a deductible."""

    title_fr = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    title_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=120, required=False
    )

    def __init__(
        self, *args: Any, kind: str, category: str = "", code: str = "",
        categories: Iterable[tuple[str, str]] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.kind, self.rule_kind = kind, KINDS_OF_RULES[kind]
        self.holder = f"benefits.{category}.variants" if kind == "variant" else self.rule_kind.part
        self.code = code
        rule = part_at(self.draft.document, f"{self.holder}.{code}") if code else None
        self.rule: Mapping[str, Any] = rule or {}
        title = self.rule.get("title", {})
        self.fields["title_fr"].initial = title.get("fr", "")
        self.fields["title_en"].initial = title.get("en", "")
        if self.rule_kind.has_target:
            self._add_target(list(categories))
        self._add_condition()
        if self.rule_kind.is_counted:
            self._add_counted()
        for name in self.rule_kind.values:
            self.add_value(name, f"{self.holder}.{code or NEW}.{name}")
        if self.rule_kind.is_ranked:
            self._add_rank()

    def _add_target(self, categories: list[tuple[str, str]]) -> None:
        about = self.rule.get("about", {})
        self.fields["about_categories"] = several(
            _("Categories"), categories, about.get("categories", ())
        )
        self.fields["about_items"] = ItemsField(
            label=_("Acts and drugs"), known=tuple(about.get("items", ()))
        )
        self.fields["about_kinds"] = several(_("Only"), KINDS.items(), about.get("kinds", ()))
        self.fields["about_risks"] = several(
            _("Of the risk"), RISK_NAMES.items(), about.get("risks", ())
        )

    def _add_condition(self) -> None:
        when = self.rule.get("when", {})
        self.fields["when_sectors"] = several(
            _("Provider"), SECTOR_CHOICES, when.get("sectors", ())
        )
        self.fields["when_levels"] = several(_("Level"), LEVELS.items(), when.get("levels", ()))
        self.fields["when_visits"] = several(
            _("How the person came"), VISIT_CHOICES, when.get("visits", ())
        )
        stay = {True: "yes", False: "no"}.get(when.get("is_inpatient"), "")  # type: ignore[arg-type]
        self.fields["when_is_inpatient"] = forms.ChoiceField(
            label=_("Stay at the hospital"), choices=STAYS, required=False, initial=stay
        )
        for bound, label in (("min", _("From the age of")), ("max", _("Up to the age of"))):
            self.fields[f"when_{bound}_age_years"] = forms.IntegerField(
                label=label, min_value=0, max_value=130, required=False,
                initial=when.get(f"{bound}_age_years"),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip
        lists = dict(LISTS) | {code: code for code in when.get("lists", ()) if code not in LISTS}
        self.fields["when_lists"] = several(
            _("Persons on the list"), lists.items(), when.get("lists", ())
        )

    def _add_counted(self) -> None:
        self.fields["whose"] = forms.ChoiceField(
            label=_("Counted for"), choices=list(WHOSE.items()),
            initial=self.rule.get("whose", "person"),
        )  # fmt: skip
        self.fields["per"] = forms.ChoiceField(
            label=pgettext("limit", "Over"),
            choices=list(PER.items()),
            initial=self.rule.get("per", "year"),
        )

    def _add_rank(self) -> None:
        others = part_at(self.draft.document, self.holder) or {}
        ranks = [rule.get("rank", 1000) for code, rule in others.items() if code != self.code]
        last = max((rank for rank in ranks if rank < 1000), default=0)
        self.fields["rank"] = forms.IntegerField(
            label=_("Order"), min_value=1, max_value=1000,
            initial=self.rule.get("rank", last + 1),
            help_text=_("The first rule that fits is the one: 1 before 2."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip

    def condition_fields(self) -> list[forms.BoundField]:
        """The fields that say when the rule applies."""
        return [self[name] for name in self.fields if name.startswith("when_")]

    def target_fields(self) -> list[forms.BoundField]:
        """The fields that say which care it is about."""
        return [self[name] for name in self.fields if name.startswith("about_")]

    @property
    def new_code(self) -> str:
        """The code of the rule: its own, or made of its name where it is new."""
        if self.code:
            return self.code
        base = slugify(self.cleaned_data["title_fr"]).replace("-", "_")[:36]
        base = base if base[:1].isalpha() and len(base) > 1 else f"r_{base}"[:36]
        taken = part_at(self.draft.document, self.holder) or {}
        code, rank = base, 2
        while code in taken:
            code, rank = f"{base}_{rank}", rank + 1
        return code

    def typed_values(self) -> dict[str, Any]:
        code = self.new_code
        return {
            path.replace(f"{self.holder}.{NEW}.", f"{self.holder}.{code}.")
            if not self.code
            else path: value
            for path, value in super().typed_values().items()
        }

    def document(self) -> dict[str, Any]:
        document = copy.deepcopy(super().document())
        known, part = self.cleaned_data, document
        for name in (*self.holder.split("."), self.new_code):
            part = part.setdefault(name, {})
        french = known["title_fr"]
        part["title"] = {"fr": french, "en": known["title_en"] or french}
        part["when"] = _said(
            {
                name.removeprefix("when_"): known[name]
                for name in self.fields
                if name.startswith("when_") and name != "when_is_inpatient"
            }
            | {"is_inpatient": {"yes": True, "no": False}.get(known["when_is_inpatient"])}
        )
        if self.kind != "variant" and not part["when"]:
            del part["when"]
        if self.rule_kind.has_target:
            part["about"] = _said(
                {
                    name.removeprefix("about_"): known[name]
                    for name in self.fields
                    if name.startswith("about_")
                }
            )
            if self.kind != "item" and not part["about"]:
                del part["about"]
        if self.rule_kind.is_counted:
            part["whose"], part["per"] = known["whose"], known["per"]
        if self.rule_kind.is_ranked:
            part["rank"] = known["rank"]
        return document


def several(
    label: str, choices: Iterable[tuple[Any, Any]], chosen: Iterable[str]
) -> forms.MultipleChoiceField:
    """A field of boxes to tick, those chosen already ticked."""
    return forms.MultipleChoiceField(
        label=label,
        choices=[(str(code), word) for code, word in choices],
        initial=list(chosen),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != []}
