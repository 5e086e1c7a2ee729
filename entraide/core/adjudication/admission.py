"""Admission: one function per check, one code each, that refuses a line whole or says nothing.

A check receives the line at work and the claim at work, and answers a :class:`Reduction` of all
that is asked, or None. Their order stands in ``pipeline.CHECKS`` and nowhere else.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from entraide.core.adjudication.decision import BorneBy, Reduction
from entraide.core.adjudication.working import ClaimAtWork, LineAtWork
from entraide.core.periods import add_months, age_on

MEMBER = BorneBy.MEMBER


def _whole(line: LineAtWork, code: str, by: BorneBy, **data: Any) -> Reduction:
    return Reduction(code, line.remaining, by, data)


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
    if not claim.is_third_party_payment or claim.is_emergency:
        return None
    if not claim.provider_has_agreement:
        return _whole(line, "NO_AGREEMENT", MEMBER, care_on=claim.care_on)
    return None


def check_direct_payment(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """NOT_PAID_DIRECTLY: the agreement with this provider has the member pay and be reimbursed."""
    claim = desk.claim
    if claim.provider_is_paid_directly or not claim.is_third_party_payment or claim.is_emergency:
        return None
    return _whole(line, "NOT_PAID_DIRECTLY", MEMBER, care_on=claim.care_on)


def check_attestation(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ATTESTATION_TWICE: the attestation was used for another claim; a person confirms."""
    other = desk.claim.attestation_of
    if other is None:
        return None
    return _whole(line, "ATTESTATION_TWICE", desk.asker, other_claim=other)


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


def check_known(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ITEM_UNKNOWN: no list of care has such an act or drug, told in the words of the paper; a
    person finds out what it was."""
    if not line.facts.is_unknown:
        return None
    return _whole(line, "ITEM_UNKNOWN", desk.asker, item=line.facts.label or line.facts.item_code)


def check_compatible(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """INCOMPATIBLE_ACTS: an act of the same day cannot go with this one."""
    other = line.facts.incompatible_with
    if other is None:
        return None
    return _whole(line, "INCOMPATIBLE_ACTS", desk.asker, label=line.facts.label, other=other)


def check_free_care(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """FREE_CARE: a programme already pays for this act; the mutual does not pay a second time.

    It comes before the package and the categories: the family bears nothing of it.
    """
    payer = line.facts.free_care_payer
    if payer is None:
        return None
    return _whole(line, "FREE_CARE", BorneBy.OTHER, payer=payer)


def check_package(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """ITEM_EXCLUDED: the act or drug stands outside the benefit package (hors panier).

    A rule of the product for the act goes before the list of care.
    """
    rule = line.item_rule
    is_out = line.facts.is_excluded
    if rule is not None and rule.is_covered is not None:
        is_out = not rule.is_covered
    if not is_out:
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


def check_referral(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """NOT_REFERRED: such care is paid to who was referred, save in an emergency."""
    if not line.case.benefit.requires_referral or desk.is_referred or desk.claim.is_emergency:
        return None
    return _whole(line, "NOT_REFERRED", MEMBER, category=line.facts.category)


def check_pre_authorisation(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """PRE_AUTHORISATION_MISSING: such care is authorised before it, save in an emergency."""
    if not _lacks_authorisation(line, desk) or line.facts.used_up_authorisation:
        return None
    return _whole(line, "PRE_AUTHORISATION_MISSING", MEMBER, label=line.facts.label)


def check_used_up_authorisation(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """PRE_AUTHORISATION_USED_UP: it was authorised, and other care has left nothing of it."""
    number = line.facts.used_up_authorisation
    if not number or not _lacks_authorisation(line, desk):
        return None
    return _whole(line, "PRE_AUTHORISATION_USED_UP", MEMBER, authorisation=number)


def _lacks_authorisation(line: LineAtWork, desk: ClaimAtWork) -> bool:
    is_without = not line.facts.pre_authorisation and not desk.claim.is_emergency
    return is_without and needs_pre_authorisation(line)


def needs_pre_authorisation(line: LineAtWork) -> bool:
    """Whether the care of a line needs a prior agreement: its own rule goes before its category."""
    rule = line.item_rule
    if rule is not None and rule.requires_pre_authorisation is not None:
        return rule.requires_pre_authorisation
    return line.case.benefit.requires_pre_authorisation


def check_waiting_period(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """WAITING_PERIOD: care of this category, or this act, is paid from a later day on.

    A birth before term is judged on the day on which it was expected, where the product says so.
    """
    opens_on = _opens_on(line, desk)
    judged_on = desk.claim.care_on
    expected_on = desk.context.person.expected_delivery_on
    if line.case.benefit.waits_by_expected_delivery and expected_on is not None:
        judged_on = max(judged_on, expected_on)
    if opens_on is None or opens_on <= judged_on:
        return None
    return _whole(
        line,
        "WAITING_PERIOD",
        MEMBER,
        category=line.facts.category,
        care_on=desk.claim.care_on,
        waiting_until=opens_on,
    )


def _opens_on(line: LineAtWork, desk: ClaimAtWork) -> date | None:
    """The first day on which the care of a line is paid; None when it does not wait."""
    cover, rule, variant = desk.context.cover, line.item_rule, line.case.variant
    months: int | None = None
    if rule is not None and rule.waiting_period_months is not None:
        months = rule.waiting_period_months
    elif variant is not None and variant.has_own_waiting:
        months = variant.benefit.waiting_period_months
    if months is None:
        return cover.waiting_until.get(line.facts.category)
    return add_months(cover.waits_from, months) if cover.waits_from is not None else None


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
    """TOO_FREQUENT: fewer days between this act and another such than the package allows: the last
    one before it, one given after it whose claim came first, or one of the same claim."""
    gap, care_on = line.facts.minimum_days_between, desk.claim.care_on
    if line.item_rule is not None and line.item_rule.minimum_days_between is not None:
        gap = line.item_rule.minimum_days_between
    if gap is None:
        return None
    last_on, next_on = line.facts.last_care_on, line.facts.next_care_on
    near = last_on if last_on is not None and (care_on - last_on).days < gap else None
    if near is None and next_on is not None and (next_on - care_on).days < gap:
        near = next_on
    if near is None and gap > 0 and desk.admitted_before(line):
        near = care_on
    if near is None:
        return None
    return _whole(line, "TOO_FREQUENT", MEMBER, label=line.facts.label, last_on=near, gap_days=gap)


def check_case_count(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """CEILING_COUNT: the cases of the category paid in the year have reached their number."""
    ceiling, case = line.case.benefit.ceiling_count_per_person_per_year, line.case
    if ceiling is None or case.count_before < ceiling:
        return None
    if case.is_counted or line.is_free_of_ceilings:  # one more claim of a case already counted
        return None
    return _whole(
        line,
        "CEILING_COUNT",
        MEMBER,
        category=case.category,
        ceiling_count=ceiling,
        used_count=case.count_before,
    )


def check_limit_count(line: LineAtWork, desk: ClaimAtWork) -> Reduction | None:
    """LIMIT_COUNT: the cases that a limit of the product allows have been paid."""
    if line.is_free_of_ceilings:
        return None
    for limit in desk.limits_of(line):
        if limit.rule.count is not None and limit.left <= 0 and not limit.is_counted:
            return _whole(
                line, "LIMIT_COUNT", MEMBER, limit=limit.rule.code, limit_count=limit.stands_at
            )
    return None
