"""The forms of providers: what the register says, a closure, a convention, a breach."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.providers.models import Agreement, Provider, TariffList
from entraide.apps.providers.register import ProviderFacts
from entraide.apps.schemes.models import Mutual
from entraide.core.conventions import WORDED, Clause
from entraide.messages import sentence
from entraide.web.areas.fields import AreaField
from entraide.web.fields import DayField, LastDayField, MoneyField
from entraide.web.providers.wording import CLAUSES, LEVELS, SECTOR_CHOICES, SERVICES, gps_told
from entraide.web.tariffs.fields import PercentField

MOST_DAYS = 3650


def text_input(**attrs: str) -> forms.TextInput:
    """A line to type in, that the browser does not complete."""
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


class GpsField(forms.CharField):
    """Latitude and longitude as a map gives them, ``-18.9137, 47.5361``; a pair of Decimals."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        parts = [each for each in text.replace("−", "-").replace(";", " ").split() if each != ","]
        parts = parts if len(parts) == 2 else text.replace("−", "-").split(",")
        try:
            latitude, longitude = (Decimal(each.strip(" ,").replace(",", ".")) for each in parts)
            is_place = abs(latitude) <= 90 and abs(longitude) <= 180
        except (InvalidOperation, ValueError):
            is_place = False
        if not is_place:
            told = sentence("PROVIDER_GPS_INVALID", {"text": text}, get_language() or "fr")
            raise ValidationError(told, code="PROVIDER_GPS_INVALID")
        return round(latitude, 6), round(longitude, 6)


class ProviderForm(forms.Form):
    """What the register says of a provider."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=text_input())
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), choices=SECTOR_CHOICES)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    area = AreaField(label=gettext_lazy("Place"), required=False, may_propose=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=text_input(inputmode="tel"),
    )  # fmt: skip
    contact_name = forms.CharField(
        label=gettext_lazy("Contact person"), max_length=160, required=False, widget=text_input()
    )
    opening_hours = forms.CharField(
        label=gettext_lazy("Opening hours"), max_length=200, required=False, widget=text_input(),
        help_text=gettext_lazy("For example: Monday to Friday, 8 a.m. to 4 p.m."),
    )  # fmt: skip
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services"), required=False, widget=forms.CheckboxSelectMultiple
    )
    gps = GpsField(
        label=gettext_lazy("GPS"), required=False, max_length=60, widget=text_input(),
        help_text=gettext_lazy("Latitude and longitude as a map shows them: -18.9137, 47.5361."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, mutual: Mutual, provider: Provider | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", _("not known")), *LEVELS.items()]
        self.fields["services"].choices = list(SERVICES.items())
        self.fields["area"].within_mutual(mutual, kept=provider.area if provider else None)
        if provider is None:
            self.fields["code"] = forms.CharField(
                label=_("Code"), max_length=40, required=False, widget=text_input(),
                help_text=_("That of the ministry or of the network; given by itself if empty."),
            )  # fmt: skip
            # Chosen by nobody beforehand: the sector decides what share the family bears.
            self.fields["sector"].choices = [("", _("Choose")), *SECTOR_CHOICES]
            self.fields["is_other"] = forms.BooleanField(
                label=_("It is another provider than the one of nearly the same name"),
                required=False, widget=forms.HiddenInput(),
            )  # fmt: skip
        else:
            names = ("name", "sector", "level", "phone", "contact_name", "opening_hours")
            self.initial = {name: getattr(provider, name) for name in names} | {
                "area": provider.area, "services": provider.services, "gps": gps_told(provider),
            }  # fmt: skip
            self.fields["source"] = forms.CharField(
                label=_("Who says it"), max_length=200, widget=text_input(),
                help_text=_("A visit, a call to the centre, a letter; it stays in the history."),
            )  # fmt: skip

    def ask_whether_other(self) -> None:
        """Show the question that a provider of nearly the same name raises."""
        self.fields["is_other"].widget = forms.CheckboxInput()

    def facts(self) -> ProviderFacts:
        """What a valid form says."""
        said = self.cleaned_data
        latitude, longitude = said["gps"] or (None, None)
        return ProviderFacts(
            name=said["name"], sector=said["sector"], level=said["level"],
            area=said["area"].area if said["area"] else None, phone=said["phone"].strip(),
            services=tuple(said["services"]), opening_hours=said["opening_hours"].strip(),
            contact_name=said["contact_name"].strip(), latitude=latitude, longitude=longitude,
        )  # fmt: skip


class CloseForm(forms.Form):
    """From when a provider gives no care, and why."""

    closed_on = DayField(label=gettext_lazy("First day without care"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, widget=text_input())


class SectionForm(forms.Form):
    """The section that pays a provider; none: the mutual itself."""

    branch = forms.ChoiceField(label=gettext_lazy("Section"), required=False)

    def __init__(self, *args: Any, named: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = [("", _("No section")), *named]


class ReasonForm(forms.Form):
    """Why something is refused."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, widget=text_input())


