"""Incentive terms: entered by one person, approved or refused by another, read on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.providers.models import Agreement, AgreementState
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.exactness import too_precise
from entraide.core.incentives import Incentive, QualityMeasure
from entraide.core.periods import last_day


@command("enter_incentive_term", right=Right.KEEP_PROVIDERS)
def enter_incentive(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    kind: str,
    effective_from: date,
    rate: Decimal,
    source: str,
    effective_until: date | None = None,
    within_days: int | None = None,
    measure: str = "",
    threshold: Decimal | None = None,
) -> IncentiveTerm:
    """A term for a second person to approve.

    Refused with ``CONVENTION_NOT_APPROVED``, else every fault at once: ``INCENTIVE_KIND``,
    ``DISCOUNT_INVALID``, ``RATE_TOO_PRECISE``, ``PERIOD_EMPTY``,
    ``SETTING_SOURCE_MISSING``, ``INCENTIVE_DAYS`` (a
    discount says within how many days), ``INCENTIVE_MEASURE`` (a bonus says its measure and a
    threshold above 0).
    """
    if agreement.state != AgreementState.APPROVED:
        raise Refusal("CONVENTION_NOT_APPROVED", provider=agreement.provider.name)
    faults = []
    if kind not in frozenset(Incentive):
        faults.append(Finding("INCENTIVE_KIND", place="kind"))
    if not 0 < rate < 1:
        faults.append(Finding("DISCOUNT_INVALID", place="rate"))
    faults += [*too_precise(rate, "rate"), *too_precise(threshold, "threshold")]
    if effective_until is not None and effective_until <= effective_from:
        data = {"start": effective_from, "until": last_day(effective_until)}
        faults.append(Finding("PERIOD_EMPTY", place="effective_until", data=data))
    if not source.strip():
        faults.append(Finding("SETTING_SOURCE_MISSING", place="source"))
    is_prompt = kind == Incentive.PROMPT_DISCOUNT
    if is_prompt and within_days is None:
        faults.append(Finding("INCENTIVE_DAYS", place="within_days"))
    has_measure = measure in frozenset(QualityMeasure) and threshold is not None
    if not is_prompt and not (has_measure and threshold and 0 < threshold <= 1):
        faults.append(Finding("INCENTIVE_MEASURE", place="threshold"))
    if faults:
        raise RefusedRows(tuple(faults))
    return IncentiveTerm.objects.create(
        mutual=mutual, agreement=agreement, kind=kind, effective_from=effective_from,
        effective_until=effective_until, rate=rate,
        within_days=within_days if is_prompt else None,
        measure="" if is_prompt else measure, threshold=None if is_prompt else threshold,
        source=source.strip()[:200], entered_by=actor, entered_on=on,
    )  # fmt: skip


@command("decide_incentive_term", right=Right.APPROVE_CONVENTION)
def decide_incentive(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    term: IncentiveTerm,
    is_approved: bool,
) -> IncentiveTerm:
    """The term holds in its days, or is refused; decided once, by somebody else.

    Refused with ``INCENTIVE_DECIDED`` or ``SEPARATION_OF_DUTIES``.
    """
    held = (
        IncentiveTerm.objects.select_for_update(of=("self",))
        .select_related("entered_by")
        .get(pk=term.pk)
    )
    if held.decided_on is not None:
        raise Refusal("INCENTIVE_DECIDED", day=held.decided_on)
    require_other_person(actor, held.entered_by, step="enter_incentive_term")
    held.is_approved, held.decided_by, held.decided_on = is_approved, actor, on
    held.save(update_fields=["is_approved", "decided_by", "decided_on"])
    return held


def incentives_of(agreement: Agreement) -> QuerySet[IncentiveTerm]:
    """The terms of a convention, the latest first."""
    rows = IncentiveTerm.objects.filter(agreement=agreement)
    return rows.select_related("entered_by", "decided_by").order_by("-effective_from", "-id")


def incentives_on(mutual: Mutual, on: date, kind: Incentive) -> QuerySet[IncentiveTerm]:
    """The approved terms of a kind that hold on a day, with their convention."""
    rows = IncentiveTerm.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        mutual=mutual, kind=kind.value, is_approved=True, effective_from__lte=on,
    )  # fmt: skip
    return rows.select_related("agreement").order_by("effective_from", "id")


def incentive_seen(mutual: Mutual, uid: object) -> IncentiveTerm:
    """The term of this mutual with this ``uid``, or ``NOT_FOUND``."""
    rows = IncentiveTerm.objects.filter(mutual=mutual, uid=uid)
    found = rows.select_related("agreement__provider", "entered_by").first()
    if found is None:
        raise Refusal("NOT_FOUND", record="incentive_term", key=str(uid))
    return found
