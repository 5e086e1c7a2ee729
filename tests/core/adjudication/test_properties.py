"""What holds for every claim under every product."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.adjudication import (
    ClaimFacts,
    Context,
    CoverFacts,
    Decision,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    adjudicate,
)
from entraide.core.product import Benefit, Sector
from tests.core.adjudication.examples import CARE_ON, product

CATEGORIES = ("consultation", "hospital", "delivery")
amounts = st.integers(0, 50_000)
ceilings = st.none() | amounts
quantities = st.decimals("0", "20", places=2)
days = st.integers(-60, 60).map(lambda shift: CARE_ON + timedelta(days=shift))

benefits = st.builds(
    Benefit,
    category=st.just(""),
    is_covered=st.sampled_from([True, True, True, False]),
    deductible_minor_per_case=st.sampled_from([0, 0, 500, 3_000]),
    copayment_rate=st.sampled_from([Decimal(text) for text in ("0", "0.25", "0.333", "1")]),
    copayment_minor_per_case=st.sampled_from([0, 0, 500]),
    flat_rate_minor=st.none() | st.none() | amounts,
    ceiling_minor_per_case=ceilings,
    ceiling_minor_per_person_per_year=ceilings,
    ceiling_minor_per_household_per_year=ceilings,
    ceiling_count_per_person_per_year=st.none() | st.integers(0, 3),
)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    promised = tuple(
        Benefit(**{**_fields(draw(benefits)), "category": name})
        for name in CATEGORIES
        if draw(st.booleans()) or name == "consultation"
    )
    by_category = st.dictionaries(st.sampled_from(CATEGORIES), amounts)
    return Context(
        product=product(
            *promised,
            ceiling_minor_per_person_per_year=draw(ceilings),
            ceiling_minor_per_household_per_year=draw(ceilings),
        ),
        person=draw(
            st.builds(
                PatientFacts,
                sex=st.sampled_from(["F", "M", None]),
                birth_on=st.none() | st.dates(date(1940, 1, 1), CARE_ON),
            )
        ),
        cover=CoverFacts(
            is_covered=draw(st.sampled_from([True, True, True, False])),
            refusal_code="PHOTO_MISSING",
            refusal_data={"on": CARE_ON, "share_rate": Decimal("0.10")},
            waiting_until=draw(st.dictionaries(st.sampled_from(CATEGORIES), days)),
        ),
        used=UsedAmounts(
            person_minor=draw(by_category),
            person_count=draw(st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 3))),
            household_minor=draw(by_category),
            person_total_minor=draw(amounts),
            household_total_minor=draw(amounts),
        ),
    )


def _fields(benefit: Benefit) -> dict[str, Any]:
    return {name: getattr(benefit, name) for name in Benefit.__slots__}


@st.composite
def claims(draw: st.DrawFn) -> ClaimFacts:
    lines = draw(
        st.lists(
            st.builds(
                LineFacts,
                key=st.just(""),
                category=st.sampled_from(CATEGORIES),
                claimed_minor=amounts,
                item_code=st.sampled_from(["", "A", "B"]),
                quantity=quantities,
                unit_price_claimed_minor=st.none() | amounts,
                tariff_unit_minor=ceilings,
                is_excluded=st.sampled_from([False, False, False, True]),
                sex=st.sampled_from([None, None, "F"]),
                min_age=st.sampled_from([None, None, 18]),
                max_quantity=st.none() | quantities,
                used_quantity=st.just(Decimal(0)) | quantities,
                duplicate_of=st.sampled_from([None, None, None, "S-1"]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    keyed = tuple(
        LineFacts(**{**{n: getattr(line, n) for n in LineFacts.__slots__}, "key": str(number)})
        for number, line in enumerate(lines)
    )
    return ClaimFacts(
        care_on=CARE_ON,
        received_on=draw(days),
        sector=draw(st.sampled_from(list(Sector))),
        lines=keyed,
        provider_has_agreement=draw(st.booleans()),
        is_third_party_payment=draw(st.booleans()),
        is_emergency=draw(st.booleans()),
    )


def _left(ceiling: int | None, used: int) -> int | None:
    return None if ceiling is None else max(0, ceiling - used)


@given(claims(), contexts())
@pytest.mark.requirement("R045", begun=True)
def test_claimed_is_payable_and_reductions_and_no_line_disappears(
    claim: ClaimFacts, context: Context
) -> None:
    decision = adjudicate(claim, context)
    stated = {line.key: line for line in claim.lines}
    for line in decision.lines:
        assert line.payable_minor >= 0
        assert all(reduction.amount_minor >= 0 for reduction in line.reductions)
        assert line.claimed_minor == line.payable_minor + sum(
            reduction.amount_minor for reduction in line.reductions
        )
        if line.line_key in stated and not line.remarks:
            facts = stated[line.line_key]
            assert line.claimed_minor == facts.claimed_minor
            if facts.tariff_unit_minor is not None:
                assert line.payable_minor <= facts.tariff_unit_minor * facts.quantity + Decimal(
                    "0.5"
                )
    assert [key for key in (line.line_key for line in decision.lines) if key in stated] == list(
        stated
    )


@given(claims(), contexts())
@pytest.mark.requirement("R046", begun=True)
def test_no_ceiling_is_ever_passed(claim: ClaimFacts, context: Context) -> None:
    decision = adjudicate(claim, context)
    used, rules = context.used, context.product
    paid: dict[str, int] = {}
    for line in decision.lines:
        paid[line.category] = paid.get(line.category, 0) + line.payable_minor
    for category, amount in paid.items():
        benefit = rules.benefit_for(category, claim.sector)
        if benefit is None:
            assert amount == 0
            continue
        for left in (
            benefit.ceiling_minor_per_case,
            _left(benefit.ceiling_minor_per_person_per_year, used.person_minor.get(category, 0)),
            _left(
                benefit.ceiling_minor_per_household_per_year,
                used.household_minor.get(category, 0),
            ),
        ):
            assert left is None or amount <= left
    for left in (
        _left(rules.ceiling_minor_per_person_per_year, used.person_total_minor),
        _left(rules.ceiling_minor_per_household_per_year, used.household_total_minor),
    ):
        assert left is None or decision.payable_minor <= left


@given(claims(), contexts())
def test_what_is_used_after_is_what_was_used_and_what_is_paid(
    claim: ClaimFacts, context: Context
) -> None:
    decision = adjudicate(claim, context)
    before, after = context.used, decision.used_after
    assert after.person_total_minor == before.person_total_minor + decision.payable_minor
    assert after.household_total_minor == before.household_total_minor + decision.payable_minor
    for category in CATEGORIES:
        paid = sum(line.payable_minor for line in decision.lines if line.category == category)
        grown = after.person_minor.get(category, 0) - before.person_minor.get(category, 0)
        cases = after.person_count.get(category, 0) - before.person_count.get(category, 0)
        assert grown == paid
        assert cases == (1 if paid else 0)


@given(claims(), contexts())
def test_the_order_of_dictionaries_changes_nothing(claim: ClaimFacts, context: Context) -> None:
    def turned(values: Any) -> dict[str, Any]:
        return dict(reversed(list(values.items())))

    other = Context(
        product=context.product,
        person=context.person,
        cover=CoverFacts(
            context.cover.is_covered,
            context.cover.refusal_code,
            turned(context.cover.refusal_data),
            turned(context.cover.waiting_until),
        ),
        used=UsedAmounts(
            turned(context.used.person_minor),
            turned(context.used.person_count),
            turned(context.used.household_minor),
            context.used.person_total_minor,
            context.used.household_total_minor,
        ),
    )
    assert adjudicate(claim, context) == adjudicate(claim, other)


@given(claims(), contexts())
@pytest.mark.requirement("R049", begun=True)
def test_a_decision_comes_back_equal_from_json(claim: ClaimFacts, context: Context) -> None:
    decision = adjudicate(claim, context)
    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))) == decision
