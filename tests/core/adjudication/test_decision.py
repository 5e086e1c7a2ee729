from __future__ import annotations

import pytest

from entraide.core.adjudication import BorneBy, Decision, LineDecision, Reduction
from entraide.core.errors import Refusal
from entraide.messages.sentences.adjudication import SENTENCES


@pytest.mark.parametrize(
    ("claimed", "payable", "reductions"),
    [
        (1_000, 800, (100,)),  # does not add up
        (1_000, 1_000, (1,)),
        (1_000, 1_100, (-100,)),  # adds up with a negative reduction
        (1_000, -100, (1_100,)),
        (-100, -100, ()),
    ],
)
def test_an_unbalanced_line_cannot_be_constructed(
    claimed: int, payable: int, reductions: tuple[int, ...]
) -> None:
    taken = tuple(Reduction("COPAYMENT", amount, BorneBy.MEMBER) for amount in reductions)
    with pytest.raises(Refusal) as refused:
        LineDecision("1", "consultation", claimed, payable, taken)
    assert refused.value.code == "DECISION_UNBALANCED"
    assert refused.value.code in SENTENCES


def test_a_balanced_line_can() -> None:
    taken = (Reduction("COPAYMENT", 250, BorneBy.MEMBER),)
    assert LineDecision("1", "consultation", 1_000, 750, taken).payable_minor == 750


def test_what_is_free_of_ceilings_counts_against_none_and_is_kept() -> None:
    lines = (
        LineDecision("1", "vaccination", 500, 500, is_free_of_ceilings=True),
        LineDecision("2", "vaccination", 300, 300),
        LineDecision("3", "consultation", 200, 200, is_free_of_ceilings=True),
    )
    decision = Decision(lines=lines, currency="XOF", product_version="1")
    assert decision.payable_minor == 1000
    assert decision.counted_minor_by_category() == {"vaccination": 300}
    assert decision.case_categories() == ("vaccination",)
    assert Decision.from_json(decision.to_json()) == decision
    assert "is_free_of_ceilings" not in decision.to_json()["lines"][1]
