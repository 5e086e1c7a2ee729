"""What is asked back: how much, from whom, since when; and what findings say of the whole period.

Payments keep recoveries back of what they pay (``deductions``, written by the settlements); what
they have not taken stays here with its age.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from entraide.apps.access.models import User
from entraide.apps.care_control.campaigns import findings_of
from entraide.apps.care_control.models import ControlCampaign, Recovery
from entraide.apps.claims.models import ClaimState
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.control.sampling import Extrapolated, extrapolated
from entraide.core.errors import Refusal


@command("waive_recovery", right=Right.CONTROL_CARE)
def waive_recovery(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    recovery: Recovery,
    reason: str,
) -> Recovery:
    """It is asked back no more, by another person than who asked, and why.

    What payments took already stays taken. Refused: ``REASON_MISSING``, ``SEPARATION_OF_DUTIES``,
    ``RECOVERY_WAIVED``, ``RECOVERY_IN_BATCH`` (a payment that is not made yet keeps it back).
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    held = Recovery.objects.select_for_update().get(pk=recovery.pk)
    if held.waived_on is not None:
        raise Refusal("RECOVERY_WAIVED", number=held.document_number)
    require_other_person(actor, held.asked_by, step="sign_control_campaign")
    waiting = held.deductions.filter(is_cancelled=False, payout__paid_on__isnull=True)
    if waiting.exists():
        raise Refusal("RECOVERY_IN_BATCH", number=held.document_number)
    held.waived_on, held.waived_by, held.waived_why = on, actor, reason.strip()[:200]
    held.save(update_fields=["waived_on", "waived_by", "waived_why"])
    return held


@dataclass(frozen=True, slots=True)
class Owed:
    """A recovery with its age in days and what is left to take of it, in minor units."""

    recovery: Recovery
    days: int
    left_minor: int


def open_recoveries(mutual: Mutual) -> QuerySet[Recovery]:
    """Recoveries of which something is left to take, with ``taken_minor``, the oldest first.

    Neither those given up, nor those of a claim reversed since, which pays nothing any more.
    """
    taken = Sum("deductions__amount_minor", filter=Q(deductions__is_cancelled=False))
    return (
        Recovery.objects.filter(mutual=mutual, waived_on__isnull=True)
        .exclude(claim__state=ClaimState.REVERSED)
        .annotate(taken_minor=Coalesce(taken, 0))
        .filter(taken_minor__lt=F("amount_minor"))
        .select_related("claim", "provider", "household", "asked_by", "overpayment")
        .order_by("asked_on", "id")
    )


def owed_on(mutual: Mutual, on: date) -> list[Owed]:
    """What is owed on a day with its age, the oldest first."""
    return [
        Owed(each, (on - each.asked_on).days, each.amount_minor - each.taken_minor)
        for each in open_recoveries(mutual)
    ]


def extrapolation(campaign: ControlCampaign) -> Extrapolated | None:
    """What the findings say of the period, once every claim drawn was looked at; else None."""
    findings = list(findings_of(campaign))
    sampled = list(campaign.sample.all())
    if not sampled or len(findings) < len(sampled):
        return None
    kept = {
        finding.sampled_id: finding.reply.kept_minor
        if hasattr(finding, "reply")
        else finding.recover_minor
        for finding in findings
    }
    conform = all(not kept[each.pk] for each in sampled if each.at_random)
    return extrapolated(
        [(kept[each.pk], Fraction(each.chance)) for each in sampled],
        random_count=sum(each.at_random for each in sampled),
        is_random_clean=conform,
    )
