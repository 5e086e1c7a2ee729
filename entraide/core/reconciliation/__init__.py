"""Reconciliation: the lines of a statement against the movements of the books.

Four passes, from the surest to the weakest: the document number (``reference``), several documents
or several lines of one document (``reference-sum``), the amount and a near date (``amount-date``),
the rules of the mutual (``rule``). What remains is explained. The method, with worked examples,
stands in ``docs/algorithms/reconciliation.md``.
"""

from __future__ import annotations

from collections.abc import Iterable

from entraide.core.reconciliation.leftovers import explain_leftovers
from entraide.core.reconciliation.overdue import is_overdue
from entraide.core.reconciliation.passes import (
    Names,
    match_by_amount_and_date,
    match_by_reference,
    match_by_reference_sum,
    match_by_rule,
    propose_shared_references,
)
from entraide.core.reconciliation.rule_patterns import compile_pattern
from entraide.core.reconciliation.values import (
    Board,
    Hint,
    Leftover,
    LeftoverClass,
    Line,
    Match,
    MatchPass,
    MatchRule,
    MatchSettings,
    MatchStatus,
    Movement,
    Proposal,
    Settled,
)

__all__ = [
    "Hint",
    "Leftover",
    "LeftoverClass",
    "Line",
    "Match",
    "MatchPass",
    "MatchRule",
    "MatchSettings",
    "MatchStatus",
    "Movement",
    "Proposal",
    "Settled",
    "compile_pattern",
    "is_overdue",
    "propose_matches",
]


def propose_matches(
    movements: Iterable[Movement],
    lines: Iterable[Line],
    rules: Iterable[MatchRule] = (),
    settings: MatchSettings | None = None,
    settled: Settled | None = None,
    *,
    with_leftovers: bool = True,
) -> Proposal:
    """Compare the movements of one account in the books with the lines of its statement.

    Amounts are signed minor units of one currency, money in positive. The order of the input does
    not matter. Each line and movement is used at most once, and the amounts of a match agree.
    ``settled`` are pieces matched earlier: they are only there to be recognised. Without
    ``with_leftovers`` nobody asks why the rest is left, which takes as long as the matching.
    Refused with ``MATCH_ID_TWICE``, ``RULE_CODE_TWICE`` or a ``RULE_PATTERN_…`` code.
    """
    board = Board(movements, lines, settings or MatchSettings(), settled)
    names = Names(board)
    match_by_reference(board, names)
    match_by_reference_sum(board, names)
    propose_shared_references(board, names)
    match_by_amount_and_date(board, names)
    match_by_rule(board, names, rules)
    leftovers = explain_leftovers(board, names) if with_leftovers else ((), ())
    order = list(MatchPass)
    matches = sorted(
        board.matches, key=lambda match: (order.index(match.match_pass), match.line_ids)
    )
    return Proposal(tuple(matches), *leftovers)
