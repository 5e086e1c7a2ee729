"""Claims refused for want of a convention that was approved after them: decided again under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.claims.recoding import apply_again, by_rules_in_force, decided_again
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import locked_claim
from entraide.apps.claims.use_again import around_again, repeats_of, with_use_as_now
from entraide.apps.providers.models import Agreement, AgreementState
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, require_other_person
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.conventions import is_out_of_convention
from entraide.core.errors import Refusal

LACKING = "NO_AGREEMENT"


def refused_for_lack_of(agreement: Agreement) -> list[Claim]:
    """The refused claims of a provider, for care of the days of its convention, of which every line
    was refused for want of one and for nothing else; the earliest care first. Two queries."""
    if agreement.state != AgreementState.APPROVED:
        return []
    claims = Claim.objects.filter(
        mutual=agreement.mutual, provider=agreement.provider, state=ClaimState.REFUSED,
        care_on__gte=agreement.effective_from,
    )  # fmt: skip
    if agreement.effective_until is not None:
        claims = claims.filter(care_on__lt=agreement.effective_until)
    held = {each.pk: each for each in claims.select_related("entered_by").order_by("care_on", "pk")}
    rows = Decision.objects.filter(claim__in=held.keys())
    lacking = {
        claim
        for claim, number, outcome in rows.values_list("claim_id", "number", "outcome")
        if number == held[claim].decision_number and _only_lacking(outcome)
    }
    return [each for pk, each in held.items() if pk in lacking]


def _only_lacking(outcome: dict[str, list[dict[str, list[dict[str, str]]]]]) -> bool:
    """Whether each line of a decision is reduced, and by the want of a convention alone."""
    return all(
        {cut["code"] for cut in line["reductions"]} == {LACKING} for line in outcome["lines"]
    )


@command("decide_under_convention", right=Right.REVIEW_CLAIM)
def decide_under_convention(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    claim: Claim,
    agreement: Agreement,
) -> Claim:
    """The rules decide a claim again under the convention that its day of care has since got.

    Prices, services, discount and guarantee letter are those of the convention on the day of care;
    the ceilings, agreements and limits as they stand. The new decision is kept beside the first,
    and is approved like any other. Refused with ``CLAIM_NOT_OPEN``, ``CLAIM_ALREADY_REVIEWED``,
    ``SEPARATION_OF_DUTIES`` for who entered it, or
    ``CLAIM_NOT_FOR_CONVENTION`` (it was not refused for want of this one alone).
    """
    claim = locked_claim(claim)
    require_other_person(actor, claim.entered_by, step="enter")
    current = by_rules_in_force(claim)
    running = agreement_on(claim.provider, claim.care_on)
    if (
        running is None
        or running.pk != agreement.pk
        or claim.state != ClaimState.REFUSED
        or not _only_lacking(decision_in_force(claim).outcome)
    ):
        raise Refusal("CLAIM_NOT_FOR_CONVENTION", claim=claim.document_number)
    lines = list(claim.lines.select_related("care_item__category", "recoded_item", "category"))
    prices = unit_prices_on(running, {line.act.pk for line in lines}, claim.care_on)

    def changes(stated: ClaimFacts, context: Context) -> ClaimFacts:
        by_key = {str(line.position): line for line in lines}

        def of(facts: LineFacts) -> LineFacts:
            line = by_key[facts.key]
            return replace(
                facts,
                tariff_unit_minor=prices.get(line.act.pk),
                is_out_of_convention=is_out_of_convention(line.category.code, running.services),
            )

        now = replace(
            stated,
            lines=tuple(of(each) for each in stated.lines),
            provider_has_agreement=True,
            provider_is_paid_directly=running.is_third_party_payment,
            needs_guarantee_letter=running.needs_guarantee_letter,
            discount_rate=running.discount_rate,
        )
        around = around_again(
            claim, lines, context.product, needs_letter=running.needs_guarantee_letter
        )
        return with_use_as_now(claim, lines, now, around, repeats_of(claim, lines), context)

    told = running.reference or f"{running.effective_from:%d/%m/%Y}"
    decision, row = decided_again(
        claim, current, changes, actor=actor, on=on, reason=f"Convention {told}"
    )
    apply_again(claim, lines, decision, number=row.number)
    return claim
