"""Every worked case of a contribution beside the rules is a test."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from entraide.core.errors import Refusal
from entraide.core.product import ContributionKind
from entraide.rulebook.due_cases import DueCase, due_case_paths, read_due_cases, run_due_case
from entraide.rulebook.packs import product_paths
from entraide.rulebook.products import ProductRules, read_product


@lru_cache
def rules_of(path: Path) -> ProductRules:
    return read_product(path)


def every_case() -> Iterator[object]:
    for path in due_case_paths():
        product = path.parents[1] / "product.yaml"
        for case in read_due_cases(path):
            yield pytest.param(case, product, id=f"{product.parent.name}: {case.name}")


@pytest.mark.requirement("R025", begun=True)
@pytest.mark.requirement("R043", begun=True)
@pytest.mark.parametrize(("case", "product"), list(every_case()))
def test_case(case: DueCase, product: Path) -> None:
    assert run_due_case(case, rules_of(product)).differences == ()


def test_every_formula_has_cases_and_there_are_forty_at_least() -> None:
    kinds = {
        rules_of(path.parents[1] / "product.yaml")
        .on(rules_of(path.parents[1] / "product.yaml").begins_on)
        .contribution.kind
        for path in due_case_paths()
    }
    assert kinds == set(ContributionKind)
    assert sum(len(read_due_cases(path)) for path in due_case_paths()) >= 40


def test_a_wrong_expectation_is_told_with_both_figures() -> None:
    [case, *_] = read_due_cases(product_paths()["essentielle"].parent / "cases/contribution.yaml")
    expected = case.expect_due.model_copy(update={"household_minor": 1})
    wrong = case.model_copy(update={"expect_due": expected})
    [difference] = run_due_case(wrong, rules_of(product_paths()["essentielle"])).differences
    assert difference.place == "expect_due.household_minor"
    assert difference.data == {"expected": "1", "found": "13000"}


def test_a_case_of_another_product_is_refused() -> None:
    [case, *_] = read_due_cases(product_paths()["essentielle"].parent / "cases/contribution.yaml")
    with pytest.raises(Refusal, match="CASE_PRODUCT"):
        run_due_case(case, rules_of(product_paths()["sugri"]))
