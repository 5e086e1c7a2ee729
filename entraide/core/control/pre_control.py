"""Pre-control: every rule that every claim passes before anybody looks at it, by family of rules.

What only shares a price (the family's share, a deductible, the State's part) or what a person found
afterwards controls nothing and is left out: :data:`SHARES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eligibility", (
        "NOT_COVERED", "WAITING_PERIOD", "SEX_NOT_ALLOWED", "AGE_NOT_ALLOWED", "PERSON_INCOMPLETE",
        "CARE_IN_FUTURE", "LATE_SUBMISSION",
    )),
    ("package", (
        "CATEGORY_NOT_COVERED", "ITEM_EXCLUDED", "ITEM_UNKNOWN", "FREE_CARE",
        "PRE_AUTHORISATION_MISSING", "PRE_AUTHORISATION_USED_UP", "EMERGENCY_NOT_AUTHORISED",
        "GUARANTEE_LETTER_MISSING", "GUARANTEE_LETTER_USED_UP", "STAY_CONTRADICTED",
        "FIRST_PAYER_SILENT", "OTHER_COVER_SILENT", "PAID_BY_OTHER",
    )),
    ("path", (
        "NOT_REFERRED", "OUT_OF_PATH", "PATH_NOT_FOLLOWED", "REFERRAL_MISSING", "REFERRAL_UNKNOWN",
        "REFERRAL_OF_ANOTHER", "REFERRAL_CANCELLED", "REFERRAL_EXPIRED", "REFERRAL_ELSEWHERE",
        "REFERRAL_USED",
    )),
    ("tariff", (
        "NO_AGREEMENT", "NOT_PAID_DIRECTLY", "EMERGENCY_WITHOUT_AGREEMENT", "SERVICE_NOT_AGREED",
        "ABOVE_TARIFF", "CONVENTION_DISCOUNT", "NO_TARIFF", "PRICE_UNUSUAL", "ABOVE_PRODUCT_PRICE",
        "ABOVE_PRE_AUTHORISATION", "STATEMENT_ARITHMETIC", "TOTAL_DIFFERS", "AMOUNT_TO_CHECK",
    )),
    ("duplicate", (
        "DUPLICATE", "SAME_ACT_TWICE", "SAME_ACT_ELSEWHERE", "CASE_SPLIT", "ATTESTATION_TWICE",
        "ATTESTATION_OUT_OF_RANGE", "ATTESTATION_OF_ANOTHER", "ATTESTATION_SPOILT",
        "ATTESTATION_HANDED_BACK", "CARE_OUTSIDE_INVOICE",
    )),
    ("incompatibility", ("INCOMPATIBLE_ACTS",)),
    ("frequency", (
        "TOO_FREQUENT", "DELIVERY_TOO_SOON", "QUANTITY_INVALID", "QUANTITY_OVER_LIMIT",
        "LIMIT_QUANTITY", "QUANTITY_TO_CHECK", "QUANTITY_UNUSUAL", "CEILING_COUNT", "LIMIT_COUNT",
    )),
    ("ceilings", (
        "CEILING_PER_CASE", "CEILING_PERSON_YEAR", "CEILING_HOUSEHOLD_YEAR",
        "CEILING_PERSON_YEAR_OVERALL", "CEILING_HOUSEHOLD_YEAR_OVERALL", "LIMIT_AMOUNT",
    )),
)  # fmt: skip
CONTROLLED = frozenset(code for _family, codes in FAMILIES for code in codes)
SHARES = frozenset(
    {
        "COPAYMENT", "COPAYMENT_FIXED", "COPAYMENT_PER_UNIT", "DEDUCTIBLE", "DEDUCTIBLE_OVERALL",
        "STATE_SHARE", "NOT_JUSTIFIED",
    }
)  # fmt: skip


@dataclass(slots=True)
class RuleHits:
    """What one rule found: in how many claims and lines, and what it took away in minor units."""

    code: str
    claims: int = 0
    lines: int = 0
    amount_minor: int = 0


def found_in(outcome: Mapping[str, Any], warnings: Iterable[Mapping[str, Any]]) -> Iterator[
    tuple[str, int, int]
]:  # fmt: skip
    """(code, lines, amount) of each finding of a decision, as it is kept, and of its warnings."""
    for line in outcome["lines"]:
        for reduction in line["reductions"]:
            yield reduction["code"], 1, reduction["amount_minor"]
        for remark in line["remarks"]:
            yield remark["code"], 1, 0
    for finding in outcome["claim_findings"]:
        yield finding["code"], 0, 0
    for warning in warnings:
        yield warning["code"], 0, 0


def count_rules(
    decisions: Iterable[tuple[Mapping[str, Any], Iterable[Mapping[str, Any]]]],
) -> dict[str, RuleHits]:
    """Every rule with what it found in these decisions, those that found nothing among them."""
    hits = {code: RuleHits(code) for code in CONTROLLED}
    for outcome, warnings in decisions:
        seen: set[str] = set()
        for code, lines, amount_minor in found_in(outcome, warnings):
            rule = hits.get(code)
            if rule is None:
                continue
            rule.lines += lines
            rule.amount_minor += amount_minor
            if code not in seen:
                rule.claims += 1
                seen.add(code)
    return hits
