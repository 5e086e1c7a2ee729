"""What no single worked case shows: order, consumption over several claims, who bears what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.core.adjudication import (
    CHECKS,
    BorneBy,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    adjudicate,
    admission,
    valuation,
)
from entraide.core.enrolment import Rights, RightsStatus
from entraide.core.errors import Finding, Refusal
from entraide.core.product import Benefit
from entraide.messages import sentence
from tests.core.adjudication.examples import CARE_ON, claim, product

CONSULTATION = Benefit(
    "consultation",
    copayment_rate=Decimal("0.25"),
    ceiling_minor_per_person_per_year=10_000,
)


def test_every_check_stands_once_in_the_order() -> None:
    modules = (admission, valuation)
    written = {
        getattr(module, name)
        for module in modules
        for name in dir(module)
        if name.startswith("check_")
    }
    assert len(CHECKS) == len(set(CHECKS))
    assert set(CHECKS) == written


def test_a_second_claim_consumes_the_ceiling_once_however_often_the_first_was_decided() -> None:
    """openIMIS forgets earlier claims in category ceilings and counts re-decided ones twice."""
    context = Context(product(CONSULTATION))
    first = claim(LineFacts("1", "consultation", 8_000))
    decisions = [adjudicate(first, context) for _ in ("submitted", "reviewed", "processed")]
    assert decisions[0] == decisions[1] == decisions[2]
    used = decisions[-1].used_after
    assert used == UsedAmounts(
        person_minor={"consultation": 6_000},
        person_count={"consultation": 1},
        household_minor={"consultation": 6_000},
        person_total_minor=6_000,
        household_total_minor=6_000,
    )
    second = adjudicate(first, Context(product(CONSULTATION), used=used))
    assert second.payable_minor == 4_000
    assert second.used_after.person_minor == {"consultation": 10_000}
    third = adjudicate(first, Context(product(CONSULTATION), used=second.used_after))
    assert third.payable_minor == 0
    assert third.used_after == second.used_after  # nothing paid: neither amount nor case


def test_a_refused_claim_consumes_nothing() -> None:
    refused = CoverFacts(False, "CONTRIBUTION_UNPAID", {"remaining_minor": 500})
    decision = adjudicate(
        claim(LineFacts("1", "consultation", 8_000)),
        Context(product(CONSULTATION), cover=refused),
    )
    assert decision.payable_minor == 0
    assert decision.used_after == UsedAmounts()
    assert decision.claim_findings == (
        Finding("CONTRIBUTION_UNPAID", data={"remaining_minor": 500}),
    )
    (reduction,) = decision.lines[0].reductions
    assert reduction.data == {"care_on": CARE_ON, "reason_code": "CONTRIBUTION_UNPAID"}
    assert decision.is_straight_through


def test_a_refused_line_that_asks_nothing_still_says_why() -> None:
    decision = adjudicate(
        claim(LineFacts("1", "dental", 0)),
        Context(product(CONSULTATION)),
    )
    assert [(r.code, r.amount_minor) for r in decision.reductions()] == [
        ("CATEGORY_NOT_COVERED", 0)
    ]


@pytest.mark.parametrize(
    ("has_agreement", "third_party", "bearer"),
    [(True, True, BorneBy.PROVIDER), (False, False, BorneBy.MEMBER)],
)
def test_who_bears_the_price_above_the_tariff(
    has_agreement: bool, third_party: bool, bearer: BorneBy
) -> None:
    decision = adjudicate(
        claim(
            LineFacts("1", "consultation", 8_000, tariff_unit_minor=6_000),
            provider_has_agreement=has_agreement,
            is_third_party_payment=third_party,
        ),
        Context(product(CONSULTATION)),
    )
    assert decision.payable_minor == 4_500
    assert decision.borne_minor(bearer) == 2_000 + (1_500 if bearer is BorneBy.MEMBER else 0)


def test_a_fault_of_the_asking_is_borne_by_who_asks() -> None:
    line = LineFacts("1", "consultation", 8_000, duplicate_of="S-1")
    for third_party, bearer in ((True, BorneBy.PROVIDER), (False, BorneBy.MEMBER)):
        decision = adjudicate(
            claim(line, is_third_party_payment=third_party), Context(product(CONSULTATION))
        )
        assert decision.borne_minor(bearer) == 8_000
        assert decision.review_codes == ("DUPLICATE",)
        assert not decision.is_straight_through


def test_an_emergency_without_agreement_waits_for_a_person() -> None:
    decision = adjudicate(
        claim(
            LineFacts("1", "consultation", 4_000),
            provider_has_agreement=False,
            is_emergency=True,
        ),
        Context(product(CONSULTATION)),
    )
    assert decision.payable_minor == 3_000
    assert decision.review_codes == ("EMERGENCY_WITHOUT_AGREEMENT",)


def test_a_fixed_ticket_is_taken_after_the_rate_and_once_a_case() -> None:
    benefit = Benefit(
        "consultation", copayment_rate=Decimal("0.50"), copayment_minor_per_case=1_500
    )
    decision = adjudicate(
        claim(LineFacts("1", "consultation", 2_000), LineFacts("2", "consultation", 2_000)),
        Context(product(benefit)),
    )
    assert [line.payable_minor for line in decision.lines] == [0, 500]
    assert decision.reduced_minor_by_code() == {"COPAYMENT": 2_000, "COPAYMENT_FIXED": 1_500}


@pytest.mark.requirement("R076", begun=True)
def test_the_provider_is_paid_the_flat_rate_neither_more_nor_less() -> None:
    benefit = Benefit("consultation", flat_rate_minor=2_000, copayment_minor_per_case=500)
    for stated in ([0], [700], [2_000], [5_000, 1], [1, 1, 1]):
        lines = (LineFacts(str(i), "consultation", amount) for i, amount in enumerate(stated))
        decision = adjudicate(claim(*lines), Context(product(benefit)))
        assert decision.claimed_minor == 2_000
        assert decision.payable_minor == 1_500
        assert decision.borne_minor(BorneBy.MEMBER) == 500
        assert decision.lines[0].line_key == "flat_rate:consultation"
        for line, amount in zip(decision.lines[1:], stated, strict=True):
            assert (line.claimed_minor, line.payable_minor) == (0, 0)
            assert line.remarks[0].code == "INCLUDED_IN_FLAT_RATE"
            assert line.remarks[0].data["stated_minor"] == amount
        assert decision.used_after.person_count == {"consultation": 1}


def test_an_excluded_act_is_no_part_of_the_flat_rate() -> None:
    benefit = Benefit("consultation", flat_rate_minor=2_000)
    decision = adjudicate(
        claim(
            LineFacts("1", "consultation", 900, is_excluded=True),
            LineFacts("2", "consultation", 900),
        ),
        Context(product(benefit)),
    )
    assert [line.line_key for line in decision.lines] == ["1", "flat_rate:consultation", "2"]
    assert decision.payable_minor == 2_000
    assert decision.reduced_minor_by_code() == {"ITEM_EXCLUDED": 900}


def test_the_first_day_paid_is_the_end_of_the_waiting_period() -> None:
    for opens_on, paid in ((CARE_ON, 6_000), (date(2025, 3, 19), 0)):
        decision = adjudicate(
            claim(LineFacts("1", "consultation", 8_000)),
            Context(
                product(CONSULTATION), cover=CoverFacts(waiting_until={"consultation": opens_on})
            ),
        )
        assert decision.payable_minor == paid


def test_the_family_is_told_from_which_day_the_care_will_be_paid() -> None:
    cover = CoverFacts(waiting_until={"consultation": date(2025, 3, 19)})
    decision = adjudicate(
        claim(LineFacts("1", "consultation", 8_000)), Context(product(CONSULTATION), cover=cover)
    )
    (reduction,) = decision.reductions()
    told = sentence(reduction.code, reduction.data, "en")
    assert told == (
        "The waiting period for consultation runs: care is covered from 19 March 2025 on."
    )


def test_rights_of_the_day_become_cover() -> None:
    closed = Rights(RightsStatus.SUSPENDED, (Finding("PHOTO_MISSING", data={"who": "Awa"}),))
    assert CoverFacts.of(closed) == CoverFacts(False, "PHOTO_MISSING", {"who": "Awa"})
    opens = {"delivery": CARE_ON}
    waiting = Rights(RightsStatus.ACTIVE, (Finding("WAITING_PERIOD"),), opens)
    assert CoverFacts.of(waiting) == CoverFacts(True, waiting_until=opens)


def test_ages_are_completed_years_both_ends_allowed() -> None:
    line = LineFacts("1", "consultation", 1_000, min_age=5, max_age=14)
    for birth_on, paid in (
        (date(2020, 3, 19), 0),  # 4 years
        (date(2020, 3, 18), 750),  # 5 years today
        (date(2010, 3, 19), 750),  # still 14
        (date(2010, 3, 18), 0),  # 15 today
    ):
        context = Context(product(CONSULTATION), person=PatientFacts(birth_on=birth_on))
        assert adjudicate(claim(line), context).payable_minor == paid


def test_claims_that_cannot_be_decided_are_refused() -> None:
    for code, lines in (
        ("CLAIM_WITHOUT_LINES", ()),
        ("LINE_KEY_TWICE", (LineFacts("1", "a", 1), LineFacts("1", "a", 2))),
        ("AMOUNT_NEGATIVE", (LineFacts("1", "a", -1),)),
        ("AMOUNT_NEGATIVE", (LineFacts("1", "a", 1, tariff_unit_minor=-1),)),
    ):
        with pytest.raises(Refusal) as refused:
            claim(*lines)
        assert refused.value.code == code


def test_a_quantity_of_nothing_is_refused() -> None:
    line = LineFacts("1", "consultation", 1_000, quantity=Decimal(0))
    decision = adjudicate(claim(line), Context(product(CONSULTATION)))
    assert decision.reduced_minor_by_code() == {"QUANTITY_INVALID": 1_000}


def test_a_quantity_limit_of_one_item_counts_the_lines_of_the_claim_together() -> None:
    benefit = Benefit("drugs")
    limit = {"item_code": "AMOX", "quantity": Decimal(4), "max_quantity": Decimal(6)}
    decision = adjudicate(
        claim(LineFacts("1", "drugs", 400, **limit), LineFacts("2", "drugs", 401, **limit)),
        Context(product(benefit)),
    )
    assert [line.payable_minor for line in decision.lines] == [400, 201]  # 401 × 2/4 = 200.5
