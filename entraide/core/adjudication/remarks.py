"""Remarks: they cost nothing and, for most, ask for a person's eye."""

from __future__ import annotations

from decimal import Decimal

from entraide.core.adjudication.admission import needs_pre_authorisation
from entraide.core.adjudication.working import ClaimAtWork, LineAtWork
from entraide.core.errors import Finding
from entraide.core.money import round_half_up

_MOST_NAMED = 8  # lines of one act that a sentence names


def remark_tariff(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """NO_TARIFF: no price is agreed for the item; the price asked stands meanwhile.

    Without an agreement with the provider, a reimbursement is shown so too (``shows_no_tariff``),
    unless the product itself knows the price.
    """
    if line.facts.tariff_unit_minor is not None:
        return None
    if not desk.claim.provider_has_agreement:
        is_priced = line.item_rule is not None and line.item_rule.price_minor is not None
        if is_priced or not desk.claim.shows_no_tariff:
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


def remark_pre_authorisation(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """EMERGENCY_NOT_AUTHORISED: paid because it was an emergency; a person checks it."""
    if (
        not desk.claim.is_emergency
        or line.facts.pre_authorisation
        or not needs_pre_authorisation(line)
    ):
        return None
    return Finding("EMERGENCY_NOT_AUTHORISED", data={"label": line.facts.label})


def remark_quantity(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """QUANTITY_TO_CHECK: so many units that a person looks first, as the product says; those of the
    same act on the lines before are counted, and the line that passes the number says it."""
    most, own = desk.context.product.review.quantity, line.facts.quantity
    if most is None:
        return None
    before = sum((each.facts.quantity for each in desk.admitted_before(line)), Decimal(0))
    if before + own <= most or (before > most and own <= most):
        return None
    return Finding("QUANTITY_TO_CHECK", data={"quantity": before + own, "most": most})


def same_acts(desk: ClaimAtWork) -> list[Finding]:
    """SAME_ACT_TWICE: an act on several lines of one claim; a person looks whether it was given so
    many times. The lines that a flat rate pays for cost nothing more, and are left out."""
    found = []
    for lines in desk.admitted.values():
        priced = [each for each in lines if each.case.benefit.flat_rate_minor is None]
        if len(priced) > 1:
            named = [each.facts.key for each in priced]
            told = ", ".join(named[:_MOST_NAMED]) + (" …" if len(named) > _MOST_NAMED else "")
            data = {"label": priced[0].facts.label, "count": len(named), "lines": told}
            found.append(Finding("SAME_ACT_TWICE", data=data))
    return found


def remark_service(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """SERVICE_NOT_AGREED: the agreement with this provider does not name such a service."""
    if not line.facts.is_out_of_convention or not desk.claim.is_third_party_payment:
        return None
    return Finding("SERVICE_NOT_AGREED", data={"label": line.facts.label})


def remark_first_payer(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """FIRST_PAYER_SILENT: the product pays after another payer, of whom nothing is known."""
    if not desk.context.product.pays_after_others or line.facts.other_payer_minor:
        return None
    return Finding("FIRST_PAYER_SILENT", data={"payer": desk.context.person.other_payer or ""})


def remark_other_cover(line: LineAtWork, desk: ClaimAtWork) -> Finding | None:
    """OTHER_COVER_SILENT: another cover of the person pays first, and no line says what it paid.

    Under a product that pays after others, FIRST_PAYER_SILENT says it.
    """
    payer = desk.context.person.other_payer
    if not payer or desk.context.product.pays_after_others:
        return None
    if any(each.other_payer_minor for each in desk.claim.lines):
        return None
    return Finding("OTHER_COVER_SILENT", data={"payer": payer})
