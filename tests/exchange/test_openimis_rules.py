"""The rules of a product of openIMIS, said by ours: what each decides of a claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scope

from entraide.apps.nomenclature.models import CareItem
from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.apps.schemes.selectors import rules_of
from entraide.core.adjudication import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    adjudicate,
)
from entraide.core.care_package import Sector, Visit
from entraide.core.product import Product
from entraide.exchange.openimis.importing import import_openimis
from entraide.exchange.openimis.report import ImportReport
from tests.exchange.conftest import ON, Change, noted

pytestmark = pytest.mark.django_db

DAY = date(2025, 5, 5)
ADULT, CHILD = PatientFacts("F", date(1990, 1, 1)), PatientFacts("M", date(2015, 1, 1))


def _imported(folder: Path) -> tuple[ImportReport, Product, dict[str, CareItem]]:
    """The report, the family product as it stands on the day, and the care items by code."""
    report = import_openimis(str(folder), on=ON)
    with scope(mutual=Mutual.objects.get()):
        version = ProductVersion.objects.get(product__code="fam01")
        items = {item.code: item for item in CareItem.objects.select_related("category")}
        return report, rules_of(version).on(DAY), items


def _paid(
    product: Product,
    item: CareItem,
    asked_minor: int,
    *,
    person: PatientFacts = ADULT,
    quantity: int = 1,
    used: UsedAmounts | None = None,
    household_size: int = 1,
    **claim: Any,
) -> tuple[int, set[str]]:
    line = LineFacts(
        "1", item.category.code, asked_minor, item_code=item.code, item_system=item.system,
        item_kind=item.kind, quantity=Decimal(quantity), tariff_unit_minor=asked_minor,
    )  # fmt: skip
    context = Context(
        product, person, CoverFacts(household_size=household_size), used or UsedAmounts()
    )
    decision = adjudicate(ClaimFacts(DAY, DAY, Sector.PUBLIC, (line,), **claim), context)
    return decision.payable_minor, {each.code for each in decision.reductions()}


def test_a_share_by_visit_and_by_age(folder: Path, change: Change) -> None:
    change("tblProductServices", 5, LimitChild="90.00", LimitAdultE="100.00", LimitAdultR="70.00")
    report, product, items = _imported(folder)
    c1 = items["C1"]
    assert _paid(product, c1, 1000)[0] == 800
    assert _paid(product, c1, 1000, person=CHILD)[0] == 900
    assert _paid(product, c1, 1000, visit=Visit.REFERRAL)[0] == 700
    assert _paid(product, c1, 1000, is_emergency=True)[0] == 1000
    assert _paid(product, c1, 1000, is_emergency=True, person=CHILD)[0] == 800, "LimitChildE"
    assert not {each for each in noted(report) if each[2] == "OI_LIMIT_LEFT_OUT"}


def test_a_fixed_amount_and_its_visits(folder: Path, change: Change) -> None:
    change("tblProductServices", 5, LimitationType="F", LimitAdult="600.00", LimitChild="700.00")
    _, product, items = _imported(folder)
    assert _paid(product, items["C1"], 1000) == (600, {"ABOVE_PRODUCT_PRICE"})
    assert _paid(product, items["C1"], 1000, person=CHILD)[0] == 700
    assert _paid(product, items["C1"], 1000, visit=Visit.REFERRAL) == (800, {"COPAYMENT"})


def test_waiting_of_children_and_units_of_an_item(folder: Path, change: Change) -> None:
    change("tblProductServices", 7, WaitingPeriodChild="1")
    change("tblProductItems", 1, LimitNoAdult="5.00", LimitNoChild="2.00")
    report, product, items = _imported(folder)
    waiting = {variant.code: variant.benefit.waiting_period_months for variant in product.variants}
    assert waiting == {"child": 1}
    benefit = product.benefit_for(items["S1"].category.code, Sector.PUBLIC)
    assert benefit is not None
    assert benefit.waiting_period_months == 9
    drug = next(item for item in items.values() if item.code == "0001")
    assert _paid(product, drug, 800, quantity=8) == (400, {"LIMIT_QUANTITY", "COPAYMENT"})
    assert _paid(product, drug, 800, quantity=8, person=CHILD)[0] == 160
    assert not {each for each in noted(report) if each[2] == "OI_LIMIT_LEFT_OUT"}


def test_what_is_free_of_ceilings_for_a_child_in_a_stay(folder: Path, change: Change) -> None:
    change("tblProductServices", 5, CeilingExclusionChild="H")
    _, product, items = _imported(folder)
    full = UsedAmounts(person_total_minor=50_000)  # MaxInsuree
    assert _paid(product, items["C1"], 1000, used=full)[0] == 0
    assert _paid(product, items["C1"], 1000, used=full, person=CHILD)[0] == 0
    stay = {"person": CHILD, "is_inpatient": True}
    assert _paid(product, items["C1"], 1000, used=full, **stay)[0] == 800
    assert _paid(product, items["C1"], 1000, used=full, is_inpatient=True)[0] == 0


def test_ceilings_and_deductibles_of_claim_person_and_policy(folder: Path, change: Change) -> None:
    change(
        "tblProduct", 1, MaxTreatment="5000", MaxOPInsuree="3000", MaxIPPolicy="4000",
        DedTreatment="100", DedIPInsuree="50",
    )  # fmt: skip
    report, product, items = _imported(folder)
    c1 = items["C1"]
    assert _paid(product, c1, 10_000) == (5000, {"DEDUCTIBLE_OVERALL", "COPAYMENT", "LIMIT_AMOUNT"})
    assert _paid(product, c1, 10_000, is_inpatient=False)[0] == 3000
    assert _paid(product, c1, 10_000, is_inpatient=True)[0] == 4000
    assert _paid(product, c1, 1150, is_inpatient=True)[0] == 800  # 100 and 50 first, then 80 %
    taken = UsedAmounts(
        scopes={
            "deductible:person:year:ded_ipinsuree": 50,
            "amount:household:year:max_ippolicy": 3500,
        }
    )
    assert _paid(product, c1, 1150, is_inpatient=True, used=taken)[0] == 500
    assert not {each for each in noted(report) if each[2] == "OI_CEILING_BY_YEAR"}
    assert {each.column for each in report.skipped if each.table == "tblProduct"} == {
        "DateTo",
        "WaitingPeriod",
    }


def test_a_hospital_may_be_what_in_patient_means(folder: Path, change: Change) -> None:
    change("tblProduct", 1, MaxIPInsuree="4000", MaxOPInsuree="3000", CeilingInterpretation="H")
    _, product, _ = _imported(folder)
    levels = {limit.code: {level.value for level in limit.when.levels} for limit in product.limits}
    assert levels["max_ipinsuree"] == {"district", "regional", "national"}
    assert levels["max_opinsuree"] == {"community", "primary", "pharmacy", "laboratory"}


def test_a_ceiling_that_grows_with_the_family(folder: Path, change: Change) -> None:
    change(
        "tblProduct", 1, MaxPolicy="1000", MaxPolicyExtraMember="200", MaxCeilingPolicy="1500",
        MaxInsuree="",
    )  # fmt: skip
    _, product, items = _imported(folder)
    paid = [_paid(product, items["C1"], 9000, household_size=size)[0] for size in (1, 2, 3, 4, 9)]
    assert paid == [1000, 1000, 1200, 1400, 1500]  # two members are included (Threshold)
    assert product.ceiling_minor_per_household_per_year is None


def test_counts_and_amounts_of_categories(folder: Path, change: Change) -> None:
    change("tblProduct", 1, MaxNoConsultation="3", MaxAmountSurgery="20000", MaxNoDelivery="2")
    report, product, items = _imported(folder)
    consultation = items["C1"].category.code
    counted = UsedAmounts(person_count={consultation: 3})
    assert _paid(product, items["C1"], 1000, used=counted) == (0, {"CEILING_COUNT"})
    assert _paid(product, items["S1"], 60_000) == (20_000, {"CEILING_PERSON_YEAR"})
    left = {each.column for each in report.skipped if each.code == "OI_RULE_LEFT_OUT"}
    assert "MaxNoDelivery" in left, "the product covers no delivery"


def test_a_category_that_is_divided_keeps_one_ceiling(folder: Path, change: Change) -> None:
    change("tblProductServices", 5, LimitAdult="70.00")  # C1 in a category of its own
    change("tblProduct", 1, MaxAmountConsultation="2000")
    _, product, items = _imported(folder)
    drug, act = items["0001"], items["C1"]
    assert drug.category.code != act.category.code
    used = UsedAmounts(scopes={"amount:person:year:amount_minor_consultation": 1900})
    assert _paid(product, act, 1000, used=used) == (100, {"COPAYMENT", "LIMIT_AMOUNT"})
    assert _paid(product, drug, 1000, used=used) == (100, {"COPAYMENT", "LIMIT_AMOUNT"})


def test_visits_and_antenatal_care(folder: Path, change: Change) -> None:
    change("tblServices", 1, ServCategory="A")
    change("tblServices", 2, ServCategory="V")
    change("tblProduct", 1, MaxNoAntenatal="4", MaxAmountAntenatal="2000", MaxNoVisits="2")
    _, product, items = _imported(folder)
    antenatal = next(item for item in items.values() if item.category.code == "antenatal")
    assert antenatal.category.label_fr == "Consultation prénatale"
    assert _paid(product, antenatal, 9000)[0] == 2000
    counted = UsedAmounts(person_count={"antenatal": 4})
    assert _paid(product, antenatal, 1000, used=counted)[1] == {"CEILING_COUNT"}
    [visits] = [limit for limit in product.limits if limit.code == "visits"]
    [name] = visits.target.items
    visit = items[name.removeprefix("openimis:")]
    twice = UsedAmounts(scopes={"count:person:year:visits": 2})
    assert _paid(product, visit, 1000, used=twice) == (0, {"LIMIT_COUNT"})


def test_discounts_of_who_is_early(folder: Path, change: Change) -> None:
    change(
        "tblProduct", 2, EnrolmentDiscountPerc="10", EnrolmentDiscountPeriod="2",
        RenewalDiscountPerc="5", RenewalDiscountPeriod="1",
    )  # fmt: skip
    change("tblProduct", 1, EnrolmentDiscountPerc="10")
    report = import_openimis(str(folder), on=ON)
    with scope(mutual=Mutual.objects.get()):
        version = ProductVersion.objects.get(product__code="eco")
        rule = rules_of(version).on(DAY).contribution
    assert (rule.early_enrolment_discount_rate, rule.early_enrolment_months) == (Decimal("0.1"), 2)
    assert (rule.renewal_discount_rate, rule.renewal_discount_months) == (Decimal("0.05"), 1)
    assert rule.discounts_cover_fees
    left = {each.column for each in report.skipped if each.key == "1"}
    assert "EnrolmentDiscountPerc" in left, "without a cycle nobody is early"


def test_days_between_and_care_of_a_stay_only(folder: Path, change: Change) -> None:
    change("tblServices", 1, ServFrequency="30")
    change("tblServices", 3, ServCareType="I")
    report, product, items = _imported(folder)
    [rule] = [each for each in product.item_rules if each.minimum_days_between]
    assert (rule.minimum_days_between, rule.target.categories) == (30, (items["C1"].category.code,))
    assert _paid(product, items["S1"], 9000, is_inpatient=True)[0] == 9000
    assert _paid(product, items["S1"], 9000, is_inpatient=False) == (0, {"ITEM_EXCLUDED"})
    assert not {each for each in report.skipped if each.table in ("tblServices", "tblItems")}


def test_a_price_that_is_the_providers_own_is_told(folder: Path, change: Change) -> None:
    change("tblProductServices", 5, PriceOrigin="R")
    report = import_openimis(str(folder), on=ON)
    assert ("tblProductServices", "5", "OI_LIMIT_LEFT_OUT") in noted(report)
