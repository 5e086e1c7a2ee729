"""The register of acts that do not go together: entered, approved by another person, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.nomenclature.models import CareItem, IncompatibleActs
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.incompatible import Incompatible
from entraide.core.periods import last_day


@command("enter_incompatible_acts", right=Right.ENTER_PRODUCT)
def enter_incompatible_acts(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    source: str,
    kept: Sequence[str],
    refused: Sequence[str],
    effective_from: date,
    effective_until: date | None = None,
) -> IncompatibleActs:
    """Enter acts (``system:code``) that do not go together; they count once another person
    approved.

    Every fault at once: ``INCOMPATIBLE_WITHOUT_ACTS``, ``INCOMPATIBLE_WITH_ITSELF``,
    ``INCOMPATIBLE_FROM_TODAY``, ``PERIOD_EMPTY``, ``VERSION_SOURCE_MISSING``.
    """
    findings = []
    for place, acts in (("kept", kept), ("refused", refused)):
        if not acts:
            findings.append(Finding("INCOMPATIBLE_WITHOUT_ACTS", place=place))
    if set(kept) & set(refused):
        findings.append(Finding("INCOMPATIBLE_WITH_ITSELF", place="refused"))
    if effective_from <= on:
        findings.append(Finding("INCOMPATIBLE_FROM_TODAY", place="effective_from"))
    if effective_until is not None and effective_until <= effective_from:
        period = {"start": effective_from, "until": last_day(effective_until)}
        findings.append(Finding("PERIOD_EMPTY", place="effective_until", data=period))
    if not source.strip():
        findings.append(Finding("VERSION_SOURCE_MISSING", place="source"))
    if findings:
        raise RefusedRows(tuple(findings))
    return IncompatibleActs.objects.create(
        mutual=mutual, name=name.strip(), source=source.strip(), kept=list(kept),
        refused=list(refused), effective_from=effective_from, effective_until=effective_until,
        entered_by=actor, entered_on=on,
    )  # fmt: skip


@command("approve_incompatible_acts", right=Right.APPROVE_PRODUCT)
def approve_incompatible_acts(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    rule: IncompatibleActs,
    is_refused: bool = False,
) -> IncompatibleActs:
    """A second person puts a rule in force, or refuses it.

    ``INCOMPATIBLE_DECIDED`` the second time, ``SEPARATION_OF_DUTIES`` for who entered it,
    ``INCOMPATIBLE_FROM_TODAY`` where its first day has come meanwhile: claims were decided without.
    """
    rule = IncompatibleActs.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if rule.approved_on is not None or rule.refused_on is not None:
        raise Refusal("INCOMPATIBLE_DECIDED", name=rule.name)
    require_other_person(actor, rule.entered_by, step="enter_incompatible_acts")
    if not is_refused and rule.effective_from <= on:
        raise Refusal("INCOMPATIBLE_FROM_TODAY", place="effective_from")
    rule.approved_by = actor
    if is_refused:
        rule.refused_on = on
    else:
        rule.approved_on = on
    rule.save(update_fields=["approved_by", "approved_on", "refused_on"])
    return rule


@command("end_incompatible_acts", right=Right.APPROVE_PRODUCT)
def end_incompatible_acts(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    rule: IncompatibleActs,
    effective_until: date,
) -> IncompatibleActs:
    """The rule no longer counts from a day to come on; claims decided by it stay as they are.

    ``INCOMPATIBLE_NOT_APPROVED``, ``INCOMPATIBLE_FROM_TODAY`` for today or earlier.
    """
    rule = IncompatibleActs.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if rule.approved_on is None:
        raise Refusal("INCOMPATIBLE_NOT_APPROVED", name=rule.name)
    if effective_until <= max(on, rule.effective_from):
        raise Refusal("INCOMPATIBLE_FROM_TODAY", place="effective_until")
    rule.effective_until, rule.ended_by = effective_until, actor
    rule.save(update_fields=["effective_until", "ended_by"])
    return rule


def incompatible_acts(mutual: Mutual) -> QuerySet[IncompatibleActs]:
    """Every rule of a mutual, those that wait first, then the latest."""
    return (
        IncompatibleActs.objects.filter(mutual=mutual)
        .select_related("entered_by", "approved_by")
        .order_by("approved_on", "-effective_from", "-id")
    )


def incompatible_for(mutual: Mutual, uid: str) -> IncompatibleActs:
    """One rule of a mutual; ``NOT_FOUND`` otherwise."""
    rule = incompatible_acts(mutual).filter(uid=uid).first()
    if rule is None:
        raise Refusal("NOT_FOUND", record="incompatible_acts", key=uid)
    return rule


def rules_of_incompatible_acts(
    mutual: Mutual,
) -> tuple[tuple[Incompatible, ...], dict[int, str]]:
    """Every approved rule with its acts by their keys, and what these acts are called.

    One query where the mutual has none, else two. The rules say themselves on which days they
    count; which are there for a day to come is known on the day before, at the latest.
    """
    rows = list(
        IncompatibleActs.objects.filter(mutual=mutual, approved_on__isnull=False).order_by("pk")
    )
    named = {key for row in rows for key in (*row.kept, *row.refused)}
    if not named:
        return (), {}
    keys: dict[str, list[int]] = {}
    labels: dict[int, str] = {}
    codes = {key.partition(":")[2] for key in named}
    for pk, system, code, label in CareItem.objects.filter(code__in=codes).values_list(
        "pk", "system", "code", "label"
    ):
        keys.setdefault(f"{system}:{code}", []).append(pk)
        labels[pk] = label
    return (
        tuple(
            Incompatible(
                kept=_keys(row.kept, keys),
                refused=_keys(row.refused, keys),
                effective_from=row.effective_from,
                effective_until=row.effective_until,
            )
            for row in rows
        ),
        labels,
    )


def _keys(named: list[str], known: dict[str, list[int]]) -> frozenset[int]:
    return frozenset(pk for name in named for pk in known.get(name, ()))
