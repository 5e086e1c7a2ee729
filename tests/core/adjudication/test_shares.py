"""Who is left with what of each line: read from the decision, never worked out again."""

from __future__ import annotations

from entraide.core.adjudication.decision import BorneBy, Decision, LineDecision, Reduction
from entraide.core.adjudication.shares import LineShare, line_shares
from entraide.core.errors import Finding


def _line(key: str, claimed: int, payable: int, *cuts: tuple[int, BorneBy]) -> LineDecision:
    reductions = tuple(Reduction("COPAYMENT", amount, by) for amount, by in cuts)
    return LineDecision(key, "consultation", claimed, payable, reductions)


def test_each_line_has_its_parts() -> None:
    decision = Decision(
        lines=(
            _line("1", 5000, 3000, (1000, BorneBy.MEMBER), (1000, BorneBy.PROVIDER)),
            _line("2", 700, 0, (700, BorneBy.OTHER)),
        ),
        currency="XOF",
        product_version="v",
    )
    assert line_shares(decision, [("1", "consultation"), ("2", "consultation")]) == (
        LineShare(3000, 1000, 1000, 0),
        LineShare(0, 0, 0, 700, Finding("COPAYMENT")),
    )


def test_a_flat_rate_stands_once_on_the_first_line_of_its_category() -> None:
    decision = Decision(
        lines=(
            _line("flat_rate:consultation", 4000, 3000, (1000, BorneBy.MEMBER)),
            _line("1", 0, 0),
            _line("2", 0, 0),
        ),
        currency="XOF",
        product_version="v",
    )
    assert line_shares(decision, [("1", "consultation"), ("2", "consultation")]) == (
        LineShare(3000, 1000),
        LineShare(),
    )
