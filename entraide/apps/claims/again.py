"""A recorded claim decided again: the one service that every door calls.

Doors: a line recoded, a voucher put on, a repetition cleared up, rights known since, a convention
that came late, an exception answered, a committee that takes it up again. Each keeps its own
question (who may, of which claims, which facts change); the duties, the approval to take back, the
facts as they stand, the counters and the record are the same for all, so that whatever one door
decided another may open. Inside ``scope(mutual=…)`` and a command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.claims.again_models import DecidedAgain, WhyAgain
from entraide.apps.claims.approval import require_nothing_kept_back
from entraide.apps.claims.around import Around
from entraide.apps.claims.desk import (
    decision_row,
    payable_by_position,
    review_codes_of,
    state_of,
)
from entraide.apps.claims.exceptions import EXCEPTION_ASKED, above_ceilings_minor
from entraide.apps.claims.left_before import cover_as_now
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, Decision
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import (
    facts_of,
    give_back_and_consume,
    locked_claim,
    used_without,
)
from entraide.apps.claims.use_again import (
    Others,
    around_again,
    named_before,
    others_of,
    with_use_as_now,
)
from entraide.apps.ledger.services import reverse_posted
from entraide.apps.schemes.rights import require_other_person
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.decision import finding_from_json
from entraide.core.adjudication.facts import ClaimFacts, Context
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.replay import facts_to_json
from entraide.core.errors import Refusal

OPEN = (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.REFUSED)
REOPENED = "COMMITTEE_REOPENED"
OPINION_BEFORE = "OPINION_BEFORE"
_ANSWERED_BY_A_PERSON = {REOPENED, EXCEPTION_ASKED, OPINION_BEFORE}
SAME_ACT = "SAME_ACT_TWICE"
_LOOKED_AT = (WhyAgain.READMITTED, WhyAgain.EXCEPTION)

Change = Callable[[ClaimFacts, Context, Around], ClaimFacts]


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A claim, locked, with its lines as they are coded and the decision in force.

    ``doors``: by number of decision, through which door it was made; a number after the first that
    is absent is the opinion of a person.
    """

    claim: Claim
    current: Decision
    before: CoreDecision
    lines: list[ClaimLine]
    doors: dict[int, str]

    @property
    def last_look(self) -> int:
        """The number of the last decision for which a person looked at the claim; 0 for none."""
        numbers = range(2, self.current.number + 1)
        return max(
            (n for n in numbers if self.doors.get(n, _LOOKED_AT[0]) in _LOOKED_AT), default=0
        )

    @property
    def had_opinion(self) -> bool:
        """Whether a person gave an opinion on the claim, in force or not."""
        return any(number not in self.doors for number in range(2, self.current.number + 1))

    @property
    def has_opinion(self) -> bool:
        """Whether an opinion is in force that the rules, deciding again, would lose.

        An exception that was answered is asked and answered anew: it closes no door.
        """
        number = self.current.number
        while self.doors.get(number) == WhyAgain.EXCEPTION:
            number -= 1
        return number > 1 and number not in self.doors


@dataclass(frozen=True, slots=True)
class Asked:
    """What a door asks: why, who, when, in which words.

    ``has_looked``: who asks has the claim before them with all that its decisions named, so that
    only what was paid since stands in its way. ``paper``: of a session, for the books.
    """

    why: WhyAgain
    actor: User
    on: date
    reason: str
    has_looked: bool = False
    paper: str = ""


@dataclass(frozen=True, slots=True)
class AsNow:
    """The facts of a claim as they stand now, and what other claims ask for of the same."""

    stated: ClaimFacts  # as the decision in force saw them
    facts: ClaimFacts
    context: Context
    others: Others


