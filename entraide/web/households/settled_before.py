"""What another program paid for a family's care, beside what was claimed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.enrolment.models import Household
from entraide.apps.takeover.rows import past_claims_of

SHOWN = 10


@dataclass(frozen=True, slots=True)
class SettledBefore:
    """One claim as the other program told it; amounts in minor units."""

    number: str
    care_on: date
    who: str
    where: str
    asked_minor: int | None
    paid_minor: int


@dataclass(frozen=True, slots=True)
class AllSettledBefore:
    """The latest of them, how many there are, and what was paid for all."""

    latest: list[SettledBefore]
    count: int
    paid_minor: int


def settled_before(household: Household) -> AllSettledBefore | None:
    """The history of a family that came from elsewhere; None without any."""
    found = []
    for person, row in past_claims_of(household):
        said = row.said or {}
        place = (str(said[name]) for name in ("category", "provider") if said.get(name))
        found.append(
            SettledBefore(
                number=str(said.get("claim_number", "")),
                care_on=date.fromisoformat(said["care_on"]),
                who=person.full_name if person is not None else str(said.get("name", "")),
                where=" · ".join(place),
                asked_minor=said.get("asked_minor"),
                paid_minor=said["paid_minor"],
            )
        )
    if not found:
        return None
    return AllSettledBefore(found[:SHOWN], len(found), sum(each.paid_minor for each in found))
