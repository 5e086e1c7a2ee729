"""The forms of memberships: what is typed, read into what the services take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.contributions.registers import groups_named
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Membership, PartnerGroup, Person
from entraide.apps.enrolment.papers import HOUSEHOLD_FIELDS, PERSON_FIELDS, EnrolmentPaper
from entraide.apps.enrolment.selectors import group_for
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.selectors import product_for, products_in_force
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.messages import sentence
from entraide.web.areas.fields import AreaField
from entraide.web.fields import DayField, read_count
from entraide.web.households.fields import BirthField, text_input
from entraide.web.households.loan_part import LoanPart
from entraide.web.households.paper import PersonMore, SignaturePart, follow_paper
from entraide.web.households.wording import RELATION_CHOICES, SEX_CHOICES

FIRST_ROWS = 5
MOST_ROWS = 40
# What is chosen for a person, and makes none by itself.
CHOSEN_BESIDE = frozenset(
    {"sex", "relation", "has_photo", "mother", "document_kind", "phone_owner"}
)
RELATIONS_BY_ROW = ("member", "spouse", "child")


def told_apart(product: str, mutual: Mutual) -> str:
    """The name of a product in a choice, without its mutual’s: a letter typed finds it."""
    short = product.removeprefix(mutual.name).lstrip(" ,:–-\u00a0")
    return short[:1].upper() + short[1:] if short else product


class PersonForm(PersonMore):
    """One person, on one line of the paper."""

    name = forms.CharField(max_length=160, widget=text_input())
    given_name = forms.CharField(max_length=120, required=False, widget=text_input())
    birth = BirthField()
    sex = forms.ChoiceField(choices=(("", "–"), *SEX_CHOICES))
    relation = forms.ChoiceField(choices=RELATION_CHOICES)
    has_photo = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        row: int = 0,
        paper: EnrolmentPaper | None = None,
        splits_names: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.paper = row, paper
        if not splits_names:  # the name is said whole, in its own order
            del self.fields["given_name"]
        self.splits_names = splits_names
        if paper is not None:
            follow_paper(self, paper, PERSON_FIELDS)
        relation = RELATIONS_BY_ROW[min(row, len(RELATIONS_BY_ROW) - 1)]
        self.fields["relation"].initial = relation
        self.short_labels = {name: str(field.label) for name, field in self.fields.items()}
        self._name_fields()

    def _name_fields(self) -> None:
        """Labels that tell the row, for the summary of faults."""
        for name in self.MORE:
            if name in self.fields:
                self.fields[name].label = _("%(label)s, person %(number)d") % {
                    "label": self.short_labels[name], "number": self.row + 1,
                }  # fmt: skip
        labels = {
            "name": _("Name of person %(number)d"),
            "given_name": _("Given name of person %(number)d"),
            "birth": _("Birth of person %(number)d"),
            "sex": _("Sex of person %(number)d"),
            "relation": _("Family tie of person %(number)d"),
            "has_photo": _("Photo of person %(number)d"),
        }
        for name, label in labels.items():
            if name in self.fields:
                self.fields[name].label = label % {"number": self.row + 1}

    @property
    def cells(self) -> dict[str, tuple[str, SafeString, bool]]:
        """Name of the field → (id, control, whether it is at fault); the tick is drawn apart."""
        return {
            name: (self[name].id_for_label, self.control(name), bool(self[name].errors))
            for name in ("name", "given_name", "birth", "sex", "relation")
            if name in self.fields
        }

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(id of the sentence, sentence) of every fault of the line."""
        own = [("", str(told)) for told in self.non_field_errors()]
        return own + [
            (f"{bound.id_for_label}-e", " ".join(str(told) for told in bound.errors))
            for bound in self
            if bound.errors
        ]

    @property
    def spoken_name(self) -> str:
        """The given name, or the name, of whoever stands on the line."""
        known = self.cleaned_data
        return known.get("given_name") or known.get("name") or "–"

    def has_changed(self) -> bool:
        """Whether somebody stands on this line: emptied of what is written on it, it is nobody's,
        whatever stays chosen beside."""
        return any(name not in CHOSEN_BESIDE for name in self.changed_data)

    @property
    def is_blank(self) -> bool:
        """Whether nobody was written on this line."""
        return not self.has_changed()

    def entry(self) -> PersonEntry:
        """The person of a valid line; of one not yet complete, what is known."""
        known = self.cleaned_data
        birth = known["birth"]
        return PersonEntry(
            name=known.get("name", ""),
            given_name=known.get("given_name", ""),
            birth_on=birth.on,
            birth_precision=birth.precision,
            sex=known.get("sex", ""),
            relation=known.get("relation", ""),
            has_photo=known.get("has_photo", False),
            **self.more(),
        )


