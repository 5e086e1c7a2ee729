"""An act, a category or an illness is coded otherwise; what was coded at entry is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.desk import (
    ClaimOnDesk,
    LineEntry,
    decision_row,
    line_key,
    payable_by_position,
    review_codes_of,
    state_of,
)
from entraide.apps.claims.habits import habits_of
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimLine,
    ClaimState,
    Decision,
    DiagnosisRecoding,
    LineRecoding,
    MedicalDetail,
)
from entraide.apps.claims.referral_models import ReferralLink
from entraide.apps.claims.review import with_episode
from entraide.apps.claims.selectors import acts_of_the_day, decision_in_force
from entraide.apps.claims.services import (
    facts_of,
    give_back_and_consume,
    locked_claim,
    used_without,
)
from entraide.apps.claims.use_again import (
    around_again,
    repeats_of,
    with_use_as_now,
)
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.nomenclature.models import CareCategory, CareItem, Diagnosis
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person, require_right
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.decision import finding_from_json
from entraide.core.adjudication.facts import ClaimFacts, Context, CoverFacts, LineFacts
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.replay import facts_to_json
from entraide.core.control.reasons import RECODINGS, in_force
from entraide.core.errors import Refusal
from entraide.core.incompatible import clashes

OPEN = (ClaimState.IN_REVIEW, ClaimState.DECIDED, ClaimState.REFUSED)


@command("recode_line", right=Right.RECODE_CLAIM)
def recode_line(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    position: int,
    reason_code: str,
    reason: str,
    item: CareItem | None = None,
    category: CareCategory | None = None,
) -> LineRecoding:
    """Code a line as another act, or of another category; the rules decide the claim again.

    The paper keeps its words, quantity and price. The new decision stands beside the first, under
    the rules, prices and rights of the date of care and the ceilings as they stand. Refused with
    ``CLAIM_NOT_OPEN`` once approved, ``SEPARATION_OF_DUTIES`` for who entered it,
    ``CLAIM_ALREADY_REVIEWED`` after the opinion of a person, ``RECODING_REASON_MISSING``,
    ``RECODING_SAME``, ``REVIEW_LINE_UNKNOWN``.
    """
    _require_reason(reason_code, reason, on)
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    current = by_rules_in_force(claim)
    lines = list(claim.lines.select_related("care_item__category", "recoded_item", "category"))
    line = next((each for each in lines if each.position == position), None)
    if line is None:
        raise Refusal("REVIEW_LINE_UNKNOWN", place="position", key=str(position))
    was_item, was_category = line.act, line.category
    new_item = item or was_item
    new_category = category or (item.category if item is not None else was_category)
    if (new_item.pk, new_category.pk) == (was_item.pk, was_category.pk):
        raise Refusal("RECODING_SAME", place="item")
    line.recoded_item, line.category = new_item, new_category
    decision, row = _decided_again(claim, lines, line, current, actor=actor, on=on, reason=reason)
    apply_again(claim, lines, decision, number=row.number)
    return LineRecoding.objects.create(
        mutual=mutual, claim=claim, position=position, from_item=was_item,
        from_category=was_category, to_item=new_item, to_category=new_category,
        reason_code=reason_code, reason=reason.strip(), recoded_on=on, recoded_by=actor,
        decision=row,
    )  # fmt: skip


def by_rules_in_force(claim: Claim) -> Decision:
    """The decision in force of an open claim, where the rules made it.

    ``CLAIM_NOT_OPEN`` once approved, ``CLAIM_ALREADY_REVIEWED`` after the opinion of a person.
    """
    if claim.state not in OPEN:
        raise Refusal("CLAIM_NOT_OPEN", claim=claim.document_number, state=claim.state)
    current = decision_in_force(claim)
    is_by_rules = (
        current.number == 1
        or LineRecoding.objects.filter(decision=current).exists()
        or ReferralLink.objects.filter(decision=current).exists()
    )
    if not is_by_rules:
        raise Refusal("CLAIM_ALREADY_REVIEWED", claim=claim.document_number)
    return current


@command("recode_diagnosis", right=Right.RECODE_CLAIM)
def recode_diagnosis(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    diagnosis: Diagnosis,
    reason_code: str,
    reason: str,
) -> DiagnosisRecoding:
    """Code another illness, whatever has been paid: it changes no amount.

    For who reads what is medical: ``FORBIDDEN`` otherwise. ``RECODING_REASON_MISSING``,
    ``RECODING_SAME``, ``CLAIM_NOT_OPEN`` for a claim reversed.
    """
    require_right(actor, mutual, Right.READ_MEDICAL, on)
    _require_reason(reason_code, reason, on)
    claim = locked_claim(claim)
    if claim.state == ClaimState.REVERSED:
        raise Refusal("CLAIM_NOT_OPEN", claim=claim.document_number, state=claim.state)
    detail, _ = MedicalDetail.objects.get_or_create(claim=claim, defaults={"mutual": mutual})
    before = detail.diagnosis
    if before is not None and before.pk == diagnosis.pk:
        raise Refusal("RECODING_SAME", place="diagnosis")
    detail.diagnosis = diagnosis
    detail.save(update_fields=["diagnosis"])
    return DiagnosisRecoding.objects.create(
        mutual=mutual, claim=claim, from_diagnosis=before, to_diagnosis=diagnosis,
        reason_code=reason_code, reason=reason.strip(), recoded_on=on, recoded_by=actor,
    )  # fmt: skip


def diagnosis_recodings(claim: Claim, reader: User, on: date) -> list[DiagnosisRecoding]:
    """The illnesses that a claim was coded with, the first first; the reading is journalled."""
    require_right(reader, claim.mutual, Right.READ_MEDICAL, on)
    rows = list(
        DiagnosisRecoding.objects.filter(claim=claim).select_related(
            "from_diagnosis", "to_diagnosis", "recoded_by"
        )
    )
    if rows:
        record_audit(
            kind=AuditKind.MEDICAL_READING, mutual=claim.mutual, actor=reader,
            subject=f"recodings of claim {claim.document_number}",
        )  # fmt: skip
    return rows


def _require_reason(code: str, reason: str, on: date) -> None:
    if code not in in_force(RECODINGS, on):
        raise Refusal("RECODING_REASON_MISSING", place="reason_code")
    if not reason.strip():
        raise Refusal("RECODING_REASON_MISSING", place="reason")


def _decided_again(
    claim: Claim,
    lines: list[ClaimLine],
    changed: ClaimLine,
    current: Decision,
    *,
    actor: User,
    on: date,
    reason: str,
) -> tuple[CoreDecision, Decision]:
    """The decision of the rules with the line coded otherwise, and its row beside the others."""

    def changes(stated: ClaimFacts, context: Context) -> ClaimFacts:
        return _facts(claim, lines, changed, stated, context, on)

    return decided_again(claim, current, changes, actor=actor, on=on, reason=reason)


def _facts(
    claim: Claim,
    lines: list[ClaimLine],
    changed: ClaimLine,
    stated: ClaimFacts,
    context: Context,
    on: date,
) -> ClaimFacts:
    """What the rules saw, with the facts of one line read anew for its new code, and what other
    claims use as it stands."""
    item, person = changed.act, counted_person(claim)
    that_day = [
        each for each in acts_of_the_day(person, claim.care_on) if each[2] != claim.document_number
    ]
    asked = [line.act.pk for line in lines]
    habits = habits_of(claim.mutual, on)
    beside = clashes(
        habits.incompatible, asked, [act for act, *_ in that_day], habits.act_names, claim.care_on
    )
    agreement = agreement_on(claim.provider, claim.care_on)
    around = around_again(claim, lines, context.product, needs_letter=stated.needs_guarantee_letter)
    entry = LineEntry(
        item, changed.quantity, changed.unit_price_minor,
        other_payer_minor=changed.other_payer_minor, stated_minor=changed.claimed_minor,
        stated_as=changed.stated_as,
    )  # fmt: skip
    desk = ClaimOnDesk(
        person=person, provider=claim.provider, circuit=Circuit(claim.circuit),
        care_on=claim.care_on, received_on=claim.received_on, lines=(entry,),
        standing=standing_on(person, claim.care_on), agreement=agreement,
        unit_prices_minor=unit_prices_on(agreement, {item.pk}, claim.care_on),
        used=context.used, duplicates={}, product=context.product, around=around,
    )  # fmt: skip
    (fresh,) = desk.facts()[0].lines
    own = line_key(changed.position - 1)
    by_key = {line_key(line.position - 1): line for line in lines}

    def of(facts: LineFacts) -> LineFacts:
        clash = beside.get(by_key[facts.key].act.pk)
        if facts.key != own:
            return replace(facts, incompatible_with=clash)
        return replace(
            fresh, key=own, quantity=facts.quantity, category=changed.category.code,
            label=item.label, incompatible_with=clash,
        )  # fmt: skip

    recoded = replace(stated, lines=tuple(of(each) for each in stated.lines))
    return with_use_as_now(claim, lines, recoded, around, repeats_of(claim, lines), context)


def decided_again(
    claim: Claim,
    current: Decision,
    changes: Callable[[ClaimFacts, Context], ClaimFacts],
    *,
    actor: User,
    on: date,
    reason: str,
    cover: CoverFacts | None = None,
) -> tuple[CoreDecision, Decision]:
    """The rules decide a claim, locked by the caller, from other facts: under the ceilings as they
    stand, and other rights where ``cover`` gives them. The counters follow, and the new decision
    stands beside the one in force. What the State was asked before follows by a credit note or on
    its next invoice (:mod:`~entraide.apps.settlement.subsidy_shares`).
    """
    before = CoreDecision.from_json(current.outcome)
    stated, context = facts_of(current)
    context = replace(context, used=with_episode(used_without(claim, before), context.used))
    if cover is not None:
        context = replace(
            context, cover=replace(cover, household_size=context.cover.household_size)
        )
    facts = changes(stated, context)
    decision = adjudicate(facts, context)
    give_back_and_consume(claim, before, decision)
    row = decision_row(
        claim, decision, context=facts_to_json(facts, context), number=current.number + 1,
        made_by=actor, made_on=on, product_version_id=current.product_version_id,
        reason=reason.strip(),
    )  # fmt: skip
    row.save(force_insert=True)
    return decision, row


def apply_again(
    claim: Claim, lines: list[ClaimLine], decision: CoreDecision, *, number: int
) -> None:
    """What a claim and its lines say of the decision that the rules made again; the caller saves
    no more."""
    payable = payable_by_position(decision, [line.category.code for line in lines])
    for line, payable_minor in zip(lines, payable, strict=True):
        line.payable_minor = payable_minor
    ClaimLine.objects.bulk_update(
        lines, ["payable_minor", "recoded_item", "category", "pre_authorisation"]
    )
    warnings = [finding_from_json(each) for each in claim.warnings]
    claim.review_codes = review_codes_of(decision, warnings)
    claim.state = state_of(decision, claim.review_codes)
    claim.claimed_minor, claim.payable_minor = decision.claimed_minor, decision.payable_minor
    claim.care_path = decision.path.value if decision.path is not None else ""
    claim.decision_number = number
    claim.save(
        update_fields=[
            "review_codes", "state", "claimed_minor", "payable_minor", "care_path",
            "decision_number", "referral", "attestation_of",
        ]
    )  # fmt: skip
