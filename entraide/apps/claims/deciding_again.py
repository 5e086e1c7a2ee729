"""A claim decided as covered, of a person known since to have left or died: decided again."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.approval import require_nothing_kept_back
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.left_before import is_held
from entraide.apps.claims.models import Claim
from entraide.apps.claims.recoding import apply_again, decided_again
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import locked_claim
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.ledger.services import reverse_posted
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.adjudication.facts import ClaimFacts, Context, CoverFacts
from entraide.core.errors import Refusal


@command("decide_claim_again", right=Right.REVIEW_CLAIM)
def decide_claim_again(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, claim: Claim, reason: str
) -> Claim:
    """The rules decide a held claim again, with the rights of the day of care as known now.

    The decision stands beside the earlier ones; where the claim was approved, its entry is
    reversed in the books, and what it used of the ceilings is given back. Refused with
    ``REVIEW_REASON_MISSING``, ``SEPARATION_OF_DUTIES`` for who entered it, ``CLAIM_KEPT_BACK``, or
    ``CLAIM_NOT_HELD`` when nothing holds it: its person was there, or a batch has it.
    """
    if not reason.strip():
        raise Refusal("REVIEW_REASON_MISSING", place="reason")
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    rights = standing_on(counted_person(claim), claim.care_on).rights
    if not is_held(claim) or rights.is_open:
        raise Refusal("CLAIM_NOT_HELD", claim=claim.document_number)
    require_nothing_kept_back(claim)
    if claim.entry is not None:
        reverse_posted(mutual=mutual, entry=claim.entry, actor=actor, on=on)

    def same(stated: ClaimFacts, _context: Context) -> ClaimFacts:
        return stated

    decision, row = decided_again(
        claim, decision_in_force(claim), same, actor=actor, on=on, reason=reason,
        cover=CoverFacts.of(rights),
    )  # fmt: skip
    apply_again(claim, list(claim.lines.select_related("category")), decision, number=row.number)
    return claim
