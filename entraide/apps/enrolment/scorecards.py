"""The vulnerability scorecard of a mutual: entered, approved by another, filled with families."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.models import Household, HouseholdScore, ScorecardVersion
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Refusal
from entraide.core.scorecard import score
from entraide.rulebook.scorecards import ScorecardRules, parse_scorecard


@command("enter_scorecard", right=Right.ENTER_SCORECARD)
def enter_scorecard(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    document: dict[str, Any],
    effective_from: date,
    source: str,
) -> ScorecardVersion:
    """Questions and segments from a day on, to be approved by somebody else.

    Refused with every fault of ``rulebook.scorecards.parse_scorecard`` at once.
    """
    dated = {**document, "effective_from": effective_from.isoformat(), "source": source}
    rules = parse_scorecard(dated)
    number = ScorecardVersion.objects.filter(mutual=mutual).aggregate(n=Max("number"))["n"] or 0
    return ScorecardVersion.objects.create(
        mutual=mutual,
        number=number + 1,
        effective_from=rules.effective_from,
        document=rules.document,
        source=rules.source,
        entered_by=actor,
    )


@command("approve_scorecard", right=Right.APPROVE_SCORECARD)
def approve_scorecard(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, version: ScorecardVersion
) -> ScorecardVersion:
    """The scorecard holds from its day on; nobody changes it any more.

    Refused with ``SCORECARD_ALREADY_APPROVED`` or ``SEPARATION_OF_DUTIES``.
    """
    version = (
        ScorecardVersion.objects.select_for_update(of=("self",))
        .select_related("entered_by")
        .get(pk=version.pk)
    )
    if version.approved_on is not None:
        raise Refusal("SCORECARD_ALREADY_APPROVED", day=version.approved_on)
    require_other_person(actor, version.entered_by, step="enter_scorecard")
    version.approved_on, version.approved_by = on, actor
    version.save(update_fields=["approved_on", "approved_by"])
    return version


@command("record_score", right=Right.ENROL)
def record_score(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    answers: Mapping[str, str],
    answered_on: date,
) -> HouseholdScore:
    """What a family answered on a day; its points and segment by the scorecard of that day.

    Refused with ``SCORECARD_NOT_IN_FORCE``, ``DATE_IN_FUTURE`` or every fault of
    ``core.scorecard.score`` at once.
    """
    require_not_future(answered_on, on, "answered_on")
    version = version_on(mutual, answered_on)
    if version is None:
        raise Refusal("SCORECARD_NOT_IN_FORCE", place="answered_on", day=answered_on)
    found = score(rules_of(version).card, answers)
    return HouseholdScore.objects.create(
        mutual=mutual,
        household=household,
        version=version,
        answered_on=answered_on,
        answers=dict(answers),
        points=found.points,
        segment=found.segment.code,
        recorded_by=actor,
    )


def version_on(mutual: Mutual, on: date) -> ScorecardVersion | None:
    """The approved scorecard in force on a day."""
    approved = ScorecardVersion.objects.filter(
        mutual=mutual, approved_on__isnull=False, effective_from__lte=on
    )
    return approved.order_by("-effective_from", "-number").first()


def versions(mutual: Mutual) -> list[ScorecardVersion]:
    """Every scorecard, the latest first, approved or not."""
    return list(
        ScorecardVersion.objects.filter(mutual=mutual)
        .select_related("entered_by", "approved_by")
        .order_by("-number")
    )


def version_for(mutual: Mutual, uid: object) -> ScorecardVersion:
    """The scorecard of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = ScorecardVersion.objects.filter(mutual=mutual, uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="scorecard", key=str(uid))
    return found


def rules_of(version: ScorecardVersion) -> ScorecardRules:
    """The questions and segments of a version."""
    return parse_scorecard(version.document)


def scores_of(household: Household) -> list[HouseholdScore]:
    """What a family answered, the latest first."""
    return list(
        household.scores.select_related("version", "recorded_by").order_by("-answered_on", "-id")
    )
