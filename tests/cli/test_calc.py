"""``entraide calc``: every calculation against its cases, and every bad document refused."""

from __future__ import annotations

import contextlib
import copy
import importlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraide.cli.commands.calc import CALCULATIONS, Calculation, calculate
from entraide.cli.json_text import exact_text, read_json, write_json
from entraide.core.errors import Refusal
from tests.cli.running import CommandLine, as_a_person

ALL = pytest.mark.parametrize("calculation", CALCULATIONS, ids=lambda one: one.name)


def schema_and_example(calculation: Calculation) -> tuple[dict[str, Any], Any]:
    module = importlib.import_module(calculation.module)
    return getattr(module, calculation.schema), getattr(module, calculation.example)


@ALL
def test_the_example_is_valid_and_answers(cli: CommandLine, calculation: Calculation) -> None:
    assert cli.run("calc", calculation.name, "--example") == 0
    example = cli.out.encode()
    assert cli.run("calc", calculation.name, given=example) == 0, cli.err
    assert cli.document
    assert cli.err == ""


@ALL
def test_the_schema_is_json_schema(cli: CommandLine, calculation: Calculation) -> None:
    assert cli.run("calc", calculation.name, "--schema") == 0
    schema = cli.document
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(schema["properties"])


@ALL
def test_unknown_and_missing_keys_are_named(cli: CommandLine, calculation: Calculation) -> None:
    schema, example = schema_and_example(calculation)
    missing = schema["required"][0]
    document = {key: value for key, value in example.items() if key != missing}
    document["surprise"] = 1
    given = write_json(document, number=exact_text).encode()
    assert cli.run("calc", calculation.name, given=given) == 1
    assert cli.error["code"] == "INPUT_REFUSED"
    assert {missing, "surprise"} <= set(cli.places)


