"""What a decision rested on comes back from JSON, and gives the same decision again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from entraide.core.adjudication import adjudicate
from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
)
from entraide.core.adjudication.replay import facts_from_json, facts_to_json
from entraide.core.product import Sector
from entraide.rulebook import product_path, read_product

CARE_ON = date(2025, 3, 10)
PRODUCT = read_product(product_path("essentielle")).on(CARE_ON)

ORDINARY = ClaimFacts(CARE_ON, CARE_ON, Sector.PUBLIC, (LineFacts("1", "consultation", 4000),))
PARTICULAR = ClaimFacts(
    care_on=CARE_ON,
    received_on=date(2025, 4, 2),
    sector=Sector.FAITH_BASED,
    lines=(
        LineFacts(
            "1",
            "consultation",
            6000,
            item_code="CONS",
            label="Consultation",
            quantity=Decimal("1.5"),
            unit_price_claimed_minor=4000,
            tariff_unit_minor=0,
            sex="F",
            max_age=60,
            max_quantity=Decimal(2),
            last_care_on=date(2025, 2, 1),
            minimum_days_between=10,
        ),
        LineFacts("2", "hospital", 9000, is_excluded=True, duplicate_of="S-2025-00001"),
    ),
    provider_has_agreement=False,
    is_third_party_payment=False,
    is_emergency=True,
)
KNOWN = Context(
    product=PRODUCT,
    person=PatientFacts("F", date(1990, 1, 1)),
    cover=CoverFacts(
        is_covered=False,
        refusal_code="CONTRIBUTION_UNPAID",
        refusal_data={"amount_minor": 2500, "due_on": date(2025, 1, 1), "rate": Decimal("0.5")},
        waiting_until={"delivery": date(2025, 10, 1)},
    ),
    used=UsedAmounts(
        {"consultation": 3000}, {"consultation": 1}, {"consultation": 3000}, 3000, 3000
    ),
)


@pytest.mark.parametrize("claim", [ORDINARY, PARTICULAR], ids=["ordinary", "particular"])
@pytest.mark.parametrize("context", [Context(PRODUCT), KNOWN], ids=["nothing known", "known"])
def test_facts_come_back_whole_and_decide_the_same(claim: ClaimFacts, context: Context) -> None:
    document = json.loads(json.dumps(facts_to_json(claim, context)))
    again, known = facts_from_json(document, PRODUCT)
    assert (again, known) == (claim, context)
    assert adjudicate(again, known) == adjudicate(claim, context)


def test_what_is_ordinary_is_not_written() -> None:
    document = facts_to_json(ORDINARY, Context(PRODUCT))
    assert document["claim"]["lines"] == [
        {"key": "1", "category": "consultation", "claimed_minor": 4000}
    ]
    assert document["used"] == {}


def test_a_decision_made_when_an_agreement_bounded_the_cost_is_made_again_so() -> None:
    """80 000 guaranteed for 128 500: the cost before, what the mutual pays since."""
    product = read_product(product_path("panier-complet")).on(CARE_ON)
    line = LineFacts(
        "1", "hospital", 128_500, tariff_unit_minor=128_500, pre_authorisation="AP-1",
        pre_authorised_minor=80_000,
    )  # fmt: skip
    before = ClaimFacts(CARE_ON, CARE_ON, Sector.PUBLIC, (line,))
    kept = json.loads(json.dumps(facts_to_json(before, Context(product))))
    assert "bounds_payment" not in kept["claim"]
    assert adjudicate(*facts_from_json(kept, product)).payable_minor == 64_000
    since = replace(before, bounds_payment=True)
    assert adjudicate(since, Context(product)).payable_minor == 80_000


def test_a_decision_made_before_stays_were_inferred_keeps_the_word_of_the_paper() -> None:
    line = LineFacts("1", "hospital", 60000, pre_authorisation="AP-1", pre_authorised_minor=20000)
    before = ClaimFacts(
        CARE_ON, CARE_ON, Sector.PUBLIC, (line,), needs_guarantee_letter=True, bounds_payment=True
    )
    context = Context(PRODUCT)
    kept = facts_from_json(facts_to_json(before, context), context.product)
    unbound = adjudicate(*kept).payable_minor
    assert unbound > 20000
    assert adjudicate(replace(before, infers_stay=True), context).payable_minor == 20000
