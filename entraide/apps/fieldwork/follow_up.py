"""Contacts with families, and families followed otherwise than the plan says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.enrolment.history import Act
from entraide.apps.enrolment.models import Household, HouseholdScore
from entraide.apps.enrolment.selectors import found
from entraide.apps.fieldwork.models import FollowContact, FollowOverride
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, roles_on
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.follow_up import OVERRIDE_DAYS, Channel

USED = (Channel.VISIT.value, Channel.CALL.value)


@command("record_contact", right=Right.ENROL)
def record_contact(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    channel: str,
    contacted_on: date,
    worker: User,
    note: str = "",
) -> FollowContact:
    """A family was visited or called, whatever the plan asks for; what really happened.

    A call where a visit is planned is written, and the visit stays due (``core.follow_up.serves``)
    unless the coordinator decides otherwise (:func:`override_follow_up`). All faults at once:
    ``FOLLOW_CHANNEL_UNKNOWN``, ``DATE_IN_FUTURE``, ``WORKER_UNKNOWN`` (no role here that day).
    """
    faults: list[Finding] = []
    if channel not in USED:
        faults.append(Finding("FOLLOW_CHANNEL_UNKNOWN", place="channel", data={"value": channel}))
    if contacted_on > on:
        faults.append(
            Finding("DATE_IN_FUTURE", place="contacted_on", data={"day": contacted_on, "on": on})
        )
    elif not roles_on(worker, mutual, contacted_on):
        faults.append(Finding("WORKER_UNKNOWN", place="worker", data={"person": str(worker)}))
    if faults:
        raise RefusedRows(tuple(faults))
    return FollowContact.objects.create(
        mutual=mutual,
        household=household,
        channel=channel,
        contacted_on=contacted_on,
        worker=worker,
        note=note.strip()[:200],
        recorded_by=actor,
    )


@command("withdraw_contact", right=Right.ENROL)
def withdraw_contact(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    contact: FollowContact,
    reason: str,
) -> FollowContact:
    """A contact told by mistake counts no more, and stays written with its reason.

    Refused with ``REASON_MISSING`` or ``CONTACT_WITHDRAWN``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    contact = FollowContact.objects.select_for_update().get(pk=contact.pk)
    if contact.withdrawn_on is not None:
        raise Refusal("CONTACT_WITHDRAWN", day=contact.withdrawn_on)
    contact.withdrawn_on, contact.withdrawn_by = on, actor
    contact.withdrawn_why = reason.strip()[:200]
    contact.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    return contact


@command("override_follow_up", right=Right.COORDINATE)
def override_follow_up(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    channel: str,
    every_days: int,
    reason: str,
) -> FollowOverride:
    """From today on a family is followed otherwise than the plan says, in place of an earlier such
    rule. ``every_days`` is one of ``OVERRIDE_DAYS``; it says nothing for ``none``.

    All faults at once: ``FOLLOW_CHANNEL_UNKNOWN``, ``FOLLOW_RULE_DAYS``, ``REASON_MISSING``.
    """
    faults: list[Finding] = []
    if channel not in Channel.__members__.values():
        faults.append(Finding("FOLLOW_CHANNEL_UNKNOWN", place="channel", data={"value": channel}))
    is_followed = channel != Channel.NONE
    if is_followed and every_days not in OVERRIDE_DAYS:
        faults.append(Finding("FOLLOW_RULE_DAYS", place="every_days"))
    if not reason.strip():
        faults.append(Finding("REASON_MISSING", place="reason"))
    if faults:
        raise RefusedRows(tuple(faults))
    reason = reason.strip()[:200]
    earlier = FollowOverride.objects.select_for_update().filter(
        mutual=mutual, household=household, ends_on__isnull=True
    )
    for each in earlier:
        _end(each, actor, on, reason)
    return FollowOverride.objects.create(
        mutual=mutual,
        household=household,
        channel=channel,
        every_days=every_days if is_followed else 0,
        reason=reason,
        starts_on=on,
        recorded_by=actor,
    )