class PersonRows(BaseFormSet[PersonForm]):
    """The lines of the paper; those left empty are nobody."""

    def __init__(
        self,
        *args: Any,
        rows: Sequence[Mapping[str, Any]] = (),
        paper: EnrolmentPaper | None = None,
        splits_names: bool = True,
        **kwargs: Any,
    ) -> None:
        self.kept = rows  # of a draft
        self.paper, self.splits_names = paper, splits_names
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.extra = max(FIRST_ROWS, len(rows))

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        row = index or 0
        kept = dict(self.kept[row]) if row < len(self.kept) else None
        about = {"row": row, "paper": self.paper, "splits_names": self.splits_names}
        return {**super().get_form_kwargs(index), **about, **({"initial": kept} if kept else {})}

    @property
    def written(self) -> list[PersonForm]:
        """The lines on which somebody stands."""
        return [form for form in self.forms if not form.is_blank]

    def entries(self) -> tuple[PersonEntry, ...]:
        """The persons whose birth is known, enough for a price."""
        dated = [form for form in self.written if form.cleaned_data.get("birth")]
        ranks = {form.row + 1: rank for rank, form in enumerate(dated, start=1)}
        entries = []
        for form in dated:
            line = form.cleaned_data.get("mother")
            # A line on which nobody stands is no mother: the service says so.
            rank = None if line is None else ranks.get(line, 0)
            entries.append(replace(form.entry(), mother_rank=rank))
        return tuple(entries)

    def full_clean(self) -> None:
        """More lines than a form has, and lines that cannot be counted, are refused in our words,
        not the library's; a mother is on a line where somebody stands."""
        super().full_clean()
        if not self.is_bound:
            return
        language = get_language() or "fr"
        if not self.management_form.is_valid():
            self._non_form_errors = self.error_class([sentence("FORM_LINES_UNKNOWN", {}, language)])
            return
        written = {form.row + 1 for form in self.written}
        for form in self.written:
            line = form.cleaned_data.get("mother")
            if line is not None and line not in written:
                form.add_error("mother", sentence("MOTHER_LINE_INVALID", {"line": line}, language))
        if self.total_form_count_sent() > MOST_ROWS:
            self._non_form_errors = self.error_class(
                [sentence("FORM_TOO_MANY_PERSONS", {"most": MOST_ROWS}, language)]
            )

    def total_form_count_sent(self) -> int:
        """How many lines the browser says that it sends."""
        return read_count(str(self.data.get(f"{self.prefix}-TOTAL_FORMS", "")), most=10_000)


