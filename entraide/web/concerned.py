"""What pages list of a person's rights: no waiting period of care that cannot concern them.

Only what is shown changes. Whether care is paid is decided on the act of the claim, with the sex
and the age that the nomenclature gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from entraide.apps.contributions.selectors import Standing
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.selectors import Audience, audiences
from entraide.apps.providers.selectors import care_systems
from entraide.core.periods import age_on


def care_audiences() -> dict[str, Audience]:
    """Whom each category is for, in the lists of care of the mutual in scope."""
    return audiences(systems=care_systems())


def concerns(known: Mapping[str, Audience], category: str, person: Person, on: date) -> bool:
    """Whether care of a category may concern a person on a day; yes where nothing is known."""
    audience = known.get(category)
    age = max(0, age_on(person.birth_on, on))
    return audience is None or audience.has(sex=person.sex, age_years=age)


def as_concerned(standing: Standing, known: Mapping[str, Audience]) -> Standing:
    """A standing whose waiting periods are those of care that may concern the person by the day
    it opens: a girl who will be old enough by then is told."""
    rights = standing.rights
    waiting = {
        category: opens_on
        for category, opens_on in rights.waiting_until.items()
        if concerns(known, category, standing.person, opens_on)
    }
    return replace(standing, rights=replace(rights, waiting_until=waiting))
