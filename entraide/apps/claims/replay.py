"""Every decision of the rules made again from its own facts: does it still say the same?"""

from __future__ import annotations

from collections.abc import Iterator

from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.claims.services import replay_decision
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Finding, Refusal

_GONE_ON = (ClaimState.DECIDED, ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID)


def check_replay(mutual: Mutual) -> Iterator[Finding]:
    """``DECISION_NOT_REPLAYED``: the first decision on a claim is not what its rules give;
    ``CLAIM_NOT_LOOKED_AT``: the rules asked for a person, and the claim went on without one.

    Decisions that were brought from another system are its own, not the rules': they are left out.
    """
    decisions = (
        Decision.objects.filter(mutual=mutual, number=1)
        .select_related("product_version__product", "claim__mutual", "claim__membership")
        .order_by("claim_id")
    )
    for decision in decisions.iterator():
        if decision.context.get("imported"):
            continue
        payable_minor, asked = 0, list[str]()
        try:
            again = replay_decision(decision)
            payable_minor = again.payable_minor
            asked = _asked(decision.claim, again)
            is_same = CoreDecision.from_json(decision.outcome) == again
        except (Refusal, KeyError, TypeError, ValueError):  # facts that nobody can read any more
            is_same = False
        if not is_same:
            document = decision.claim.document_number
            yield Finding(
                "DECISION_NOT_REPLAYED",
                place=document,
                data={
                    "kind": "claim",
                    "document": document,
                    "found_minor": decision.payable_minor,
                    "expected_minor": payable_minor,
                    "currency": mutual.currency,
                },
            )
        if asked:
            document, codes = decision.claim.document_number, ", ".join(asked)
            data = {"kind": "claim", "document": document, "codes": codes}
            yield Finding("CLAIM_NOT_LOOKED_AT", place=document, data=data)


def _asked(claim: Claim, decision: CoreDecision) -> list[str]:
    """Why a person had to look at a claim that went on by its first decision; empty otherwise."""
    if claim.decision_number != 1 or claim.state not in _GONE_ON:
        return []
    warnings = {warning["code"] for warning in claim.warnings}
    return sorted(warnings | set(decision.review_codes))