def taken_up(claim: Claim, actor: User) -> TakenUp:
    """The claim locked, for a person to decide it again or to have it decided.

    ``SEPARATION_OF_DUTIES`` for who entered it, and for who approved it where it is approved.
    """
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    if claim.entry_id is not None:
        require_other_person(actor, claim.approved_by, step="approve")
    current = decision_in_force(claim)
    lines = claim.lines.select_related(
        "care_item__category", "recoded_item", "category", "pre_authorisation"
    )
    doors = DecidedAgain.objects.filter(claim=claim).values_list("decision__number", "why")
    before = CoreDecision.from_json(current.outcome)
    return TakenUp(claim, current, before, list(lines), dict(doors))


def require_open(taken: TakenUp) -> None:
    """``CLAIM_NOT_OPEN`` once approved, paid or reversed."""
    claim = taken.claim
    if claim.state not in OPEN:
        raise Refusal("CLAIM_NOT_OPEN", claim=claim.document_number, state=claim.state)


def require_no_opinion(taken: TakenUp) -> None:
    """``CLAIM_ALREADY_REVIEWED``: the rules would lose the opinion of a person."""
    if taken.has_opinion:
        raise Refusal("CLAIM_ALREADY_REVIEWED", claim=taken.claim.document_number)


def _same(stated: ClaimFacts, _context: Context, _around: Around) -> ClaimFacts:
    return stated


def as_now(
    taken: TakenUp,
    on: date,
    change: Change = _same,
    *,
    needs_letter: bool | None = None,
    has_looked: bool = False,
) -> AsNow:
    """What the rules see of a recorded claim now: what the paper states and what was agreed of it
    as the decision in force saw them, with the ``change`` of the door, and all that other claims
    have used since, read in one way. ``needs_letter``: of another convention.

    The claim and its lines are given their voucher, their agreement and whose attestation it was;
    :func:`keep` saves them.
    """
    claim, lines = taken.claim, taken.lines
    stated, context = facts_of(taken.current)
    letter = stated.needs_guarantee_letter if needs_letter is None else needs_letter
    around = around_again(claim, lines, context.product, needs_letter=letter)
    used = used_without(claim, taken.before)
    if around.episode_use:
        used = replace(used, scopes={**used.scopes, **around.episode_use})
    context = replace(context, used=used, cover=cover_as_now(claim, context.cover))
    looked_until = taken.current.number + 1 if has_looked else taken.last_look
    others = others_of(
        claim, lines, on, but=named_before(claim, looked_until), paid_only=bool(looked_until)
    )
    facts = change(stated, context, around)
    facts = with_use_as_now(claim, lines, facts, around, others, context)
    return AsNow(stated, facts, context, others)


def _by_rules(now: AsNow) -> CoreDecision:
    return adjudicate(now.facts, now.context)


def decide_again(
    taken: TakenUp,
    asked: Asked,
    change: Change = _same,
    *,
    needs_letter: bool | None = None,
    decide: Callable[[AsNow], CoreDecision] = _by_rules,
) -> DecidedAgain:
    """The rules decide a claim that was taken up, under the ceilings as they stand.

    The new decision stands beside the earlier ones, counters and lines follow, an approval is taken
    back in the books. ``decide``: what a person adds to the decision of the rules. What the
    State was asked before follows by a credit note or on its next invoice
    (:mod:`~entraide.apps.settlement.subsidy_shares`). ``CLAIM_KEPT_BACK``.
    """
    require_nothing_kept_back(taken.claim)
    now = as_now(taken, asked.on, change, needs_letter=needs_letter, has_looked=asked.has_looked)
    decision = decide(now)
    _send_on(taken, asked, now, decision)
    approval = _out_of_the_books(taken.claim, asked)
    facts = facts_to_json(now.facts, now.context)
    row = keep(taken, decision, facts, actor=asked.actor, on=asked.on, reason=asked.reason)
    return keep_door(taken, row, asked.why, **approval)