@command("end_follow_override", right=Right.COORDINATE)
def end_follow_override(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    override: FollowOverride,
    reason: str,
) -> FollowOverride:
    """From today on the plan holds again for a family.

    Refused with ``REASON_MISSING`` or ``FOLLOW_RULE_ENDED``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    override = FollowOverride.objects.select_for_update().get(pk=override.pk)
    if override.ends_on is not None:
        raise Refusal("FOLLOW_RULE_ENDED", day=override.ends_on)
    return _end(override, actor, on, reason.strip()[:200])


def _end(override: FollowOverride, actor: User, on: date, reason: str) -> FollowOverride:
    override.ends_on, override.ended_by, override.ended_why = on, actor, reason
    override.save(update_fields=["ends_on", "ended_by", "ended_why"])
    return override


def carry_follow_up(act: Act, kept: Household, merged: Household) -> None:
    """The contacts with the file that goes count for the one that stays, each naming the former.

    A rule of its own that is in force is carried too, unless ``kept`` has one; it ends there.
    """
    standing = FollowContact.objects.filter(household=merged, withdrawn_on__isnull=True)
    FollowContact.objects.bulk_create(
        FollowContact(
            mutual=kept.mutual, household=kept, channel=each.channel,
            contacted_on=each.contacted_on, worker_id=each.worker_id, note=each.note,
            recorded_by_id=each.recorded_by_id, carried_from=each,
        )
        for each in standing.order_by("pk")
    )  # fmt: skip
    open_rules = FollowOverride.objects.filter(ends_on__isnull=True)
    rule = open_rules.filter(household=merged).first()
    if rule is None:
        return
    _end(rule, act.actor, act.on, act.reason[:200])
    if not open_rules.filter(household=kept).exists():
        FollowOverride.objects.create(
            mutual=kept.mutual, household=kept, channel=rule.channel,
            every_days=rule.every_days, reason=rule.reason, starts_on=rule.starts_on,
            recorded_by_id=rule.recorded_by_id, carried_from=rule,
        )  # fmt: skip


def contact_for(mutual: Mutual, uid: UUID | str) -> FollowContact:
    """The contact of this mutual with this ``uid``, or ``NOT_FOUND``."""
    contacts = FollowContact.objects.filter(mutual=mutual)
    return found(contacts.select_related("household", "worker"), uid=uid)


def override_for(mutual: Mutual, uid: UUID | str) -> FollowOverride:
    """The rule of one family of this mutual with this ``uid``, or ``NOT_FOUND``."""
    overrides = FollowOverride.objects.filter(mutual=mutual)
    return found(overrides.select_related("household"), uid=uid)


def contacts_of(household: Household) -> QuerySet[FollowContact]:
    """Every contact with a family, the latest first; what was withdrawn too."""
    contacts = FollowContact.objects.filter(household=household)
    return contacts.select_related(
        "worker", "recorded_by", "withdrawn_by", "carried_from__household"
    ).order_by("-contacted_on", "-pk")


def overrides_of(household: Household) -> QuerySet[FollowOverride]:
    """Every rule that a family had of its own, the latest first."""
    overrides = FollowOverride.objects.filter(household=household)
    return overrides.select_related("recorded_by", "ended_by", "carried_from__household").order_by(
        "-starts_on", "-pk"
    )


def overrides_on(mutual: Mutual, on: date) -> QuerySet[FollowOverride]:
    """The rules of single families in force on a day."""
    return FollowOverride.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), mutual=mutual, starts_on__lte=on
    )


def contacts_until(mutual: Mutual, on: date) -> QuerySet[FollowContact]:
    """The contacts that count up to a day, that day in."""
    return FollowContact.objects.filter(
        mutual=mutual, withdrawn_on__isnull=True, contacted_on__lte=on
    )


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What the plan looks at, of some families: segment, own rule, last visit and call."""

    segments: dict[int, str]
    overrides: dict[int, FollowOverride]
    last_on: dict[tuple[int, str], date]


def facts_of(mutual: Mutual, households: Iterable[int], on: date) -> FamilyFacts:
    """Of these families (keys), on a day. Three queries, whatever their number."""
    keys = list(households)
    scores = HouseholdScore.objects.filter(
        mutual=mutual, household__in=keys, answered_on__lte=on
    ).order_by("answered_on", "id")
    last = (
        contacts_until(mutual, on)
        .filter(household__in=keys)
        .order_by()
        .values_list("household", "channel")
        .annotate(day=Max("contacted_on"))
    )
    return FamilyFacts(
        dict(scores.values_list("household", "segment")),
        {each.household_id: each for each in overrides_on(mutual, on).filter(household__in=keys)},
        {(household, channel): day for household, channel, day in last},
    )
