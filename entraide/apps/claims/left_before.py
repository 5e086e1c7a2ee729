"""Claims decided before it was recorded that the person had left or died when they were cared for.

They were decided as covered, and are not: nothing of them is approved or paid until the rules have
decided them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import F, Q, QuerySet

from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.facts import CoverFacts
from entraide.core.errors import Refusal

GONE = ("PERSON_DECEASED", "PERSON_EXITED")  # why ``core.enrolment`` closes their rights
HELD_STATES = (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.APPROVED)
"""Where such a claim waits: not refused, and no batch holds it."""
PAYS_NOTHING = (ClaimState.REFUSED, ClaimState.IN_REVIEW)
"""Where one stands that was refused for it, and may be looked at for another reason besides."""


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


def _has_gone(claim: Claim) -> bool:
    """Whether its person was no longer there on the day of care, as the register says now."""
    person = claim.person.merged_into or claim.person
    has_left = person.exited_on is not None and person.exited_on <= claim.care_on
    return has_left or (person.died_on is not None and person.died_on < claim.care_on)


def is_held(claim: Claim) -> bool:
    """Whether one claim, with its person, waits to be decided again."""
    return _has_gone(claim) and claim.state in HELD_STATES and claim.payable_minor > 0


def is_regained(claim: Claim, decision: Decision) -> bool:
    """Whether a claim pays nothing, by the decision in force, for a departure or a death that the
    register does not know any more."""
    refused_for = decision.context.get("cover", {}).get("refusal_code")
    return claim.state in PAYS_NOTHING and refused_for in GONE and not _has_gone(claim)


def cover_as_now(claim: Claim, then: CoverFacts) -> CoverFacts:
    """The rights of the day of care: as a decision saw them, and as they are known now where the
    person had left or died, or is not known any more to have."""
    if not _has_gone(claim) and then.refusal_code not in GONE:
        return then
    known = CoverFacts.of(standing_on(counted_person(claim), claim.care_on).rights)
    return replace(known, household_size=then.household_size)


def require_none_left(claims: Iterable[Claim], place: str = "") -> None:
    """Refuse with ``CLAIMS_OF_PERSON_GONE`` claims of persons gone before the care, naming all."""
    keys = [claim.pk for claim in claims]
    gone = Claim.objects.filter(left_before_care(), pk__in=keys, payable_minor__gt=0)
    if numbers := list(gone.order_by("id").values_list("document_number", flat=True)):
        raise Refusal(
            "CLAIMS_OF_PERSON_GONE", place=place, claims=", ".join(numbers), count=len(numbers)
        )
