"""New places: proposed at the desk, then approved, joined to one already known, or refused.

A family keeps the place that it said all the while: a proposed place is a place already.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import Household, PartnerGroup
from entraide.apps.nomenclature.levels import area_levels
from entraide.apps.nomenclature.models import Area, AreaProposal, AreaState
from entraide.apps.nomenclature.places import areas_of, line_of, record_proposal
from entraide.apps.nomenclature.services import ensure_alias
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.errors import Refusal
from entraide.core.places import place_key


@command("propose_area", right=Right.ENROL)
def propose_area(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    name: str,
    within: Area | None = None,
) -> AreaProposal:
    """A place that the lists of the country do not know, to be approved by somebody else.

    It can be chosen at once, by this mutual only. One already proposed under the same name and
    inside the same place is answered again. Refused with ``AREA_NAME_MISSING``.
    """
    key = place_key(name)
    if not key:
        raise Refusal("AREA_NAME_MISSING", place="name")
    waiting = AreaProposal.objects.filter(
        mutual=mutual, decision="", area__name_key=key, area__parent=within
    ).first()
    if waiting is not None:
        return waiting
    smallest = len(area_levels(mutual.country))
    level = min(within.level + 1, smallest) if within is not None else smallest
    return record_proposal(
        mutual=mutual, actor=actor, proposed_on=on, name=name, parent=within, level=level
    )


@command("approve_area", right=Right.COORDINATE)
def approve_area(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    proposal: AreaProposal,
    name: str,
    level: int,
    within: Area | None = None,
    population_count: int | None = None,
) -> AreaProposal:
    """The proposed place enters the list of the network, its name and its place set right.

    Refused with ``AREA_ALREADY_DECIDED``, ``AREA_NAME_MISSING``, ``AREA_LEVEL_UNKNOWN``,
    ``AREA_WITHIN_REQUIRED`` (a place below the first level stands inside a larger one),
    ``AREA_WITHIN_TOO_SMALL``, ``AREA_ALREADY_THERE`` (join it to that one) or
    ``SEPARATION_OF_DUTIES``.
    """
    proposal = _waiting(proposal, actor)
    _require_right_place(proposal.area, name, level, within, mutual)
    area = proposal.area
    as_said = area.name
    area.name, area.level, area.parent = " ".join(name.split())[:160], level, within
    area.population_count, area.state = population_count, AreaState.ACCEPTED
    area.save()
    ensure_alias(area, as_said)
    return _decided(proposal, AreaState.ACCEPTED, actor, on)


@command("merge_area", right=Right.COORDINATE)
def merge_area(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    proposal: AreaProposal,
    into: Area,
) -> AreaProposal:
    """The proposed place is one already known: families and groups go there, its name stays as
    another name. Refused with ``AREA_ALREADY_DECIDED``, ``AREA_MERGED_INTO_ITSELF``,
    ``AREA_NOT_OF_COUNTRY`` or ``SEPARATION_OF_DUTIES``.
    """
    proposal = _waiting(proposal, actor)
    area = proposal.area
    if area in line_of(into):
        raise Refusal("AREA_MERGED_INTO_ITSELF", place="into")
    if not areas_of(mutual).filter(pk=into.pk, state=AreaState.ACCEPTED).exists():
        raise Refusal("AREA_NOT_OF_COUNTRY", place="into", area=into.name)
    ensure_alias(into, area.name)
    move_all(mutual, area, into)
    area.state, area.merged_into = AreaState.MERGED, into
    area.save(update_fields=["state", "merged_into"])
    return _decided(proposal, AreaState.MERGED, actor, on)


@command("refuse_area", right=Right.COORDINATE)
def refuse_area(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    proposal: AreaProposal,
    reason: str,
) -> AreaProposal:
    """The proposed place does not exist. Families that said it keep its name until each is put
    right: it is no longer offered, and the territory page lists them. Refused with
    ``REASON_MISSING``, ``AREA_ALREADY_DECIDED`` or ``SEPARATION_OF_DUTIES``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    proposal = _waiting(proposal, actor)
    area = proposal.area
    area.state = AreaState.REFUSED
    area.save(update_fields=["state"])
    return _decided(proposal, AreaState.REFUSED, actor, on, reason.strip()[:200])


def move_all(mutual: Mutual, area: Area, into: Area) -> None:
    """Everything of a mutual that stands in one place stands in another; inside a transaction."""
    assert transaction.get_connection().in_atomic_block
    for model in (Household, PartnerGroup):
        model.objects.filter(mutual=mutual, area=area).update(area=into)
    Provider.objects.filter(area=area).update(area=into)
    Area.objects.filter(parent=area).update(parent=into)


def _waiting(proposal: AreaProposal, actor: User) -> AreaProposal:
    proposal = (
        AreaProposal.objects.select_for_update(of=("self",))
        .select_related("area", "proposed_by")
        .get(pk=proposal.pk)
    )
    if proposal.decision:
        raise Refusal("AREA_ALREADY_DECIDED", area=proposal.area.name, day=proposal.decided_on)
    require_other_person(actor, proposal.proposed_by, step="propose_area")
    return proposal


def _require_right_place(
    area: Area, name: str, level: int, within: Area | None, mutual: Mutual
) -> None:
    key = place_key(name)
    if not key:
        raise Refusal("AREA_NAME_MISSING", place="name")
    if not 1 <= level <= len(area_levels(mutual.country)):
        raise Refusal("AREA_LEVEL_UNKNOWN", place="level", level=level)
    if within is None and level > 1:
        raise Refusal("AREA_WITHIN_REQUIRED", place="within")
    if within is not None and (within.level >= level or area in line_of(within)):
        raise Refusal("AREA_WITHIN_TOO_SMALL", place="within", area=within.name)
    same = areas_of(mutual).filter(name_key=key, parent=within, state=AreaState.ACCEPTED)
    if same.exclude(pk=area.pk).exists():
        raise Refusal("AREA_ALREADY_THERE", place="name", area=name)


def _decided(
    proposal: AreaProposal, decision: AreaState, actor: User, on: date, reason: str = ""
) -> AreaProposal:
    proposal.decision, proposal.decided_by, proposal.decided_on = decision.value, actor, on
    proposal.reason = reason
    proposal.save(update_fields=["decision", "decided_by", "decided_on", "reason"])
    return proposal


def proposal_for(mutual: Mutual, uid: object) -> AreaProposal:
    """The proposal of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = (
        AreaProposal.objects.filter(mutual=mutual, uid=uid)
        .select_related("area__parent__parent__parent", "proposed_by")
        .first()
    )
    if found is None:
        raise Refusal("NOT_FOUND", record="area", key=str(uid))
    return found
