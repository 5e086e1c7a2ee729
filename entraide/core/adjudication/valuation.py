"""Valuation: what part of an admitted line is paid; one function per check, one code each.

A check takes a part of what remains, never more, and answers a :class:`Reduction` or None. Their
order stands in ``pipeline.CHECKS`` and nowhere else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entraide.core.adjudication.admission import needs_pre_authorisation
from entraide.core.adjudication.decision import BorneBy, Reduction
from entraide.core.adjudication.facts import ONE, ClaimFacts, Context
from entraide.core.adjudication.scopes import UNIT
from entraide.core.adjudication.working import ClaimAtWork, LineAtWork
from entraide.core.money import rate_of, round_half_up

MEMBER = BorneBy.MEMBER


def check_justified(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """NOT_JUSTIFIED: beyond the quantity, or the amount, that a person found justified.

    Whoever asks bears it: the provider paid directly. The rest is valued as if no more had been
    asked: tariff, shares and ceilings look at it alone.
    """
    facts = line.facts
    kept = line.remaining
    units: dict[str, Any] = {}
    if facts.justified_quantity is not None and facts.justified_quantity < line.quantity:
        kept = round_half_up(Decimal(line.remaining) * facts.justified_quantity / line.quantity)
        units = {"quantity": line.quantity, "justified_quantity": facts.justified_quantity}
        line.quantity = facts.justified_quantity
    if facts.justified_minor is not None:
        kept = min(kept, facts.justified_minor)
    if kept == line.remaining:
        return None
    data = {
        "justified_minor": kept,
        "reason": facts.justified_reason,
        "currency": desk.currency,
        **units,
    }
    return Reduction("NOT_JUSTIFIED", line.remaining - kept, desk.asker, data)


def check_quantity_limit(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """QUANTITY_OVER_LIMIT: the units beyond the limit, earlier ones of the same item counted.

    The statement keeps its quantity; only the units that are paid for are fewer.
    """
    facts = line.facts
    most = facts.max_quantity
    if line.item_rule is not None and line.item_rule.max_quantity is not None:
        most = Decimal(line.item_rule.max_quantity)
    if most is None:
        return None
    item = (facts.item_system, facts.item_code)
    in_claim = desk.quantity_by_item.get(item, Decimal(0))
    already = facts.used_quantity + in_claim
    allowed = max(Decimal(0), min(line.quantity, most - already))
    if facts.item_code:
        desk.quantity_by_item[item] = in_claim + allowed
    if allowed == line.quantity:
        return None
    kept = round_half_up(Decimal(line.remaining) * allowed / line.quantity)
    line.quantity = allowed
    return Reduction(
        "QUANTITY_OVER_LIMIT",
        line.remaining - kept,
        MEMBER,
        {
            "quantity": facts.quantity,
            "allowed_quantity": allowed,
            "max_quantity": most,
        },
    )


def check_limit_quantity(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """LIMIT_QUANTITY: the units beyond what a limit of the product allows; what is free of ceilings
    is stopped by none (save in decisions made before ``ClaimFacts.weighs_together``)."""
    if not desk.limits or (line.is_free_of_ceilings and desk.claim.weighs_together):
        return None
    quantities = [each for each in desk.limits_of(line) if each.rule.quantity is not None]
    tightest = min(quantities, key=lambda each: each.left, default=None)
    if tightest is None:
        return None
    allowed = min(line.quantity, Decimal(max(0, tightest.left)) / UNIT)
    if allowed == line.quantity:
        return None
    kept = round_half_up(Decimal(line.remaining) * allowed / line.quantity)
    asked, line.quantity = line.quantity, allowed
    return Reduction(
        "LIMIT_QUANTITY",
        line.remaining - kept,
        MEMBER,
        {"limit": tightest.rule.code, "quantity": asked, "allowed_quantity": allowed},
    )


def check_tariff(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ABOVE_TARIFF: beyond the agreed price × quantity of the date of care.

    The provider bears it, who agreed to that price; without agreement, the member does. An agreed
    price of 0 is a price: nothing is paid. A fraction of a unit is priced to the nearest minor
    unit, half up.
    """
    tariff = line.facts.tariff_unit_minor
    if tariff is None:
        return None
    if line.quantity == ONE:
        price = tariff
    else:
        price = round_half_up(tariff * line.quantity)
    if line.remaining <= price:
        return None
    return Reduction(
        "ABOVE_TARIFF",
        line.remaining - price,
        BorneBy.PROVIDER if desk.claim.provider_has_agreement else MEMBER,
        {"tariff_minor": price, "quantity": line.quantity, "currency": desk.currency},
    )


