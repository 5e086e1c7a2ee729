"""Recommending a practice to the network, adopting one, taking one's own back."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.knowledge.models import Adoption, Practice
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows

LONGEST_TEXT = 2000


@command("record_practice", right=Right.COORDINATE)
def record_practice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    title: str,
    done: str,
    evidence: str,
    since: date,
) -> Practice:
    """A practice of this mutual, for all mutuals of the network to read.

    All faults are told at once: ``PRACTICE_TEXT_MISSING``, ``PRACTICE_TEXT_LONG``,
    ``DATE_IN_FUTURE``.
    """
    texts = {"title": title.strip(), "done": done.strip(), "evidence": evidence.strip()}
    faults = [
        Finding("PRACTICE_TEXT_MISSING", place=name) for name, text in texts.items() if not text
    ]
    longest = {"title": 120, "done": LONGEST_TEXT, "evidence": LONGEST_TEXT}
    faults += [
        Finding("PRACTICE_TEXT_LONG", place=name, data={"most": longest[name]})
        for name, text in texts.items()
        if len(text) > longest[name]
    ]
    if since > on:
        faults.append(Finding("DATE_IN_FUTURE", place="since", data={"day": since, "on": on}))
    if faults:
        raise RefusedRows(tuple(faults))
    return Practice.objects.create(mutual=mutual, since=since, recorded_by=actor, **texts)


@command("adopt_practice", right=Right.COORDINATE)
def adopt_practice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    practice: Practice,
    adopted_on: date,
    note: str = "",
) -> Adoption:
    """This mutual does what another one recommends, from a day on.

    Refused with ``PRACTICE_WITHDRAWN``, ``PRACTICE_OWN``, ``PRACTICE_ADOPTED`` (already) or
    ``DATE_IN_FUTURE``.
    """
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    if practice.withdrawn_on is not None:
        raise Refusal("PRACTICE_WITHDRAWN", title=practice.title)
    if practice.mutual_id == mutual.pk:
        raise Refusal("PRACTICE_OWN")
    if Adoption.objects.filter(practice=practice, mutual=mutual).exists():
        raise Refusal("PRACTICE_ADOPTED", title=practice.title)
    if adopted_on > on:
        raise Refusal("DATE_IN_FUTURE", place="adopted_on", day=adopted_on, on=on)
    return Adoption.objects.create(
        practice=practice, mutual=mutual, adopted_on=adopted_on, note=note.strip()[:200],
        recorded_by=actor,
    )  # fmt: skip


@command("withdraw_practice", right=Right.COORDINATE)
def withdraw_practice(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    practice: Practice,
    reason: str,
) -> Practice:
    """A mutual no longer recommends what it did: nobody reads it any more, it stays written.

    Refused with ``REASON_MISSING``, ``PRACTICE_OF_ANOTHER`` or ``PRACTICE_WITHDRAWN``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    if practice.mutual_id != mutual.pk:
        raise Refusal("PRACTICE_OF_ANOTHER")
    if practice.withdrawn_on is not None:
        raise Refusal("PRACTICE_WITHDRAWN", title=practice.title)
    practice.withdrawn_on, practice.withdrawn_by = on, actor
    practice.withdrawn_why = reason.strip()[:200]
    practice.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    return practice
