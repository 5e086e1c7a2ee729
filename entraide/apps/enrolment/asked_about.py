"""Who enters and was asked about: told apart at the door, and looked for again in the act itself.

A door asks before it records, and another may record the same person in between: inside its
transaction the act looks once more, and refuses who was not there to be asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from entraide.apps.access.records import sections_of_who_acts
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.resemblances import Alike, alike_of_same_birth, mark_of
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding, RefusedRows

_ASKED: ContextVar[frozenset[int] | None] = ContextVar("keys of persons asked about", default=None)


@contextmanager
def asked_about(alike: Sequence[Sequence[Alike]]) -> Iterator[None]:
    """Inside, an act that enters persons refuses whoever resembles them besides these."""
    before = _ASKED.set(frozenset(each.person.pk for found in alike for each in found))
    try:
        yield
    finally:
        _ASKED.reset(before)


def require_told_apart(
    mutual: Mutual, entries: Sequence[PersonEntry], joined: Sequence[Person]
) -> None:
    """Refuse, in the act's transaction, whom a door has not asked about; one query.

    Only where a door asked (:func:`asked_about`): a file, or the demonstration, looks by itself.
    ``joined``: the rows of the persons themselves.
    """
    asked = _ASKED.get()
    if asked is None:
        return
    besides = asked | {person.pk for person in joined}
    # Born that day in the family itself under another name: a twin, asked about nowhere.
    home = joined[0].household.number if joined else ""
    faults = may_be_here(alike_of_same_birth(mutual, entries, besides=besides, household=home))
    if faults:
        raise RefusedRows(faults)


def may_be_here(
    alike: Sequence[Sequence[Alike]], answered: Collection[str] = ()
) -> tuple[Finding, ...]:
    """``PERSON_MAY_BE_HERE`` at ``persons[i]`` for each resemblance not answered.

    An answer is the number of the other's card; of somebody of another section than that of who
    acts nothing is told (``PERSON_MAY_BE_ELSEWHERE``), and the answer is the mark that it gives.
    """
    return tuple(
        _finding(index, each)
        for index, found in enumerate(alike)
        for each in found
        if answer_to(each) not in answered
    )


def answer_to(alike: Alike) -> str:
    """What says that somebody is another person than this one."""
    return mark_of(alike.person) if is_out_of_sight(alike.person) else alike.person.number


def is_out_of_sight(person: Person) -> bool:
    """Whether a person is of another section than those of who acts."""
    sections = sections_of_who_acts()
    return sections is not None and person.household.branch_id not in sections


def _finding(index: int, alike: Alike) -> Finding:
    place = f"persons[{index}]"
    if is_out_of_sight(alike.person):
        told = {"percent": alike.percent, "mark": mark_of(alike.person)}
        return Finding("PERSON_MAY_BE_ELSEWHERE", place=place, data=told)
    person = alike.person
    return Finding(
        "PERSON_MAY_BE_HERE",
        place=place,
        data={
            "person": person.spoken_name,
            "number": person.number,
            "household": person.household.number,
            "percent": alike.percent,
        },
    )
