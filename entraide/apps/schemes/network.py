"""Keeping the organisation tree: unions, mutuals, sections, and how long appointments last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from entraide.apps.access.models import User
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import (
    ActFee,
    Appointment,
    Branch,
    Federation,
    Mutual,
    NumberBook,
)
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right, reaching
from entraide.apps.schemes.services import require_code
from entraide.core.errors import Refusal
from entraide.core.periods import last_day


@command("change_federation", right=Right.ADMINISTER)
def change_federation(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    federation: Federation,
    name: str,
    parent: Federation | None = None,
) -> Federation:
    """Another name or another place in the tree; ``FEDERATION_LOOP`` under itself."""
    above: Federation | None = parent
    while above is not None:
        if above.pk == federation.pk:
            raise Refusal("FEDERATION_LOOP", place="parent", federation=federation.name)
        above = above.parent
    federation.name, federation.parent = name, parent
    federation.save(update_fields=["name", "parent"])
    return federation


@command("change_mutual", right=Right.ADMINISTER)
def change_mutual(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    place: str,
    federation: Federation,
    is_training: bool,
) -> Mutual:
    """What may change of a mutual: its name, its place, its union, whether people only learn there.

    Its code, country and currency stay: its books are kept in them. ``TRAINING_HAS_BOOKS`` when a
    mutual that keeps real books would become a place of training, or the other way round.
    """
    held = Mutual.objects.select_for_update().get(pk=mutual.pk)
    if held.is_training != is_training and _has_acts(held):
        raise Refusal("TRAINING_HAS_BOOKS", place="is_training", mutual=held.name)
    held.name, held.place = name, place
    held.federation, held.is_training = federation, is_training
    held.save(update_fields=["name", "place", "federation", "is_training"])
    return held


def _has_acts(mutual: Mutual) -> bool:
    """Whether somebody has numbered a document here: from then on its data are what they are."""
    return NumberBook.objects.filter(mutual=mutual, last_number__gt=0).exists()


@command("create_branch", right=Right.ADMINISTER)
def create_branch(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    code: str,
    name: str,
    place: str = "",
) -> Branch:
    """A new section or agency of a mutual; ``CODE_TAKEN``, ``CODE_UNREADABLE``."""
    require_code(code)
    if Branch.objects.filter(mutual=mutual, code=code).exists():
        raise Refusal("CODE_TAKEN", place="code", entered=code)
    return Branch.objects.create(mutual=mutual, code=code, name=name, place=place)


@command("end_appointment", right=Right.ADMINISTER)
def end_appointment(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    appointment: Appointment,
    effective_until: date,
) -> Appointment:
    """A person no longer holds a role from a day on. The row stays: it says who was whom.

    Refused with ``PERIOD_EMPTY``, ``APPOINTMENT_ENDS_BEFORE`` (a longer one is another
    appointment), or ``NOT_FOUND`` for an appointment of another place.
    """
    if appointment.mutual_id != (mutual.pk if mutual is not None else None):
        raise Refusal("NOT_FOUND", record="appointment", key=str(appointment.uid))
    if effective_until <= appointment.effective_from:
        raise Refusal(
            "PERIOD_EMPTY",
            place="effective_until",
            start=appointment.effective_from,
            until=last_day(effective_until),
        )
    if appointment.effective_until is not None and effective_until > appointment.effective_until:
        raise Refusal(
            "APPOINTMENT_ENDS_BEFORE", place="effective_until", until=appointment.effective_until
        )
    appointment.effective_until = effective_until
    appointment.save(update_fields=["effective_until"])
    return appointment


@command("set_act_fee", right=Right.ADMINISTER)
def set_act_fee(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    act: str,
    fee_minor: int,
    effective_from: date,
    source: str,
) -> ActFee:
    """What an act is paid from a day on; ``source`` says who decided.

    Refused: ``FEE_NEGATIVE``, ``SETTING_SOURCE_MISSING``, ``FEE_TWICE`` for the same day.
    """
    if fee_minor < 0:
        raise Refusal("FEE_NEGATIVE", place="fee")
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    same_day = ActFee.objects.filter(mutual=mutual, act=act, effective_from=effective_from)
    if same_day.exists():
        raise Refusal("FEE_TWICE", place="effective_from", day=effective_from)
    return ActFee.objects.create(
        mutual=mutual,
        act=act,
        fee_minor=fee_minor,
        effective_from=effective_from,
        source=source.strip(),
    )


@dataclass(slots=True)
class UnionNode:
    """A union with what stands under it."""

    federation: Federation
    depth: int
    mutuals: list[Mutual] = field(default_factory=list)


def organisation_tree(on: date) -> list[UnionNode]:
    """Every union in the order of the tree, its mutuals with how many people serve there.

    Two queries, whatever the size. ``mutual.people_count`` is filled.
    """
    federations = list(Federation.objects.order_by("name"))
    in_force = Q(appointments__effective_from__lte=on) & (
        Q(appointments__effective_until__isnull=True) | Q(appointments__effective_until__gt=on)
    )
    mutuals: dict[int, list[Mutual]] = {}
    people = Count("appointments__user", filter=in_force, distinct=True)
    for mutual in Mutual.objects.annotate(people_count=people).order_by("name"):
        mutuals.setdefault(mutual.federation_id, []).append(mutual)
    children: dict[int | None, list[Federation]] = {}
    for federation in federations:
        children.setdefault(federation.parent_id, []).append(federation)
    nodes: list[UnionNode] = []

    def walk(parent: int | None, depth: int) -> None:
        for federation in children.get(parent, ()):
            nodes.append(UnionNode(federation, depth, mutuals.get(federation.pk, [])))
            walk(federation.pk, depth + 1)

    walk(None, 0)
    return nodes


def people_in(mutual: Mutual, on: date) -> int:
    """How many persons hold a post in a mutual on a day."""
    in_force = Q(effective_until__isnull=True) | Q(effective_until__gt=on)
    posts = Appointment.objects.filter(in_force, mutual=mutual, effective_from__lte=on)
    return posts.aggregate(people=Count("user", distinct=True))["people"] or 0


def appointments_in(mutual: Mutual | None) -> list[Appointment]:
    """Every appointment of a mutual (the network for None), those in force first."""
    rows = Appointment.objects.select_related("user", "branch").filter(mutual=mutual)
    return sorted(
        rows.order_by("role", "user__display_name", "effective_from"),
        key=lambda each: each.effective_until is not None,
    )


def person_for(uid: str) -> User:
    """The person with this ``uid``; ``PERSON_UNKNOWN`` otherwise."""
    person = User.objects.filter(uid=uid, is_system=False).first()
    if person is None:
        raise Refusal("PERSON_UNKNOWN", person=str(uid))
    return person


def federation_for(code: str) -> Federation:
    """The union with this code; ``NOT_FOUND`` otherwise."""
    federation = Federation.objects.select_related("parent").filter(code=code).first()
    if federation is None:
        raise Refusal("NOT_FOUND", record="federation", key=code)
    return federation


def appointment_for(mutual: Mutual | None, uid: str) -> Appointment:
    """The appointment of a mutual (the network for None) with this ``uid``; ``NOT_FOUND``."""
    rows = Appointment.objects.select_related("user", "branch")
    appointment = rows.filter(mutual=mutual, uid=uid).first()
    if appointment is None:
        raise Refusal("NOT_FOUND", record="appointment", key=str(uid))
    return appointment


def mutuals_where(user: User, right: Right, on: date) -> list[Mutual]:
    """The mutuals in which a person has a right on a day by an appointment of their own, by name.

    One query. The network's own appointments open none: the administrator reads no member data.
    """
    roles = [role for role, rights in ROLE_RIGHTS.items() if right in rights]
    in_force = Q(appointments__effective_until__isnull=True) | Q(
        appointments__effective_until__gt=on
    )
    return list(
        Mutual.objects.select_related("federation")
        .filter(
            in_force,
            reaching(right, "appointments__"),
            appointments__user=user,
            appointments__role__in=roles,
            appointments__effective_from__lte=on,
        )
        .distinct()
        .order_by("name")
    )


# What moves money or lets it go: a technical service that follows a mutual holds none of them.
PAYING_RIGHTS = frozenset(
    {
        Right.PREPARE_BATCH, Right.AUTHORISE_BATCH, Right.RECORD_PAYOUT, Right.RECORD_PAYMENT,
        Right.POST_OPERATION,
    }
)  # fmt: skip


def appointments_of(user: User, on: date) -> list[Appointment]:
    """The posts that a person holds on a day, in every mutual. One query."""
    rows = Appointment.objects.select_related("mutual", "user", "branch").filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        user=user,
        effective_from__lte=on,
    )
    return list(rows.order_by("mutual__name", "role"))
