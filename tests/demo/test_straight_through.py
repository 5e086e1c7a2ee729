"""Clean claims of the demonstration are decided without a hand, and not one amount is wrong.

*Clean*: the act was planted in no disorder (amount × 10, wrong date, person or act, asked twice, too
late), and the person had rights that day. The amounts are worked out a second time here, from the
paper, the price list and the rates of the product only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from django_scopes import scope

from entraide.apps.access.models import CommandLog
from entraide.apps.access.services import system_user
from entraide.apps.claims.models import Claim, ClaimState, Decision
from entraide.apps.providers.models import Tariff
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.selectors import rules_of
from entraide.core.product import Benefit, Sector
from entraide.demo import build
from entraide.demo.network import NETWORK
from entraide.demo.planner import Planner
from entraide.rulebook import country_path, read_country

pytestmark = pytest.mark.django_db
SIZE = build.Size(households=60, seed=3, until=date(2025, 3, 21))
AIM = Decimal("0.85")
# What only the history of the year can say is worked out by the counters, which verify recounts.
OF_THE_YEAR = {
    "CEILING_PERSON_YEAR", "CEILING_HOUSEHOLD_YEAR", "CEILING_PERSON_YEAR_OVERALL",
    "CEILING_HOUSEHOLD_YEAR_OVERALL", "CEILING_COUNT", "LIMIT_AMOUNT", "LIMIT_COUNT",
    "LIMIT_QUANTITY", "QUANTITY_OVER_LIMIT", "WAITING_PERIOD", "NOT_COVERED",
}  # fmt: skip


@pytest.fixture
def network() -> Iterator[list[Mutual]]:
    """Sixty families over two years: some hundreds of claims."""
    with transaction.atomic():
        system_user()
        build.build(SIZE, lambda *_: None)
        yield list(Mutual.objects.order_by("code"))
        transaction.set_rollback(True)


def _planted(code: str) -> set[str]:
    plan = next(each for each in NETWORK if each.code == code)
    currency = read_country(country_path(plan.country)).currency
    planner = Planner(plan, SIZE.of_each()[code], SIZE.seed, SIZE.until, currency)
    planner.acts()
    return {key for keys in planner.planted.values() for key in keys}


def _half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _price(claim: Claim, item_id: int) -> int | None:
    agreement = claim.provider.agreements.filter(effective_from__lte=claim.care_on).first()
    if agreement is None:
        return None
    prices = Tariff.objects.filter(
        tariff_list=agreement.tariff_list_id, care_item=item_id, effective_from__lte=claim.care_on
    )
    return prices.order_by("-effective_from").values_list("unit_price_minor", flat=True).first()


def _by_hand(claim: Claim, decision: Decision) -> int | None:
    """What is owed, from the paper, the prices and the rates; None where a flat rate or an act
    outside the package makes another sum of it."""
    assert decision.product_version is not None
    product = rules_of(decision.product_version).on(claim.care_on)
    if product.variants or product.item_rules or product.limits or product.deductibles:
        return None
    left: dict[str, int] = {}
    benefits: dict[str, Benefit] = {}
    total = 0
    ticket: dict[str, int] = defaultdict(int)
    for line in claim.lines.select_related("care_item", "category"):
        category = line.category.code
        benefit = product.benefit_for(category, Sector(claim.provider.sector))
        price = _price(claim, line.care_item_id)
        if benefit is None or price is None or benefit.flat_rate_minor is not None:
            return None
        if not benefit.is_covered or line.care_item.is_excluded:
            continue
        if category not in benefits:
            benefits[category] = benefit
            left[category] = benefit.ceiling_minor_per_case or 10**15
            ticket[category] = benefit.copayment_minor_per_case
        if benefit.deductible_minor_per_case:
            return None
        asked = _half_up(line.quantity * line.unit_price_minor)
        base = min(asked, _half_up(line.quantity * price))
        base -= _half_up(base * (benefit.state_share_rate or Decimal(0)))
        share = _half_up(base * (1 - benefit.copayment_rate))
        taken = min(ticket[category], share)
        ticket[category] -= taken
        paid = min(share - taken, left[category])
        left[category] -= paid
        total += paid
    return total


# What is missing: which acts cannot go together is said by no product yet.
@pytest.mark.requirement("R088", begun=True)
def test_clean_claims_are_decided_without_a_hand_and_rightly(network: list[Mutual]) -> None:
    clean_count = straight_count = recomputed = 0
    wrong: list[str] = []
    for mutual in network:
        planted = _planted(mutual.code)
        with scope(mutual=mutual):
            keys = dict(
                CommandLog.objects.filter(mutual=mutual, name="submit_claim").values_list(
                    "result_uid", "idempotency_key"
                )
            )
            claims = Claim.objects.filter(mutual=mutual).select_related("provider")
            for claim in claims:
                if keys[claim.uid] in planted:
                    continue
                first = Decision.objects.select_related("product_version").get(
                    claim=claim, number=1
                )
                codes = {
                    each["code"] for line in first.outcome["lines"] for each in line["reductions"]
                }
                if "NOT_COVERED" in codes or "DUPLICATE" in codes:
                    continue  # no rights that day, or asked for twice by chance: not clean
                clean_count += 1
                if claim.decision_number > 1 or claim.state == ClaimState.IN_REVIEW:
                    continue
                straight_count += 1
                expected = None if codes & OF_THE_YEAR else _by_hand(claim, first)
                if expected is not None:
                    recomputed += 1
                    if expected != claim.payable_minor:
                        wrong.append(f"{mutual.code} {claim.document_number}: {expected}")
    assert clean_count > 200
    assert Decimal(straight_count) / clean_count >= AIM
    assert wrong == []
    assert recomputed * 2 >= straight_count, (recomputed, straight_count)
