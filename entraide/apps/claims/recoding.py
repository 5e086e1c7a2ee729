"""An act, a category or an illness is coded otherwise; what was coded at entry is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.claims.again import (
    Asked,
    Change,
    decide_again,
    require_no_opinion,
    require_open,
    taken_up,
)
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.around import Around
from entraide.apps.claims.carried import counted_person
from entraide.apps.claims.desk import ClaimOnDesk, LineEntry, line_key
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimLine,
    ClaimState,
    DiagnosisRecoding,
    LineRecoding,
    MedicalDetail,
)
from entraide.apps.claims.services import locked_claim
from entraide.apps.contributions.selectors import standing_on
from entraide.apps.nomenclature.models import CareCategory, CareItem, Diagnosis
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_right
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.control.reasons import RECODINGS, in_force
from entraide.core.errors import Refusal


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
    ``CLAIM_ALREADY_REVIEWED`` while the opinion of a person stands, ``RECODING_REASON_MISSING``,
    ``RECODING_SAME``, ``REVIEW_LINE_UNKNOWN``.
    """
    _require_reason(reason_code, reason, on)
    taken = taken_up(claim, actor)
    require_open(taken)
    require_no_opinion(taken)
    line = next((each for each in taken.lines if each.position == position), None)
    if line is None:
        raise Refusal("REVIEW_LINE_UNKNOWN", place="position", key=str(position))
    was_item, was_category = line.act, line.category
    new_item = item or was_item
    new_category = category or (item.category if item is not None else was_category)
    if (new_item.pk, new_category.pk) == (was_item.pk, was_category.pk):
        raise Refusal("RECODING_SAME", place="item")
    line.recoded_item, line.category = new_item, new_category
    again = decide_again(
        taken, Asked(WhyAgain.RECODED, actor, on, reason), _with_line_read_anew(taken.claim, line)
    )
    return LineRecoding.objects.create(
        mutual=mutual, claim=taken.claim, position=position, from_item=was_item,
        from_category=was_category, to_item=new_item, to_category=new_category,
        reason_code=reason_code, reason=reason.strip(), recoded_on=on, recoded_by=actor,
        decision=again.decision,
    )  # fmt: skip


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


def _with_line_read_anew(claim: Claim, changed: ClaimLine) -> Change:
    """The facts of one line as records have them for its new code; its quantity stays."""

    def change(stated: ClaimFacts, context: Context, around: Around) -> ClaimFacts:
        item, own = changed.act, line_key(changed.position - 1)
        person = counted_person(claim)
        agreement = agreement_on(claim.provider, claim.care_on)
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

        def of(facts: LineFacts) -> LineFacts:
            return replace(
                fresh, key=own, quantity=facts.quantity, category=changed.category.code,
                label=item.label,
            )  # fmt: skip

        lines = tuple(of(each) if each.key == own else each for each in stated.lines)
        return replace(stated, lines=lines)

    return change
