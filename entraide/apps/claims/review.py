"""A person looks at a claim: confirms the decision of the rules, or changes it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.claims.again import (
    Asked,
    AsNow,
    TakenUp,
    as_now,
    decide_again,
    keep,
    keep_door,
    require_no_opinion,
    require_open,
    taken_up,
)
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.desk import state_of
from entraide.apps.claims.exceptions import EXCEPTION_ASKED
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.claims.services import facts_of
from entraide.apps.claims.use_again import require_use_left
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.replay import facts_from_json, facts_to_json
from entraide.core.adjudication.review import (
    is_changed_by_hand,
    justified,
    readmitted,
    reduced_by_review,
    with_ceiling_exception,
)
from entraide.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class LineReview:
    """What a reviewer changes on one line: ``less_minor`` is taken away, or ``more_minor`` of
    what a ceiling took is granted in spite of it. ``justified_quantity`` or ``justified_minor``:
    what of the line is medically justified; the rules are applied to that, and whoever asks bears
    the rest. The reason is read by family and provider."""

    line_key: str
    reason: str
    less_minor: int = 0
    more_minor: int = 0
    borne_by: BorneBy = BorneBy.MEMBER
    justified_quantity: Decimal | None = None
    justified_minor: int | None = None

    @property
    def is_justification(self) -> bool:
        """Whether it says how much is justified."""
        return self.justified_quantity is not None or self.justified_minor is not None


@command("review_claim", right=Right.REVIEW_CLAIM)
def review_claim(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    changes: Sequence[LineReview] = (),
    reason: str = "",
) -> Claim:
    """A person looks at a claim and confirms the decision of the rules or changes it.

    A new decision is kept beside the first; the counters follow. Refused with
    ``CLAIM_NOT_OPEN`` once approved, ``SEPARATION_OF_DUTIES`` for who entered it,
    ``REVIEW_REASON_MISSING`` where a change has no reason, ``REFERRAL_USED`` or
    ``PRE_AUTHORISATION_SPENT`` where more is granted than other claims left, and
    ``CLAIM_ALREADY_REVIEWED`` where a person says how much is justified after amounts were changed
    by hand.
    """
    return looked_at(claim, actor=actor, on=on, changes=changes, reason=reason)


def looked_at(
    claim: Claim,
    *,
    actor: User,
    on: date,
    changes: Sequence[LineReview],
    reason: str,
    is_of_committee: bool = False,
) -> Claim:
    """The claim with the decision of a person, or of a committee; see :func:`review_claim`."""
    taken = taken_up(claim, actor)
    require_open(taken)
    claim, before = taken.claim, taken.before
    context, decision = _with_justified(taken, on, changes)
    rests_on = facts_from_json(context, facts_of(taken.current)[1].product)
    for change in changes:
        if change.less_minor:
            decision = reduced_by_review(
                decision,
                change.line_key,
                amount_minor=change.less_minor,
                reason=change.reason,
                borne_by=change.borne_by,
                rests_on=rests_on,
            )
        if change.more_minor:
            decision = with_ceiling_exception(
                decision,
                change.line_key,
                amount_minor=change.more_minor,
                reason=change.reason,
                rests_on=rests_on,
            )
    require_use_left(claim, before.payable_minor, decision)
    is_answer = not is_of_committee and _answers_exception(claim, changes)
    claim.state = state_of(decision, ())
    said = reason or "; ".join(change.reason for change in changes)
    row = keep(taken, decision, context, actor=actor, on=on, reason=said)
    if is_answer:
        keep_door(taken, row, WhyAgain.EXCEPTION)
    return claim


def _answers_exception(claim: Claim, changes: Sequence[LineReview]) -> bool:
    """Whether an opinion does no more than answer that a ceiling be passed: asked again, it is
    answered again, so that the rules may decide the claim anew."""
    is_asked = claim.state == ClaimState.IN_REVIEW and EXCEPTION_ASKED in claim.review_codes
    return is_asked and not any(each.less_minor or each.is_justification for each in changes)


@command("readmit_claim", right=Right.REVIEW_CLAIM)
def readmit_claim(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, claim: Claim, reason: str
) -> Claim:
    """A person says that acts set aside as asked for twice were given twice: the rules decide
    them, under the ceilings, agreements and limits as they stand today.

    The decision that they make is kept beside the first. Where another claim was paid since for
    the same, of which the person was told nothing, the rules set this one aside again: it waits
    for another word. Refused with ``CLAIM_NOT_OPEN`` once it was approved,
    ``CLAIM_ALREADY_REVIEWED`` after another opinion, ``SEPARATION_OF_DUTIES`` for who entered it,
    ``REVIEW_REASON_MISSING`` or ``REVIEW_NOTHING_REPEATED``.
    """
    taken = taken_up(claim, actor)
    require_open(taken)
    require_no_opinion(taken)
    is_said = taken.doors.get(taken.current.number) == WhyAgain.READMITTED
    if is_said and taken.claim.state != ClaimState.IN_REVIEW:
        raise Refusal("CLAIM_ALREADY_REVIEWED", claim=taken.claim.document_number)

    def decide(now: AsNow) -> CoreDecision:
        return readmitted(now.stated, now.context, reason=reason, now=now.facts)[1]

    asked = Asked(WhyAgain.READMITTED, actor, on, reason, has_looked=True)
    decide_again(taken, asked, decide=decide)
    return taken.claim


def _with_justified(
    taken: TakenUp, on: date, changes: Sequence[LineReview]
) -> tuple[dict[str, Any], CoreDecision]:
    """The facts and the decision once the rules are applied to what is justified of the lines; as
    they stand where nobody says so."""
    said = [change for change in changes if change.is_justification]
    if not said:
        return taken.current.context, taken.before
    if is_changed_by_hand(taken.before):
        raise Refusal("CLAIM_ALREADY_REVIEWED", claim=taken.claim.document_number)
    now = as_now(taken, on, has_looked=True)
    facts, decision = now.facts, taken.before
    for change in said:
        facts, decision = justified(
            facts, now.context, change.line_key,
            quantity=change.justified_quantity, amount_minor=change.justified_minor,
            reason=change.reason,
        )  # fmt: skip
    return facts_to_json(facts, now.context), decision