def paths_of(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from paths_of(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from paths_of(value, (*path, index))


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


SPOILED = st.one_of(
    st.sampled_from((None, True, [], {}, [[]], [{}], {"a": 1})),
    st.sampled_from((-1, 0, 1, 10**15, Decimal("0.5"), Decimal("-0.01"), Decimal("1e-30"))),
    st.sampled_from(("", "x", "2025-02-30", "2024-02-29", "2199-12-31", "1900-01-01")),
)


@ALL
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(content=st.data())
def test_a_spoiled_document_answers_or_is_refused(
    calculation: Calculation, content: st.DataObject
) -> None:
    """Whatever stands anywhere in a document, there is an answer or a refusal, never a crash."""
    _, document = schema_and_example(calculation)
    for _ in range(content.draw(st.integers(1, 3))):
        path = content.draw(st.sampled_from(list(paths_of(document))))
        document = put(document, path, content.draw(SPOILED))
    document = read_json(write_json(document, number=exact_text).encode())
    with contextlib.suppress(Refusal):
        json.loads(write_json(calculate(calculation, document)))


def test_the_list_of_calculations(cli: CommandLine) -> None:
    assert cli.run("calc", "--json") == 0
    names = [one["name"] for one in cli.document["calculations"]]
    assert names == [one.name for one in CALCULATIONS]
    assert cli.run("calc") == 0
    assert cli.out.splitlines()[0].startswith("contribution")


def test_an_unknown_calculation_is_wrong_usage(cli: CommandLine) -> None:
    assert cli.run("calc", "fortune") == 2
    assert cli.error["code"] == "CALCULATION_UNKNOWN"
    assert "household-due" in cli.error["details"]["names"]


def test_a_file(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "demande.json"
    path.write_text('{"bids": [1000], "share_yes": [0.5]}', encoding="utf-8")
    assert cli.run("calc", "demand", str(path)) == 0
    assert cli.document["lower_bound_mean"] == 500


def test_files_that_cannot_be_read(cli: CommandLine, tmp_path: Path) -> None:
    assert cli.run("calc", "demand", str(tmp_path / "absent")) == 1
    assert cli.error["code"] == "FILE_NOT_FOUND"
    assert cli.run("calc", "demand", str(tmp_path)) == 1
    assert cli.error["code"] == "FILE_UNREADABLE"
    assert cli.run("calc", "demand", "a\0b") == 1
    assert cli.error["code"] == "FILE_UNREADABLE"


def test_through_a_real_process() -> None:
    done = as_a_person("calc", "demand", given='{"bids": [1000], "share_yes": [2]}')
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["path"] == "share_yes[0]"
    assert "Traceback" not in done.stderr


# --- Cases ---------------------------------------------------------------------------------------

PACKAGE = [
    {"name": "consultation", "frequency": 0.8, "unit_cost": 1500, "covered": 0.75, "cv": 0.8},
    {"name": "delivery", "frequency": 0.03, "unit_cost": 6000, "covered": 1.0, "cv": 0.3},
    {"name": "inpatient", "frequency": 0.04, "unit_cost": 25000, "covered": 0.8, "cv": 1.0},
    {"name": "caesarean", "frequency": 0.003, "unit_cost": 60000, "covered": 0.8, "cv": 0.3},
]
BUILD_UP = {
    "services": PACKAGE,
    "safety_pct_of_pure": 10,
    "operating_pct_of_pure_plus_safety": 10,
    "surplus_pct_of_subtotal": 5,
}


@pytest.mark.requirement("R180", begun=True)
def test_contribution(cli: CommandLine) -> None:
    """Case K-CONT: structure of the BIT-STEP guides, numbers constructed."""
    answer = cli.calculate("contribution", BUILD_UP)
    services = answer.pop("services")
    assert answer == {
        "pure": 2024,
        "safety": Decimal("202.4"),
        "operating": Decimal("222.64"),
        "surplus": Decimal("122.45"),
        "contribution_year": Decimal("2571.49"),
        "per_month": Decimal("214.29"),
    }
    assert [service["pure"] for service in services] == [900, 180, 800, 144]


def test_contribution_in_a_currency_without_cents(cli: CommandLine) -> None:
    answer = cli.calculate("contribution", {**BUILD_UP, "currency": "XOF"})
    assert (answer["safety"], answer["per_month"]) == (202, 214)


def test_margin(cli: CommandLine) -> None:
    """Case K-MINN, and the margin of a pool of that size."""
    service = {"name": "care", "frequency": 0.3, "unit_cost": 700, "covered": 1, "cv": 1.2}
    asked = {"services": [service], "confidence": 0.95}
    assert cli.calculate("margin", {**asked, "theta": 0.1}) == {"members_needed": 2201}
    assert cli.calculate("margin", {**asked, "n": [1000, 2201]}) == {
        "margin_pct": [Decimal("14.83"), Decimal("10")]
    }
    both = json.dumps({**asked, "n": [1], "theta": 0.1}).encode()
    assert cli.run("calc", "margin", given=both) == 1
    assert cli.document["findings"][0]["code"] == "DOCUMENT_ONE_OF"


FLAT_FEES = {
    "premium_adult": 300,
    "premium_child": 200,
    "lump_sum": 0,
    "registration_lump_sum": 250,
    "general_assembly_lump_sum": 130,
    "max_members": 5,
    "insurance_period_months": 12,
}
CYCLES = {
    "lump_sum": 200,
    "premium_adult": 300,
    "premium_child": 200,
    "registration_fee_per_member": 10,
    "assembly_fee_per_member": 5,
    "cycles_dd_mm": ["01-01", "01-06"],
    "grace_period_enrolment_months": 1,
}


@pytest.mark.requirement("R025", begun=True)
@pytest.mark.parametrize(
    ("tariff", "family", "due"),
    [
        (FLAT_FEES, (2, 0, "2020-11-10"), (980, "2020-11-10", "2021-11-09")),
        (FLAT_FEES, (2, 1, "2020-11-01"), (1180, "2020-11-01", "2021-10-31")),
        (
            {**CYCLES, "threshold_members": 2, "max_members": 5, "insurance_period_months": 12},
            (2, 0, "2020-11-10"),
            (230, "2021-01-01", "2021-12-31"),
        ),
        (
            {
                **CYCLES,
                "threshold_members": 1,
                "administration_period_months": 1,
                "max_members": 2,
                "insurance_period_months": 6,
            },
            (2, 0, "2021-01-10"),
            (530, "2021-06-01", "2021-11-30"),
        ),
    ],
    ids=["OI-PV1", "OI-PV2", "OI-PV3", "OI-PV5"],
)
def test_household_due(
    cli: CommandLine,
    tariff: dict[str, Any],
    family: tuple[int, int, str],
    due: tuple[int, str, str],
) -> None:
    """Cases OI-PV: openIMIS policy module, policy/tests/test_values.py."""
    adults, children, day = family
    asked = {**tariff, "adults": adults, "children": children, "enrol_date": day}
    answer = cli.calculate("household-due", asked)
    assert (answer["value"], answer["start"], answer["expiry"]) == due


CYCLES = {
    "lump_sum": 200,
    "threshold_members": 2,
    "premium_adult": 300,
    "premium_child": 200,
    "registration_fee_per_member": 10,
    "assembly_fee_per_member": 5,
    "cycles_dd_mm": ["01-01", "01-06"],
    "grace_period_enrolment_months": 1,
    "max_members": 5,
    "insurance_period_months": 12,
}


@pytest.mark.parametrize(
    ("changes", "value", "start"),
    [
        ({"enrol_date": "2021-01-11"}, 445, "2021-01-01"),  # OI-PV4
        (
            {
                "enrol_date": "2021-12-11",
                "threshold_members": 1,
                "max_members": 2,
                "administration_period_months": 1,
                "insurance_period_months": 6,
            },
            530,
            "2022-01-01",
        ),  # OI-PV6
        (
            {
                "enrol_date": "2020-11-01",
                "enrolment_discount_pct": 10,
                "enrolment_discount_period_months": 2,
            },
            Decimal("400.5"),
            "2021-01-01",
        ),
        (
            {
                "enrol_date": "2020-11-01",
                "enrolment_discount_pct": 10,
                "enrolment_discount_period_months": 2,
                "discount_base": "contribution",
            },
            405,
            "2021-01-01",
        ),
        (
            {
                "enrol_date": "2020-12-01",
                "is_renewal": True,
                "previous_expiry": "2020-12-31",
                "renewal_discount_pct": 20,
                "renewal_discount_period_months": 1,
            },
            332,
            "2021-01-01",
        ),
    ],
)
def test_household_due_with_cycles_and_discounts(
    cli: CommandLine, changes: dict[str, Any], value: object, start: str
) -> None:
    """445 = 200 + 200 + 3 × 10 + 3 × 5; discounts bear on the fees too, as where these come from."""
    answer = cli.calculate("household-due", {**CYCLES, "adults": 2, "children": 1, **changes})
    assert (answer["value"], answer["start"]) == (value, start)


def test_household_due_by_tranche_with_shares(cli: CommandLine) -> None:
    asked = {
        "formula": "of_loan",
        "loan": 800_000,
        "brackets": [
            {"up_to": 300_000, "rate": 0.06},
            {"up_to": 700_000, "rate": 0.04},
            {"up_to": 5_000_000, "rate": 0.02},
        ],
        "employer_share": 0.5,
        "instalments": 2,
        "currency": "XOF",
        "adults": 2,
        "children": 0,
        "enrol_date": "2025-03-10",
        "insurance_period_months": 12,
    }
    answer = cli.calculate("household-due", asked)
    assert (answer["contribution"], answer["employer"], answer["value"]) == (36_000, 18_000, 18_000)
    assert [part["due_on"] for part in answer["instalments"]] == ["2025-03-10", "2025-09-10"]
    asked["brackets"].reverse()
    assert cli.run("calc", "household-due", given=json.dumps(asked).encode()) == 1


def test_household_due_with_cents_and_at_renewal(cli: CommandLine) -> None:
    asked = {**FLAT_FEES, "premium_adult": 300.25, "adults": 2, "children": 0}
    asked |= {"enrol_date": "2020-11-10", "is_renewal": True}
    assert cli.calculate("household-due", asked)["value"] == Decimal("730.5")


def test_household_due_names_a_cycle_that_is_no_day(cli: CommandLine) -> None:
    asked = {**FLAT_FEES, "adults": 1, "children": 0, "enrol_date": "2020-11-10"}
    asked["cycles_dd_mm"] = ["01-01", "31-02"]
    assert cli.run("calc", "household-due", given=json.dumps(asked).encode()) == 1
    assert cli.places == ["cycles_dd_mm[1]"]


def test_exposure(cli: CommandLine) -> None:
    groups = [
        {"from": "2024-03-01", "to": "2026-02-28", "persons": 100, "new": False},
        {"from": "2025-04-16", "to": "2025-12-31", "persons": 30, "new": True},
    ]
    asked = {"year": 2025, "groups": groups, "waiting_months_for_new": 2, "cases": 279}
    assert cli.calculate("exposure", asked) == {
        "member_months_covered": 1455,
        "member_months_at_risk": 1395,
        "mean_members_at_risk": Decimal("116.25"),
        "utilisation_per_person_year": Decimal("2.4"),
        "cases_per_1000": 2400,
    }
    nobody = cli.calculate("exposure", {**asked, "groups": []})
    assert nobody["utilisation_per_person_year"] is None


def test_earned(cli: CommandLine) -> None:
    """Case EP-1, and EP-2's 100.27 % that must not come back."""
    cover = {"amount": 12000, "effective": "2021-01-01", "expiry": "2021-12-31"}
    answer = cli.calculate("earned", cover)
    assert answer["days"] == 365
    assert answer["months"]["2021-01"] == Decimal("1019.18")
    assert answer["months"]["2021-02"] == Decimal("920.55")
    assert answer["total"] == sum(answer["months"].values()) == 12000
    assert answer["unearned_at_end"]["2021-06"] == Decimal("6049.32")
    assert cli.calculate("earned", {**cover, "pay_date": "2021-01-01"}) == answer


def test_earned_after_a_late_payment(cli: CommandLine) -> None:
    cover = {"amount": 100, "effective": "2021-01-01", "expiry": "2021-12-31"}
    late = cli.calculate("earned", {**cover, "pay_date": "2021-12-01", "currency": "XOF"})
    assert late["days"] == 31
    assert late["months"] == {"2021-12": 100}
    too_late = json.dumps({**cover, "pay_date": "2022-01-01"}).encode()
    assert cli.run("calc", "earned", given=too_late) == 1
    assert cli.error["code"] == "PAID_AFTER_COVER"
    assert "31 décembre 2021" in cli.error["message"]


def test_earned_refuses_cents_that_the_currency_has_not(cli: CommandLine) -> None:
    cover = {"amount": 10.5, "effective": "2021-01-01", "expiry": "2021-12-31", "currency": "XOF"}
    assert cli.run("calc", "earned", given=json.dumps(cover).encode()) == 1
    assert (cli.error["code"], cli.error["path"]) == ("AMOUNT_DECIMALS", "amount")


def test_ratios(cli: CommandLine) -> None:
    """Case K-KPI: definitions of Wipf and Garand (ADA, BRS, MIN), numbers constructed."""
    assert cli.run("calc", "ratios", "--example") == 0
    year = cli.document
    answer = cli.calculate("ratios", year)
    assert answer == {
        "earned_premium": 5_000_000,
        "incurred_claims": 3_450_000,
        "incurred_claims_ratio_pct": 69,
        "expense_ratio_pct": 18,
        "combined_ratio_pct": 87,
        "net_income": 690_000,
        "net_income_ratio_pct": Decimal("13.8"),
        "renewal_pct": 82,
        "growth_pct": 15,
        "coverage_pct": 20,
        "solvency": Decimal("1.3"),
        "liquidity": Decimal("1.2"),
        "rejection_pct": Decimal("2.5"),
        "cash_loss_ratio_pct_for_contrast": Decimal("63.46"),
    }
    assert cli.calculate("ratios", {**year, "liabilities": 0})["solvency"] is None


def test_demand(cli: CommandLine) -> None:
    """Case K-TURN: Σ S(b_j) × (b_j − b_{j−1})."""
    bids = {"bids": [1000, 2000, 3000, 5000], "share_yes": [0.85, 0.6, 0.4, 0.1]}
    answer = cli.calculate("demand", bids)
    assert answer["lower_bound_mean"] == 2050
    assert answer["revenue_per_capita_by_price"] == {
        "1000": 850,
        "2000": 1200,
        "3000": 1200,
        "5000": 500,
    }
    unequal = json.dumps({"bids": [1, 2], "share_yes": [1]}).encode()
    assert cli.run("calc", "demand", given=unequal) == 1
    assert cli.error["code"] == "LENGTHS_DIFFER"


def test_claim(cli: CommandLine) -> None:
    """Case K-COPAY: deductible, then the patient's share, then the ceiling."""
    benefit = {
        "category": "hospital",
        "deductible_minor_per_case": 2000,
        "copayment_rate": 0.2,
        "ceiling_minor_per_case": 25000,
    }
    line = {"key": "1", "category": "hospital", "claimed_minor": 40000}
    answer = cli.calculate(
        "claim",
        {
            "currency": "XOF",
            "rules": {"benefits": [benefit]},
            "claim": {"care_on": "2025-03-03", "lines": [line]},
        },
    )
    assert answer["payable_minor"] == 25000
    assert answer["claimed_minor"] - answer["payable_minor"] == 15000
    reductions = {each["code"]: each["amount_minor"] for each in answer["lines"][0]["reductions"]}
    assert 40000 - reductions["DEDUCTIBLE"] - reductions["COPAYMENT"] == 30400
    assert sum(reductions.values()) == 15000


def test_match_leaves_equal_candidates_to_a_person(cli: CommandLine) -> None:
    movement = {"document_number": "", "amount_minor": 5000, "on": "2025-03-03"}
    asked = {
        "movements": [{"id": "a", **movement}, {"id": "b", **movement}],
        "lines": [{"id": "1", "amount_minor": 5000, "on": "2025-03-04", "label": "VERSEMENT"}],
        "settings": {"auto_accept": ["reference", "amount-date"], "window_days": 5},
    }
    matches = cli.calculate("match", asked)["matches"]
    assert all(match["status"] != "auto" for match in matches)
