"""Putting right what the register says of a person or a household; each change is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import (
    RELATIONS,
    SEXES,
    YOUNGEST_MOTHER_YEARS,
    is_generation_older,
    may_be_mother,
    signature_faults,
    unknown_choices,
    word_faults,
)
from entraide.apps.enrolment.history import Act, carry
from entraide.apps.enrolment.models import (
    BirthPrecision,
    Household,
    Person,
    RegisterChange,
)
from entraide.apps.enrolment.numbers import write_search_text
from entraide.apps.enrolment.since_shown import only_changed
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.phones import written_phone

# Who somebody is: changing it asks why, for a card and claims may bear the earlier facts.
IDENTITY = ("name", "given_name", "birth_on", "birth_precision", "sex")


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything that may be put right of a person, as it shall be."""

    name: str
    birth_on: date
    sex: str
    relation: str
    given_name: str = ""
    birth_precision: str = BirthPrecision.EXACT.value
    phone: str = ""
    phone_owner: str = ""
    occupation: str = ""
    document_kind: str = ""
    document_number: str = ""

    @classmethod
    def of(cls, person: Person) -> PersonFile:
        """What the register says now."""
        return cls(**{name: getattr(person, name) for name in cls.__dataclass_fields__})

    def values(self) -> dict[str, Any]:
        """The facts as the register writes them."""
        known = {name: _clean(getattr(self, name)) for name in self.__dataclass_fields__}
        return known | {"phone": written_phone(self.phone)}


def person_facts_now(person: Person) -> dict[str, Any]:
    """What the page of correction shows of a person: the facts and the mother."""
    return {**PersonFile.of(person).values(), "mother": person.mother}


def corrected_file(
    person: Person, file: PersonFile, mother: Person | None, shown: Mapping[str, Any] | None
) -> tuple[PersonFile, Person | None]:
    """The file and the mother as they shall be, where the page showed ``shown``.

    Refused as ``since_shown.only_changed`` does, for what another changed since.
    """
    values = only_changed(
        {**file.values(), "mother": mother},
        shown,
        person_facts_now(person),
        together=(("birth_on", "birth_precision"),),
    )
    mother = values.pop("mother")
    return PersonFile(**values), mother


_SIGNED = ("consent_on", "signed_by", "witness_name")
HOUSEHOLD_FACTS = ("phone", "phone_owner", "address", "area", "declared_size", *_SIGNED)


def household_facts_now(household: Household) -> dict[str, Any]:
    """What the page of a family's file shows of it."""
    return {name: getattr(household, name) for name in HOUSEHOLD_FACTS}


def record_correction(
    *, act: Act, person: Person, file: PersonFile, mother: Person | None = None
) -> list[RegisterChange]:
    """The facts of a person as they shall be; those that differ are changed and kept in history.

    No command: a birth may change a price, and ``contributions.person_corrections`` raises or
    takes back the difference. Another name, birth or sex needs a reason
    (``CORRECTION_REASON_MISSING``). Every fault is refused at once: ``NAME_MISSING``,
    ``SEX_UNKNOWN``, ``RELATION_UNKNOWN``, ``BIRTH_IN_FUTURE``, ``BIRTH_AFTER_ENTRY``,
    ``PARENT_TOO_YOUNG`` (a child as old as its parents), ``MEMBER_RELATION_STAYS``,
    ``MOTHER_INVALID``, ``FIELD_CHOICE_UNKNOWN`` …
    """
    require_kept(person)
    values = file.values()
    faults = [*_faults(person, values, mother, act.on)]
    if not act.reason.strip() and any(values[name] != getattr(person, name) for name in IDENTITY):
        faults.append(Finding("CORRECTION_REASON_MISSING", place="reason"))
    if faults:
        raise RefusedRows(tuple(faults))
    rows = carry(act, person, {**values, "mother": mother})
    if rows:
        write_search_text([person])
    return rows


def require_kept(record: Person | Household) -> None:
    """Refuse with ``MERGED_RECORD`` a record that was merged into another one."""
    if record.merged_into is not None:
        raise Refusal("MERGED_RECORD", number=record.number, into=record.merged_into.number)


