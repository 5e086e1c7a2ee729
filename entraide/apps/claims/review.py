"""A person looks at a claim: confirms the decision of the rules, or changes it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.claims.desk import decision_row, payable_by_position
from entraide.apps.claims.gathering import nothing_promised
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, Decision
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import (
    facts_of,
    give_back_and_consume,
    locked_claim,
    used_without,
)
from entraide.apps.claims.use_again import (
    around_again,
    named_before,
    repeats_of,
    require_use_left,
    with_use_as_now,
)
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.adjudication.decision import BorneBy
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.adjudication.replay import facts_from_json, facts_to_json
from entraide.core.adjudication.review import (
    is_changed_by_hand,
    justified,
    readmitted,
    reduced_by_review,
    with_ceiling_exception,
)
from entraide.core.adjudication.scopes import place_of
from entraide.core.care_package import Per
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
    return looked_at(locked_claim(claim), actor=actor, on=on, changes=changes, reason=reason)


def looked_at(
    claim: Claim, *, actor: User, on: date, changes: Sequence[LineReview], reason: str
) -> Claim:
    """The claim, locked by the caller, with the decision of a person; see :func:`review_claim`."""
    require_other_person(actor, claim.entered_by, step="enter")
    if claim.state not in (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.REFUSED):
        raise Refusal("CLAIM_NOT_OPEN", claim=claim.document_number, state=claim.state)
    current = decision_in_force(claim)
    before = CoreDecision.from_json(current.outcome)
    context, decision = _with_justified(claim, current, before, changes)
    used_before = _used_before(context)
    for change in changes:
        if change.less_minor:
            decision = reduced_by_review(
                decision,
                change.line_key,
                amount_minor=change.less_minor,
                reason=change.reason,
                borne_by=change.borne_by,
                used_before=used_before,
            )
        if change.more_minor:
            decision = with_ceiling_exception(
                decision,
                change.line_key,
                amount_minor=change.more_minor,
                reason=change.reason,
                used_before=used_before,
            )
    require_use_left(claim, before.payable_minor, decision)
    give_back_and_consume(claim, before, decision)
    decision_row(
        claim,
        decision,
        context=context,
        number=current.number + 1,
        made_by=actor,
        made_on=on,
        product_version_id=current.product_version_id,
        reason=reason or "; ".join(change.reason for change in changes),
    ).save(force_insert=True)
    put_in_force(claim, decision, number=current.number + 1)
    return claim


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
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    if claim.state not in (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.REFUSED):
        raise Refusal("CLAIM_NOT_OPEN", claim=claim.document_number, state=claim.state)
    current = decision_in_force(claim)
    if not _waits_by_rules(claim, current):
        raise Refusal("CLAIM_ALREADY_REVIEWED", claim=claim.document_number)
    before = CoreDecision.from_json(current.outcome)
    stated, context = facts_of(current)
    context = replace(context, used=with_episode(used_without(claim, before), context.used))
    lines = list(claim.lines.select_related("care_item__category", "recoded_item", "category"))
    around = around_again(claim, lines, context.product, needs_letter=stated.needs_guarantee_letter)
    others = repeats_of(claim, lines, but=named_before(claim), paid_only=True)
    now = with_use_as_now(claim, lines, stated, around, others, context)
    facts, decision = readmitted(stated, context, reason=reason, now=now)
    give_back_and_consume(claim, before, decision)
    decision_row(
        claim,
        decision,
        context=facts_to_json(facts, context),
        number=current.number + 1,
        made_by=actor,
        made_on=on,
        product_version_id=current.product_version_id,
        reason=reason.strip(),
    ).save(force_insert=True)
    ClaimLine.objects.bulk_update(lines, ["pre_authorisation"])
    put_in_force(claim, decision, number=current.number + 1)
    if others or (facts.referral_fault and facts.referral_fault != stated.referral_fault):
        claim.state = ClaimState.IN_REVIEW
        claim.review_codes = sorted({*claim.review_codes, *decision.review_codes})
    claim.save(update_fields=["state", "review_codes", "referral", "attestation_of"])
    return claim


def _waits_by_rules(claim: Claim, current: Decision) -> bool:
    """Whether the decision in force is the rules' own: the first, or one from other facts that
    sends the claim to a person; an opinion keeps the facts that it was given of."""
    if current.number == 1:
        return True
    earlier = claim.decisions.get(number=current.number - 1)
    return claim.state == ClaimState.IN_REVIEW and earlier.context != current.context


def with_episode(used: UsedAmounts, then: UsedAmounts) -> UsedAmounts:
    """The use as it stands, with what the other claims of the episode had used of its cases."""
    of_episode = {
        key: value for key, value in then.scopes.items() if place_of(key)[1] is Per.EPISODE
    }
    return replace(used, scopes={**used.scopes, **of_episode}) if of_episode else used


def _with_justified(
    claim: Claim, current: Decision, before: CoreDecision, changes: Sequence[LineReview]
) -> tuple[dict[str, Any], CoreDecision]:
    """The facts and the decision once the rules are applied to what is justified of the lines; as
    they stand where nobody says so."""
    said = [change for change in changes if change.is_justification]
    if not said:
        return current.context, before
    if is_changed_by_hand(before):
        raise Refusal("CLAIM_ALREADY_REVIEWED", claim=claim.document_number)
    facts, around = facts_of(current)
    around = replace(around, used=with_episode(used_without(claim, before), around.used))
    decision = before
    for change in said:
        facts, decision = justified(
            facts, around, change.line_key,
            quantity=change.justified_quantity, amount_minor=change.justified_minor,
            reason=change.reason,
        )  # fmt: skip
    return facts_to_json(facts, around), decision


def _used_before(context: dict[str, Any]) -> UsedAmounts:
    _, around = facts_from_json(context, nothing_promised("XOF"))
    return around.used


def put_in_force(claim: Claim, decision: CoreDecision, *, number: int) -> None:
    """The claim and its lines say what a new decision, kept by the caller, says."""
    lines = list(claim.lines.select_related("category"))
    payable = payable_by_position(decision, [line.category.code for line in lines])
    for line, payable_minor in zip(lines, payable, strict=True):
        line.payable_minor = payable_minor
    ClaimLine.objects.bulk_update(lines, ["payable_minor"])
    claim.claimed_minor = decision.claimed_minor  # under a flat rate, its price
    claim.payable_minor = decision.payable_minor
    claim.decision_number = number
    claim.state = ClaimState.DECIDED if decision.payable_minor > 0 else ClaimState.REFUSED
    claim.save(update_fields=["claimed_minor", "payable_minor", "decision_number", "state"])
