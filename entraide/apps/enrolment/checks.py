"""What prevents an enrolment, all at once, each fault with its place on the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import (
    BirthPrecision,
    DocumentKind,
    PhoneOwner,
    SignedBy,
)
from entraide.apps.schemes.choices import LATE_ENTRY_DAYS
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, may
from entraide.core.enrolment import EnrolmentFacts, check_enrolment, refusals
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.periods import age_on
from entraide.core.phones import is_phone
from entraide.core.product import Product
from entraide.core.texts import name_fault, name_shown

SEXES = ("F", "M")
RELATIONS = ("member", "spouse", "child", "parent", "other")
SOURCES = ("direct", "paper", "import")
YOUNGEST_MOTHER_YEARS = 10

# The core places a fault at a person; the form wants the field.
_FIELD_OF_CODE = {
    "BIRTH_IN_FUTURE": "birth_on",
    "BIRTH_AFTER_ENTRY": "birth_on",
    "AGE_IMPLAUSIBLE": "birth_on",
    "AGE_ABOVE_LIMIT": "birth_on",
    "AGE_BELOW_LIMIT": "birth_on",
}


def require_not_future(day: date, on: date, place: str) -> None:
    """Refuse with ``DATE_IN_FUTURE`` an event that is said to happen after the day of the act."""
    if day > on:
        raise Refusal("DATE_IN_FUTURE", place=place, day=day, on=on)


def require_timely(
    mutual: Mutual, actor: User, enrolled_on: date, on: date, reason: str, source: str
) -> bool:
    """Whether a paper is entered later than the mutual allows (``late_entry_days``), with reason.

    Later, whoever may mend the register enters it and says why: refused with
    ``ENROLMENT_TOO_OLD`` or ``LATE_REASON_MISSING``. An import brings old papers by nature.
    """
    days = LATE_ENTRY_DAYS.of(mutual)
    if source == "import" or (on - enrolled_on).days <= days:
        return False
    if not may(actor, mutual, Right.MEND_REGISTER, on):
        raise Refusal("ENROLMENT_TOO_OLD", place="enrolled_on", days=days, day=enrolled_on)
    if not reason.strip():
        raise Refusal("LATE_REASON_MISSING", place="late_reason", days=days)
    return True


_CHOICES = {
    "birth_precision": frozenset(BirthPrecision.values),
    "phone_owner": frozenset(("", *PhoneOwner.values)),
    "document_kind": frozenset(("", *DocumentKind.values)),
    "signed_by": frozenset(("", *SignedBy.values)),
}


def unknown_choices(values: Mapping[str, Any], key: str = "") -> Iterator[Finding]:
    """Words that are none of the choices of their field, at ``key``."""
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices:
            yield Finding(
                "FIELD_CHOICE_UNKNOWN", place=f"{key}{name}", data={"value": str(values[name])}
            )


def word_faults(values: Mapping[str, Any], key: str = "") -> Iterator[Finding]:
    """Names that are none, and telephones by which nobody is called, at ``key``."""
    for name in ("name", "given_name", "witness_name"):
        if code := name_fault(values.get(name) or ""):
            yield Finding(code, place=f"{key}{name}", data={"text": name_shown(values[name])})
    phone = values.get("phone") or ""
    if phone.strip() and not is_phone(phone):
        yield Finding("PHONE_UNREADABLE", place=f"{key}phone", data={"text": phone[:40]})


def signature_faults(values: Mapping[str, Any], on: date) -> Iterator[Finding]:
    """What is wrong with the signature and the consent of a paper."""
    if values["signed_by"] == SignedBy.THUMBPRINT and not values["witness_name"].strip():
        yield Finding("WITNESS_MISSING", place="witness_name")
    consent_on = values["consent_on"]
    if consent_on is not None and consent_on > on:
        yield Finding("DATE_IN_FUTURE", place="consent_on", data={"day": consent_on, "on": on})


def may_be_mother(birth_on: date, sex: str, child_birth_on: date) -> bool:
    """Whether a woman born on a day may be the mother of somebody born on another."""
    return sex == "F" and is_generation_older(birth_on, child_birth_on)


def is_generation_older(birth_on: date, child_birth_on: date) -> bool:
    """Whether somebody born on a day may be a parent of somebody born on another."""
    return birth_on < child_birth_on and age_on(birth_on, child_birth_on) >= YOUNGEST_MOTHER_YEARS


def require_enrolment(
    facts: EnrolmentFacts,
    product: Product,
    on: date,
    *,
    entries: Sequence[PersonEntry] = (),
    first_index: int = 0,
    declared_size: int | None = None,
    source: str = "direct",
    more: Iterable[Finding] = (),
) -> None:
    """Refuse with :class:`RefusedRows` everything wrong with an enrolment; nothing when well.

    ``entries`` are the persons of the form, the first of them at ``persons[first_index]``; ``more``
    is what was found wrong beside them.
    """
    findings = [
        *_form_findings(entries, first_index),
        *more,
        *(_at_field(finding) for finding in refusals(check_enrolment(facts, product, on))),
    ]
    if declared_size is not None and declared_size < len(facts.persons):
        findings.append(
            Finding(
                "DECLARED_SIZE_TOO_SMALL",
                place="declared_size",
                data={"declared": declared_size, "count": len(facts.persons)},
            )
        )
    if source not in SOURCES:
        findings.append(Finding("SOURCE_UNKNOWN", place="source", data={"source": source}))
    if findings:
        raise RefusedRows(tuple(findings))


def _at_field(finding: Finding) -> Finding:
    field = _FIELD_OF_CODE.get(finding.code)
    return replace(finding, place=f"{finding.place}.{field}") if field else finding


def _form_findings(entries: Sequence[PersonEntry], first_index: int) -> Iterator[Finding]:
    for index, entry in enumerate(entries, start=first_index):
        key = f"persons[{index}]"
        if not entry.name.strip():
            yield Finding("NAME_MISSING", place=f"{key}.name")
        if entry.sex not in SEXES:
            yield Finding("SEX_UNKNOWN", place=f"{key}.sex", data={"sex": entry.sex})
        if entry.relation not in RELATIONS:
            yield Finding(
                "RELATION_UNKNOWN", place=f"{key}.relation", data={"relation": entry.relation}
            )
        if entry.birth_precision not in _CHOICES["birth_precision"]:
            yield Finding(
                "BIRTH_PRECISION_UNKNOWN",
                place=f"{key}.birth_precision",
                data={"precision": entry.birth_precision},
            )
        yield from word_faults(
            {"name": entry.name, "given_name": entry.given_name, "phone": entry.phone}, f"{key}."
        )
        words = {"phone_owner": entry.phone_owner, "document_kind": entry.document_kind}
        yield from unknown_choices(words, f"{key}.")