class TurnoverForm(forms.Form):
    """What a provider says it earned in a whole year."""

    year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=2000, max_value=2200,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip
    amount_minor = MoneyField(label=gettext_lazy("Earned in that year, from everybody"))
    source = forms.CharField(
        label=gettext_lazy("Who says it"), max_length=200, widget=text_input(),
        help_text=gettext_lazy("The yearly report of the centre, its manager."),
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"].currency = currency  # type: ignore[attr-defined]


def _days_field(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=0, max_value=MOST_DAYS,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip


class ConventionForm(forms.Form):
    """The terms of a convention with one provider."""

    effective_from = DayField(label=gettext_lazy("First day"))
    effective_until = LastDayField(
        label=gettext_lazy("Last day"), required=False,
        help_text=gettext_lazy("Empty: until one of the two ends it."),
    )  # fmt: skip
    reference = forms.CharField(
        label=gettext_lazy("Reference of the paper"), max_length=80, required=False,
        widget=text_input(),
    )  # fmt: skip
    tariff_list = forms.ChoiceField(label=gettext_lazy("Price list"), required=False)
    is_third_party_payment = forms.BooleanField(
        label=gettext_lazy("Third-party payment: the mutual pays the provider"), required=False
    )
    payment_delay_days = _days_field(
        gettext_lazy("Invoices are paid within (days)"), gettext_lazy("Counted from reception.")
    )
    discount_rate = PercentField(label=gettext_lazy("Discount on the prices"), required=False)
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Services covered"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all that the provider does."),
    )  # fmt: skip
    needs_guarantee_letter = forms.BooleanField(
        label=gettext_lazy("A hospital stay needs a guarantee letter"), required=False
    )
    notice_days = _days_field(gettext_lazy("Notice to end it (days)"))
    signed_for_provider = forms.CharField(
        label=gettext_lazy("Signed for the provider by"), max_length=160, required=False,
        widget=text_input(),
    )  # fmt: skip
    signed_for_mutual = forms.CharField(
        label=gettext_lazy("Signed for the mutual by"), max_length=160, required=False,
        widget=text_input(),
    )  # fmt: skip
    signed_on = DayField(label=gettext_lazy("Signed on"), required=False)

    _HINTS = {
        Clause.RED_LIST: gettext_lazy("What the provider does when the card is not up to date."),
        Clause.PRESCRIPTION: gettext_lazy("Generic drugs, national list, number of drugs …"),
    }

    def __init__(self, *args: Any, lists: list[TariffList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = {str(each.uid): each for each in lists}
        self.fields["tariff_list"].choices = [
            ("", _("No agreed price")), *((uid, each.name) for uid, each in self.lists.items()),
        ]  # fmt: skip
        self.fields["services"].choices = list(SERVICES.items())
        for clause in WORDED:
            self.fields[f"clause_{clause}"] = forms.CharField(
                label=CLAUSES[clause], required=False, max_length=1000,
                help_text=self._HINTS.get(clause, ""), widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        signed = ("signed_for_provider", "signed_for_mutual", "signed_on")
        self.order_fields([*(name for name in self.fields if name not in signed), *signed])

    @staticmethod
    def initial_of(agreement: Agreement) -> dict[str, Any]:
        """What the form shows of a convention that stands."""
        names = (
            "effective_from", "effective_until", "reference", "is_third_party_payment",
            "payment_delay_days", "discount_rate", "services", "needs_guarantee_letter",
            "notice_days", "signed_for_provider", "signed_for_mutual", "signed_on",
        )  # fmt: skip
        shown = {name: getattr(agreement, name) for name in names}
        shown["tariff_list"] = str(agreement.tariff_list.uid) if agreement.tariff_list else ""
        return shown | {f"clause_{key}": text for key, text in agreement.clauses.items()}

    def terms(self) -> dict[str, Any]:
        """What a valid form says, by the names of ``conventions.Terms``."""
        said = dict(self.cleaned_data)
        clauses = {str(clause): said.pop(f"clause_{clause}") for clause in WORDED}
        rate = said.pop("discount_rate")
        return said | {
            "tariff_list": self.lists.get(said["tariff_list"]),
            "services": tuple(said["services"]),
            "discount_rate": Decimal(rate) if rate else None,
            "clauses": {key: text for key, text in clauses.items() if text.strip()},
        }


class EndForm(forms.Form):
    """The end of a convention before its term."""

    effective_until = LastDayField(label=gettext_lazy("Last day of the convention"))
    notice_given_on = DayField(label=gettext_lazy("Notice given on"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, widget=text_input())


class ScanForm(forms.Form):
    """The signed paper."""

    scan = forms.FileField(
        label=gettext_lazy("Signed paper: PDF or photo"), allow_empty_file=True,
        widget=forms.FileInput(
            attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp", "class": "input"}
        ),
    )  # fmt: skip


class BreachForm(forms.Form):
    """What was done against a clause."""

    clause = forms.ChoiceField(
        label=pgettext_lazy("of a convention", "Clause"), choices=list(CLAUSES.items())
    )
    occurred_on = DayField(label=gettext_lazy("Day"))
    what_happened = forms.CharField(
        label=gettext_lazy("What happened"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Nothing of anybody’s health: the provider will read it."),
    )  # fmt: skip
    evidence = forms.CharField(
        label=gettext_lazy("What proves it"), max_length=300, required=False, widget=text_input(),
        help_text=gettext_lazy("Number of a claim, of a paper, names of witnesses."),
    )  # fmt: skip
    notice_given_on = DayField(label=gettext_lazy("Provider told on"), required=False)


class FollowForm(forms.Form):
    """What followed a breach."""

    notice_given_on = DayField(label=gettext_lazy("Provider told on"), required=False)
    replied_on = DayField(label=gettext_lazy("Answered on"), required=False)
    reply = forms.CharField(
        label=gettext_lazy("What the provider answers"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    sanction = forms.CharField(
        label=gettext_lazy("What was decided"), max_length=300, required=False,
        widget=text_input(),
    )  # fmt: skip

    def __init__(self, *args: Any, taken: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, is_taken in taken.items():
            if is_taken:
                del self.fields[name]


class OutcomeForm(forms.Form):
    """How a breach was settled."""

    outcome = forms.CharField(
        label=gettext_lazy("How it is settled"), max_length=300, widget=text_input()
    )
