"""Who is covered on a day, for the paper that a provider without network keeps at its desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import under
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal

MOST = 3_000  # persons of one list: about sixty sheets


@dataclass(frozen=True, slots=True)
class CoveredPerson:
    """A person whose rights are open, and the last day on which the cover may be counted on."""

    person: Person
    until: date  # the first day after the cover
    is_in_part: bool  # some care still waits


def covered_persons(
    mutual: Mutual, provider: Provider, reader: User, on: date, *, area: Area | None = None
) -> list[CoveredPerson]:
    """Those with open rights on a day, by name, for one provider; of one place, or of all.

    Refused with ``COVERED_LIST_TOO_LONG`` above :data:`MOST` persons. The list is journalled as
    what leaves the mutual. A handful of queries.
    """
    rows = Person.objects.filter(present_persons(on), mutual=mutual, merged_into__isnull=True)
    if area is not None:
        rows = rows.filter(household__area__in=[area.pk, *under(area)])
    persons = list(
        rows.select_related("household").order_by("name", "given_name", "pk")[: MOST + 1]
    )
    if len(persons) > MOST:
        raise Refusal("COVERED_LIST_TOO_LONG", place="area", maximum=MOST)
    standings = standings_on(persons, on)
    covered = [
        CoveredPerson(each, membership.effective_until, bool(standing.rights.waiting_until))
        for each in persons
        for standing in [standings[each.pk]]
        if standing.rights.is_open and (membership := standing.membership) is not None
    ]
    record_audit(
        kind=AuditKind.EXPORT, mutual=mutual, actor=reader,
        subject=f"covered persons for {provider.name}, {len(covered)} persons",
        details={"provider": provider.uid, "day": on, "area": area.uid if area else ""},
    )  # fmt: skip
    return covered
