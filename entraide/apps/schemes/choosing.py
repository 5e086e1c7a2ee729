"""A mutual changes one of its choices: a command, with who decided it, and every change kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max, QuerySet

from entraide.apps.access.models import User
from entraide.apps.schemes.choices import choice_named
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import ChoiceChange, Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal, RefusedRows


@command("change_choice", right=Right.CHANGE_SETTINGS)
def change_choice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    value: Any,
    source: str,
) -> ChoiceChange:
    """Give one choice (``schemes.choices``) a value, in force at once; ``source``: who decided.

    ``value`` is as ``Mutual.settings`` keeps it (a rate as text). Refused: ``SETTING_UNKNOWN``,
    the faults of its kind, ``SETTING_SAME`` and ``SETTING_SOURCE_MISSING``.
    """
    choice = choice_named(name)
    fault = choice.fault(value)
    if fault is not None:
        raise RefusedRows((fault,))
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    held = Mutual.objects.select_for_update().get(pk=mutual.pk)
    before = held.settings.get(name, choice.default)
    if choice.read(before) == choice.read(value):
        raise Refusal("SETTING_SAME", place=f"settings.{name}", name=name)
    held.settings = {**held.settings, name: value}
    held.save(update_fields=["settings"])
    mutual.settings = held.settings
    return ChoiceChange.objects.create(
        mutual=mutual,
        name=name,
        before=before,
        after=value,
        source=source.strip(),
        changed_on=on,
        changed_by=actor,
    )


def changes_of(mutual: Mutual, name: str = "") -> QuerySet[ChoiceChange]:
    """The changes of all choices, or of the one named, the latest first."""
    changes = ChoiceChange.objects.filter(mutual=mutual).select_related("changed_by")
    return (changes.filter(name=name) if name else changes).order_by("-id")


def latest_changes(mutual: Mutual) -> dict[str, ChoiceChange]:
    """The change that gave each choice its value, by the name of the choice; one query."""
    newest = (
        ChoiceChange.objects.filter(mutual=mutual)
        .order_by()
        .values("name")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    changes = ChoiceChange.objects.filter(pk__in=newest).select_related("changed_by")
    return {change.name: change for change in changes}
