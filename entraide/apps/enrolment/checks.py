"""What prevents an enrolment, all at once, each fault with its place on the form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import BirthPrecision
from entraide.core.enrolment import EnrolmentFacts, check_enrolment, refusals
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.product import Product

SEXES = ("F", "M")
RELATIONS = ("member", "spouse", "child", "parent", "other")
SOURCES = ("direct", "paper", "import")

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


def require_enrolment(
    facts: EnrolmentFacts,
    product: Product,
    on: date,
    *,
    entries: Sequence[PersonEntry] = (),
    first_index: int = 0,
    declared_size: int | None = None,
    source: str = "direct",
) -> None:
    """Refuse with :class:`RefusedRows` everything wrong with an enrolment; nothing when well.

    ``entries`` are the persons of the form, the first of them at ``persons[first_index]``.
    """
    findings = [
        *_form_findings(entries, first_index),
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
        if entry.birth_precision not in BirthPrecision.values:
            yield Finding(
                "BIRTH_PRECISION_UNKNOWN",
                place=f"{key}.birth_precision",
                data={"precision": entry.birth_precision},
            )