def check_discount(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CONVENTION_DISCOUNT: what the provider takes off the agreed price, paid directly; nothing
    where it already asks no more than that."""
    rate, tariff = desk.claim.discount_rate, line.facts.tariff_unit_minor
    if not rate or tariff is None or not desk.claim.is_third_party_payment:
        return None
    price = rate_of(round_half_up(tariff * line.quantity), ONE - rate)
    if line.remaining <= price:
        return None
    data = {"discount_rate": rate, "price_minor": price, "currency": desk.currency}
    return Reduction("CONVENTION_DISCOUNT", line.remaining - price, BorneBy.PROVIDER, data)


def check_item_price(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ABOVE_PRODUCT_PRICE: the product knows a fixed amount for a unit of this act."""
    rule = line.item_rule
    if rule is None or rule.price_minor is None:
        return None
    price = round_half_up(rule.price_minor * line.quantity)
    if line.remaining <= price:
        return None
    data = {"price_minor": price, "currency": desk.currency}
    return Reduction("ABOVE_PRODUCT_PRICE", line.remaining - price, MEMBER, data)


def is_bound_by_agreement(line: LineAtWork, desk: ClaimAtWork) -> bool:
    """Whether the amount of a prior agreement bounds a line: the product asks for the agreement,
    or the convention for the letter, and it was no emergency. Elsewhere it only informs. Under a
    convention with letters, what was agreed for an act is its letter, whatever the paper says of a
    stay (``ClaimFacts.infers_stay``).

    The line of an episode has the agreement of a line that it includes, which was looked at then.
    """
    claim = desk.claim
    if claim.is_emergency or line.facts.pre_authorisation is None:
        return False
    is_opened_by_letter = claim.infers_stay or claim.is_stay is True
    needs_letter = claim.needs_guarantee_letter and is_opened_by_letter
    return needs_letter or line.is_episode or needs_pre_authorisation(line)


def lines_bound_by_agreement(claim: ClaimFacts, context: Context) -> frozenset[str]:
    """The keys of the lines of a claim that count against the amount of their agreement."""
    desk = ClaimAtWork(claim, context)
    lines = [
        LineAtWork(each, desk.case(each.category), desk.item_rule(each)) for each in claim.lines
    ]
    return frozenset(line.facts.key for line in lines if is_bound_by_agreement(line, desk))


def check_other_payer(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """PAID_BY_OTHER: what a payer who comes before the mutual has already paid."""
    taken = min(line.facts.other_payer_minor, line.remaining)
    if not taken:
        return None
    data = {"payer": desk.context.person.other_payer or ""}
    return Reduction("PAID_BY_OTHER", taken, BorneBy.OTHER, data)


def check_state_share(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """STATE_SHARE: the part of the price that the State pays, rounded half up, once."""
    rate = line.case.benefit.state_share_rate
    if not rate:
        return None
    share = rate_of(line.remaining, rate)
    data = {"state_share_rate": rate, "base_minor": line.remaining, "currency": desk.currency}
    return Reduction("STATE_SHARE", share, BorneBy.OTHER, data)


def check_deductible(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """DEDUCTIBLE (franchise): the first amount of the case, once over its lines in order."""
    case = line.case
    if not case.deductible_left:
        return None
    taken = min(case.deductible_left, line.remaining)
    case.deductible_left -= taken
    case.deductible_taken += taken
    return Reduction(
        "DEDUCTIBLE",
        taken,
        MEMBER,
        {
            "deductible_minor": case.benefit.deductible_minor_per_case,
            "currency": desk.currency,
        },
    )


def check_deductible_overall(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """DEDUCTIBLE_OVERALL: the first amount of a claim, an episode or a year, several acts
    together; one after the other where the product has several."""
    left, codes = line.remaining, []
    for deductible in desk.deductibles:
        if not left or not deductible.left or not line.is_target_of(deductible.rule):
            continue
        taken = min(deductible.left, left)
        deductible.left -= taken
        deductible.taken += taken
        left -= taken
        codes.append(deductible.rule.code)
    if not codes:
        return None
    data = {"deductible": ", ".join(codes)}
    return Reduction("DEDUCTIBLE_OVERALL", line.remaining - left, MEMBER, data)


def _who_shares(line: LineAtWork) -> BorneBy:
    """Who bears the member's share: another payer where the product names one."""
    return BorneBy.OTHER if line.case.benefit.copayment_payer else MEMBER


def check_copayment_rate(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """COPAYMENT (ticket modérateur): the mutual's share is rounded half up, once; the member's
    share is the rest."""
    rate = line.case.benefit.copayment_rate
    if line.item_rule is not None and line.item_rule.copayment_rate is not None:
        rate = line.item_rule.copayment_rate
    if not rate:
        return None
    share = rate_of(line.remaining, ONE - rate)
    return Reduction(
        "COPAYMENT",
        line.remaining - share,
        _who_shares(line),
        {"copayment_rate": rate, "base_minor": line.remaining, "currency": desk.currency},
    )


def check_out_of_path(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """OUT_OF_PATH: the higher share left to who went to a higher level without being sent there.

    The product's rate out of the path is of the same base as the ordinary share, which is taken
    first: only the difference stands here, and it is the member's, whoever pays the ordinary one.
    """
    rule = desk.context.product.care_path
    rate = rule.out_of_path_copayment_rate if rule is not None else None
    if not rate or not desk.is_out_of_path(line.facts.category):
        return None
    ordinary = sum(each.amount_minor for each in line.reductions if each.code == "COPAYMENT")
    base = line.remaining + ordinary
    kept = rate_of(base, ONE - rate)
    if line.remaining <= kept:
        return None
    data = {"copayment_rate": rate, "base_minor": base, "currency": desk.currency}
    return Reduction("OUT_OF_PATH", line.remaining - kept, MEMBER, data)


def check_copayment_fixed(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """COPAYMENT_FIXED: the fixed ticket of the case, once over its lines in order."""
    case = line.case
    if not case.copayment_left:
        return None
    taken = min(case.copayment_left, line.remaining)
    case.copayment_left -= taken
    case.copayment_taken += taken
    return Reduction(
        "COPAYMENT_FIXED",
        taken,
        _who_shares(line),
        {
            "copayment_minor": case.benefit.copayment_minor_per_case,
            "currency": desk.currency,
        },
    )


def check_copayment_per_unit(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """COPAYMENT_PER_UNIT: the fixed ticket of each unit of this act."""
    rule = line.item_rule
    if rule is None or not rule.copayment_minor_per_unit:
        return None
    ticket = round_half_up(rule.copayment_minor_per_unit * line.quantity)
    data = {"copayment_minor": rule.copayment_minor_per_unit, "currency": desk.currency}
    taken = min(ticket, line.remaining)
    return Reduction("COPAYMENT_PER_UNIT", taken, _who_shares(line), data)


def check_guaranteed_amount(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ABOVE_PRE_AUTHORISATION: beyond what the mutual guaranteed to pay for this care, the shares
    of the others taken off; what was paid under the agreement before counts in the same unit.

    It bounded the cost, whatever the product asked, before ``ClaimFacts.bounds_payment``.
    """
    most = line.facts.pre_authorised_minor
    if most is None or (desk.claim.bounds_payment and not is_bound_by_agreement(line, desk)):
        return None
    number = line.facts.pre_authorisation or ""
    allowed = max(0, most - desk.paid_under.get(number, 0))  # by the lines before, of this claim
    if line.remaining <= allowed:
        return None
    data = {
        "authorisation": number,
        "allowed_minor": allowed,
        "currency": desk.currency,
    }
    return Reduction("ABOVE_PRE_AUTHORISATION", line.remaining - allowed, MEMBER, data)


def _over(
    line: LineAtWork, desk: ClaimAtWork, code: str, ceiling: int | None, left: int | None
) -> Reduction | None:
    if left is None or line.remaining <= left or line.is_free_of_ceilings:
        return None
    data = {
        "category": line.facts.category,
        "ceiling_minor": ceiling,
        "left_minor": left,
        "currency": desk.currency,
    }
    return Reduction(code, line.remaining - left, MEMBER, data)


def check_ceiling_per_case(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_PER_CASE: what one case of the category may cost the mutual, all lines together."""
    case = line.case
    return _over(
        line, desk, "CEILING_PER_CASE", case.benefit.ceiling_minor_per_case, case.case_left
    )


def check_ceiling_person(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_PERSON_YEAR: of the category, for the person, in the cover year."""
    case = line.case
    ceiling = case.benefit.ceiling_minor_per_person_per_year
    return _over(line, desk, "CEILING_PERSON_YEAR", ceiling, case.person_left)


def check_ceiling_household(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_HOUSEHOLD_YEAR: of the category, for the household, in the cover year."""
    case = line.case
    ceiling = case.benefit.ceiling_minor_per_household_per_year
    return _over(line, desk, "CEILING_HOUSEHOLD_YEAR", ceiling, case.household_left)


def check_ceiling_person_overall(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_PERSON_YEAR_OVERALL: all categories together, for the person."""
    ceiling = desk.context.product.ceiling_minor_per_person_per_year
    return _over(line, desk, "CEILING_PERSON_YEAR_OVERALL", ceiling, desk.person_left)


def check_ceiling_household_overall(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_HOUSEHOLD_YEAR_OVERALL: all categories together, for the household."""
    ceiling = desk.context.product.ceiling_minor_per_household_per_year
    return _over(line, desk, "CEILING_HOUSEHOLD_YEAR_OVERALL", ceiling, desk.household_left)


def check_limit_amount(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """LIMIT_AMOUNT: beyond the tightest of the product's limits of an amount for this line."""
    if not desk.limits or line.is_free_of_ceilings:
        return None
    amounts = [each for each in desk.limits_of(line) if each.rule.amount_minor is not None]
    tightest = min(amounts, key=lambda each: each.left, default=None)
    if tightest is None or line.remaining <= tightest.left:
        return None
    data = {
        "limit": tightest.rule.code,
        "ceiling_minor": tightest.stands_at,
        "left_minor": tightest.left,
        "currency": desk.currency,
    }
    return Reduction("LIMIT_AMOUNT", line.remaining - tightest.left, MEMBER, data)
