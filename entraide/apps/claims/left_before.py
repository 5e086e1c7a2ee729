"""Claims decided before it was recorded that the person had left or died when they were cared for.

They were decided as covered, and are not: nothing of them is approved or paid until the rules have
decided them again.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal

HELD_STATES = (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.APPROVED)
"""Where such a claim waits: not refused, and no batch holds it."""


def left_before_care(claim: str = "") -> Q:
    """The claims whose person was no longer there on the day of care, as the register says now.

    ``exited_on`` is the first day without cover; on the day of the death care is still covered.
    ``claim``: the way to the claim from the rows that are asked, ending in ``__``.
    """
    care_on = F(f"{claim}care_on")
    stays = Q(**{f"{claim}person__merged_into__isnull": True})
    left = Q()
    # A row that was merged left the register on the day of the merge: nobody left the family.
    for row, whose in ((f"{claim}person", stays), (f"{claim}person__merged_into", ~stays)):
        gone = Q(**{f"{row}__exited_on__lte": care_on}) | Q(**{f"{row}__died_on__lt": care_on})
        left |= whose & gone
    return left


def held_claims(mutual: Mutual) -> QuerySet[Claim]:
    """Those that would pay something and wait to be decided again, the oldest care first."""
    return (
        Claim.objects.filter(
            left_before_care(), mutual=mutual, state__in=HELD_STATES, payable_minor__gt=0
        )
        .select_related("person", "provider", "household")
        .order_by("care_on", "id")
    )


def is_held(claim: Claim) -> bool:
    """Whether one claim, with its person, waits to be decided again."""
    person = claim.person.merged_into or claim.person
    has_left = person.exited_on is not None and person.exited_on <= claim.care_on
    has_died = person.died_on is not None and person.died_on < claim.care_on
    return (has_left or has_died) and claim.state in HELD_STATES and claim.payable_minor > 0


def lost_cover(before: Decision, after: Decision) -> bool:
    """Whether a decision found closed the rights that the one before it had found open."""

    def is_covered(decision: Decision) -> bool:
        return bool(decision.context.get("cover", {}).get("is_covered", True))

    return is_covered(before) and not is_covered(after)


def require_none_left(claims: Iterable[Claim], place: str = "") -> None:
    """Refuse with ``CLAIMS_OF_PERSON_GONE`` claims of persons gone before the care, naming all."""
    keys = [claim.pk for claim in claims]
    gone = Claim.objects.filter(left_before_care(), pk__in=keys, payable_minor__gt=0)
    if numbers := list(gone.order_by("id").values_list("document_number", flat=True)):
        raise Refusal(
            "CLAIMS_OF_PERSON_GONE", place=place, claims=", ".join(numbers), count=len(numbers)
        )
