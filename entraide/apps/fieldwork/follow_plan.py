"""The follow-up plan of a mutual: proposed with its source, approved by another, then kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Max

from entraide.apps.access.models import User
from entraide.apps.enrolment.scorecards import rules_of as scorecard_rules_of
from entraide.apps.enrolment.scorecards import version_on
from entraide.apps.enrolment.selectors import found
from entraide.apps.fieldwork.models import FollowPlanVersion
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Refusal
from entraide.core.follow_up import WITHOUT_SEGMENT, FollowPlan, FollowRow, plan_of


@command("propose_follow_plan", right=Right.ENTER_SCORECARD)
def propose_follow_plan(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    rows: Sequence[FollowRow],
    effective_from: date,
    source: str,
) -> FollowPlanVersion:
    """Who is visited, who is called and how often from a day on; somebody else approves it.

    Refused with every fault of ``core.follow_up.plan_of`` at once, or ``VERSION_SOURCE_MISSING``.
    """
    if not source.strip():
        raise Refusal("VERSION_SOURCE_MISSING", place="source")
    plan = plan_of(effective_from, rows)
    number = FollowPlanVersion.objects.filter(mutual=mutual).aggregate(n=Max("number"))["n"] or 0
    return FollowPlanVersion.objects.create(
        mutual=mutual,
        number=number + 1,
        effective_from=effective_from,
        rows=[
            {
                "segment": segment,
                "stage": stage.value,
                "channel": rule.channel.value,
                "every_days": rule.every_days,
            }
            for (segment, stage), rule in plan.cells.items()
        ],
        source=source.strip()[:200],
        entered_by=actor,
    )


@command("approve_follow_plan", right=Right.APPROVE_SCORECARD)
def approve_follow_plan(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, version: FollowPlanVersion
) -> FollowPlanVersion:
    """The plan holds from its day on; nobody changes it any more.

    Refused with ``FOLLOW_PLAN_APPROVED`` or ``SEPARATION_OF_DUTIES``.
    """
    version = (
        FollowPlanVersion.objects.select_for_update(of=("self",))
        .select_related("entered_by")
        .get(pk=version.pk)
    )
    if version.approved_on is not None:
        raise Refusal("FOLLOW_PLAN_APPROVED", day=version.approved_on)
    require_other_person(actor, version.entered_by, step="propose_follow_plan")
    version.approved_on, version.approved_by = on, actor
    version.save(update_fields=["approved_on", "approved_by"])
    return version


def plan_version_on(mutual: Mutual, on: date) -> FollowPlanVersion | None:
    """The approved plan in force on a day."""
    approved = FollowPlanVersion.objects.filter(
        mutual=mutual, approved_on__isnull=False, effective_from__lte=on
    )
    return approved.order_by("-effective_from", "-number").first()


def plan_on(mutual: Mutual, on: date) -> FollowPlan | None:
    """The rules in force on a day. One query."""
    version = plan_version_on(mutual, on)
    return cells_of(version) if version is not None else None


def cells_of(version: FollowPlanVersion) -> FollowPlan:
    """The cells of a version."""
    return plan_of(version.effective_from, [FollowRow(**row) for row in version.rows])


def plan_versions(mutual: Mutual) -> list[FollowPlanVersion]:
    """Every plan, the latest first, approved or not."""
    return list(
        FollowPlanVersion.objects.filter(mutual=mutual)
        .select_related("entered_by", "approved_by")
        .order_by("-number")
    )


def plan_version_for(mutual: Mutual, uid: object) -> FollowPlanVersion:
    """The plan of this mutual with this ``uid``, or ``NOT_FOUND``."""
    versions = FollowPlanVersion.objects.filter(mutual=mutual)
    return found(versions.select_related("entered_by", "approved_by"), uid=uid)


def segments_planned(mutual: Mutual, on: date) -> tuple[str, ...]:
    """The segments of the scorecard of a day, then families without one: the rows of a plan."""
    version = version_on(mutual, on)
    known = scorecard_rules_of(version).card.segments if version is not None else ()
    return (*(each.code for each in known), WITHOUT_SEGMENT)
