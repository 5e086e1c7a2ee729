"""The pre-control names every rule of the decision, and counts what each found."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.core.adjudication.decision import NEEDS_REVIEW
from entraide.core.adjudication.facts import ClaimFacts, Context, LineFacts
from entraide.core.adjudication.pipeline import CHECKS, REMARKS, adjudicate
from entraide.core.care_package import Sector
from entraide.core.control.pre_control import CONTROLLED, FAMILIES, SHARES, count_rules
from entraide.rulebook.packs import RULES_FOLDER
from entraide.rulebook.products import read_product

DAY = date(2025, 3, 10)


def code_of(check: object) -> str:
    return (check.__doc__ or "").split(":")[0].split(" ")[0]


@pytest.mark.requirement("R088", begun=True)
def test_every_rule_of_the_decision_is_named_once() -> None:
    named = [code for _family, codes in FAMILIES for code in codes]
    assert len(named) == len(set(named))
    codes = {code_of(each) for each in (*CHECKS, *REMARKS)}
    assert codes - CONTROLLED == SHARES
    assert NEEDS_REVIEW <= CONTROLLED


def test_a_claim_counts_once_for_a_rule_its_lines_each() -> None:
    product = read_product(RULES_FOLDER / "benches/retenues/product.yaml").on(DAY)
    lines = (
        LineFacts("1", "examinations", 1_000, incompatible_with="Scanner"),
        LineFacts("2", "examinations", 2_000, incompatible_with="Scanner"),
        LineFacts("3", "examinations", 3_000, tariff_unit_minor=2_500),
    )
    decision = adjudicate(ClaimFacts(DAY, DAY, Sector.PUBLIC, lines), Context(product))
    warnings = [{"code": "TOTAL_DIFFERS"}]
    hits = count_rules([(decision.to_json(), warnings), (decision.to_json(), [])])
    clash, above, total = hits["INCOMPATIBLE_ACTS"], hits["ABOVE_TARIFF"], hits["TOTAL_DIFFERS"]
    assert (clash.claims, clash.lines, clash.amount_minor) == (2, 4, 6_000)
    assert (above.claims, above.lines, above.amount_minor) == (2, 2, 1_000)
    assert (total.claims, total.lines, total.amount_minor) == (1, 0, 0)
    assert hits["DUPLICATE"].claims == 0
    assert "COPAYMENT" not in hits
