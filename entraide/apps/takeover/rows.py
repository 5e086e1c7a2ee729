"""Rows that are in the registers already: what a file brings again changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from entraide.apps.access.services import plain
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import ImportedRow, ImportRun

_AT_A_TIME = 500
ADVANCES = "advances"
"""Kind of row: what the old tool says a family had paid ahead; told, never posted."""

CLAIMS = "claims"
"""Kind of row: what another program paid for care; history, never posted nor decided again."""


def content_hash(content: Mapping[str, Any]) -> str:
    """The SHA-256 of what a row says, whatever the order of its columns."""
    text = json.dumps(plain(dict(content)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """A row imported before: what it said, and the record that it made."""

    content_hash: str
    record_uid: UUID | None


def known_rows(mutual: Mutual, kind: str, keys: Iterable[str]) -> dict[str, Known]:
    """Those of the keys that were imported before, with what they said."""
    wanted, found = list(dict.fromkeys(keys)), {}
    for start in range(0, len(wanted), _AT_A_TIME):
        rows = ImportedRow.objects.filter(
            mutual=mutual, kind=kind, key__in=wanted[start : start + _AT_A_TIME]
        )
        for key, said, uid in rows.values_list("key", "content_hash", "record_uid"):
            found[key] = Known(said, uid)
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A row to be remembered."""

    key: str
    content_hash: str
    record_model: str = ""
    record_uid: UUID | None = None
    said: Mapping[str, Any] | None = None


def keep_rows(run: ImportRun, kind: str, rows: Iterable[Kept]) -> None:
    """Remember rows; one that was known by its key says something new from now on."""
    made = [
        ImportedRow(
            mutual_id=run.mutual_id,
            run=run,
            kind=kind,
            key=row.key,
            content_hash=row.content_hash,
            record_model=row.record_model,
            record_uid=row.record_uid,
            said=dict(row.said) if row.said is not None else None,
        )
        for row in rows
    ]
    ImportedRow.objects.bulk_create(
        made,
        batch_size=300,
        update_conflicts=True,
        unique_fields=["mutual", "kind", "key"],
        update_fields=["run", "content_hash", "record_model", "record_uid", "said"],
    )


def advance_told(household: Household) -> ImportedRow | None:
    """What the old tool says a family had paid ahead (``said``), with its import; else None."""
    rows = ImportedRow.objects.filter(
        mutual=household.mutual_id, kind=ADVANCES, key=str(household.uid)
    )
    return rows.select_related("run").first()


def advances_of(run: ImportRun) -> QuerySet[ImportedRow]:
    """The amounts paid ahead that an import told, in the order of the file."""
    return run.rows.filter(kind=ADVANCES).order_by("id")


_OF_FAMILIES = ("enrolment.Household", "enrolment.Membership")


def of_import(run: ImportRun) -> Q:
    """The condition on families that an import brought, renewed, paid or ended."""
    uids = run.rows.filter(record_model__in=_OF_FAMILIES).values("record_uid")
    covers = Membership.objects.filter(mutual=run.mutual_id, uid__in=uids)
    return Q(uid__in=uids) | Q(pk__in=covers.values("household"))


def has_families(run: ImportRun) -> bool:
    """Whether an import concerned families that :func:`of_import` finds."""
    return run.rows.filter(record_model__in=_OF_FAMILIES).exists()


def past_claims_of(household: Household) -> list[tuple[Person | None, ImportedRow]]:
    """What another program paid for the care of a family, the latest first; None: whose is not
    said."""
    people = {person.uid: person for person in household.persons.all()}
    rows = ImportedRow.objects.filter(
        mutual=household.mutual_id, kind=CLAIMS, record_uid__in=[household.uid, *people]
    )
    found = [(people.get(row.record_uid), row) for row in rows if row.record_uid is not None]
    return sorted(found, key=lambda each: (each[1].said or {}).get("care_on", ""), reverse=True)
