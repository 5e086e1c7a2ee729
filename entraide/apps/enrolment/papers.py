"""The membership form of a mutual: which optional facts it asks, of whom, from which day on.

A form is never changed: another version begins on a later day. A household keeps the version it was
entered with, so that an old paper can always be read beside the form it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, DateField

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.enrolment.checks import (
    may_be_mother,
    signature_faults,
    unknown_choices,
    word_faults,
)
from entraide.apps.enrolment.facts import PersonEntry, youngest_birth
from entraide.apps.enrolment.models import EnrolmentFormVersion, Person
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import products_in_force
from entraide.core.errors import Finding, RefusedRows
from entraide.core.periods import age_on
from entraide.core.product import ON_LOAN, ContributionKind

LONGEST_LABEL = 60
LANGUAGES = ("fr", "en")
ADULT_YEARS = 18


class Asked(StrEnum):
    """Of whom a fact must be there; of nobody when it may stay empty."""

    NOBODY = "nobody"
    MEMBER = "member"
    ADULTS = "adults"
    EVERYONE = "everyone"


# The optional facts in the order of the paper: of the household, then of each person.
HOUSEHOLD_FIELDS = (
    "phone", "phone_owner", "area", "address", "declared_size", "consent", "signature",
)  # fmt: skip
PERSON_FIELDS = ("mother", "occupation", "document", "own_phone")
FIELDS = (*HOUSEHOLD_FIELDS, *PERSON_FIELDS)


@dataclass(frozen=True, slots=True)
class FormField:
    """One optional fact: shown or not, asked of whom, and what the mutual calls it."""

    name: str
    shown: bool = True
    required: Asked = Asked.NOBODY
    labels: Mapping[str, str] | None = None

    def label(self, language: str) -> str:
        """What the mutual calls it in a language; empty where it keeps the usual word."""
        return (self.labels or {}).get(language, "")


@dataclass(frozen=True, slots=True)
class EnrolmentPaper:
    """The form in force on a day. ``version`` is None while the mutual has chosen nothing."""

    version: EnrolmentFormVersion | None
    fields: Mapping[str, FormField]

    def shows(self, name: str) -> bool:
        """Whether a fact stands on the form."""
        return self.fields[name].shown


# What only some products ask, in the order of the paper.
PRODUCT_FACTS = ("declared_group_size", "loan_minor", "loan_reference", "income_minor")


def product_facts(mutual: Mutual, on: date) -> frozenset[str]:
    """Which of ``PRODUCT_FACTS`` the products that may be joined on a day ask."""
    found: set[str] = set()
    for _product, rules in products_in_force(mutual, on):
        if rules.membership.minimum_group_size > 1:
            found.add("declared_group_size")
        if rules.contribution.kind in ON_LOAN:
            found |= {"loan_minor", "loan_reference"}
        elif rules.contribution.kind is ContributionKind.OF_INCOME:
            found.add("income_minor")
    return frozenset(found)


_VERSION_ON: Prepared[EnrolmentFormVersion] = Prepared(
    lambda mutual, on: EnrolmentFormVersion.objects.filter(
        mutual=mutual, effective_from__lte=on
    ).order_by("-effective_from")[:1],
    is_steady=True,
    mutual=BigIntegerField(),
    on=DateField(),
)


def paper_on(mutual: Mutual, on: date) -> EnrolmentPaper:
    """The form of a mutual on a day; every optional fact, none required, before its first one."""
    return paper_of(_VERSION_ON.first(mutual=mutual, on=on))


def paper_of(version: EnrolmentFormVersion | None) -> EnrolmentPaper:
    """The form of a version."""
    kept: Mapping[str, Any] = version.fields if version is not None else {}
    return EnrolmentPaper(
        version,
        {
            name: FormField(
                name,
                shown=kept.get(name, {}).get("shown", True),
                required=Asked(kept.get(name, {}).get("required", Asked.NOBODY)),
                labels=kept.get(name, {}).get("labels", {}),
            )
            for name in FIELDS
        },
    )


def papers_of(mutual: Mutual) -> list[EnrolmentFormVersion]:
    """Every version of the form of a mutual, the latest first."""
    versions = EnrolmentFormVersion.objects.filter(mutual=mutual).select_related("recorded_by")
    return list(versions.order_by("-effective_from"))


@command("set_enrolment_form", right=Right.CHANGE_SETTINGS)
def set_enrolment_form(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    effective_from: date,
    fields: tuple[FormField, ...],
) -> EnrolmentFormVersion:
    """The form as it shall be from a day on; forms entered before keep theirs.

    Refused with every fault at once: ``FORM_BEGINS_IN_PAST``, ``FORM_DAY_TAKEN``,
    ``FORM_FIELD_UNKNOWN``, ``FORM_HIDDEN_REQUIRED`` or ``FORM_LABEL_LONG``.
    """
    faults = [*_form_faults(fields)]
    if effective_from < on:
        faults.append(Finding("FORM_BEGINS_IN_PAST", place="effective_from", data={"on": on}))
    taken = EnrolmentFormVersion.objects.filter(mutual=mutual, effective_from=effective_from)
    if taken.exists():
        data = {"day": effective_from}
        faults.append(Finding("FORM_DAY_TAKEN", place="effective_from", data=data))
    if faults:
        raise RefusedRows(tuple(faults))
    kept = {
        field.name: {
            "shown": field.shown,
            "required": field.required.value,
            "labels": {code: text.strip() for code, text in (field.labels or {}).items() if text},
        }
        for field in fields
    }
    return EnrolmentFormVersion.objects.create(
        mutual=mutual, effective_from=effective_from, fields=kept, recorded_by=actor
    )


def _form_faults(fields: Sequence[FormField]) -> Iterator[Finding]:
    for field in fields:
        if field.name not in FIELDS:
            yield Finding("FORM_FIELD_UNKNOWN", place=field.name, data={"name": field.name})
        if field.required is not Asked.NOBODY and not field.shown:
            yield Finding("FORM_HIDDEN_REQUIRED", place=field.name, data={"name": field.name})
        for language, text in (field.labels or {}).items():
            if language not in LANGUAGES or len(text) > LONGEST_LABEL:
                yield Finding("FORM_LABEL_LONG", place=field.name, data={"longest": LONGEST_LABEL})


def missing_facts(
    paper: EnrolmentPaper,
    household: Mapping[str, Any],
    entries: Sequence[PersonEntry],
    on: date,
    *,
    first_index: int = 0,
) -> Iterator[Finding]:
    """The facts that the form requires and that were not entered, each with its place."""
    for name in HOUSEHOLD_FIELDS:
        place = {"consent": "consent_on", "signature": "signed_by"}.get(name, name)
        if paper.fields[name].required is not Asked.NOBODY and not household.get(place):
            yield Finding("FORM_FIELD_MISSING", place=place)
    for index, entry in enumerate(entries, start=first_index):
        for name in PERSON_FIELDS:
            field, value = _VALUE_OF[name]
            is_there = getattr(entry, value) not in ("", None)
            if not is_there and _is_asked(paper.fields[name].required, name, entry, on):
                yield Finding("FORM_FIELD_MISSING", place=f"persons[{index}].{field}")


# Name on the form → (field at fault, attribute of the entry).
_VALUE_OF = {
    "mother": ("mother", "mother_rank"),
    "occupation": ("occupation", "occupation"),
    "document": ("document_number", "document_number"),
    "own_phone": ("phone", "phone"),
}


def _is_asked(asked: Asked, name: str, entry: PersonEntry, on: date) -> bool:
    if name == "mother":  # nobody asks it of the adults of a family
        return asked is not Asked.NOBODY and entry.relation == "child"
    if asked is Asked.MEMBER:
        return entry.is_member
    if asked is Asked.ADULTS:
        youngest = youngest_birth(entry.birth_on, entry.birth_precision, on)
        return youngest <= on and age_on(youngest, on) >= ADULT_YEARS
    return asked is Asked.EVERYONE


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose telephone it is, when the member agreed, how they signed and who saw a thumbprint."""

    phone_owner: str = ""
    consent_on: date | None = None
    signed_by: str = ""
    witness_name: str = ""

    def values(self) -> dict[str, Any]:
        """By the names of the household's columns."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


UNSIGNED = Signature()


def paper_faults(
    paper: EnrolmentPaper,
    contact: dict[str, Any],
    persons: Sequence[PersonEntry],
    enrolled_on: date,
    on: date,
    source: str,
) -> Iterator[Finding]:
    """What the paper lacks, its signature included, and mothers who cannot be."""
    yield from unknown_choices(contact)
    yield from word_faults(contact)
    yield from signature_faults(contact, on)
    if source != "import":  # an old register cannot be asked again
        yield from missing_facts(paper, contact, persons, enrolled_on)
    for index, entry in enumerate(persons):
        if entry.mother_rank is not None and not _mother_fits(entry, persons):
            place = f"persons[{index}].mother"
            yield Finding("MOTHER_LINE_INVALID", place=place, data={"line": entry.mother_rank})


def _mother_fits(entry: PersonEntry, persons: Sequence[PersonEntry]) -> bool:
    rank = entry.mother_rank or 0
    if not 1 <= rank <= len(persons) or persons[rank - 1] is entry:
        return False
    mother = persons[rank - 1]
    return may_be_mother(mother.birth_on, mother.sex, entry.birth_on)


def join_mothers(rows: Sequence[Person], entries: Sequence[PersonEntry]) -> None:
    """Give each child of a form just written the mother who stands on its line of it."""
    children = []
    for row, entry in zip(rows, entries, strict=True):
        if entry.mother_rank is not None:
            row.mother = rows[entry.mother_rank - 1]
            children.append(row)
    if children:
        Person.objects.bulk_update(children, ["mother"])