PersonRowsForm = formset_factory(
    PersonForm, formset=PersonRows, extra=FIRST_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


class EnrolmentForm(SignaturePart, LoanPart):
    """The head and the foot of the paper: product, group, contact, signature, first payment."""

    product = forms.ChoiceField(label=gettext_lazy("Product"))
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    enrolled_on = DayField(label=gettext_lazy("Signed on"))
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=text_input(inputmode="tel"),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, required=False, widget=text_input()
    )
    area = AreaField(label=gettext_lazy("Village or quarter"), required=False)
    declared_size = forms.IntegerField(
        label=gettext_lazy("Persons in the family"), min_value=1, max_value=99, required=False,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip
    declared_group_size = forms.IntegerField(
        label=gettext_lazy("Persons declared by the group"), min_value=1, required=False,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, mutual: Mutual, day: date, paper: EnrolmentPaper, **kwargs: Any
    ) -> None:
        super().__init__(*args, mutual=mutual, **kwargs)
        self.mutual, self.paper = mutual, paper
        self.fields["area"].within_mutual(mutual)
        follow_paper(self, paper, HOUSEHOLD_FIELDS)
        offered = products_in_force(mutual, day)
        self.has_product = bool(offered)
        choices = [(each.code, told_apart(each.name, mutual)) for each, _rules in offered]
        self.fields["product"].choices = (
            choices if len(choices) == 1 else [("", _("Choose")), *choices]
        )
        self.fields["enrolled_on"].initial = day
        self._offer_loan(offered, mutual.currency)
        self._offer_groups()
        if not any(rules.membership.minimum_group_size > 1 for _each, rules in offered):
            del self.fields["declared_group_size"]

    def _offer_groups(self) -> None:
        groups = [(str(each.uid), each.name) for each in groups_named(self.mutual)]
        if groups:
            self.fields["group"].choices = [("", _("None: the family joins alone")), *groups]
        else:
            del self.fields["group"]

    def chosen_product(self) -> Product | None:
        """The product, when one was chosen."""
        code = self.cleaned_data.get("product")
        return product_for(self.mutual, code) if code else None

    def chosen_group(self) -> PartnerGroup | None:
        """The group, when one was chosen."""
        uid = self.cleaned_data.get("group")
        return group_for(self.mutual, uid) if uid else None


_PERSON_PLACE = re.compile(r"persons\[(\d+)\](?:\.(\w+))?")
_FIELD_OF_PLACE = {
    "birth_on": "birth",
    "birth_precision": "birth",
    "amount_minor": "amount",
    "treasury_account": "treasury",
    "consent_on": "consent",
}


def place_refusal(
    refusal: Refusal, form: forms.Form, rows: Sequence[PersonForm] = (), formset: Any = None
) -> None:
    """Put every fault of a refusal beside its field, on the line of its person, or on top."""
    findings = refusal.findings if isinstance(refusal, RefusedRows) else (refusal.as_finding(),)
    for finding in findings:
        found = _PERSON_PLACE.fullmatch(finding.place)
        told = sentence(finding.code, finding.data, get_language() or "fr")
        if found is not None and int(found.group(1)) < len(rows):
            row = rows[int(found.group(1))]
            name = _FIELD_OF_PLACE.get(found.group(2) or "", found.group(2) or "name")
            row.add_error(name if name in row.fields else None, told)
        elif formset is not None and finding.place == "persons":
            formset.non_form_errors().append(told)
        else:
            name = _FIELD_OF_PLACE.get(finding.place, finding.place)
            form.add_error(name if name in form.fields else None, told)


def photos_to_bring(remarks: Iterable[Finding], rows: Sequence[PersonForm]) -> list[str]:
    """The given names, or names, of those whose photo is missing."""
    missing = []
    for finding in remarks:
        found = _PERSON_PLACE.fullmatch(finding.place)
        if finding.code == "PHOTO_TO_BRING" and found is not None:
            missing.append(rows[int(found.group(1))].spoken_name)
    return missing


class DependantForm(PersonForm):
    """A person who enters a household already covered."""

    entered_on = DayField(label=gettext_lazy("Enters on"))
    mother = forms.ChoiceField(label=gettext_lazy("Mother"), required=False)

    def without_adult_facts(self) -> None:
        """A newborn has no trade, no identity document and no telephone."""
        for name in ("occupation", "document_kind", "document_number", "phone", "phone_owner"):
            self.fields.pop(name, None)

    def offer_mothers(self, women: Sequence[Person]) -> None:
        """Those of the family who may be the mother, each by her place in it."""
        ranks = [(each.number.rpartition("-")[2], each.full_name) for each in women]
        for field in [self.fields["mother"]] if "mother" in self.fields else ():
            field.choices = [("", _("Not of this family, or not known")), *ranks]

    def entry(self) -> PersonEntry:
        """The person, with their mother."""
        return replace(super().entry(), mother_rank=self.cleaned_data.get("mother"))

    def _name_fields(self) -> None:
        for name, label in (
            ("name", _("Name")),
            ("given_name", _("Given name")),
            ("birth", _("Born on")),
            ("sex", _("Sex")),
            ("relation", _("Family tie")),
            ("has_photo", _("The photo is here")),
        ):
            if name in self.fields:
                self.fields[name].label = label
        if not self.splits_names:
            self.fields["name"].label = _("Name, whole, as it is said")
        self.fields["relation"].choices = [
            choice for choice in RELATION_CHOICES if choice[0] != "member"
        ]
        self.fields["relation"].initial = "child"


class RenewalForm(LoanPart):
    """The next cover of a household, and what it pays at once."""

    product = forms.ChoiceField(label=gettext_lazy("Product"))
    renewed_on = DayField(label=gettext_lazy("Renewed on"))

    def __init__(self, *args: Any, membership: Membership, day: date, **kwargs: Any) -> None:
        mutual = membership.mutual
        super().__init__(*args, mutual=mutual, **kwargs)
        offered = products_in_force(mutual, day)
        self.fields["product"].choices = [
            (each.code, told_apart(each.name, mutual)) for each, _rules in offered
        ]
        self.fields["product"].initial = membership.product.code
        self.fields["renewed_on"].initial = day
        self._offer_loan(offered, mutual.currency)
