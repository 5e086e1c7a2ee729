"""Product files: every fault told by its key path; the rules of a day; the trip through JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.care_package import (
    Condition,
    Deductible,
    ItemRule,
    Limit,
    ProviderLevel,
    Review,
    Target,
    Variant,
    Visit,
)
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.product import (
    Benefit,
    ContributionKind,
    ContributionRule,
    MembershipRule,
    Product,
    Sector,
)
from entraide.rulebook import ProductRules, parse_product, read_product
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.schema import (
    ContributionDocument,
    KindName,
    MembershipDocument,
    SectorName,
)
from entraide.rulebook.schema_care import (
    BenefitDocument,
    ConditionDocument,
    DeductibleDocument,
    ItemDocument,
    LevelName,
    LimitDocument,
    ReviewDocument,
    TargetDocument,
    VisitName,
)

Document = dict[str, Any]


def dated(value: Any, unit: str = "XOF", on: str = "2024-01-01") -> Document:
    return {"unit": unit, "values": [{"from": on, "value": value, "source": "AG 2023"}]}


def document() -> Document:
    return {
        "product": "essai",
        "title": {"fr": "Essai", "en": "Trial"},
        "currency": "XOF",
        "fund_share_rate": dated("0.75", "1"),
        "contribution": {"kind": "per_household", "amount_minor": dated(12_000)},
        "benefits": {"consultation": {"copayment_rate": dated("0.25", "1")}},
    }


def faults(changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(RefusedRows) as refusal:
        parse_product(changed)
    assert refusal.value.data["count"] == len(refusal.value.findings)
    return [(finding.code, finding.place) for finding in refusal.value.findings]


def put(path: str, value: Any) -> Callable[[Document], None]:
    """Write a value at a key path; the parts in between are made when absent."""

    def change(content: Document) -> None:
        *parents, last = path.split(".")
        for key in parents:
            content = content.setdefault(key, {})
        content[last] = value

    return change


def first_entry(path: str, key: str, value: Any) -> Callable[[Document], None]:
    def change(content: Document) -> None:
        part: Any = content
        for step in path.split("."):
            part = part[step]
        if value is ...:
            del part["values"][0][key]
        else:
            part["values"][0][key] = value

    return change


CONTRIBUTION, RATE = "contribution.amount_minor", "benefits.consultation.copayment_rate"


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (put("colour", "red"), "RULE_KEY_UNKNOWN", "colour"),
        (put("contribution.amount", dated(1)), "RULE_KEY_UNKNOWN", "contribution.amount"),
        (put("product", "Essai 1"), "RULE_TEXT_FORM", "product"),
        (put("title", {"fr": "Essai"}), "RULE_KEY_MISSING", "title.en"),
        (put("title", "Essai"), "RULE_MAPPING_EXPECTED", "title"),
        (put("currency", "FRF"), "CURRENCY_UNKNOWN", "currency"),
        (put("fund_share_rate", dated("1.5", "1")), "RULE_RATE_RANGE",
         "fund_share_rate.values[0].value"),
        (put("contribution.kind", "by_moon"), "RULE_CHOICE_UNKNOWN", "contribution.kind"),
        (put("benefits", {}), "RULE_LIST_EMPTY", "benefits"),
        (put("benefits.Soins", {"is_covered": dated(True, "1")}), "RULE_TEXT_FORM",
         "benefits.Soins"),
        (put("benefits.dental", {}), "BENEFIT_EMPTY", "benefits.dental"),
        (first_entry(RATE, "value", 0.25), "RULE_FLOAT", f"{RATE}.values[0].value"),
        (first_entry(RATE, "value", 1), "RULE_RATE_UNQUOTED", f"{RATE}.values[0].value"),
        (first_entry(RATE, "value", "0,25"), "RULE_RATE_INVALID", f"{RATE}.values[0].value"),
        (first_entry(RATE, "value", "-0.1"), "RULE_RATE_INVALID", f"{RATE}.values[0].value"),
        (first_entry(CONTRIBUTION, "value", True), "RULE_INTEGER_EXPECTED",
         f"{CONTRIBUTION}.values[0].value"),
        (first_entry(CONTRIBUTION, "value", "12000"), "RULE_INTEGER_EXPECTED",
         f"{CONTRIBUTION}.values[0].value"),
        (first_entry(CONTRIBUTION, "value", -1), "RULE_NUMBER_TOO_SMALL",
         f"{CONTRIBUTION}.values[0].value"),
        (first_entry(CONTRIBUTION, "value", 2**53), "RULE_NUMBER_TOO_LARGE",
         f"{CONTRIBUTION}.values[0].value"),
        (first_entry(CONTRIBUTION, "value", None), "RULE_INTEGER_EXPECTED",
         f"{CONTRIBUTION}.values[0].value"),
        (first_entry(CONTRIBUTION, "source", ...), "RULE_SOURCE_MISSING",
         f"{CONTRIBUTION}.values[0].source"),
        (first_entry(CONTRIBUTION, "source", "  "), "RULE_SOURCE_MISSING",
         f"{CONTRIBUTION}.values[0].source"),
        (first_entry(CONTRIBUTION, "from", "1er janvier"), "RULE_DAY_INVALID",
         f"{CONTRIBUTION}.values[0].from"),
        (first_entry(CONTRIBUTION, "from", "2024-W01-1"), "RULE_DAY_INVALID",
         f"{CONTRIBUTION}.values[0].from"),
        (first_entry(CONTRIBUTION, "from", "2024-06-01"), "RULE_BEGINS_LATE", CONTRIBUTION),
        (put("contribution.amount_minor.unit", "MGA"), "RULE_UNIT_WRONG", CONTRIBUTION),
        (put("contribution.amount_minor.values", []), "RULE_LIST_EMPTY",
         f"{CONTRIBUTION}.values"),
        (put("membership.photo_required", dated("oui", "1")), "RULE_BOOLEAN_EXPECTED",
         "membership.photo_required.values[0].value"),
        (put("membership.cycle_starts", dated(["30-02"], "1")), "RULE_CYCLE_INVALID",
         "membership.cycle_starts.values[0].value[0]"),
        (put("contribution.loan_rate", dated("0.06", "1")), "RULE_NOT_OF_FORMULA",
         "contribution.loan_rate"),
    ],
)  # fmt: skip
def test_each_fault_is_told_by_its_code_and_key_path(
    change: Callable[[Document], None], code: str, place: str
) -> None:
    changed = document()
    change(changed)
    assert (code, place) in faults(changed)


def test_all_faults_are_told_at_once() -> None:
    changed = document()
    changed["colour"] = "red"
    del changed["currency"]
    first_entry(RATE, "value", "2")(changed)
    first_entry(CONTRIBUTION, "source", ...)(changed)
    assert sorted(faults(changed)) == [
        ("RULE_KEY_MISSING", "currency"),
        ("RULE_KEY_UNKNOWN", "colour"),
        ("RULE_RATE_RANGE", f"{RATE}.values[0].value"),
        ("RULE_SOURCE_MISSING", f"{CONTRIBUTION}.values[0].source"),
    ]


@pytest.mark.parametrize(
    ("days", "code"),
    [(("2024-01-01", "2024-01-01"), "RULE_DAY_TWICE"),
     (("2025-01-01", "2024-01-01"), "RULE_DAYS_UNSORTED")],
)  # fmt: skip
def test_days_rise_and_are_unique(days: tuple[str, str], code: str) -> None:
    changed = document()
    changed["contribution"]["amount_minor"]["values"] = [
        {"from": day, "value": 1, "source": "AG"} for day in days
    ]
    assert faults(changed) == [(code, CONTRIBUTION)]


@pytest.mark.parametrize("value", [None, [], "text", 3, {}])
def test_what_is_no_product_at_all_is_refused(value: Any) -> None:
    assert faults(value)


BY_AGE = {"kind": "by_age", "adult_minor": dated(300), "child_minor": dated(200)}
OF_LOAN = {"kind": "of_loan", "loan_rate": dated("0.06", "1")}


def steps(*sizes: int) -> Document:
    return dated([{"up_to": size, "amount_minor": 1000} for size in sizes])


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (put("contribution", {**OF_LOAN, "loan_floor_minor": dated(9), "loan_cap_minor": dated(8)}),
         "LOAN_CAP_UNDER_FLOOR", "contribution.loan_cap_minor"),
        (put("contribution", {"kind": "by_size", "by_size_minor": steps(4, 2)}),
         "TABLE_UNSORTED", "contribution.by_size_minor"),
        (put("contribution", {**BY_AGE, "lump_sum_minor": dated(200)}),
         "LUMP_SUM_WITHOUT_THRESHOLD", "contribution.threshold_members"),
        (put("contribution.instalment_count", dated(13, "1")),
         "INSTALMENT_COUNT_INVALID", "contribution.instalment_count"),
        (put("membership.cover_months", dated(0, "month")),
         "COVER_MONTHS_MISSING", "membership.cover_months"),
        (put("membership.cycle_starts", dated(["01-01", "01-01"], "1")),
         "CYCLE_TWICE", "membership.cycle_starts"),
        (put("membership.enrolment_grace_months", dated(1, "month")),
         "GRACE_WITHOUT_CYCLE", "membership.enrolment_grace_months"),
        (put("benefits.consultation.flat_rate_minor", dated(2000)),
         "FLAT_RATE_WITH_SHARE", "benefits.consultation.copayment_rate"),
        (put("benefits.delivery", {"flat_rate_minor": dated(500),
                                   "copayment_minor_per_case": dated(501)}),
         "TICKET_ABOVE_FLAT_RATE", "benefits.delivery.copayment_minor_per_case"),
        (put("benefits.dental", {"ceiling_minor_per_case": dated(9),
                                 "ceiling_minor_per_household_per_year": dated(8)}),
         "CEILINGS_INVERTED", "benefits.dental.ceiling_minor_per_case"),
        (put("benefits.dental", {"by_sector": {"public": {"copayment_rate": dated("0.2", "1")}}}),
         "BENEFIT_SECTOR_SILENT", "benefits.dental.by_sector.private.copayment_rate"),
    ],
)  # fmt: skip
def test_rules_that_contradict_each_other_are_refused(
    change: Callable[[Document], None], code: str, place: str
) -> None:
    changed = document()
    change(changed)
    assert (code, place) in faults(changed)


def test_a_threshold_above_the_largest_household_is_refused() -> None:
    changed = document()
    put("contribution", {**BY_AGE, "lump_sum_minor": dated(200),
                         "threshold_members": dated(6, "1")})(changed)  # fmt: skip
    put("membership.max_members", dated(5, "1"))(changed)
    assert faults(changed) == [("THRESHOLD_ABOVE_MAXIMUM", "contribution.threshold_members")]


def test_a_contradiction_that_begins_later_is_found_and_dated() -> None:
    changed = document()
    put("benefits.consultation.flat_rate_minor", dated(2000, on="2026-01-01"))(changed)
    with pytest.raises(RefusedRows) as refusal:
        parse_product(changed)
    (finding,) = refusal.value.findings
    assert (finding.code, finding.data["on"]) == ("FLAT_RATE_WITH_SHARE", date(2026, 1, 1))


@pytest.mark.requirement("R028", begun=True)
def test_the_split_changes_on_its_day_and_not_before() -> None:
    changed = document()
    changed["fund_share_rate"]["values"].append(
        {"from": "2025-01-01", "value": "0.70", "source": "AG 2024"}
    )
    rules = parse_product(changed)
    assert rules.change_days == (date(2024, 1, 1), date(2025, 1, 1))
    assert rules.on(date(2024, 12, 31)).fund_share_rate == Decimal("0.75")
    assert rules.on(date(2025, 1, 1)).fund_share_rate == Decimal("0.70")
    checksum = rules.checksum[:12]
    assert rules.on(date(2024, 12, 31)).version == f"essai@{checksum}/2024-01-01"
    assert rules.on(date(2030, 1, 1)).version == f"essai@{checksum}/2025-01-01"
    assert rules.parameters["fund_share_rate"].at(date(2025, 3, 1)).source == "AG 2024"


def test_there_is_no_product_before_its_first_day() -> None:
    with pytest.raises(Refusal) as refusal:
        parse_product(document()).on(date(2023, 12, 31))
    assert refusal.value.code == "PRODUCT_NOT_YET"
    assert refusal.value.data["begins_on"] == date(2024, 1, 1)


def test_a_benefit_exists_from_its_first_value_and_a_ceiling_can_be_lifted() -> None:
    changed = document()
    ceiling = dated(5_000, on="2025-01-01")
    ceiling["values"].append({"from": "2026-01-01", "value": None, "source": "AG 2025"})
    changed["benefits"]["dental"] = {
        "copayment_rate": dated("0.5", "1", on="2025-01-01"),
        "ceiling_minor_per_case": ceiling,
    }
    rules = parse_product(changed)
    dental = [
        rules.on(date(year, 6, 1)).benefit_for("dental", Sector.PUBLIC)
        for year in (2024, 2025, 2026)
    ]
    assert dental[0] is None
    assert [benefit and benefit.ceiling_minor_per_case for benefit in dental[1:]] == [5_000, None]


def test_a_sector_takes_over_what_it_does_not_say() -> None:
    changed = document()
    changed["benefits"]["delivery"] = {
        "waiting_period_months": dated(9, "month"),
        "copayment_rate": dated("0.4", "1"),
        "by_sector": {"public": {"is_covered": dated(False, "1")}},
    }
    product = parse_product(changed).on(date(2024, 1, 1))
    general = Benefit("delivery", None, waiting_period_months=9, copayment_rate=Decimal("0.4"))
    assert product.benefit_for("delivery", Sector.PRIVATE) == general
    assert product.benefit_for("delivery", Sector.PUBLIC) == replace(
        general, sector=Sector.PUBLIC, is_covered=False
    )


def test_a_stored_version_is_the_same_rules() -> None:
    rules = parse_product(document())
    stored = json.loads(json.dumps(rules.to_json()))
    again = ProductRules.from_json(stored)
    assert again == rules
    assert hash(again) == hash(rules)
    assert again.on(date(2024, 5, 1)) == rules.on(date(2024, 5, 1))


def test_rules_cannot_be_changed_through_their_document() -> None:
    rules = parse_product(document())
    rules.document["benefits"].clear()
    assert rules.document == document()


def test_another_value_is_another_version() -> None:
    changed = document()
    first_entry(CONTRIBUTION, "value", 12_001)(changed)
    assert parse_product(changed).checksum != parse_product(document()).checksum


@given(
    st.lists(
        st.tuples(st.dates(date(2024, 1, 2), date(2030, 1, 1)), st.integers(0, 99_999)),
        max_size=5,
        unique_by=lambda each: each[0],
    ),
    st.integers(0, 3000),
)
def test_each_day_has_the_amount_begun_last(
    changes: list[tuple[date, int]], days_later: int
) -> None:
    content = copy.deepcopy(document())
    amounts = [(date(2024, 1, 1), 12_000), *sorted(changes)]
    content["contribution"]["amount_minor"]["values"] = [
        {"from": day.isoformat(), "value": amount, "source": "AG"} for day, amount in amounts
    ]
    on = date(2024, 1, 1) + timedelta(days=days_later)
    expected = [amount for day, amount in amounts if day <= on][-1]
    assert parse_product(content).on(on).contribution.amount_minor == expected


def test_the_schema_names_exactly_what_the_core_reads() -> None:
    """A field added to the core without its place in the file would be a rule nobody can write."""

    def fields(record: type) -> set[str]:
        return set(record.__dataclass_fields__)  # type: ignore[attr-defined]

    assert set(ContributionDocument.model_fields) == fields(ContributionRule)
    assert set(MembershipDocument.model_fields) == fields(MembershipRule)
    assert set(BenefitDocument.model_fields) - {"by_sector", "variants"} == fields(Benefit) - {
        "category",
        "sector",
    }
    about = {"code", "target", "when", "whose", "per", "titles"}
    written = {"title", "about", "when", "whose", "per", "rank"}
    for document, record in (
        (ItemDocument, ItemRule),
        (LimitDocument, Limit),
        (DeductibleDocument, Deductible),
    ):
        assert set(document.model_fields) - written == fields(record) - about
    assert set(ConditionDocument.model_fields) == fields(Condition)
    assert set(TargetDocument.model_fields) == fields(Target)
    assert set(ReviewDocument.model_fields) == fields(Review)
    assert set(get_args(LevelName)) == {level.value for level in ProviderLevel}
    assert set(get_args(VisitName)) == {visit.value for visit in Visit}
    assert set(get_args(KindName)) == {kind.value for kind in ContributionKind}
    assert set(get_args(SectorName)) == {sector.value for sector in Sector}


EVERY_PRODUCT = sorted(RULES_FOLDER.glob("*/*/product.yaml"))


@pytest.mark.parametrize("path", EVERY_PRODUCT, ids=lambda path: path.parent.name)
def test_a_product_kept_in_any_order_decides_the_same(path: Path) -> None:
    """A database may keep the keys of a document in an order of its own."""
    read = read_product(path)
    kept = parse_product(json.loads(read.canonical))
    turned = parse_product(_turned(read.document))
    assert kept.checksum == turned.checksum == read.checksum
    for rules in (kept, turned):
        product, written = rules.on(rules.begins_on), read.on(read.begins_on)
        assert _by_category(product) == _by_category(written)
        assert product.item_rules == written.item_rules
        assert product.limits == written.limits
        assert product.deductibles == written.deductibles


def _by_category(product: Product) -> list[Variant]:
    return sorted(product.variants, key=lambda variant: variant.benefit.category)


def _turned(value: Any) -> Any:
    """The same document, the keys of every part in the opposite order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(each) for each in value] if isinstance(value, list) else value
