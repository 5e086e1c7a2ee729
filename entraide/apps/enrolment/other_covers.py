"""Other covers of a person: recorded, ended, read for the decision on a claim."""

from __future__ import annotations

from datetime import date

from django.db.models import BigIntegerField, QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import OtherCover, Person
from entraide.apps.enrolment.selectors import of_person
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.flags import OTHER_COVERS, require_open
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.other_covers import CoverKind, payers_before
from entraide.core.other_covers import OtherCover as CoreCover


@command("record_other_cover", right=Right.ENROL)
def record_other_cover(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    kind: CoverKind,
    payer: str,
    source: str,
    effective_from: date,
    pays_first: bool,
    number: str = "",
    effective_until: date | None = None,
) -> OtherCover:
    """Somebody else covers the person too from a day on; ``source``: what says so.

    Refused with ``FEATURE_NOT_OPEN``; at once with ``OTHER_COVER_PAYER_MISSING``,
    ``OTHER_COVER_SOURCE_MISSING``, ``OTHER_COVER_WITHOUT_DAYS``; ``OTHER_COVER_KNOWN`` where the
    same payer covers the person that day.
    """
    require_open(mutual, OTHER_COVERS, on)
    findings = []
    if not payer.strip():
        findings.append(Finding("OTHER_COVER_PAYER_MISSING", place="payer"))
    if not source.strip():
        findings.append(Finding("OTHER_COVER_SOURCE_MISSING", place="source"))
    if effective_until is not None and effective_until <= effective_from:
        findings.append(Finding("OTHER_COVER_WITHOUT_DAYS", place="effective_until"))
    if findings:
        raise RefusedRows(findings)
    Person.objects.select_for_update().get(pk=person.pk)
    same = covers_of(person).filter(payer__iexact=payer.strip())
    for known in same.filter(effective_from__lt=effective_until or date.max):
        if known.effective_until is None or effective_from < known.effective_until:
            raise Refusal("OTHER_COVER_KNOWN", place="payer", payer=known.payer,
                          day=known.effective_from)  # fmt: skip
    return OtherCover.objects.create(
        mutual=mutual,
        person=person,
        kind=CoverKind(kind).value,
        payer=payer.strip(),
        number=number.strip(),
        pays_first=pays_first,
        effective_from=effective_from,
        effective_until=effective_until,
        source=source.strip(),
        recorded_by=actor,
    )


@command("end_other_cover", right=Right.ENROL)
def end_other_cover(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    cover: OtherCover,
    effective_until: date,
) -> OtherCover:
    """It covers no more from a day on; on its first day: it never did.

    Refused with ``OTHER_COVER_ENDED``, ``OTHER_COVER_WITHOUT_DAYS`` or ``DATE_IN_FUTURE``.
    """
    cover = OtherCover.objects.select_for_update(of=("self",)).get(pk=cover.pk)
    if cover.effective_until is not None:
        raise Refusal("OTHER_COVER_ENDED", day=cover.effective_until)
    require_not_future(effective_until, on, "effective_until")
    if effective_until < cover.effective_from:
        raise Refusal("OTHER_COVER_WITHOUT_DAYS", place="effective_until")
    cover.effective_until = effective_until
    cover.ended_by = actor
    cover.save(update_fields=["effective_until", "ended_by"])
    return cover


def covers_of(person: Person) -> QuerySet[OtherCover]:
    """The other covers of a person, those of rows that were merged into theirs included."""
    rows = OtherCover.objects.filter(of_person(person.pk))
    return rows.select_related("recorded_by", "ended_by").order_by("effective_from", "id")


_COVERS: Prepared[OtherCover] = Prepared(
    lambda person: OtherCover.objects.filter(of_person(person)),
    is_steady=True,
    person=BigIntegerField(),
)


def first_payer_of(person: Person, on: date) -> str:
    """Who pays before the mutual for care of a day; empty for nobody. One query."""
    covers = [
        CoreCover(row.payer, row.effective_from, row.effective_until, row.pays_first)
        for row in _COVERS.all(person=person.pk)
    ]
    return ", ".join(payers_before(covers, on))
