"""The sections of a mutual: which families belong to each, and their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from entraide.apps.access.models import User
from entraide.apps.enrolment.history import Act, Change, change, note
from entraide.apps.enrolment.models import Household, PartnerGroup, Person, RegisterChange
from entraide.apps.enrolment.selectors import found, present_persons
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import under
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Appointment, Branch, Mutual
from entraide.apps.schemes.rights import Right, posts_on
from entraide.core.errors import Refusal

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section (None: families in none) with its families, their persons, who works there."""

    branch: Branch | None
    households_count: int
    persons_count: int
    people: tuple[Appointment, ...]


def sections(mutual: Mutual) -> list[Branch]:
    """The sections of a mutual, by name."""
    return list(Branch.objects.filter(mutual=mutual).order_by("name"))


def section_for(mutual: Mutual, uid: UUID | str) -> Branch:
    """The section of this mutual with this ``uid``, or ``NOT_FOUND``."""
    return found(Branch.objects.filter(mutual=mutual), uid=uid)


def section_rows(mutual: Mutual, on: date) -> list[SectionRow]:
    """Every section, then the families that are in none. Four queries."""
    families = dict(
        Household.objects.filter(mutual=mutual, merged_into=None)
        .order_by()
        .values_list("branch")
        .annotate(count=Count("pk"))
    )
    persons = dict(
        Person.objects.filter(present_persons(on), mutual=mutual, merged_into=None)
        .order_by()
        .values_list("household__branch")
        .annotate(count=Count("pk"))
    )
    posts = Appointment.objects.select_related("user").filter(
        Q(effective_until=None) | Q(effective_until__gt=on),
        mutual=mutual,
        effective_from__lte=on,
        branch__isnull=False,
    )
    people: dict[int | None, list[Appointment]] = {}
    for post in posts.order_by("user__display_name"):
        people.setdefault(post.branch_id, []).append(post)
    keys: list[Branch | None] = [*sections(mutual)]
    if families.get(None):
        keys.append(None)
    return [
        SectionRow(
            branch,
            families.get(branch.pk if branch else None, 0),
            persons.get(branch.pk if branch else None, 0),
            tuple(people.get(branch.pk, ())) if branch else (),
        )
        for branch in keys
    ]


def sections_of(person: User, mutual: Mutual, on: date) -> frozenset[int] | None:
    """The sections that bound what a person does in a mutual; None for the whole mutual."""
    return None if person.is_system else posts_on(person, mutual, on).sections


def require_own_group(group: PartnerGroup, actor: User, on: date) -> None:
    """Who works in sections acts on a group only while every family in it is of these sections.

    ``GROUP_OF_OTHER_SECTION`` otherwise. A group that no family has joined yet is anybody's.
    """
    sections = sections_of(actor, group.mutual, on)
    families = Household.objects.filter(group=group, merged_into__isnull=True)
    if sections is not None and families.filter(_outside(sections)).exists():
        raise Refusal("GROUP_OF_OTHER_SECTION", place="group", group=group.name)


def require_own_area(mutual: Mutual, area: Area | None, actor: User, on: date) -> None:
    """Who works in sections acts on a place only while every family there, and inside it, is of
    these sections; None: on every place.

    ``AREA_OF_OTHER_SECTION`` or ``AREAS_OF_OTHER_SECTION`` otherwise. A place where no family
    lives yet is anybody's.
    """
    sections = sections_of(actor, mutual, on)
    if sections is None:
        return
    families = Household.objects.filter(_outside(sections), mutual=mutual, merged_into=None)
    if area is None:
        if families.exists():
            raise Refusal("AREAS_OF_OTHER_SECTION", place="area")
    elif families.filter(area__in=under(area)).exists():
        raise Refusal("AREA_OF_OTHER_SECTION", place="area", area=area.name)


def _outside(sections: frozenset[int]) -> Q:
    """Families of another section, or of none."""
    return ~Q(branch__in=sections) | Q(branch__isnull=True)


@command("move_to_section", right=Right.COORDINATE)
def move_to_section(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    branch: Branch | None,
) -> Household:
    """A family belongs to another section, or to none; ``SECTION_UNCHANGED`` when it does so.

    Its number, cover and dues stay; whoever works in the former section sees it no more.
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    if household.branch_id == (branch.pk if branch else None):
        raise Refusal("SECTION_UNCHANGED", place="branch")
    before = household.branch
    note(
        Act(actor, on), household, Change.SECTION,
        before=before.name if before else "", after=branch.name if branch else "",
    )  # fmt: skip
    household.branch = branch
    household.save(update_fields=["branch"])
    return household


@command("place_in_section", right=Right.COORDINATE)
def place_in_section(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    branch: Branch,
    area: Area,
) -> Branch:
    """The families of a place, and of those inside it, that are in no section come into one.

    Refused with ``SECTION_NOBODY_THERE`` when there is none. Families of another section stay.
    """
    rows = list(
        Household.objects.select_for_update(of=("self",)).filter(
            mutual=mutual, branch=None, area__in=under(area)
        )
    )
    if not rows:
        raise Refusal("SECTION_NOBODY_THERE", place="area", area=str(area))
    act = Act(actor, on)
    changes = [change(act, each, Change.SECTION, after=branch.name) for each in rows]
    RegisterChange.objects.bulk_create(changes, batch_size=_ROWS_AT_ONCE)
    keys = [each.pk for each in rows]
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        part = keys[start : start + _ROWS_AT_ONCE]
        Household.objects.filter(pk__in=part).update(branch=branch)
    return branch
