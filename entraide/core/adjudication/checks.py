"""One function per check, one code each: the whole of what can reduce a claim.

A check receives the line at work and the claim at work, and answers a :class:`Reduction`, or None
when it has nothing to say. An *admission* check refuses the line whole; a *valuation* check takes
a part of what remains, never more. Their order stands in ``pipeline.CHECKS`` and nowhere else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entraide.core.adjudication.decision import BorneBy, Reduction
from entraide.core.adjudication.facts import ONE
from entraide.core.adjudication.working import ClaimAtWork, LineAtWork
from entraide.core.errors import Finding
from entraide.core.money import rate_of, round_half_up
from entraide.core.periods import age_on

MEMBER = BorneBy.MEMBER


def _whole(line: LineAtWork, code: str, by: BorneBy, **data: Any) -> Reduction:
    return Reduction(code, line.remaining, by, data)


# --- Admission: the line is payable at all, or it is refused whole -------------------------------


def check_care_date(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CARE_IN_FUTURE: care dated after the claim was received cannot have taken place."""
    claim = desk.claim
    if claim.care_on <= claim.received_on:
        return None
    return _whole(
        line, "CARE_IN_FUTURE", desk.asker, care_on=claim.care_on, received_on=claim.received_on
    )


def check_cover(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """NOT_COVERED: no rights on the date of care; the reason itself is a finding of the claim."""
    cover = desk.context.cover
    if cover.is_covered:
        return None
    return _whole(
        line,
        "NOT_COVERED",
        MEMBER,
        care_on=desk.claim.care_on,
        reason_code=cover.refusal_code or "",
    )


def check_agreement(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """NO_AGREEMENT: a provider without agreement is not paid directly, save in an emergency."""
    claim = desk.claim
    if claim.provider_has_agreement or not claim.is_third_party_payment or claim.is_emergency:
        return None
    return _whole(line, "NO_AGREEMENT", MEMBER, care_on=claim.care_on)


def check_time_limit(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """LATE_SUBMISSION: received after the number of days that the product allows."""
    limit = desk.context.product.membership.claim_time_limit_days
    claim = desk.claim
    if limit is None or (claim.received_on - claim.care_on).days <= limit:
        return None
    return _whole(
        line,
        "LATE_SUBMISSION",
        desk.asker,
        care_on=claim.care_on,
        received_on=claim.received_on,
        limit_days=limit,
    )


def check_duplicate(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """DUPLICATE: another claim asks for the same act; a person confirms."""
    other = line.facts.duplicate_of
    if other is None:
        return None
    return _whole(line, "DUPLICATE", desk.asker, other_claim=other)


def check_quantity_stated(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """QUANTITY_INVALID: none, or less than none, of the act or drug."""
    if line.quantity > 0:
        return None
    return _whole(line, "QUANTITY_INVALID", desk.asker, quantity=line.quantity)


def check_free_care(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """FREE_CARE: a programme already pays for this act; the mutual does not pay a second time.

    It comes before the package and the categories: the family bears nothing of it.
    """
    payer = line.facts.free_care_payer
    if payer is None:
        return None
    return _whole(line, "FREE_CARE", BorneBy.OTHER, payer=payer)


def check_package(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ITEM_EXCLUDED: the act or drug stands outside the benefit package (hors panier)."""
    if not line.facts.is_excluded:
        return None
    return _whole(line, "ITEM_EXCLUDED", MEMBER, label=line.facts.label)


def check_category(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CATEGORY_NOT_COVERED: the product promises nothing for this care at such a provider."""
    if line.case.benefit.is_covered:
        return None
    return _whole(
        line,
        "CATEGORY_NOT_COVERED",
        MEMBER,
        category=line.facts.category,
        sector=desk.claim.sector.value,
    )


def check_waiting_period(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """WAITING_PERIOD: care of this category is paid from a later day on."""
    opens_on = desk.context.cover.waiting_until.get(line.facts.category)
    if opens_on is None or opens_on <= desk.claim.care_on:
        return None
    return _whole(
        line,
        "WAITING_PERIOD",
        MEMBER,
        category=line.facts.category,
        care_on=desk.claim.care_on,
        waiting_until=opens_on,
    )


def check_sex(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """SEX_NOT_ALLOWED: an act that this person cannot have received: a fault of the statement."""
    allowed, sex = line.facts.sex, desk.context.person.sex
    if allowed is None or sex is None or allowed == sex:
        return None
    return _whole(line, "SEX_NOT_ALLOWED", desk.asker, label=line.facts.label, sex=sex)


def check_age(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """AGE_NOT_ALLOWED: outside the ages of the act, in completed years on the date of care."""
    youngest, oldest = line.facts.min_age, line.facts.max_age
    birth_on = desk.context.person.birth_on
    if birth_on is None or (youngest is None and oldest is None):
        return None
    age = age_on(birth_on, desk.claim.care_on)
    if (youngest is None or youngest <= age) and (oldest is None or age <= oldest):
        return None
    return _whole(
        line,
        "AGE_NOT_ALLOWED",
        MEMBER,
        label=line.facts.label,
        age=age,
        min_age="" if youngest is None else youngest,
        max_age="" if oldest is None else oldest,
    )


def check_frequency(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """TOO_FREQUENT: fewer days since the last such act than the package allows."""
    gap, last_on = line.facts.minimum_days_between, line.facts.last_care_on
    if gap is None or last_on is None or (desk.claim.care_on - last_on).days >= gap:
        return None
    return _whole(
        line, "TOO_FREQUENT", MEMBER, label=line.facts.label, last_on=last_on, gap_days=gap
    )


def check_case_count(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_COUNT: the cases of the category paid in the year have reached their number."""
    ceiling, case = line.case.benefit.ceiling_count_per_person_per_year, line.case
    if ceiling is None or case.count_before < ceiling:
        return None
    return _whole(
        line,
        "CEILING_COUNT",
        MEMBER,
        category=case.category,
        ceiling_count=ceiling,
        used_count=case.count_before,
    )


# --- Valuation: what part of the line is paid ----------------------------------------------------


def check_quantity_limit(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """QUANTITY_OVER_LIMIT: the units beyond the limit, earlier ones of the same item counted.

    The statement keeps its quantity; only the units that are paid for are fewer.
    """
    facts = line.facts
    if facts.max_quantity is None:
        return None
    already = facts.used_quantity + desk.quantity_by_item.get(facts.item_code, Decimal(0))
    allowed = max(Decimal(0), min(line.quantity, facts.max_quantity - already))
    if facts.item_code:
        in_claim = desk.quantity_by_item.get(facts.item_code, Decimal(0))
        desk.quantity_by_item[facts.item_code] = in_claim + allowed
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
            "max_quantity": facts.max_quantity,
        },
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


def check_deductible(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """DEDUCTIBLE (franchise): the first amount of the case, once over its lines in order."""
    case = line.case
    if not case.deductible_left:
        return None
    taken = min(case.deductible_left, line.remaining)
    case.deductible_left -= taken
    return Reduction(
        "DEDUCTIBLE",
        taken,
        MEMBER,
        {
            "deductible_minor": case.benefit.deductible_minor_per_case,
            "currency": desk.currency,
        },
    )


def check_copayment_rate(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """COPAYMENT (ticket modérateur): the mutual's share is rounded half up, once; the member's
    share is the rest."""
    rate = line.case.benefit.copayment_rate
    if not rate:
        return None
    share = rate_of(line.remaining, ONE - rate)
    return Reduction(
        "COPAYMENT",
        line.remaining - share,
        MEMBER,
        {"copayment_rate": rate, "base_minor": line.remaining, "currency": desk.currency},
    )


def check_copayment_fixed(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """COPAYMENT_FIXED: the fixed ticket of the case, once over its lines in order."""
    case = line.case
    if not case.copayment_left:
        return None
    taken = min(case.copayment_left, line.remaining)
    case.copayment_left -= taken
    return Reduction(
        "COPAYMENT_FIXED",
        taken,
        MEMBER,
        {
            "copayment_minor": case.benefit.copayment_minor_per_case,
            "currency": desk.currency,
        },
    )


def _over(
    line: LineAtWork, desk: ClaimAtWork, code: str, ceiling: int | None, left: int | None
) -> Reduction | None:
    if left is None or line.remaining <= left:
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


# --- Remarks: they cost nothing and ask for a person's eye ---------------------------------------


def remark_tariff(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """NO_TARIFF: the agreement names no price for the item; the price asked stands meanwhile."""
    if line.facts.tariff_unit_minor is not None or not desk.claim.provider_has_agreement:
        return None
    return Finding("NO_TARIFF", data={"label": line.facts.label})


def remark_arithmetic(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """STATEMENT_ARITHMETIC: unit price × quantity is not the amount asked; the latter stands."""
    facts = line.facts
    if facts.unit_price_claimed_minor is None:
        return None
    product = round_half_up(facts.unit_price_claimed_minor * facts.quantity)
    if product == facts.claimed_minor:
        return None
    return Finding(
        "STATEMENT_ARITHMETIC",
        data={
            "unit_price_minor": facts.unit_price_claimed_minor,
            "quantity": facts.quantity,
            "claimed_minor": facts.claimed_minor,
            "currency": desk.currency,
        },
    )


def remark_person(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """PERSON_INCOMPLETE: the act has limits of sex or age, the register lacks what they need."""
    facts, person = line.facts, desk.context.person
    lacks_birth = person.birth_on is None and (facts.min_age, facts.max_age) != (None, None)
    lacks_sex = person.sex is None and facts.sex is not None
    if not lacks_birth and not lacks_sex:
        return None
    return Finding("PERSON_INCOMPLETE", data={"label": facts.label})
