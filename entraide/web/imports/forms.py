"""The forms of imports: a file; which column holds what; what the file does not say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.contributions.models import Channel
from entraide.apps.contributions.payments import ROLES_OF_CHANNEL
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.ledger.models import Account
from entraide.apps.providers.prices import lists_of
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding
from entraide.exchange.registers.opening import all_profiles
from entraide.exchange.registers.running import PLANNERS, right_for
from entraide.files.photo_bundles import BUNDLE_LIMIT
from entraide.files.sheets import SIZE_LIMIT
from entraide.files.table_headers import Heading
from entraide.files.table_profile import TableProfile
from entraide.web.fields import DayField
from entraide.web.households.forms import told_apart
from entraide.web.imports.wording import FIELD_NAMES, profile_title
from entraide.web.ledger.wording import account_name

NOWHERE = ""
# What answers a point to correct: the field of the form.
NEEDED_FOR = {
    "PRODUCT_NOT_SAID": "product",
    "LENDER_NOT_SAID": "group",
    "GROUP_REQUIRED": "group",
    "EMPLOYER_GROUP_REQUIRED": "group",
    "LENDER_ACCOUNT_MISSING": "account",
    "PRICE_LIST_NOT_SAID": "tariff_list",
    "PRICE_DAY_NOT_SAID": "enrolled_on",
}


def profiles_for(rights: frozenset[Right]) -> list[TableProfile]:
    """The profiles by which a person of these rights may import."""
    return [
        profile
        for profile in all_profiles()
        if profile.kind in PLANNERS
        and right_for(profile.kind, is_takeover=profile.is_takeover) in rights
    ]


class FileForm(forms.Form):
    """A table as somebody made it."""

    file = forms.FileField(label=gettext_lazy("Table in Excel (.xlsx) or CSV, or photos in a zip"))
    profile = forms.ChoiceField(label=gettext_lazy("What it is"), required=False)

    def __init__(self, *args: Any, rights: frozenset[Right], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        self.fields["profile"].choices = [  # type: ignore[attr-defined]
            ("", _("Recognised by itself")),
            *((each.profile, profile_title(each, language)) for each in profiles_for(rights)),
        ]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt,text/csv,.zip"

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        most = BUNDLE_LIMIT if file.name.lower().endswith(".zip") else SIZE_LIMIT
        if file.size > most:
            raise forms.ValidationError(
                _("This file is larger than %(most)s MB: send it in several parts.")
                % {"most": most // 1_000_000}
            )
        return file


class ReturnsForm(FileForm):
    """What a bank or an operator answers: nothing else is expected here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, rights=frozenset(), **kwargs)
        del self.fields["profile"]
        self.fields["file"].label = _("File of the bank or operator, in Excel (.xlsx) or CSV")
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt,text/csv"


class ChoicesForm(forms.Form):
    """Which column holds which field, and what the file does not say."""

    product = forms.ChoiceField(label=gettext_lazy("Product"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    account = forms.ChoiceField(
        label=gettext_lazy("Account where the contributions arrive"), required=False
    )
    enrolled_on = DayField(
        label=gettext_lazy("Day of enrolment, for rows that say none"), required=False
    )
    tariff_list = forms.ChoiceField(
        label=gettext_lazy("Price list, for rows that name none"), required=False
    )
    with_alike = forms.BooleanField(
        label=gettext_lazy("Enrol also those who resemble somebody already here"), required=False
    )

    def __init__(
        self,
        *args: Any,
        mutual: Mutual,
        profile: TableProfile,
        heading: Heading | None,
        options: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.profile, self.heading = profile, heading
        self._keep_what_is_asked(profile.kind)
        groups = PartnerGroup.objects.filter(mutual=mutual).order_by("name")
        accounts = Account.objects.filter(
            mutual=mutual, role__in=[role.value for role in ROLES_OF_CHANNEL[Channel.LENDER]]
        )
        products = Product.objects.filter(mutual=mutual).order_by("name")
        self._choices("product", [(each.code, told_apart(each.name, mutual)) for each in products])
        self._choices("group", [(each.code, each.name) for each in groups])
        self._choices("account", [(str(each.uid), account_name(each)) for each in accounts])
        self._choices("tariff_list", [(each.name, each.name) for each in lists_of(mutual)])
        if profile.kind in ("loans", "movements"):
            self.fields["group"].label = _("Lender or employer whose list it is")
        if profile.kind == "tariffs":
            self.fields["enrolled_on"].label = _("In force from, for rows that name no day")
        for name in self.fields:
            value = options.get(name)
            if name == "enrolled_on" and value:
                value = date.fromisoformat(value)
            self.fields[name].initial = value
        has_columns = heading is not None and profile.kind != "photos"
        self.columns = [self._column(each.name) for each in profile.fields] if has_columns else []

    def mark_needed(self, faults: Iterable[Finding]) -> None:
        """Do not call optional what this file cannot be imported without."""
        needed = {NEEDED_FOR.get(each.code, "") for each in faults}
        if self.profile.kind in ("loans", "movements"):
            needed.add("group")
        for name in needed & set(self.fields):
            self.fields[name].required = True

    def _keep_what_is_asked(self, kind: str) -> None:
        asked = {
            "members": {"product", "group", "enrolled_on", "with_alike"},
            "loans": {"product", "group", "account"},
            "movements": {"product", "group"},
            "tariffs": {"tariff_list", "enrolled_on"},
        }.get(kind, set())
        for name in set(self.fields) - asked:
            del self.fields[name]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        if name in self.fields:
            self.fields[name].choices = [("", "–"), *choices]  # type: ignore[attr-defined]

    def _column(self, name: str) -> str:
        assert self.heading is not None
        own = f"column-{name}"
        choices = [(str(column), text) for column, text in self.heading.choices()]
        self.fields[own] = forms.ChoiceField(
            label=FIELD_NAMES[name],
            required=False,
            choices=[(NOWHERE, _("nowhere")), *choices],
            initial=str(self.heading.columns.get(name, NOWHERE)),
            widget=forms.Select(attrs={"class": "select"}),
        )
        return own

    def options(self) -> dict[str, Any]:
        """What the file does not say, as plain values."""
        said = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith("column-") and value not in ("", None, False)
        }
        if isinstance(said.get("enrolled_on"), date):
            said["enrolled_on"] = said["enrolled_on"].isoformat()
        return said

    def chosen(self) -> dict[str, int]:
        """Field → column."""
        return {
            name.removeprefix("column-"): int(value)
            for name, value in self.cleaned_data.items()
            if name.startswith("column-") and value != NOWHERE
        }
