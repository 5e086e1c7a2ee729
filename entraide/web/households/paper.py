"""The parts of the membership form that a mutual shows or hides: contact, signature, persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.enrolment.papers import Asked, EnrolmentPaper, Signature
from entraide.web.households.fields import text_input
from entraide.web.households.wording import DOCUMENT_KINDS, NOT_SAID, PHONE_OWNERS, SIGNATURES

SOURCES = (
    ("paper", gettext_lazy("From the paper form")),
    ("direct", gettext_lazy("With the family at the desk")),
)
# Fact of the paper → the fields of the screen that hold it.
FIELDS_OF_FACT: dict[str, tuple[str, ...]] = {
    "phone": ("phone",),
    "phone_owner": ("phone_owner",),
    "area": ("area",),
    "address": ("address",),
    "declared_size": ("declared_size",),
    "consent": ("consent",),
    "signature": ("signed_by", "witness_name"),
    "mother": ("mother",),
    "occupation": ("occupation",),
    "document": ("document_kind", "document_number"),
    "own_phone": ("phone", "phone_owner"),
}


def follow_paper(form: forms.Form, paper: EnrolmentPaper, facts: tuple[str, ...]) -> None:
    """Take the facts off a form that the mutual does not show; call the others as it does."""
    language = get_language() or "fr"
    for fact in facts:
        asked = paper.fields[fact]
        for name in FIELDS_OF_FACT[fact]:
            if name in form.fields and not asked.shown:
                del form.fields[name]
        first = FIELDS_OF_FACT[fact][0]
        if first in form.fields and asked.label(language):
            form.fields[first].label = asked.label(language)


class SignaturePart(forms.Form):
    """Consent, signature, where the paper comes from, why it comes late."""

    phone_owner = forms.ChoiceField(
        label=gettext_lazy("Whose telephone"), choices=(NOT_SAID, *PHONE_OWNERS), required=False
    )
    consent = forms.BooleanField(
        label=gettext_lazy("The member agrees that the mutual keeps these facts"), required=False
    )
    signed_by = forms.ChoiceField(
        label=gettext_lazy("Signed"), choices=(NOT_SAID, *SIGNATURES), required=False
    )
    witness_name = forms.CharField(
        label=gettext_lazy("Witness of the thumbprint"), max_length=160, required=False,
        widget=text_input(),
    )  # fmt: skip
    source = forms.ChoiceField(
        label=gettext_lazy("How it is entered"), choices=SOURCES, initial="paper", required=False
    )
    late_reason = forms.CharField(
        label=gettext_lazy("Why it is entered only now"), max_length=200, required=False,
        widget=text_input(),
    )  # fmt: skip

    @property
    def asks_late_reason(self) -> bool:
        """Whether the reason of a late entry is asked, or given."""
        bound = self["late_reason"]
        return bool(bound.errors or bound.value())

    def signature(self, enrolled_on: date) -> Signature:
        """What was signed; consent is given with the signature."""
        known = self.cleaned_data
        return Signature(
            phone_owner=known.get("phone_owner", ""),
            consent_on=enrolled_on if known.get("consent") else None,
            signed_by=known.get("signed_by", ""),
            witness_name=known.get("witness_name", ""),
        )


class PersonMore(forms.Form):
    """What a line tells besides: who the mother is, trade, document, a telephone of one's own."""

    mother = forms.CharField(
        label=gettext_lazy("Mother (line)"), max_length=2, required=False,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip
    occupation = forms.CharField(
        label=gettext_lazy("Occupation"), max_length=80, required=False, widget=text_input()
    )
    document_kind = forms.ChoiceField(
        label=gettext_lazy("Identity document"), choices=(NOT_SAID, *DOCUMENT_KINDS), required=False
    )
    document_number = forms.CharField(
        label=gettext_lazy("Number of the document"), max_length=40, required=False,
        widget=text_input(),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=text_input(inputmode="tel"),
    )  # fmt: skip
    phone_owner = forms.ChoiceField(
        label=gettext_lazy("Whose telephone"), choices=(NOT_SAID, *PHONE_OWNERS), required=False
    )

    MORE = ("mother", "occupation", "document_kind", "document_number", "phone", "phone_owner")

    def clean_mother(self) -> int | None:
        """The line of the mother on the form, or None."""
        typed = self.cleaned_data["mother"].strip()
        if not typed:
            return None
        if not typed.isascii() or not typed.isdigit():
            raise ValidationError(_("Write the number of the mother’s line, such as 2."))
        return int(typed)

    def more_cells(self) -> list[tuple[str, str, SafeString, bool]]:
        """(label, id, control, whether it is at fault) of each field shown."""
        return [
            (self.short_labels.get(name, str(self[name].label)), self[name].id_for_label,
             self.control(name), bool(self[name].errors))
            for name in self.MORE
            if name in self.fields
        ]  # fmt: skip

    def control(self, name: str) -> SafeString:
        """One control of the line, described by the line's own faults."""
        bound = self[name]
        is_choice = isinstance(bound.field.widget, forms.Select)
        attributes: dict[str, Any] = {"class": "select" if is_choice else "input"}
        attributes["aria-invalid"] = "true" if bound.errors else False
        if bound.errors:
            attributes["aria-describedby"] = f"{bound.id_for_label}-e"
        return bound.as_widget(attrs=attributes)

    paper: EnrolmentPaper | None = None
    short_labels: Mapping[str, str] = {}  # as they stand on the line itself

    @property
    def is_more_open(self) -> bool:
        """Whether these fields stand open: one is filled, at fault, or required by the mutual."""
        paper = self.paper
        filled = any(self[name].value() or self[name].errors for name in self.MORE
                     if name in self.fields)  # fmt: skip
        required = paper is not None and any(
            paper.fields[fact].required is not Asked.NOBODY
            for fact in ("mother", "occupation", "document", "own_phone")
        )
        return filled or required

    def more(self) -> dict[str, Any]:
        """What was typed, by the names of an entry; the mother is told by her line."""
        known = self.cleaned_data
        names = ("occupation", "document_kind", "document_number", "phone", "phone_owner")
        return {name: known.get(name, "") for name in names}
