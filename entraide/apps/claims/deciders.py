"""Who decided a claim: everyone who made a decision on it since a committee last took it up.

What one person decided and another merely confirmed is decided by both: neither approves it,
neither authorises or pays it. Approval, settlement and ``verify`` ask here, so that whoever counts
as a decider counts for the three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from entraide.apps.access.models import User
from entraide.apps.claims.committee_models import ClaimReopening
from entraide.apps.claims.models import Claim, Decision
from entraide.core.errors import Refusal


def standing_decisions() -> QuerySet[Decision]:
    """The decisions of people on claims, from the one with which a claim was last taken up again;
    those before it are of another round."""
    taken_up = ClaimReopening.objects.filter(claim=OuterRef("claim")).order_by("-decision__number")
    since = Coalesce(Subquery(taken_up.values("decision__number")[:1]), Value(1))
    return Decision.objects.filter(number__gte=since, made_by__is_system=False)


def decided_by(person: User | OuterRef | F, claim: str = "pk") -> Q:
    """A condition on claims, or on rows that lead to one by the field ``claim``: the person decided
    it. ``OuterRef`` and ``F`` name a person of the query around, or of the rows themselves."""
    whose = person if isinstance(person, User) else OuterRef(person.name)
    if isinstance(person, OuterRef):
        whose = OuterRef(person)  # one query further out
    return Q(Exists(standing_decisions().filter(claim=OuterRef(claim), made_by=whose)))


def deciders_of(claims: Iterable[Claim]) -> dict[int, frozenset[int]]:
    """The key of a claim → the keys of the people who decided it. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = standing_decisions().filter(claim__in=[each.pk for each in claims])
    for claim_id, person_id in rows.values_list("claim_id", "made_by_id"):
        found[claim_id].add(person_id)
    return {pk: frozenset(people) for pk, people in found.items()}


def has_decided(person: User, claim: Claim) -> bool:
    """Whether a person decided a claim. No query where the rules alone did."""
    if claim.decision_number == 1 or person.is_system:
        return False
    return person.pk in deciders_of([claim]).get(claim.pk, ())


def require_not_decider(person: User, claim: Claim) -> None:
    """``SEPARATION_OF_DUTIES`` for whoever decided the claim."""
    if has_decided(person, claim):
        raise Refusal("SEPARATION_OF_DUTIES", person=str(person), step="decide")
