"""The register of partner groups: changed with its history, its officers, what they were told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.enrolment.contracts import contracts_on
from entraide.apps.enrolment.models import (
    BriefingItem,
    GroupChange,
    GroupOfficer,
    OfficerBriefing,
    OfficerRole,
    PartnerGroup,
)
from entraide.apps.enrolment.sections import require_own_group
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.groups import GROUP_KINDS
from entraide.core.phones import written_phone


@command("change_group", right=Right.ENROL)
def change_group(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    group: PartnerGroup,
    name: str,
    kind: str,
    product: Product | None = None,
    area: Area | None = None,
    address: str = "",
    phone: str = "",
) -> PartnerGroup:
    """What a group is called and where it is; what it was stays in its history.

    Its code stays. Refused with ``GROUP_NAME_MISSING`` or ``GROUP_KIND_UNKNOWN``.
    """
    require_own_group(group, actor, on)
    if not name.strip():
        raise Refusal("GROUP_NAME_MISSING", place="name")
    if kind not in GROUP_KINDS:
        raise Refusal("GROUP_KIND_UNKNOWN", place="kind", kind=kind)
    return _changed(
        group, actor, on, name=name.strip(), kind=kind, product=product, area=area,
        address=address, phone=written_phone(phone),
    )  # fmt: skip


@command("close_group", right=Right.COORDINATE)
def close_group(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    group: PartnerGroup,
    closed_on: date,
) -> PartnerGroup:
    """Nobody joins through the group from ``closed_on`` on; covers taken run to their term.

    Refused with ``GROUP_CONTRACT_OPEN`` while a contract runs on that day.
    """
    if contracts_on(group, closed_on):
        raise Refusal("GROUP_CONTRACT_OPEN", place="closed_on", group=group.name)
    return _changed(group, actor, on, closed_on=closed_on)


def _changed(group: PartnerGroup, actor: User, on: date, **wanted: Any) -> PartnerGroup:
    group = PartnerGroup.objects.select_for_update().get(pk=group.pk)
    changes = {
        name: [_told(getattr(group, name)), _told(value)]
        for name, value in wanted.items()
        if getattr(group, name) != value
    }
    if changes:
        for name in changes:
            setattr(group, name, wanted[name])
        group.save(update_fields=list(changes))
        GroupChange.objects.create(
            mutual_id=group.mutual_id, group=group, changed_on=on, changed_by=actor,
            changes=changes,
        )  # fmt: skip
    return group


def _told(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


@command("appoint_officer", right=Right.ENROL)
def appoint_officer(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    group: PartnerGroup,
    role: OfficerRole,
    name: str,
    phone: str,
    starts_on: date,
) -> GroupOfficer:
    """A president, treasurer, secretary or contact takes up a mandate; the one before ends it.

    There may be several contacts. Refused with ``OFFICER_NAME_MISSING``, ``DATE_IN_FUTURE`` or
    ``MANDATE_OUT_OF_ORDER`` (before the mandate that it follows).
    """
    require_own_group(group, actor, on)
    if not name.strip():
        raise Refusal("OFFICER_NAME_MISSING", place="name")
    require_not_future(starts_on, on, "starts_on")
    if OfficerRole(role) is not OfficerRole.CONTACT:
        for earlier in group.officers.filter(role=role, ends_on__isnull=True):
            if starts_on <= earlier.starts_on:
                raise Refusal("MANDATE_OUT_OF_ORDER", place="starts_on", day=earlier.starts_on)
            earlier.ends_on = starts_on
            earlier.save(update_fields=["ends_on"])
    return GroupOfficer.objects.create(
        mutual=mutual,
        group=group,
        role=OfficerRole(role).value,
        name=name.strip(),
        phone=written_phone(phone),
        starts_on=starts_on,
    )


@command("end_mandate", right=Right.ENROL)
def end_mandate(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    officer: GroupOfficer,
    ends_on: date,
) -> GroupOfficer:
    """An officer gives up the mandate; refused with ``MANDATE_OUT_OF_ORDER``."""
    require_own_group(officer.group, actor, on)
    if ends_on <= officer.starts_on or officer.ends_on is not None:
        raise Refusal("MANDATE_OUT_OF_ORDER", place="ends_on", day=officer.starts_on)
    officer.ends_on = ends_on
    officer.save(update_fields=["ends_on"])
    return officer


def officers_on(group: PartnerGroup, on: date) -> list[GroupOfficer]:
    """Those in office on a day, the president first."""
    rank = list(OfficerRole.values)
    officers = group.officers.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    return sorted(officers, key=lambda each: (rank.index(each.role), each.starts_on, each.pk))


def officer_for(mutual: Mutual, uid: object) -> GroupOfficer:
    """The officer of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = GroupOfficer.objects.filter(mutual=mutual, uid=uid).select_related("group").first()
    if found is None:
        raise Refusal("NOT_FOUND", record="officer", key=str(uid))
    return found


@command("set_briefing_items", right=Right.COORDINATE)
def set_briefing_items(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, texts: list[str]
) -> BriefingItem | None:
    """What presidents must know, in the mutual's words and order; a text left out is retired.

    What was covered before stays covered: an item keeps its code while its text stays.
    """
    wanted = list(dict.fromkeys(" ".join(text.split())[:200] for text in texts if text.strip()))
    known = {each.text: each for each in BriefingItem.objects.filter(mutual=mutual)}
    numbers = len(known)
    for rank, text in enumerate(wanted, start=1):
        item = known.get(text)
        if item is None:
            numbers += 1
            item = BriefingItem(mutual=mutual, code=f"item-{numbers}", text=text)
        item.rank, item.retired_on = rank, None
        item.save()
    for text, item in known.items():
        if text not in wanted and item.retired_on is None:
            item.retired_on = on
            item.save(update_fields=["retired_on"])
    return BriefingItem.objects.filter(mutual=mutual, retired_on__isnull=True).first()


def briefing_items(mutual: Mutual) -> list[BriefingItem]:
    """What presidents must know now, in its order."""
    return list(
        BriefingItem.objects.filter(mutual=mutual, retired_on__isnull=True).order_by("rank", "id")
    )


@command("record_briefing", right=Right.ENROL)
def record_briefing(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    officer: GroupOfficer,
    briefed_on: date,
    items: tuple[str, ...],
) -> OfficerBriefing:
    """A day on which an officer was told some items (their codes).

    Refused with ``BRIEFING_EMPTY``, ``BRIEFING_ITEM_UNKNOWN`` or ``DATE_IN_FUTURE``.
    """
    require_own_group(officer.group, actor, on)
    require_not_future(briefed_on, on, "briefed_on")
    if not items:
        raise Refusal("BRIEFING_EMPTY", place="items")
    known = {item.code for item in briefing_items(mutual)}
    unknown = [code for code in items if code not in known]
    if unknown:
        raise Refusal("BRIEFING_ITEM_UNKNOWN", place="items", item=unknown[0])
    return OfficerBriefing.objects.create(
        mutual=mutual, officer=officer, briefed_on=briefed_on, briefed_by=actor,
        items=list(items),
    )  # fmt: skip


def not_covered(
    officer: GroupOfficer, items: Iterable[BriefingItem]
) -> tuple[list[BriefingItem], dict[str, date]]:
    """The items that an officer has not been told, and the day on which each other one was."""
    told: dict[str, date] = {}
    for briefing in officer.briefings.order_by("briefed_on", "id"):
        told |= dict.fromkeys(briefing.items, briefing.briefed_on)
    return [item for item in items if item.code not in told], told
