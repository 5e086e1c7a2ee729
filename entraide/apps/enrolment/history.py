"""The history of the register: who changed which fact of whom, on which day, and why.

Every service that changes a fact writes here, in its own transaction; nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.enrolment.models import Household, Person, RegisterChange


class Change(StrEnum):
    """Facts that are no column of a household or a person, and change all the same."""

    ENTERED = "entered"  # a person joined the household
    PHOTO = "photo"
    FAMILY_PHOTO = "family_photo"
    GROUP = "group"
    SECTION = "section"
    COVER_ENDED = "cover_ended"
    ENROLLED_LATE = "enrolled_late"  # signed longer ago than the mutual allows
    EARLIER_NUMBER = "earlier_number"
    OTHER_PERSON = "other_person"  # somebody answered that a person alike is another one
    ANSWER_TAKEN_BACK = "answer_taken_back"  # that answer was a mistake: the pair is open again
    MERGED = "merged"
    CLAIMS_CARRIED = "claims_carried"  # claims of a row that was merged, counted for who stays
    NEWBORN_REGISTERED = "newborn_registered"
    PRICE = "price"  # of a cover, in minor units: a correction changed what is owed
    EXEMPTION_ENDED = "exemption_ended"  # the day from which the family pays again
    OVERPAID = "overpaid"  # in minor units: already paid and, since a correction, not owed


# What a card shows of a person and of those who depend on them: it is printed again after these.
CARD_FIELDS = frozenset(
    {
        "name",
        "given_name",
        "birth_on",
        "birth_precision",
        "sex",
        "relation",
        "is_member",
        "exited_on",
        "died_on",
        Change.ENTERED.value,
        Change.PHOTO.value,
        Change.FAMILY_PHOTO.value,
        Change.MERGED.value,
        Change.NEWBORN_REGISTERED.value,
    }
)


@dataclass(frozen=True, slots=True)
class Act:
    """By whom, on which day and why the register changes; ``occurred_on``: when it happened."""

    actor: User
    on: date
    occurred_on: date | None = None
    reason: str = ""


def change(
    act: Act,
    household: Household,
    field: str,
    *,
    person: Person | None = None,
    before: Any = "",
    after: Any = "",
) -> RegisterChange:
    """One change, not yet written: those who write many rows at once keep it for later."""
    return RegisterChange(
        mutual_id=household.mutual_id,
        household=household,
        person=person,
        field=str(field),
        before=as_text(before),
        after=as_text(after),
        occurred_on=act.occurred_on or act.on,
        recorded_on=act.on,
        actor=act.actor,
        reason=act.reason.strip(),
    )


def note(
    act: Act,
    household: Household,
    field: str,
    *,
    person: Person | None = None,
    before: Any = "",
    after: Any = "",
) -> RegisterChange:
    """Write one change."""
    row = change(act, household, field, person=person, before=before, after=after)
    row.save(force_insert=True)
    return row


def carry(act: Act, record: Household | Person, values: Mapping[str, Any]) -> list[RegisterChange]:
    """Give a record these values, save those that differ, and write a change for each of them."""
    household = record if isinstance(record, Household) else record.household
    person = record if isinstance(record, Person) else None
    rows = []
    for name, value in values.items():
        before = getattr(record, name)
        if before != value:
            rows.append(change(act, household, name, person=person, before=before, after=value))
            setattr(record, name, value)
    if rows:
        record.save(update_fields=[row.field for row in rows])
        write_many(RegisterChange, rows)
    return rows


def as_text(value: Any) -> str:
    """A value as the history keeps it: days in ISO form, a record by its name or number."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Person):
        return f"{value.full_name} ({value.number})"
    if isinstance(value, Model):
        return str(getattr(value, "name", value))
    return str(value)


def changes_of(household: Household) -> QuerySet[RegisterChange]:
    """The history of a household and of its persons, the latest first."""
    return household.changes.select_related("person", "actor").order_by("-id")


def card_changes_since(household: Household, moment: datetime) -> QuerySet[RegisterChange]:
    """What changed of what the cards of a family show since one was printed, the latest first."""
    return changes_of(household).filter(recorded_at__gt=moment, field__in=CARD_FIELDS)