def _clean(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _faults(
    person: Person, values: dict[str, Any], mother: Person | None, on: date
) -> Iterator[Finding]:
    birth_on: date = values["birth_on"]
    if not values["name"]:
        yield Finding("NAME_MISSING", place="name")
    if values["sex"] not in SEXES:
        yield Finding("SEX_UNKNOWN", place="sex", data={"sex": values["sex"]})
    if values["relation"] not in RELATIONS:
        yield Finding("RELATION_UNKNOWN", place="relation", data={"relation": values["relation"]})
    elif (values["relation"] == "member") != person.is_member:
        yield Finding("MEMBER_RELATION_STAYS", place="relation")
    if birth_on > on:
        yield Finding("BIRTH_IN_FUTURE", place="birth_on", data={"birth_on": birth_on, "on": on})
    elif birth_on > person.entered_on:
        data = {"birth_on": birth_on, "entered_on": person.entered_on}
        yield Finding("BIRTH_AFTER_ENTRY", place="birth_on", data=data)
    elif birth_on != person.birth_on:
        yield from _generation_faults(person, values)
    yield from unknown_choices(values)
    # What stood in the register before these were asked is no fault of who corrects another fact.
    yield from word_faults(
        {name: each for name, each in values.items() if each != getattr(person, name)}
    )
    if mother is not None and not may_be_mother_of(mother, person, birth_on):
        yield Finding("MOTHER_INVALID", place="mother", data={"person": mother.full_name})


def _generation_faults(person: Person, values: dict[str, Any]) -> Iterator[Finding]:
    """Children who would be as old as those they are children of, once a birth is corrected.

    A child of the family needs one of the member and the spouses, gone ones included, who may be
    its parent: of several wives or of a second husband nobody knows which.
    """
    family = list(
        person.household.persons.filter(merged_into__isnull=True).order_by("birth_on", "id")
    )
    for each in family:
        if each.pk == person.pk:
            each.birth_on, each.relation = values["birth_on"], values["relation"]
    heads = [each for each in family if each.relation in ("member", "spouse")]
    pairs = [(child, heads) for child in family if child.relation == "child" and heads]
    pairs += [
        (member, [parent])
        for member in family
        for parent in family
        if member.is_member and parent.relation == "parent"
    ]
    pairs += [
        (child, [mother])
        for child in family
        for mother in family
        # The mother of the person corrected is asked for on the form itself.
        if child.mother_id == mother.pk and child.pk != person.pk
    ]
    for child, parents in pairs:
        if person.pk not in {child.pk, *(each.pk for each in parents)}:
            continue
        if not any(is_generation_older(each.birth_on, child.birth_on) for each in parents):
            oldest = min(parents, key=lambda each: each.birth_on)
            data = {
                "child": child.full_name,
                "child_birth_on": child.birth_on,
                "parent": oldest.full_name,
                "parent_birth_on": oldest.birth_on,
                "years": YOUNGEST_MOTHER_YEARS,
            }
            yield Finding("PARENT_TOO_YOUNG", place="birth_on", data=data)


def may_be_mother_of(mother: Person, child: Person, birth_on: date) -> bool:
    """Whether a person of the same household may be the mother of one born on a day."""
    is_of_household = mother.household_id == child.household_id and mother.pk != child.pk
    return is_of_household and may_be_mother(mother.birth_on, mother.sex, birth_on)


@command("correct_household", right=Right.ENROL)
def correct_household(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    phone: str,
    phone_owner: str,
    address: str,
    area: Area | None = None,
    consent_on: date | None = None,
    signed_by: str = "",
    witness_name: str = "",
    declared_size: int | None = None,
    reason: str = "",
    shown: Mapping[str, Any] | None = None,
) -> Household:
    """Where a household lives and is called, what it signed; each change is kept in history.

    Its persons are then found by the new phone. Refused with ``WITNESS_MISSING`` (a thumbprint
    needs who saw it), ``DATE_IN_FUTURE`` or ``FIELD_CHOICE_UNKNOWN``, all at once. ``shown``: what
    the page showed; only what differs from it is written, and what another changed since is
    refused (``since_shown.only_changed``).
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    require_kept(household)
    values: dict[str, Any] = {
        "phone": written_phone(phone),
        "phone_owner": phone_owner,
        "address": address.strip(),
        "area": area,
        "consent_on": consent_on,
        "signed_by": signed_by,
        "witness_name": witness_name.strip(),
        "declared_size": declared_size,
    }
    values = only_changed(values, shown, household_facts_now(household), together=(_SIGNED,))
    changed = {name: values[name] for name in values if values[name] != getattr(household, name)}
    faults = [*unknown_choices(values), *word_faults(changed), *signature_faults(values, on)]
    if faults:
        raise RefusedRows(tuple(faults))
    had_phone = household.phone
    carry(Act(actor, on, reason=reason), household, values)
    if household.phone != had_phone:
        write_search_text(list(household.persons.all()), household=household)
    return household
