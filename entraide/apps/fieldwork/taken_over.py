"""Visits that another program recorded become contacts of the follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.enrolment.models import Household
from entraide.apps.fieldwork.models import FollowContact
from entraide.apps.schemes.models import Appointment, Mutual
from entraide.core.follow_up import Channel


@dataclass(frozen=True, slots=True)
class VisitSaid:
    """A visit as it was said: whom, when, the name of who came, what about."""

    household: Household
    visited_on: date
    agent: str
    subject: str


def take_over_visits(mutual: Mutual, actor: User, visits: Sequence[VisitSaid]) -> int:
    """Write them inside the caller's import; answers how many. Two queries and the rows.

    Who came is the person of the mutual with this very name. Where nobody, or more than one, has
    it, the product itself stands there and the name in the note.
    """
    people = _by_name(mutual)
    nobody = system_user()
    FollowContact.objects.bulk_create(
        FollowContact(
            mutual=mutual,
            household=each.household,
            channel=Channel.VISIT.value,
            contacted_on=each.visited_on,
            worker=people.get(_folded(each.agent)) or nobody,
            note=" · ".join(
                part
                for part in (each.agent if _folded(each.agent) not in people else "", each.subject)
                if part
            )[:200],
            recorded_by=actor,
        )
        for each in visits
    )
    return len(visits)


def _by_name(mutual: Mutual) -> dict[str, User]:
    appointed = Appointment.objects.filter(mutual=mutual).values("user")
    found: dict[str, list[User]] = {}
    for user in User.objects.filter(pk__in=appointed):
        found.setdefault(_folded(user.display_name), []).append(user)
    return {name: users[0] for name, users in found.items() if len(users) == 1}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
