"""What a family's file must hold: entered by one person, approved by another, from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, DateField, Max, QuerySet
from django.utils import timezone

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import FileRuleVersion, Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.completeness import (
    NOTHING_ASKED,
    FileRule,
    document_of,
    following,
    rule_of_document,
)
from entraide.core.errors import Refusal

_IN_FORCE: Prepared[FileRuleVersion] = Prepared(
    lambda mutual, on: FileRuleVersion.objects.filter(
        mutual=mutual, approved_at__isnull=False, effective_from__lte=on
    ).order_by("-effective_from", "-number")[:1],
    is_steady=True,
    mutual=BigIntegerField(),
    on=DateField(),
)


def file_rule_on(mutual: Any, on: date) -> FileRule:
    """The rule in force on a day; nothing is asked before the first one. One query.

    ``mutual``: the mutual or its primary key.
    """
    version = _IN_FORCE.first(mutual=mutual, on=on)
    return rule_of(version) if version is not None else NOTHING_ASKED


def rule_of(version: FileRuleVersion) -> FileRule:
    """The rule of a version."""
    return rule_of_document(version.document, version.effective_from)


@command("enter_file_rule", right=Right.ENTER_FILE_RULE)
def enter_file_rule(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    document: Mapping[str, Any],
    effective_from: date,
    source: str,
) -> FileRuleVersion:
    """Propose what a file must hold from a day on; it counts once another person approved it.

    ``document``: see ``core.completeness.rule_of_document``. Refused with its faults,
    ``FILE_RULE_PAST``, ``FILE_RULE_SAME`` or ``FILE_RULE_SOURCE_MISSING``.
    """
    if not source.strip():
        raise Refusal("FILE_RULE_SOURCE_MISSING", place="source")
    if effective_from < on:
        raise Refusal("FILE_RULE_PAST", place="effective_from", day=effective_from, on=on)
    rule = proposed_rule(mutual, document, effective_from)
    if document_of(rule) == document_of(file_rule_on(mutual, effective_from)):
        raise Refusal("FILE_RULE_SAME", place="")
    last = FileRuleVersion.objects.filter(mutual=mutual).aggregate(last=Max("number"))["last"]
    return FileRuleVersion.objects.create(
        mutual=mutual,
        number=(last or 0) + 1,
        effective_from=effective_from,
        document=document_of(rule),
        source=source.strip(),
        entered_on=on,
        entered_by=actor,
    )


def proposed_rule(mutual: Mutual, document: Mapping[str, Any], effective_from: date) -> FileRule:
    """The rule of a document as it would follow the one in force on its first day."""
    asked = rule_of_document(document, effective_from)
    return following(file_rule_on(mutual, effective_from), asked, effective_from)


@command("approve_file_rule", right=Right.APPROVE_FILE_RULE)
def approve_file_rule(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, version: FileRuleVersion
) -> FileRuleVersion:
    """A second person puts a rule in force; from then on it never changes.

    Refused with ``FILE_RULE_APPROVED_ALREADY``, ``SEPARATION_OF_DUTIES``, or ``FILE_RULE_PAST``
    when its first day has gone by: rights of past days do not change.
    """
    version = FileRuleVersion.objects.select_for_update().get(pk=version.pk)
    if version.approved_at is not None:
        raise Refusal("FILE_RULE_APPROVED_ALREADY")
    require_other_person(actor, version.entered_by, step="enter_file_rule")
    if version.effective_from < on:
        raise Refusal("FILE_RULE_PAST", day=version.effective_from, on=on)
    version.approved_by = actor
    version.approved_at = timezone.now()
    version.save(update_fields=["approved_by", "approved_at"])
    return version


def file_rule_for(mutual: Mutual, uid: UUID | str) -> FileRuleVersion:
    """One version with its people, or ``NOT_FOUND``."""
    version = file_rules(mutual).filter(uid=uid).first()
    if version is None:
        raise Refusal("NOT_FOUND", record="file_rule", key=str(uid))
    return version


def file_rules(mutual: Mutual) -> QuerySet[FileRuleVersion]:
    """Every version, the latest first, approved or not."""
    return (
        FileRuleVersion.objects.filter(mutual=mutual)
        .select_related("entered_by", "approved_by")
        .order_by("-number")
    )
