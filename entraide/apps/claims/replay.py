"""Every decision of the rules made again from its own facts: does it still say the same?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from entraide.apps.claims.exceptions import EXCEPTION_ASKED
from entraide.apps.claims.models import ClaimState, Decision, WhyAgain
from entraide.apps.claims.services import replay_decision
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.review import without_word
from entraide.core.errors import Finding, Refusal

_GONE_ON = (ClaimState.DECIDED, ClaimState.APPROVED, ClaimState.IN_BATCH, ClaimState.PAID)


def check_replay(mutual: Mutual) -> Iterator[Finding]:
    """``DECISION_NOT_REPLAYED``: a decision that the rules made, at entry or again, is not what
    they give; ``CLAIM_NOT_LOOKED_AT``: they asked for a person, and the claim went on without one.

    Opinions are a person's, an exception that was answered is in part; decisions that were brought
    from another system are its own: they are left out.
    """
    by_rules = Q(number=1) | (Q(again__isnull=False) & ~Q(again__why=WhyAgain.EXCEPTION))
    decisions = (
        Decision.objects.filter(by_rules, mutual=mutual)
        .select_related("product_version__product", "claim__mutual", "claim__membership", "again")
        .order_by("claim_id", "number")
    )
    for decision in decisions.iterator():
        if decision.context.get("imported"):
            continue
        payable_minor, asked = 0, list[str]()
        try:
            again = replay_decision(decision)
            payable_minor = again.payable_minor
            asked = _asked(decision, again)
            is_same = without_word(CoreDecision.from_json(decision.outcome)) == again
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


def _asked(row: Decision, decision: CoreDecision) -> list[str]:
    """Why a person had to look at a claim that went on by this decision of the rules; empty
    otherwise, and where a person said that it repeats nothing."""
    claim = row.claim
    if row.number != claim.decision_number or claim.state not in _GONE_ON:
        return []
    if row.number > 1 and row.again.why == WhyAgain.READMITTED:
        return []
    warnings = {warning["code"] for warning in claim.warnings}
    if row.number > 1:
        warnings.discard(EXCEPTION_ASKED)  # moot once no ceiling takes anything
    return sorted(warnings | set(decision.review_codes))
