"""Claims refused for want of a convention that was approved after them: decided again under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.claims.again import Asked, decide_again, require_no_opinion, taken_up
from entraide.apps.claims.again_models import WhyAgain
from entraide.apps.claims.around import Around
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.providers.models import Agreement, AgreementState
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.conventions import is_out_of_convention
from entraide.core.errors import Refusal

LACKING = "NO_AGREEMENT"
_UNPAID = (ClaimState.REFUSED, ClaimState.IN_REVIEW)  # one that waits may lack it as well


def refused_for_lack_of(agreement: Agreement) -> list[Claim]:
    """The claims of a provider, for care of the days of its convention, of which every line was
    refused for want of one and for nothing else; the earliest care first. Two queries."""
    if agreement.state != AgreementState.APPROVED:
        return []
    claims = Claim.objects.filter(
        mutual=agreement.mutual, provider=agreement.provider, state__in=_UNPAID,
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
    the ceilings, agreements and limits as they stand. The new decision is kept beside the others,
    and is approved like any other. Refused with ``CLAIM_ALREADY_REVIEWED``,
    ``SEPARATION_OF_DUTIES`` for who entered it, or ``CLAIM_NOT_FOR_CONVENTION`` (it was not refused
    for want of this one alone).
    """
    taken = taken_up(claim, actor)
    claim, lines = taken.claim, taken.lines
    require_no_opinion(taken)
    running = agreement_on(claim.provider, claim.care_on)
    if (
        running is None
        or running.pk != agreement.pk
        or claim.state not in _UNPAID
        or not _only_lacking(taken.current.outcome)
    ):
        raise Refusal("CLAIM_NOT_FOR_CONVENTION", claim=claim.document_number)
    prices = unit_prices_on(running, {line.act.pk for line in lines}, claim.care_on)

    def change(stated: ClaimFacts, _context: Context, _around: Around) -> ClaimFacts:
        by_key = {str(line.position): line for line in lines}

        def of(facts: LineFacts) -> LineFacts:
            line = by_key[facts.key]
            return replace(
                facts,
                tariff_unit_minor=prices.get(line.act.pk),
                is_out_of_convention=is_out_of_convention(line.category.code, running.services),
            )

        return replace(
            stated,
            lines=tuple(of(each) for each in stated.lines),
            provider_has_agreement=True,
            provider_is_paid_directly=running.is_third_party_payment,
            needs_guarantee_letter=running.needs_guarantee_letter,
            discount_rate=running.discount_rate,
            shows_no_tariff=False,
        )

    told = running.reference or f"{running.effective_from:%d/%m/%Y}"
    asked = Asked(WhyAgain.CONVENTION, actor, on, f"Convention {told}")
    decide_again(taken, asked, change, needs_letter=running.needs_guarantee_letter)
    return claim
