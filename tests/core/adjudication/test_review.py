from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from entraide.core.adjudication import BorneBy, Context, LineFacts, adjudicate
from entraide.core.adjudication.facts import UsedAmounts
from entraide.core.adjudication.review import (
    readmitted,
    reduced_by_review,
    with_ceiling_exception,
)
from entraide.core.care_package import ItemRule, Limit, Target, Whose
from entraide.core.errors import Refusal
from entraide.core.product import Benefit
from tests.core.adjudication.examples import claim, product

CONTEXT = Context(
    product(
        Benefit(
            "consultation",
            copayment_rate=Decimal("0.20"),
            ceiling_minor_per_case=6_000,
            ceiling_minor_per_person_per_year=5_000,
        )
    )
)
RESTS_ON = (claim(LineFacts("1", "consultation", 10_000)), CONTEXT)
DECISION = adjudicate(*RESTS_ON)


def test_the_decision_before_the_review() -> None:
    assert DECISION.payable_minor == 5_000
    assert DECISION.reduced_minor_by_code() == {
        "COPAYMENT": 2_000,
        "CEILING_PER_CASE": 2_000,
        "CEILING_PERSON_YEAR": 1_000,
    }


def test_a_line_refused_by_the_adviser_consumes_nothing() -> None:
    after = reduced_by_review(
        DECISION,
        "1",
        amount_minor=5_000,
        reason="Pas de signe de gravité",
        borne_by=BorneBy.PROVIDER,
        rests_on=RESTS_ON,
    )
    assert after.payable_minor == 0
    assert after.used_after == CONTEXT.used
    assert after.borne_minor(BorneBy.PROVIDER) == 5_000
    assert DECISION.payable_minor == 5_000


@pytest.mark.requirement("R048", begun=True)
def test_an_exception_gives_back_what_the_last_ceiling_took_first() -> None:
    after = with_ceiling_exception(
        DECISION, "1", amount_minor=1_500, reason="Enfant", rests_on=RESTS_ON
    )
    assert after.payable_minor == 6_500
    assert after.reduced_minor_by_code() == {"COPAYMENT": 2_000, "CEILING_PER_CASE": 1_500}
    assert [remark.code for remark in after.lines[0].remarks][-1] == "CEILING_EXCEPTION"
    assert after.used_after.person_minor == {"consultation": 6_500}


@pytest.mark.parametrize(
    ("key", "amount", "reason", "code"),
    [
        ("2", 10, "x", "REVIEW_LINE_UNKNOWN"),
        ("1", 10, "  ", "REVIEW_REASON_MISSING"),
        ("1", 3_001, "x", "REVIEW_AMOUNT_TOO_LARGE"),
        ("1", 0, "x", "REVIEW_AMOUNT_TOO_LARGE"),
        ("1", -5, "x", "REVIEW_AMOUNT_TOO_LARGE"),
    ],
)
def test_what_the_adviser_may_not_do(key: str, amount: int, reason: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        with_ceiling_exception(DECISION, key, amount_minor=amount, reason=reason, rests_on=RESTS_ON)
    assert refused.value.code == code


def test_care_that_was_given_twice_is_decided_by_the_rules() -> None:
    stated = claim(
        LineFacts("1", "consultation", 3_000, tariff_unit_minor=3_000, duplicate_of="S-7"),
        LineFacts("2", "consultation", 1_000, tariff_unit_minor=1_000),
    )
    before = adjudicate(stated, CONTEXT)
    assert (before.payable_minor, before.review_codes) == (800, ("DUPLICATE",))
    used = UsedAmounts(person_minor={"consultation": 2_000})
    around = replace(CONTEXT, used=used)
    facts, after = readmitted(stated, around, reason=" Rechute le soir ")
    assert adjudicate(facts, around).payable_minor == after.payable_minor
    # 4 000 less a fifth, of which the ceiling of the year, used since, leaves 3 000.
    assert (after.payable_minor, after.is_straight_through) == (3_000, True)
    (remark,) = after.lines[0].remarks
    assert (remark.code, remark.data) == (
        "NOT_REPEATED",
        {"other_claim": "S-7", "reason": "Rechute le soir"},
    )
    assert not after.lines[1].remarks


def test_only_what_was_asked_for_twice_is_readmitted_and_with_a_reason() -> None:
    once = claim(LineFacts("1", "consultation", 3_000))
    with pytest.raises(Refusal, match="REVIEW_NOTHING_REPEATED"):
        readmitted(once, CONTEXT, reason="Rechute")
    twice = claim(LineFacts("1", "consultation", 3_000, duplicate_of="S-7"))
    with pytest.raises(Refusal, match="REVIEW_REASON_MISSING"):
        readmitted(twice, CONTEXT, reason="  ")


def test_an_exception_on_a_line_that_a_limit_took_whole_uses_all_the_other_limits() -> None:
    rules = product(
        Benefit("dental"),
        limits=(
            Limit("person", amount_minor=10_000),
            Limit("family", whose=Whose.HOUSEHOLD, amount_minor=20_000),
            Limit("cases", count=3),
            Limit("units", quantity=10),
        ),
    )
    used = UsedAmounts(scopes={"amount:person:year:person": 10_000})
    rests_on = (
        claim(LineFacts("1", "dental", 8_000, quantity=Decimal(2))),
        Context(rules, used=used),
    )
    before = adjudicate(*rests_on)
    assert (before.payable_minor, before.uses) == (0, {})
    after = with_ceiling_exception(
        before, "1", amount_minor=8_000, reason="Enfant", rests_on=rests_on
    )
    assert after.uses == {
        "amount:person:year:person": 8_000,
        "amount:household:year:family": 8_000,
        "count:person:year:cases": 1,
        "quantity:person:year:units": 2_000,
    }
    again = reduced_by_review(
        after, "1", amount_minor=8_000, reason="x", borne_by=BorneBy.MEMBER, rests_on=rests_on
    )
    assert again.uses == {}


def test_a_decision_made_before_keeps_the_limit_of_what_is_free_of_ceilings() -> None:
    rules = product(
        Benefit("dental"),
        limits=(Limit("units", quantity=2),),
        item_rules=(ItemRule("free", Target(items=("X",)), is_free_of_ceilings=True),),
    )
    stated = claim(LineFacts("1", "dental", 5_000, item_code="X", quantity=Decimal(5)))
    assert adjudicate(stated, Context(rules)).payable_minor == 2_000
    now = replace(stated, weighs_together=True)
    assert adjudicate(now, Context(rules)).payable_minor == 5_000
