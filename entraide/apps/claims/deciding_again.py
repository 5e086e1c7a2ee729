"""A claim decided as covered, of a person known since to have left or died: decided again."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.again import Asked, decide_again, taken_up
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.left_before import is_held, is_regained
from entraide.apps.claims.models import Claim
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal


@command("decide_claim_again", right=Right.REVIEW_CLAIM)
def decide_claim_again(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, claim: Claim, reason: str
) -> Claim:
    """The rules decide a claim again, with the rights of the day of care as known now: one held
    because its person had left or died, or one refused for a departure that was withdrawn since.

    The decision stands beside the earlier ones; where the claim was approved, its entry is
    reversed in the books, and what it used of the ceilings is given back. Refused with
    ``REVIEW_REASON_MISSING``, ``SEPARATION_OF_DUTIES`` for who entered or approved it,
    ``CLAIM_KEPT_BACK``, or ``CLAIM_NOT_HELD`` when nothing holds it: its person was there, or a
    batch has it.
    """
    if not reason.strip():
        raise Refusal("REVIEW_REASON_MISSING", place="reason")
    taken = taken_up(claim, actor)
    claim = taken.claim
    is_open = standing_on(counted_person(claim), claim.care_on).rights.is_open
    if not (is_held(claim) and not is_open) and not is_regained(claim, taken.current):
        raise Refusal("CLAIM_NOT_HELD", claim=claim.document_number)
    decide_again(taken, Asked(WhyAgain.RIGHTS, actor, on, reason))
    return claim
