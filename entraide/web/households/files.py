"""The forms by which what the register says of a person or a family is put right or ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.enrolment.corrections import PersonFile
from entraide.apps.enrolment.models import (
    BirthPrecision,
    Household,
    Person,
)
from entraide.apps.schemes.models import Mutual
from entraide.rulebook import country_path, read_country
from entraide.web.areas.fields import AreaField
from entraide.web.fields import DayField
from entraide.web.households.fields import BirthField, birth_text, text_input
from entraide.web.households.wording import (
    DOCUMENT_KINDS,
    EXIT_REASONS,
    NOT_SAID,
    PHONE_OWNERS,
    PRECISIONS,
    RELATION_CHOICES,
    SEX_CHOICES,
    SIGNATURES,
)


def splits_names(country: str) -> bool:
    """Whether the people of a country write family name and given name apart."""
    return read_country(country_path(country)).splits_names


class PersonFileForm(forms.Form):
    """What the register says of one person, as it shall be."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=text_input())
    given_name = forms.CharField(
        label=gettext_lazy("Given name"), max_length=120, required=False, widget=text_input()
    )
    birth = BirthField(label=gettext_lazy("Born on"))
    precision = forms.ChoiceField(label=gettext_lazy("How sure"), choices=PRECISIONS)
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), choices=SEX_CHOICES)
    relation = forms.ChoiceField(label=gettext_lazy("Family tie"))
    mother = forms.ChoiceField(label=gettext_lazy("Mother"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=text_input(inputmode="tel"),
    )  # fmt: skip
    phone_owner = forms.ChoiceField(
        label=gettext_lazy("Whose telephone"), choices=(NOT_SAID, *PHONE_OWNERS), required=False
    )
    occupation = forms.CharField(
        label=gettext_lazy("Occupation"), max_length=80, required=False, widget=text_input()
    )
    document_kind = forms.ChoiceField(
        label=gettext_lazy("Identity document"), choices=(NOT_SAID, *DOCUMENT_KINDS), required=False
    )
    document_number = forms.CharField(
        label=gettext_lazy("Its number"), max_length=40, required=False, widget=text_input()
    )
    reason = forms.CharField(
        label=gettext_lazy("Why this changes"), max_length=200, required=False, widget=text_input()
    )

    def __init__(
        self, *args: Any, person: Person, mothers: Sequence[Person], country: str, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _initial(person)
        super().__init__(*args, **kwargs)
        self.fields["reason"].is_conditional = True  # its hint says when it is asked
        member = [each for each in RELATION_CHOICES if each[0] == "member"]
        others = [each for each in RELATION_CHOICES if each[0] != "member"]
        self.fields["relation"].choices = member if person.is_member else others
        named = [(str(each.uid), each.full_name) for each in mothers]
        self.fields["mother"].choices = [("", _("Not of this family, or not known")), *named]
        if not splits_names(country) and not person.given_name:
            del self.fields["given_name"]
            self.fields["name"].label = _("Name, whole, as it is said")

    def file(self) -> PersonFile:
        """What was typed, as the service takes it."""
        known = self.cleaned_data
        birth, precision = known["birth"], known["precision"]
        if precision == BirthPrecision.EXACT:
            precision = birth.precision  # a year alone is no day
        return PersonFile(
            name=known["name"],
            given_name=known.get("given_name", ""),
            birth_on=birth.on,
            birth_precision=precision,
            sex=known["sex"],
            relation=known["relation"],
            phone=known["phone"],
            phone_owner=known["phone_owner"],
            occupation=known["occupation"],
            document_kind=known["document_kind"],
            document_number=known["document_number"],
        )


def _initial(person: Person) -> dict[str, Any]:
    plain = ("name", "given_name", "sex", "relation", "phone", "phone_owner", "occupation")
    known = {name: getattr(person, name) for name in (*plain, "document_kind", "document_number")}
    return known | {
        "birth": birth_text(person.birth_on, person.birth_precision),
        "precision": person.birth_precision,
        "mother": str(person.mother.uid) if person.mother else "",
    }


class HouseholdFileForm(forms.Form):
    """Where a family lives and is called, and what it signed."""

    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=text_input(inputmode="tel"),
    )  # fmt: skip
    phone_owner = forms.ChoiceField(
        label=gettext_lazy("Whose telephone"), choices=(NOT_SAID, *PHONE_OWNERS), required=False
    )
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, required=False, widget=text_input()
    )
    area = AreaField(label=gettext_lazy("Village or quarter"), required=False)
    declared_size = forms.IntegerField(
        label=gettext_lazy("Persons in the family"), min_value=1, max_value=99, required=False,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip
    consent_on = DayField(label=gettext_lazy("Consent given on"), required=False)
    signed_by = forms.ChoiceField(
        label=gettext_lazy("Signed"), choices=(NOT_SAID, *SIGNATURES), required=False
    )
    witness_name = forms.CharField(
        label=gettext_lazy("Witness of the thumbprint"), max_length=160, required=False,
        widget=text_input(),
    )  # fmt: skip

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].within_mutual(mutual, kept=self.initial.get("area"))

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        """What the register says now."""
        return {name: getattr(household, name) for name in HouseholdFileForm.base_fields}


class ExitForm(forms.Form):
    """A person leaves the household, or has died."""

    what = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=(("left", gettext_lazy("Leaves the family")), ("died", gettext_lazy("Has died"))),
        widget=forms.RadioSelect,
    )
    day = DayField(label=gettext_lazy("On"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=(("", "–"), *EXIT_REASONS.items()),
        required=False,
    )
    successor = forms.ChoiceField(label=gettext_lazy("Who becomes the member"), required=False)

    def __init__(self, *args: Any, staying: Sequence[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].is_conditional = True
        if staying:
            self.fields["successor"].choices = [
                ("", _("Choose")), *((str(each.uid), each.full_name) for each in staying)
            ]  # fmt: skip
            if staying[0].relation == "spouse":
                self.fields["successor"].initial = str(staying[0].uid)
            self.fields["successor"].is_conditional = True
        else:
            del self.fields["successor"]

    def clean(self) -> dict[str, Any]:
        """Who leaves says why; a death is its own reason."""
        known = super().clean() or {}
        if known.get("what") == "left" and not known.get("reason"):
            self.add_error("reason", _("Choose why the person leaves."))
        return known


class EndForm(forms.Form):
    """A membership stops before its term."""

    ended_on = DayField(label=gettext_lazy("First day without cover"))
    reason = forms.ChoiceField(label=gettext_lazy("Why"))
