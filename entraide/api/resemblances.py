"""Whoever joins by the API and may be registered already: refused until the sender says they are
two, as the desk asks before it records; the answer is kept in both families."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.access.services import is_carried_out
from entraide.apps.enrolment.asked_about import may_be_here
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.resemblances import Alike, alike_of_same_birth, answer_other_person
from entraide.apps.enrolment.selectors import persons_of
from entraide.apps.schemes.commands import key_of_step
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import RefusedRows


def told_apart(
    mutual: Mutual, key: str, persons: Sequence[PersonEntry], distinct_from: frozenset[str]
) -> list[list[Alike]]:
    """For each person those registered who resemble them and of whom the sender said that they
    are others.

    Refused with ``PERSON_MAY_BE_HERE`` at ``persons[i]`` for each resemblance not answered, or
    ``PERSON_MAY_BE_ELSEWHERE`` for one of another section, of which nothing is told. A family
    recorded under this very key is not asked about again.
    """
    if is_carried_out(mutual, key):
        return []
    found = alike_of_same_birth(mutual, persons)
    faults = may_be_here(found, distinct_from)
    if faults:
        raise RefusedRows(faults)
    return found


def keep_apart(
    household: Household, found: Sequence[Sequence[Alike]], *, actor: User, on: date, key: str
) -> None:
    """What the sender answered, kept: these pairs are not proposed again."""
    if not any(found):
        return
    joined = sorted(persons_of(household), key=lambda person: person.pk)
    for rank, (person, alike) in enumerate(zip(joined, found, strict=True), start=1):
        if alike:
            answer_other_person(
                mutual=household.mutual,
                actor=actor,
                on=on,
                idempotency_key=key_of_step(key, f"other-{rank}"),
                person=person,
                others=tuple(each.person for each in alike),
            )
