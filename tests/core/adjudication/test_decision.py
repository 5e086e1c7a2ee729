from __future__ import annotations

import pytest

from entraide.core.adjudication import BorneBy, LineDecision, Reduction
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