def _send_on(taken: TakenUp, asked: Asked, now: AsNow, decision: CoreDecision) -> None:
    """Where the claim goes: to a person, where the rules have it looked at or somebody waits for an
    answer; after a person's word that it repeats nothing, only for what they were not told of."""
    claim = taken.claim
    asked_for = {REOPENED} if asked.why == WhyAgain.REOPENED else set()
    if claim.state == ClaimState.IN_REVIEW:
        asked_for |= _ANSWERED_BY_A_PERSON & set(claim.review_codes)
    if asked.why == WhyAgain.RIGHTS and taken.had_opinion and decision.payable_minor:
        asked_for.add(OPINION_BEFORE)  # who gave it saw another decision: it is given anew
    if asked.why == WhyAgain.READMITTED:
        fault = now.facts.referral_fault
        is_new = bool(now.others) or (fault and fault != now.stated.referral_fault)
        before = set(claim.review_codes)
        # Set aside, its lines were not weighed together: one act on two of them was not told.
        is_new = is_new or SAME_ACT in set(decision.review_codes) - before
        codes = set(decision.review_codes) if is_new else set()
    else:
        warnings = [finding_from_json(each) for each in claim.warnings]
        codes, before = set(review_codes_of(decision, warnings)), set()
    waits = codes | asked_for
    if not above_ceilings_minor(decision):
        waits.discard(EXCEPTION_ASKED)  # nothing is left to except
    claim.review_codes = sorted(before | waits)
    claim.state = state_of(decision, waits)


def _out_of_the_books(claim: Claim, asked: Asked) -> dict[str, Any]:
    """What the approval of a claim was, its entry reversed; nothing where it was not approved."""
    if claim.entry is None:
        return {}
    approval = {
        "entry": claim.entry, "approved_by": claim.approved_by, "approved_at": claim.approved_at,
    }  # fmt: skip
    told = ": ".join(each for each in (asked.paper, asked.reason.strip()) if each)
    reverse_posted(
        mutual=claim.mutual, entry=claim.entry, actor=asked.actor, on=asked.on, reason=told
    )
    claim.entry, claim.approved_by, claim.approved_at = None, None, None
    return approval


def keep(
    taken: TakenUp,
    decision: CoreDecision,
    context: dict[str, Any],
    *,
    actor: User,
    on: date,
    reason: str,
) -> Decision:
    """A new decision beside the earlier ones, whoever made it: the counters follow, the claim and
    its lines say what it says. The caller has set the state of the claim."""
    claim, lines, current = taken.claim, taken.lines, taken.current
    give_back_and_consume(claim, taken.before, decision)
    row = decision_row(
        claim, decision, context=context, number=current.number + 1, made_by=actor, made_on=on,
        product_version_id=current.product_version_id, reason=reason.strip(),
    )  # fmt: skip
    row.save(force_insert=True)
    payable = payable_by_position(decision, [line.category.code for line in lines])
    for line, payable_minor in zip(lines, payable, strict=True):
        line.payable_minor = payable_minor
    ClaimLine.objects.bulk_update(
        lines, ["payable_minor", "recoded_item", "category", "pre_authorisation"]
    )
    claim.claimed_minor, claim.payable_minor = decision.claimed_minor, decision.payable_minor
    claim.care_path = decision.path.value if decision.path is not None else ""
    claim.decision_number = row.number
    claim.save(
        update_fields=[
            "review_codes", "state", "claimed_minor", "payable_minor", "care_path",
            "decision_number", "referral", "attestation_of", "entry", "approved_by", "approved_at",
        ]
    )  # fmt: skip
    return row


def keep_door(taken: TakenUp, row: Decision, why: WhyAgain, **approval: Any) -> DecidedAgain:
    """Through which door a decision was made, from which one, and what the approval was."""
    return DecidedAgain.objects.create(
        mutual_id=taken.claim.mutual_id, claim=taken.claim, decision=row, previous=taken.current,
        why=why, **approval,
    )  # fmt: skip
