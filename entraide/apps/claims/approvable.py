"""Who may approve a decided claim, and what one person may approve: one answer for every page.

A decided claim is, for one person, one of four things, in this order: to be decided again (its
person was gone before the care), held by its invoice, for another person (who entered it, made its
decision or sat where it was decided approves nothing of it), or theirs to approve now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, Sum, Value, When
from django.db.models.fields import CharField

from entraide.apps.access.models import User
from entraide.apps.claims.committee_models import CommitteeSeat
from entraide.apps.claims.committee_seats import decided_sitting
from entraide.apps.claims.deciders import decided_by, deciders_of
from entraide.apps.claims.held import differing_invoices
from entraide.apps.claims.left_before import left_before_care
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.selectors import StateCount
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, people_who_may

_NOTHING = StateCount(ClaimState.DECIDED, 0, 0)


class Place(StrEnum):
    """What a decided claim is for one person."""

    GONE = "gone"
    HELD = "held"
    OTHERS = "others"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class ToApprove:
    """The decided claims of a mutual as one person finds them; ``mine``, ``others``, ``held`` and
    ``gone`` are all of them, each once. ``by_rules``: those of ``mine`` that the rules alone
    decided, which are approved together."""

    mine: StateCount
    by_rules: StateCount
    others: StateCount
    held: StateCount
    gone: StateCount


def to_approve_by(mutual: Mutual, person: User) -> ToApprove:
    """What one person may approve of the decided claims in sight, and what waits for what else.
    One query."""
    differing = differing_invoices(mutual).filter(pk=OuterRef("invoice"))
    place = Case(
        When(left_before_care(), then=Value(Place.GONE.value)),
        When(Exists(differing), then=Value(Place.HELD.value)),
        When(
            Q(entered_by=person) | decided_by(person) | Q(decided_sitting(person)),
            then=Value(Place.OTHERS.value),
        ),
        default=Value(Place.MINE.value),
        output_field=CharField(),
    )
    is_by_rules = Case(
        When(decision_number=1, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = (
        Claim.objects.filter(mutual=mutual, state=ClaimState.DECIDED)
        .order_by()
        .annotate(place=place, is_by_rules=is_by_rules)
        .values_list("place", "is_by_rules")
        .annotate(count=Count("pk"), payable=Sum("payable_minor"))
    )
    counted = {(place, by_rules): (count, payable) for place, by_rules, count, payable in rows}

    def of(place: Place, *ways: bool) -> StateCount:
        found = [counted[place, way] for way in ways if (place, way) in counted]
        if not found:
            return _NOTHING
        return StateCount(
            ClaimState.DECIDED, sum(count for count, _ in found), sum(paid for _, paid in found)
        )

    return ToApprove(
        of(Place.MINE, True, False), of(Place.MINE, True), of(Place.OTHERS, True, False),
        of(Place.HELD, True, False), of(Place.GONE, True, False),
    )  # fmt: skip


class Bar(StrEnum):
    """Why a person who may approve claims does not approve this one."""

    ENTERED = "entered"
    DECIDED = "decided"
    SAT = "sat"


def bars_of(claim: Claim) -> Mapping[int, Bar]:
    """The people, by primary key, who do not approve this claim, and why. Two queries."""
    sat = CommitteeSeat.objects.filter(session__decisions__decision__claim=claim)
    return {
        **dict.fromkeys(sat.values_list("user", flat=True), Bar.SAT),
        **dict.fromkeys(deciders_of([claim]).get(claim.pk, ()), Bar.DECIDED),
        claim.entered_by_id: Bar.ENTERED,
    }


def approvers_of(claim: Claim, on: date) -> list[User]:
    """Who may approve this claim on a day, by name."""
    barred = bars_of(claim)
    people = people_who_may(claim.mutual, Right.APPROVE_CLAIM, on)
    return [each for each in people if each.pk not in barred]
