"""Providers assessed before a convention: by several people, each with the form of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.providers.assessment_models import ProviderAssessment
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.assessment import (
    Assessed,
    AssessmentForm,
    Grade,
    Points,
    assess,
    grade_of,
    together,
)
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.periods import add_months
from entraide.rulebook.assessments import assessment_on, parse_assessment

HEARD_MONTHS = 24  # what somebody saw longer ago says little of today


@command("assess_provider", right=Right.KEEP_PROVIDERS)
def assess_provider(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    assessed_on: date,
    answers: Mapping[str, str],
    met: str = "",
    remarks: str = "",
) -> ProviderAssessment:
    """What the actor saw, by the form in force that day; each person assesses for themselves.

    Refused with ``ASSESSMENT_NONE`` (no form that day), else every fault at once:
    ``DATE_IN_FUTURE`` and those of :func:`~entraide.core.assessment.assess`.
    """
    faults: list[Finding] = []
    if assessed_on > on:
        data = {"day": assessed_on, "on": on}
        faults.append(Finding("DATE_IN_FUTURE", place="assessed_on", data=data))
    form, document = assessment_on(assessed_on)
    try:
        found = assess(form, answers)
    except RefusedRows as refused:
        faults += refused.findings
    if faults:
        raise RefusedRows(tuple(faults))
    return ProviderAssessment.objects.create(
        mutual=mutual, provider=provider, assessed_on=assessed_on, met=met.strip()[:200],
        remarks=remarks.strip()[:1000], document=document, answers=dict(answers),
        points=found.points.had, most_points=found.points.most, grade=found.grade.code,
        assessed_by=actor, recorded_on=on,
    )  # fmt: skip


def assessments_of(mutual: Mutual, provider: Provider) -> QuerySet[ProviderAssessment]:
    """Every assessment of a provider, the latest first."""
    rows = ProviderAssessment.objects.filter(mutual=mutual, provider=provider)
    return rows.select_related("assessed_by").order_by("-assessed_on", "-id")


def assessment_seen(mutual: Mutual, uid: object) -> ProviderAssessment:
    """The assessment of this mutual with this ``uid``, or ``NOT_FOUND``."""
    rows = ProviderAssessment.objects.filter(mutual=mutual, uid=uid)
    found = rows.select_related("provider", "assessed_by").first()
    if found is None:
        raise Refusal("NOT_FOUND", record="provider_assessment", key=str(uid))
    return found


def reread(assessment: ProviderAssessment) -> tuple[AssessmentForm, Assessed]:
    """The form as it was asked, and what the answers give by it."""
    form = parse_assessment(assessment.document)
    return form, assess(form, assessment.answers)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the assessors of the last months think together: the latest of each is heard.

    ``form`` is that of the latest assessment; ``lowest`` and ``highest`` are the shares of the
    strictest and of the kindest assessor.
    """

    form: AssessmentForm
    assessors_count: int
    since: date
    points: Points
    themes: tuple[tuple[str, Points], ...]
    grade: Grade
    lowest: Points
    highest: Points


def opinion_of(mutual: Mutual, provider: Provider, on: date) -> Opinion | None:
    """The opinion on a day, of the last :data:`HEARD_MONTHS` months; None when nobody assessed."""
    rows = assessments_of(mutual, provider).filter(
        assessed_on__gt=add_months(on, -HEARD_MONTHS), assessed_on__lte=on
    )
    latest: dict[int, ProviderAssessment] = {}
    for row in rows:
        latest.setdefault(row.assessed_by_id, row)
    if not latest:
        return None
    read = [reread(each) for each in latest.values()]
    form = read[0][0]
    whole = together([found.points for _form, found in read])
    by_share = sorted((found.points for _form, found in read), key=lambda each: each.share)
    themes = tuple(
        (theme.code, together([points for _form, found in read
                               for code, points in found.themes if code == theme.code]))
        for theme in form.themes
    )  # fmt: skip
    return Opinion(
        form=form, assessors_count=len(read),
        since=min(each.assessed_on for each in latest.values()), points=whole, themes=themes,
        grade=grade_of(form, whole), lowest=by_share[0], highest=by_share[-1],
    )  # fmt: skip
