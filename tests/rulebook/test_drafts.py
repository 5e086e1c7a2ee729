"""A product changed rule by rule: only what is said changes, and every fault is said at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.errors import Refusal
from entraide.rulebook import parse_product, product_path, read_product
from entraide.rulebook.drafts import (
    UNSAID,
    care_differs,
    moved,
    new_document,
    read_draft,
    restated,
    value_at,
    with_values,
    without,
)
from entraide.rulebook.packs import product_paths
from entraide.rulebook.revision import parameter_type
from entraide.rulebook.schema import CeilingParameter, RateParameter

ON = date(2027, 1, 1)
SOURCE = "AG du 12 décembre 2026"
FULL = read_product(product_path("panier-complet")).document


def test_each_value_of_each_example_has_its_kind_found_by_its_path() -> None:
    for path in product_paths().values():
        for name in read_product(path).parameters:
            parameter_type(name)
    assert parameter_type("benefits.a.by_sector.private.copayment_rate") is RateParameter
    assert parameter_type("limits.a.amount_minor") is CeilingParameter
    for wrong in ("benefits.a", "limits.amount_minor", "contribution.kind", "nothing.at.all"):
        with pytest.raises(Refusal, match="RULE_KEY_UNKNOWN"):
            parameter_type(wrong)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "benefits.hospital.ceiling_minor_per_case",
                "benefits.dental.deductible_minor_per_case",
                "limits.episode.amount_minor",
                "ceiling_minor_per_person_per_year",
            ]
        ),
        st.one_of(st.integers(min_value=1, max_value=90_000), st.just(UNSAID)),
    )
)
def test_what_is_written_stands_and_nothing_else_moves(values: dict[str, Any]) -> None:
    changed = with_values(FULL, values, on=ON, source=SOURCE)
    for path, value in values.items():
        assert value_at(changed, path, ON) == value
    before, after = parse_product(FULL).parameters, _parameters(changed)
    for path, dated in before.items():
        if path not in values:
            assert after[path] == [
                {"from": str(each.effective_from), "source": each.source} for each in dated.values
            ]
    again = with_values(changed, values, on=ON, source="another")
    assert again == changed  # what stands already is not written again


def _parameters(document: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}

    def walk(part: dict[str, Any], place: str) -> None:
        for name, child in part.items():
            path = f"{place}.{name}".lstrip(".")
            if isinstance(child, dict) and "values" in child:
                found[path] = [
                    {"from": each["from"], "source": each["source"]} for each in child["values"]
                ]
            elif isinstance(child, dict):
                walk(child, path)

    walk(document, "")
    return found


def test_every_fault_of_a_draft_is_said_at_once() -> None:
    changed = with_values(
        FULL,
        {
            "benefits.delivery.copayment_rate": "0.10",  # beside a flat rate
            "limits.episode.count": 3,  # beside an amount
            "benefits.hospital.ceiling_minor_per_person_per_year": 50_000,  # under that of a case
        },
        on=ON,
        source=SOURCE,
    )
    read = read_draft(changed, ON)
    assert {each.code for each in read.findings} == {
        "FLAT_RATE_WITH_SHARE", "LIMIT_OF_ONE_THING", "CEILINGS_INVERTED",
    }  # fmt: skip
    assert read.product is not None  # it can still be read, rule by rule
    broken = read_draft({**FULL, "benefits": {}}, ON)
    assert broken.product is None
    assert broken.findings[0].place == "benefits"


@pytest.mark.parametrize("code", sorted(product_paths()))
def test_an_example_said_anew_is_whole_and_dated(code: str) -> None:
    document = restated(read_product(product_path(code)).document, on=ON, source=SOURCE)
    read = read_draft(document, ON)
    assert read.is_whole, read.findings
    assert parse_product(document).change_days == (ON,)


def test_a_rule_taken_away_leaves_no_empty_part() -> None:
    once = without(FULL, "deductibles.annuelle")
    assert "deductibles" not in once
    assert (
        "variants"
        not in without(FULL, "benefits.medicines.variants.chroniques")["benefits"]["medicines"]
    )
    assert without(FULL, "limits.never_was") == FULL


def test_the_day_of_a_draft_moves_with_what_it_changed_only() -> None:
    changed = with_values(FULL, {"review.quantity": 7}, on=ON, source=SOURCE)
    later = moved(changed, was=(ON, SOURCE), now=(date(2027, 3, 1), "CA"))
    assert value_at(later, "review.quantity", ON) == 100
    assert value_at(later, "review.quantity", date(2027, 3, 1)) == 7
    assert parse_product(later).parameters["review.quantity"].values[-1].source == "CA"


def test_what_is_promised_of_care_tells_from_what_it_costs() -> None:
    dearer = with_values(FULL, {"contribution.amount_minor": 9_000}, on=ON, source=SOURCE)
    assert not care_differs(FULL, dearer)
    assert care_differs(FULL, with_values(FULL, {"review.quantity": 7}, on=ON, source=SOURCE))


def test_a_product_from_nothing_covers_what_was_chosen() -> None:
    document = new_document(
        code="neuf", titles={"fr": "Neuf", "en": "New"}, currency="XOF", kind="per_person",
        amount_minor=5_000, fund_share_rate="0.75", cover_months=12, categories=["dental"], on=ON,
        source=SOURCE,
    )  # fmt: skip
    read = read_draft(document, ON)
    assert read.is_whole
    assert read.product is not None
    assert [each.category for each in read.product.benefits] == ["dental"]
