"""A family asks for more than a ceiling leaves: the claim goes to a person, with why."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import locked_claim
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.decision import finding_to_json
from entraide.core.adjudication.review import AMOUNT_CEILINGS
from entraide.core.errors import Finding, Refusal

EXCEPTION_ASKED = "EXCEPTION_ASKED"


def above_ceilings_minor(decision: CoreDecision) -> int:
    """What the ceilings of amount took from a claim: the most that an exception can give."""
    return sum(
        item.amount_minor
        for line in decision.lines
        for item in line.reductions
        if item.code in AMOUNT_CEILINGS
    )


@command("ask_exception", right=Right.ENTER_CLAIM)
def ask_exception(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, claim: Claim, reason: str
) -> Claim:
    """Ask that a ceiling be passed; whoever reviews claims answers, with the reason kept.

    Refused with ``CLAIM_NOT_OPEN`` (it waits already, or was approved), ``EXCEPTION_NO_CEILING``,
    ``EXCEPTION_REASON_MISSING`` or ``EXCEPTION_ASKED_ALREADY``: one request, one answer.
    """
    claim = locked_claim(claim)
    if claim.state not in (ClaimState.DECIDED, ClaimState.REFUSED):
        raise Refusal("CLAIM_NOT_OPEN", claim=claim.document_number, state=claim.state)
    decision = CoreDecision.from_json(decision_in_force(claim).outcome)
    if not above_ceilings_minor(decision):
        raise Refusal("EXCEPTION_NO_CEILING", claim=claim.document_number)
    if EXCEPTION_ASKED in claim.review_codes:
        raise Refusal("EXCEPTION_ASKED_ALREADY", claim=claim.document_number)
    if not reason.strip():
        raise Refusal("EXCEPTION_REASON_MISSING", place="reason")
    told = {"person": str(actor), "day": on, "reason": reason.strip()[:300]}
    claim.warnings = [*claim.warnings, finding_to_json(Finding(EXCEPTION_ASKED, data=told))]
    claim.review_codes = sorted({*claim.review_codes, EXCEPTION_ASKED})
    claim.state = ClaimState.IN_REVIEW
    claim.save(update_fields=["warnings", "review_codes", "state"])
    return claim
