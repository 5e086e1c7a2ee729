from __future__ import annotations

import copy
import json
from decimal import Decimal

import pytest

from entraide.actuarial.plan_document import EXAMPLE, SCHEMA, run
from entraide.actuarial.projection import RATIOS
from entraide.core.errors import RefusedRows
from entraide.core.schema import require_valid
from tests.actuarial.plans import atia_document


def atia_request(**more):
    exact = json.loads(json.dumps(atia_document(), ensure_ascii=False), parse_float=Decimal)
    return {"assumptions": exact, **more}


def test_the_example_is_valid_and_answers_five_years():
    require_valid(EXAMPLE, SCHEMA)
    answer = run(EXAMPLE)
    assert [year["year"] for year in answer["years"]] == [2025, 2026, 2027, 2028, 2029]
    assert answer["is_realistic"] is True


def test_every_ratio_stands_with_what_it_divides_and_divides_it():
    document = atia_request(levers={"growth": Decimal("0.7"), "price": Decimal("0.35")})
    require_valid(document, SCHEMA)
    for year in run(document)["years"]:
        assert set(year["ratios"]) == set(RATIOS)
        for name, ratio in year["ratios"].items():
            whole = Decimal(ratio["numerator_minor"]) / Decimal(ratio["denominator_minor"])
            shown = ratio["months"] if name == "reserve_months" else ratio["percent"] / 100
            assert shown == pytest.approx(
                whole, abs=Decimal("0.00501") if name == "reserve_months" else Decimal("0.0000501")
            )
        assert year["ratios"]["claims_ratio"]["denominator_minor"] == year["fund_share_minor"]
        assert year["ratios"]["autonomy_rate"]["numerator_minor"] == year["running_share_minor"]
        assert year["ratios"]["autonomy_rate"]["denominator_minor"] == year["running_costs_minor"]


def test_amounts_are_whole_minor_units_and_nothing_is_a_float():
    def leaves(value):
        if isinstance(value, dict):
            for each in value.values():
                yield from leaves(each)
        elif isinstance(value, list):
            for each in value:
                yield from leaves(each)
        else:
            yield value

    answer = run(atia_request())
    assert not any(isinstance(value, float) for value in leaves(answer))
    amounts = (
        v
        for year in answer["years"]
        for k, v in year.items()
        if k.endswith("_minor") and "per_household" not in k
    )
    assert all(type(amount) is int for amount in amounts)


def test_the_first_figures_of_the_training_plan_are_known():
    answer = run(atia_request())
    base, last = answer["years"][0], answer["years"][-1]
    assert base["ratios"]["autonomy_rate"]["percent"] == pytest.approx(
        Decimal("21.2"), abs=Decimal("0.1")
    )
    assert base["ratios"]["claims_ratio"]["percent"] == pytest.approx(84, abs=1)
    assert last["year"] == 2029
    assert {each["ratio"] for each in answer["targets_missed"]} == {"autonomy_rate", "claims_ratio"}
    assert answer["break_even_contribution_factor"]["for_running_costs"] > 2


def test_a_lever_beyond_its_bounds_is_answered_and_marked():
    answer = run(atia_request(levers={"growth": 2}))
    assert answer["is_realistic"] is False
    assert answer["findings"] == [
        {
            "code": "NOT_REALISTIC",
            "place": "levers.growth",
            "lever": "growth",
            "value": 2,
            "low": 0,
            "high": Decimal("0.7"),
        }
    ]


def test_faults_carry_the_path_of_their_key_in_the_whole_document():
    document = copy.deepcopy(EXAMPLE)
    document["assumptions"]["groups"][0]["renewal_rate"]["value"] = Decimal("1.7")
    del document["assumptions"]["care"]["inflation"]
    with pytest.raises(RefusedRows) as refused:
        run(document)
    found = {(each.code, each.place) for each in refused.value.findings}
    assert found == {
        ("PLAN_RATE_RANGE", "assumptions.groups[0].renewal_rate"),
        ("PLAN_KEY_MISSING", "assumptions.care.inflation"),
    }
    with pytest.raises(RefusedRows):
        run({"levers": {}, "colour": 1})
