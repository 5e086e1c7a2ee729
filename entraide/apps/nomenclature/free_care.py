"""The register of free-care programmes: entered, approved by another person, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import BigIntegerField, DateField, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.nomenclature.models import FreeCareProgramme
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.care_package import Sector, Target
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.free_care import Programme
from entraide.core.periods import last_day


@command("enter_free_care", right=Right.ENTER_PRODUCT)
def enter_free_care(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    source: str,
    effective_from: date,
    effective_until: date | None = None,
    categories: Sequence[str] = (),
    items: Sequence[str] = (),
    sectors: Sequence[str] = (),
    sex: str = "",
    min_age_years: int | None = None,
    max_age_years: int | None = None,
) -> FreeCareProgramme:
    """Enter a programme; it counts once another person approved it.

    Every fault at once: ``FREE_CARE_WITHOUT_CARE``, ``RULE_AGES_INVERTED``, ``PERIOD_EMPTY``,
    ``VERSION_SOURCE_MISSING``.
    """
    findings = []
    if not categories and not items:
        findings.append(Finding("FREE_CARE_WITHOUT_CARE", place="categories"))
    if None not in (min_age_years, max_age_years) and min_age_years > max_age_years:  # type: ignore[operator]
        data = {"minimum": min_age_years, "maximum": max_age_years}
        findings.append(Finding("RULE_AGES_INVERTED", place="min_age_years", data=data))
    if effective_until is not None and effective_until <= effective_from:
        period = {"start": effective_from, "until": last_day(effective_until)}
        findings.append(Finding("PERIOD_EMPTY", place="effective_until", data=period))
    if not source.strip():
        findings.append(Finding("VERSION_SOURCE_MISSING", place="source"))
    if findings:
        raise RefusedRows(tuple(findings))
    return FreeCareProgramme.objects.create(
        mutual=mutual, name=name.strip(), source=source.strip(), categories=list(categories),
        items=list(items), sectors=list(sectors), sex=sex, min_age_years=min_age_years,
        max_age_years=max_age_years, effective_from=effective_from,
        effective_until=effective_until, entered_by=actor, entered_on=on,
    )  # fmt: skip


@command("approve_free_care", right=Right.APPROVE_PRODUCT)
def approve_free_care(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    programme: FreeCareProgramme,
    is_refused: bool = False,
) -> FreeCareProgramme:
    """A second person puts a programme in force, or refuses it.

    ``FREE_CARE_DECIDED`` the second time, ``SEPARATION_OF_DUTIES`` for who entered it.
    """
    programme = FreeCareProgramme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if programme.approved_on is not None or programme.refused_on is not None:
        raise Refusal("FREE_CARE_DECIDED", name=programme.name)
    require_other_person(actor, programme.entered_by, step="enter_free_care")
    programme.approved_by = actor
    if is_refused:
        programme.refused_on = on
    else:
        programme.approved_on = on
    programme.save(update_fields=["approved_by", "approved_on", "refused_on"])
    return programme


@command("end_free_care", right=Right.APPROVE_PRODUCT)
def end_free_care(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    programme: FreeCareProgramme,
    effective_until: date,
) -> FreeCareProgramme:
    """The programme no longer pays from a day on; ``PERIOD_EMPTY`` before it began."""
    programme = FreeCareProgramme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if programme.approved_on is None:
        raise Refusal("FREE_CARE_NOT_APPROVED", name=programme.name)
    if effective_until <= programme.effective_from:
        raise Refusal(
            "PERIOD_EMPTY", place="effective_until", start=programme.effective_from,
            until=effective_until,
        )  # fmt: skip
    programme.effective_until, programme.ended_by = effective_until, actor
    programme.save(update_fields=["effective_until", "ended_by"])
    return programme


def programmes(mutual: Mutual) -> QuerySet[FreeCareProgramme]:
    """Every programme of a mutual, those that wait first, then the latest."""
    return (
        FreeCareProgramme.objects.filter(mutual=mutual)
        .select_related("entered_by", "approved_by")
        .order_by("approved_on", "-effective_from", "-id")
    )


def programme_for(mutual: Mutual, uid: str) -> FreeCareProgramme:
    """One programme of a mutual; ``NOT_FOUND`` otherwise."""
    programme = programmes(mutual).filter(uid=uid).first()
    if programme is None:
        raise Refusal("NOT_FOUND", record="free_care", key=uid)
    return programme


_IN_FORCE: Prepared[FreeCareProgramme] = Prepared(
    lambda mutual, on: FreeCareProgramme.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        mutual=mutual,
        approved_on__isnull=False,
        effective_from__lte=on,
    ).order_by("pk"),
    is_steady=True,
    mutual=BigIntegerField(),
    on=DateField(),
)


def programmes_in_force(mutual_id: int, on: date) -> list[Programme]:
    """The programmes that pay on a day, as the rules read them: one query."""
    return [
        Programme(
            name=row.name,
            target=Target(tuple(row.categories), tuple(row.items)),
            effective_from=row.effective_from,
            effective_until=row.effective_until,
            sectors=tuple(Sector(each) for each in row.sectors),
            sex=row.sex,
            min_age_years=row.min_age_years,
            max_age_years=row.max_age_years,
        )
        for row in _IN_FORCE.all(mutual=mutual_id, on=on)
    ]
