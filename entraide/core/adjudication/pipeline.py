"""The order of the checks, stated once, and the decision that follows from it.

A line first passes the admission checks: the first that refuses it, refuses it whole. What is
admitted under a flat rate is then folded into one line per case, the *episode*. What remains is
valued: quantity, price (tariff, discount of the agreement, product), other payers
(the first payer, the State), deductibles (case, then overall), copayment (rate, higher rate out of
the path of care, ticket of the case, ticket of the unit), what the mutual guaranteed by a prior
agreement (the cost, before ``bounds_payment``), ceilings (case, person, household, then
all categories together), and the product's own limits. The order matters: a bill of 40 000 with a
deductible of 2 000, a copayment of 20 % and 25 000 left under the ceiling pays 25 000, not 18 400.

Devices per case are spent over the lines of one claim and category, in the order of the claim, and
over the claims of one episode.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entraide.core.adjudication import admission, remarks, valuation
from entraide.core.adjudication.decision import Decision, Reduction
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.adjudication.referrals import path_findings
from entraide.core.adjudication.working import FLAT_RATE_KEY, ClaimAtWork, LineAtWork
from entraide.core.care_path import PathStanding
from entraide.core.errors import Finding

Check = Callable[[LineAtWork, ClaimAtWork], Reduction | None]
Remark = Callable[[LineAtWork, ClaimAtWork], Finding | None]


def _with_agreement_after(place: Check) -> tuple[Check, ...]:
    agreement = valuation.check_guaranteed_amount
    others = [check for check in VALUATION_CHECKS if check is not agreement]
    at = others.index(place) + 1
    return (*others[:at], agreement, *others[at:])


ADMISSION_CHECKS: tuple[Check, ...] = (
    admission.check_care_date,
    admission.check_attestation,
    admission.check_cover,
    admission.check_agreement,
    admission.check_direct_payment,
    admission.check_time_limit,
    admission.check_duplicate,
    admission.check_quantity_stated,
    admission.check_known,
    admission.check_free_care,
    admission.check_package,
    admission.check_category,
    admission.check_referral,
    admission.check_pre_authorisation,
    admission.check_used_up_authorisation,
    admission.check_waiting_period,
    admission.check_sex,
    admission.check_age,
    admission.check_compatible,
    admission.check_frequency,
    admission.check_case_count,
    admission.check_limit_count,
)
VALUATION_CHECKS: tuple[Check, ...] = (
    valuation.check_justified,
    valuation.check_quantity_limit,
    valuation.check_limit_quantity,
    valuation.check_tariff,
    valuation.check_discount,
    valuation.check_item_price,
    valuation.check_other_payer,
    valuation.check_state_share,
    valuation.check_deductible,
    valuation.check_deductible_overall,
    valuation.check_copayment_rate,
    valuation.check_out_of_path,
    valuation.check_copayment_fixed,
    valuation.check_copayment_per_unit,
    valuation.check_guaranteed_amount,
    valuation.check_ceiling_per_case,
    valuation.check_ceiling_person,
    valuation.check_ceiling_household,
    valuation.check_ceiling_person_overall,
    valuation.check_ceiling_household_overall,
    valuation.check_limit_amount,
)
CHECKS_BOUNDING_COST: tuple[Check, ...] = _with_agreement_after(valuation.check_item_price)
"""How claims were valued whose agreement bounds the cost: their decisions are made again so."""

CHECKS: tuple[Check, ...] = ADMISSION_CHECKS + VALUATION_CHECKS

REMARKS: tuple[Remark, ...] = (
    remarks.remark_tariff,
    remarks.remark_arithmetic,
    remarks.remark_person,
    remarks.remark_pre_authorisation,
    remarks.remark_quantity,
    remarks.remark_first_payer,
    remarks.remark_other_cover,
    remarks.remark_service,
)

FLAT_RATE_REMARKS: tuple[Remark, ...] = (remarks.remark_pre_authorisation,)
"""On a line that a flat rate includes; its price and quantity cost nothing."""


def adjudicate(claim: ClaimFacts, context: Context) -> Decision:
    """Decide a claim, line by line, under the rules, prices and rights of the date of care.

    The lines of the decision follow those of the claim; the episode line of a flat rate, whose
    key is ``flat_rate:<category>``, stands before the first line that it includes. Pure: the same
    facts give the same decision, whatever the day.
    """
    desk, lines = at_work(claim, context)
    uses = desk.uses(lines)
    return Decision(
        lines=tuple([line.decision() for line in lines]),
        currency=desk.currency,
        product_version=context.product.version,
        claim_findings=_claim_findings(desk),
        used_after=context.used.plus(
            {category: case.paid_minor for category, case in desk.cases.items()},
            uses,
            [category for category, case in desk.cases.items() if case.is_counted],
        ),
        uses=uses,
        path=_path(desk),
    )


def at_work(claim: ClaimFacts, context: Context) -> tuple[ClaimAtWork, list[LineAtWork]]:
    """The claim and its lines once every check was made: what a decision is written from."""
    desk = ClaimAtWork(claim, context)
    has_item_rules = bool(context.product.item_rules)
    stated = [
        LineAtWork(
            facts, desk.case(facts.category), desk.item_rule(facts) if has_item_rules else None
        )
        for facts in claim.lines
    ]
    for line in stated:
        _admit(line, desk)
    lines = _with_flat_rates(stated, desk)
    for line in lines:
        if not line.is_settled:
            _value(line, desk)
    return desk, lines


def _admit(line: LineAtWork, desk: ClaimAtWork) -> None:
    for check in ADMISSION_CHECKS:
        refusal = check(line, desk)
        if refusal is not None:
            line.refuse(refusal)
            return
    is_flat = line.case.benefit.flat_rate_minor is not None
    _remark(line, desk, FLAT_RATE_REMARKS if is_flat else REMARKS)
    desk.admit(line)


def _remark(line: LineAtWork, desk: ClaimAtWork, checks: tuple[Remark, ...]) -> None:
    for check in checks:
        finding = check(line, desk)
        if finding is not None:
            line.remarks.append(finding)


def _value(line: LineAtWork, desk: ClaimAtWork) -> None:
    checks = VALUATION_CHECKS if desk.claim.bounds_payment else CHECKS_BOUNDING_COST
    for check in checks:
        if not line.remaining:
            break
        reduction = check(line, desk)
        if reduction is not None and reduction.amount_minor:
            line.reductions.append(reduction)
            line.remaining -= reduction.amount_minor
    desk.consume(line)


def _with_flat_rates(stated: list[LineAtWork], desk: ClaimAtWork) -> list[LineAtWork]:
    """One episode line per case priced at a flat rate; the lines that it includes ask nothing.

    A flat rate is a price, neither more nor less: what the provider may ask is the price of the
    episode, whatever its lines add up to. A member who asks for a reimbursement is given back no
    more than was paid. A later claim of the same episode asks what is left of that price. The
    amount that a line states is kept in its remark.
    """
    asked: dict[str, int] = {}
    if not desk.claim.is_third_party_payment:
        for line in stated:
            if not line.is_settled:
                category = line.case.category
                asked[category] = asked.get(category, 0) + line.claimed
    lines: list[LineAtWork] = []
    for line in stated:
        price = line.case.benefit.flat_rate_minor
        if price is None or line.is_settled:
            lines.append(line)
            continue
        key = FLAT_RATE_KEY + line.case.category
        left = price - line.case.flat_rate_before
        if left > 0 and not any(earlier.facts.key == key for earlier in lines):
            claimed = min(left, asked.get(line.case.category, left))
            line.case.flat_rate_asked = claimed
            authorised = _authorised_under(stated, line.case.category, desk)
            episode = LineAtWork(
                LineFacts(
                    key, line.case.category, claimed, tariff_unit_minor=price,
                    other_payer_minor=_paid_by_other(stated, line.case.category), **authorised,
                ),
                line.case,
            )  # fmt: skip
            _remark(episode, desk, (remarks.remark_first_payer, remarks.remark_other_cover))
            lines.append(episode)
        line.include_in_flat_rate(
            Finding(
                "INCLUDED_IN_FLAT_RATE",
                data={
                    "stated_minor": line.facts.claimed_minor,
                    "flat_rate_minor": price,
                    "currency": desk.currency,
                },
            )
        )
        lines.append(line)
    return lines


def _paid_by_other(stated: list[LineAtWork], category: str) -> int:
    """What another payer paid of the lines that the flat rate of a category includes."""
    return sum(
        line.facts.other_payer_minor
        for line in stated
        if line.case.category == category and not line.is_settled
    )


def _authorised_under(stated: list[LineAtWork], category: str, desk: ClaimAtWork) -> dict[str, Any]:
    """The prior agreement of the lines that the flat rate of a category includes, the first."""
    if desk.claim.bounds_flat_rate:
        for line in stated:
            facts = line.facts
            is_inside = line.case.category == category and not line.is_settled
            if not is_inside or facts.pre_authorised_minor is None:
                continue
            if not desk.claim.bounds_payment or valuation.is_bound_by_agreement(line, desk):
                return {
                    "pre_authorisation": facts.pre_authorisation,
                    "pre_authorised_minor": facts.pre_authorised_minor,
                }
    return {}


def _claim_findings(desk: ClaimAtWork) -> tuple[Finding, ...]:
    claim, cover = desk.claim, desk.context.cover
    findings: list[Finding] = []
    if not cover.is_covered and cover.refusal_code:
        findings.append(Finding(cover.refusal_code, data=dict(cover.refusal_data)))
    if claim.is_emergency and claim.is_third_party_payment and not claim.provider_has_agreement:
        findings.append(Finding("EMERGENCY_WITHOUT_AGREEMENT", data={"care_on": claim.care_on}))
    findings += path_findings(claim, desk.context.product, desk.path)
    if claim.is_stay_contradicted:
        findings.append(Finding("STAY_CONTRADICTED", data={"care_on": claim.care_on}))
    if _lacks_guarantee_letter(desk):
        used_up = next(filter(None, (each.used_up_authorisation for each in claim.lines)), None)
        if used_up is not None:
            findings.append(Finding("GUARANTEE_LETTER_USED_UP", data={"authorisation": used_up}))
        else:
            findings.append(Finding("GUARANTEE_LETTER_MISSING", data={"care_on": claim.care_on}))
    most = desk.context.product.review.claim_minor
    asked = sum(line.claimed_minor for line in claim.lines)
    if most is not None and asked > most:
        data = {"claimed_minor": asked, "most_minor": most, "currency": desk.currency}
        findings.append(Finding("AMOUNT_TO_CHECK", data=data))
    findings += remarks.same_acts(desk)
    return tuple(findings)


def _path(desk: ClaimAtWork) -> PathStanding | None:
    """How the claim stands to the path of care, or to what a category alone asks of a referral."""
    if desk.path is not None:
        return desk.path
    if not any(case.benefit.requires_referral for case in desk.cases.values()):
        return None
    if desk.claim.is_emergency:
        return PathStanding.EMERGENCY
    return PathStanding.REFERRED if desk.is_referred else PathStanding.OUT_OF_PATH


def _lacks_guarantee_letter(desk: ClaimAtWork) -> bool:
    """Whether a stay that the agreement has opened by a letter of the mutual has none."""
    claim = desk.claim
    return (
        claim.needs_guarantee_letter
        and claim.is_third_party_payment
        and claim.is_stay is True
        and not claim.is_emergency
        and not any(line.pre_authorisation for line in claim.lines)
    )
