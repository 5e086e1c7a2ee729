"""Every pack of the repository loads, and says what the demonstration network is built on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import Product, Sector
from entraide.core.rating import HouseholdComposition, contribution_due
from entraide.rulebook import (
    country_path,
    country_paths,
    product_path,
    product_paths,
    read_country,
    read_product,
)
from entraide.rulebook.cases import CaseFile, run_case
from entraide.rulebook.document import document_of
from entraide.rulebook.due_cases import DueCaseFile, run_due_case
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.schema import (
    ContributionDocument,
    MembershipDocument,
)
from entraide.rulebook.schema_product import ProductDocument
from entraide.rulebook.validation import validated

PRODUCTS = (
    "atia-communes",
    "atia-entreprises",
    "atia-prets",
    "dagbe",
    "essentielle",
    "hasina",
    "mirindra",
    "sugri",
    "zems",
)
ON = date(2025, 6, 1)


def product(code: str, on: date = ON) -> Product:
    return read_product(product_path(code)).on(on)


def test_the_packs_are_those_of_the_network() -> None:
    assert set(PRODUCTS) <= set(product_paths())
    assert {"bf", "bj", "mg", "sn", "tg"} <= set(country_paths())


@pytest.mark.parametrize("code", sorted(product_paths()))
def test_every_product_loads_under_its_folder_name_and_prices_a_household(code: str) -> None:
    rules = read_product(product_path(code))
    assert rules.code == code
    for day in rules.change_days:
        in_force = rules.on(day)
        due = contribution_due(
            in_force, HouseholdComposition(2, 2, loan_minor=800_000, income_minor=60_000)
        )
        assert due.contribution_minor > 0
        assert {benefit.category for benefit in in_force.benefits} >= {"consultation", "hospital"}


@pytest.mark.parametrize("code", sorted(country_paths()))
def test_every_country_loads_under_its_folder_name(code: str) -> None:
    country = read_country(country_path(code))
    assert (country.code, country.phone_region) == (code, code.upper())
    assert ZoneInfo(country.time_zone).key == country.time_zone
    assert country.phone_region in Locale("fr").territories


def test_the_country_to_copy_loads_too() -> None:
    template = read_country(RULES_FOLDER / "countries" / "_template" / "country.yaml")
    assert [level.code for level in template.area_levels] == ["region", "district", "village"]


@pytest.mark.parametrize(
    ("code", "household", "contribution", "fund_share_rate", "before"),
    [
        ("atia-prets", HouseholdComposition(2, 2, loan_minor=870_000), 52_200, "0.78", "0.80"),
        ("atia-communes", HouseholdComposition(2, 2), 60_000, "0.78", "0.80"),
        ("atia-entreprises", HouseholdComposition(2, 2), 84_000, "0.78", "0.80"),
        ("mirindra", HouseholdComposition(2, 2), 60_000, "0.75", "0.78"),
        ("hasina", HouseholdComposition(2, 2, loan_minor=820_000), 41_000, "0.80", "0.82"),
        ("zems", HouseholdComposition(2, 3, loan_minor=315_000), 12_600, "0.75", "0.78"),
        ("sugri", HouseholdComposition(2, 4), 12_000, "0.85", "0.88"),
        ("dagbe", HouseholdComposition(2, 2), 14_400, "0.72", "0.75"),
    ],
)
def test_contributions_and_splits_of_the_demonstration(
    code: str,
    household: HouseholdComposition,
    contribution: int,
    fund_share_rate: str,
    before: str,
) -> None:
    rules = read_product(product_path(code))
    assert contribution_due(rules.on(ON), household).contribution_minor == contribution
    assert rules.on(ON).fund_share_rate == Decimal(fund_share_rate)
    changed_on = rules.change_days[-1]
    assert rules.on(changed_on - timedelta(days=1)).fund_share_rate == Decimal(before)


@pytest.mark.requirement("R047", begun=True)
def test_public_care_is_better_covered_than_private_care() -> None:
    hospital = {sector: product("atia-prets").benefit_for("hospital", sector) for sector in Sector}
    public, private = hospital[Sector.PUBLIC], hospital[Sector.PRIVATE]
    assert public is not None
    assert private is not None
    assert public.copayment_rate < private.copayment_rate
    assert public.ceiling_minor_per_case == 200_000
    assert private.ceiling_minor_per_case == 150_000


def test_the_three_formulas_of_atia_open_the_same_care() -> None:
    one, two, three = (product(f"atia-{name}") for name in ("prets", "communes", "entreprises"))
    assert one.benefits == two.benefits == three.benefits
    assert one.membership == two.membership == three.membership


@pytest.mark.requirement("R010", begun=True)
@pytest.mark.requirement("R076", begun=True)
def test_sugri_is_collective_and_pays_flat_rates() -> None:
    sugri = product("sugri")
    assert sugri.membership.minimum_group_size == 5
    flat = {
        benefit.category: (benefit.flat_rate_minor, benefit.copayment_minor_per_case)
        for benefit in sugri.benefits
    }
    assert flat == {
        "consultation": (2_000, 500),
        "emergency": (10_000, 1_000),
        "hospital": (25_000, 2_500),
        "delivery": (5_000, 1_000),
    }


def test_waiting_periods_are_three_months_for_hospital_and_nine_for_delivery() -> None:
    for code in set(PRODUCTS) - {"essentielle"}:
        for benefit in product(code).benefits:
            if benefit.category in ("hospital", "delivery"):
                expected = {"hospital": 3, "delivery": 9}[benefit.category]
                assert benefit.waiting_period_months == expected, code


def test_essentielle_by_hand() -> None:
    """12 000 F a household and year: 9 000 F to the fund; joining fee 1 000 F to running costs."""
    due = contribution_due(product("essentielle"), HouseholdComposition(2, 3))
    assert (due.fund_share_minor, due.running_share_minor, due.joining_fee_minor) == (
        9_000, 3_000, 1_000,
    )  # fmt: skip
    assert due.household_minor == 13_000


def test_unknown_packs_are_refused() -> None:
    with pytest.raises(Refusal, match="PRODUCT_TEMPLATE_UNKNOWN"):
        product_path("../../etc")
    with pytest.raises(Refusal, match="COUNTRY_UNKNOWN"):
        country_path("zz")


def test_a_faulty_country_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "country.yaml"
    path.write_text(
        "country: NO\ntitle: {fr: X, en: X}\ncurrency: FRF\nphone_region: no\n"
        "time_zone: Paris\narea_levels: []\n",
        encoding="utf-8",
    )
    with pytest.raises(RefusedRows) as refusal:
        read_country(path)
    assert {finding.place for finding in refusal.value.findings} == {
        "country",
        "currency",
        "phone_region",
        "time_zone",
        "area_levels",
    }


def test_an_area_level_written_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "country.yaml"
    level = "{code: region, title: {fr: X, en: X}}"
    path.write_text(
        "country: xx\ntitle: {fr: X, en: X}\ncurrency: XOF\nphone_region: XX\n"
        f"time_zone: Africa/Dakar\narea_levels: [{level}, {level}]\n",
        encoding="utf-8",
    )
    with pytest.raises(RefusedRows) as refusal:
        read_country(path)
    assert [finding.place for finding in refusal.value.findings] == ["area_levels[1]"]


def test_the_case_of_the_readme_is_true() -> None:
    text = (RULES_FOLDER / "README.md").read_text(encoding="utf-8")
    (example,) = [
        block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "expect:" in block
    ]
    for case in validated(CaseFile, document_of(example.encode())).root:
        assert run_case(case, read_product(product_path(case.product))).differences == ()


def test_the_case_of_a_contribution_in_the_readme_is_true() -> None:
    text = (RULES_FOLDER / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (example,) = [block for block in blocks if "expect_due:" in block]
    for case in validated(DueCaseFile, document_of(example.encode())).root:
        assert run_due_case(case, read_product(product_path(case.product))).differences == ()


def test_the_readme_names_every_key_of_a_product() -> None:
    text = (RULES_FOLDER / "README.md").read_text(encoding="utf-8")
    models = (ProductDocument, ContributionDocument, MembershipDocument)
    for name in (name for model in models for name in model.model_fields):
        assert name in text or name.removesuffix("_per_person") in text, name
