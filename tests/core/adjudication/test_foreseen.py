"""What the rules would decide of care that is only asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from entraide.core.adjudication.facts import Context, CoverFacts, LineFacts, UsedAmounts
from entraide.core.adjudication.foreseen import foreseen
from entraide.core.product import Benefit, Sector
from tests.core.adjudication.examples import CARE_ON, product

LINE = LineFacts("1", "hospital", 0)


def test_care_that_the_rules_pay_is_not_refused_and_has_no_most_without_a_ceiling() -> None:
    rules = product(Benefit("hospital", requires_pre_authorisation=True, requires_referral=True))
    seen = foreseen(LINE, Context(rules), care_on=CARE_ON, sector=Sector.PUBLIC)
    assert (seen.refusal, seen.most_minor, seen.is_refused) == (None, None, False)


def test_a_waiting_period_closed_rights_and_care_outside_the_plan_are_told_with_their_reason() -> (
    None
):
    rules = product(Benefit("hospital"))
    waiting = Context(rules, cover=CoverFacts(waiting_until={"hospital": date(2025, 4, 1)}))
    closed = Context(rules, cover=CoverFacts(False, "COVER_EXPIRED", {"last_on": CARE_ON}))
    outside = Context(product(Benefit("consultation")))
    codes = []
    for context in (waiting, closed, outside):
        seen = foreseen(LINE, context, care_on=CARE_ON, sector=Sector.PUBLIC)
        assert seen.refusal is not None
        assert seen.is_refused
        codes.append(seen.refusal.code)
    assert codes == ["WAITING_PERIOD", "COVER_EXPIRED", "CATEGORY_NOT_COVERED"]


def test_a_birth_before_term_may_be_paid_all_the_same() -> None:
    rules = product(Benefit("delivery", waits_by_expected_delivery=True))
    waiting = Context(rules, cover=CoverFacts(waiting_until={"delivery": date(2025, 4, 1)}))
    line = replace(LINE, category="delivery")
    seen = foreseen(line, waiting, care_on=CARE_ON, sector=Sector.PUBLIC)
    assert seen.refusal is not None
    assert not seen.is_refused


def test_the_most_is_that_of_a_case_or_what_the_year_leaves() -> None:
    rules = product(
        Benefit("hospital", ceiling_minor_per_case=50000, ceiling_minor_per_person_per_year=80000)
    )
    case = foreseen(LINE, Context(rules), care_on=CARE_ON, sector=Sector.PUBLIC)
    assert (case.most_minor, case.is_most_of_year) == (50000, False)
    used = UsedAmounts(person_minor={"hospital": 60000}, person_total_minor=60000)
    year = foreseen(LINE, Context(rules, used=used), care_on=CARE_ON, sector=Sector.PUBLIC)
    assert (year.most_minor, year.is_most_of_year) == (20000, True)
    spent = UsedAmounts(person_minor={"hospital": 80000}, person_total_minor=80000)
    none = foreseen(LINE, Context(rules, used=spent), care_on=CARE_ON, sector=Sector.PUBLIC)
    assert none.refusal is not None
    assert none.refusal.code == "CEILING_PERSON_YEAR"
