"""The four passes, from the surest to the weakest. None of them depends on the order of the input.

Each pass first looks at *all* its candidates, then takes: a candidate that shares a line or a
movement with another candidate is never automatic. Candidates are found by document and by amount
in dictionaries, never by comparing everything with everything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from entraide.core.reconciliation.hints import wrong_slip
from entraide.core.reconciliation.references import NameIndex, compact
from entraide.core.reconciliation.rule_patterns import rules_by_label
from entraide.core.reconciliation.values import (
    Board,
    Line,
    Match,
    MatchPass,
    MatchRule,
    MatchStatus,
    Movement,
)

SCORE_REFERENCE = Decimal("1.00")
SCORE_REFERENCE_SUM = Decimal("0.95")
SCORE_RULE = Decimal("0.90")
SCORE_RULE_SHARED = Decimal("0.50")
SCORE_REFERENCE_SHARED = Decimal("0.70")
SCORE_AMOUNT_ONE = Decimal("0.80")  # the only candidate of both sides
SCORE_AMOUNT_HOLDER = Decimal("0.70")  # one of several, but the line names its holder
SCORE_AMOUNT_SHARED = Decimal("0.40")  # one of several

GROUP_LIMIT = 200  # movements on one deposit slip, or lines of one payment


class Names:
    """Which known documents each line names, and which lines name a document."""

    def __init__(self, board: Board) -> None:
        index = NameIndex(movement.document_number for movement in board.all_movements.values())
        self.documents_in: dict[str, frozenset[str]] = {
            line.id: index.found_in(line.label) | index.found_in(line.reference)
            for line in board.all_lines.values()
        }
        self.lines_of: dict[str, list[str]] = defaultdict(list)
        for line_id, documents in self.documents_in.items():
            for document in documents:
                self.lines_of[document].append(line_id)


Group = tuple[tuple[str, ...], tuple[str, ...]]


def _shared(groups: Iterable[Group]) -> tuple[Counter[str], Counter[str]]:
    """How many candidate groups want each line and each movement."""
    lines: Counter[str] = Counter()
    movements: Counter[str] = Counter()
    for line_ids, movement_ids in groups:
        lines.update(line_ids)
        movements.update(movement_ids)
    return lines, movements


def _is_alone(group: Group, lines: Counter[str], movements: Counter[str]) -> bool:
    """No other candidate wants a piece of this group."""
    return all(lines[line_id] == 1 for line_id in group[0]) and all(
        movements[movement_id] == 1 for movement_id in group[1]
    )


def _reference_pairs(board: Board, names: Names) -> list[Group]:
    """Open pairs: the line names the movement's document and the amounts are equal.

    A document with very many movements and lines of one amount would give very many pairs; each
    line then keeps the first two, enough to know that it is not alone.
    """
    open_by_amount: dict[tuple[str, int], list[str]] = defaultdict(list)
    for movement_id, movement in board.movements.items():
        document = board.document_of[movement_id]
        open_by_amount[document, movement.amount_minor].append(movement_id)
    turn: Counter[tuple[str, int]] = Counter()
    pairs: list[Group] = []
    for line_id, line in board.lines.items():
        for document in sorted(names.documents_in[line_id]):
            key = (document, line.amount_minor)
            candidates = open_by_amount.get(key, [])
            # A different pair of candidates for each line, so that as many as possible are used.
            for offset in range(min(2, len(candidates))):
                movement_id = candidates[(turn[key] + offset) % len(candidates)]
                pairs.append(((line_id,), (movement_id,)))
            turn[key] += 1
    return pairs


def match_by_reference(board: Board, names: Names) -> None:
    """The line names the document, the amount is the same, and nothing else competes."""
    pairs = _reference_pairs(board, names)
    lines, movements = _shared(pairs)
    for group in pairs:
        if _is_alone(group, lines, movements):
            others = names.documents_in[group[0][0]] - {board.document_of[group[1][0]]}
            # A line that also names another open document may be the payment of both.
            is_certain = not board.open_movements(others, 1)
            score = SCORE_REFERENCE if is_certain else SCORE_REFERENCE_SHARED
            board.take(MatchPass.REFERENCE, *group, is_certain=is_certain, score=score)


def propose_shared_references(board: Board, names: Names) -> None:
    """What is left of the first pass: equal candidates, paired in order, for a person to decide."""
    for (line_id,), (movement_id,) in _reference_pairs(board, names):
        if line_id in board.lines and movement_id in board.movements:
            board.take(
                MatchPass.REFERENCE,
                (line_id,),
                (movement_id,),
                is_certain=False,
                score=SCORE_REFERENCE_SHARED,
            )


def match_by_reference_sum(board: Board, names: Names) -> None:
    """One line for several movements (a grouped deposit), or several lines for one movement.

    The line names the documents of all the movements; or all the lines name the one document and
    no other. The sums agree.
    """
    groups = _sum_groups(board, names)
    # A piece that also fits one other piece alone has two candidates.
    lines, movements = _shared([*groups, *_reference_pairs(board, names)])
    contested = {
        group
        for group in groups
        if not _is_alone(group, lines, movements) or _is_contested(board, names, group)
    }
    for group in sorted(groups):
        if all(line_id in board.lines for line_id in group[0]) and all(
            movement_id in board.movements for movement_id in group[1]
        ):
            is_certain = group not in contested
            score = SCORE_REFERENCE_SUM if is_certain else SCORE_REFERENCE_SHARED
            board.take(MatchPass.REFERENCE_SUM, *group, is_certain=is_certain, score=score)


def _sum_groups(board: Board, names: Names) -> list[Group]:
    """The open groups whose sums agree: one line and its movements, one movement and its lines."""
    groups: list[Group] = []
    for line_id, line in board.lines.items():
        movement_ids = board.open_movements(names.documents_in[line_id], GROUP_LIMIT + 1)
        if 1 < len(movement_ids) <= GROUP_LIMIT:
            amounts = (board.movements[movement_id].amount_minor for movement_id in movement_ids)
            if sum(amounts) == line.amount_minor:
                groups.append(((line_id,), tuple(movement_ids)))
    for document, named_by in names.lines_of.items():
        line_ids = [
            line_id
            for line_id in named_by
            if line_id in board.lines and len(names.documents_in[line_id]) == 1
        ]
        movement_ids = board.open_movements((document,), 2)
        if 1 < len(line_ids) <= GROUP_LIMIT and len(movement_ids) == 1:
            total_minor = sum(board.lines[line_id].amount_minor for line_id in line_ids)
            if total_minor == board.movements[movement_ids[0]].amount_minor:
                groups.append((tuple(line_ids), tuple(movement_ids)))
    return groups


def _is_contested(board: Board, names: Names, group: Group) -> bool:
    """Another open line names one of the documents of the group."""
    line_ids, movement_ids = group
    documents = {board.document_of[movement_id] for movement_id in movement_ids}
    return any(
        line_id in board.lines and line_id not in line_ids
        for document in documents
        for line_id in names.lines_of[document]
    )


def match_by_amount_and_date(board: Board, names: Names) -> None:
    """The amount is the same and the dates are near; the line names no known document.

    Among several candidates, the one whose holder the line names comes first, then the nearest
    day, then the earlier, then the identifier: all of them proposed, never automatic.
    """
    window = board.settings.window_days
    lines = [
        line
        for line in board.lines.values()
        if line.amount_minor != 0 and not names.documents_in[line.id]
    ]
    wanted = {line.amount_minor for line in lines}
    movements = [
        movement for movement in board.movements.values() if movement.amount_minor in wanted
    ]
    line_days = Counter((line.amount_minor, line.on.toordinal()) for line in lines)
    movement_days = Counter(
        (movement.amount_minor, movement.on.toordinal()) for movement in movements
    )
    line_rivals = {line.id: _near(movement_days, line, window) for line in lines}
    movement_rivals = {movement.id: _near(line_days, movement, window) for movement in movements}
    holders = _holders_named(board, lines, movements)
    for needs_holder in (True, False):
        queues: dict[tuple[str, int, int], list[str]] = defaultdict(list)
        for movement in reversed(movements):  # popped from the end: the first comes first
            if movement.id in board.movements:
                holder = compact(movement.holder) if needs_holder else ""
                queues[holder, movement.amount_minor, movement.on.toordinal()].append(movement.id)
        for distance in range(window + 1):
            for line in lines:
                if line.id not in board.lines:
                    continue
                keys = holders[line.id] if needs_holder else ("",)
                movement_id = _nearest(queues, keys, line, distance)
                if movement_id is None:
                    continue
                movement = board.movements[movement_id]
                is_alone = line_rivals[line.id] == movement_rivals[movement_id] == 1
                # A movement whose number stands on another line may belong to that one.
                is_named = bool(names.lines_of[board.document_of[movement_id]])
                several = SCORE_AMOUNT_HOLDER if needs_holder else SCORE_AMOUNT_SHARED
                board.take(
                    MatchPass.AMOUNT_DATE,
                    (line.id,),
                    (movement_id,),
                    is_certain=is_alone and not is_named,
                    score=SCORE_AMOUNT_ONE if is_alone else several,
                    hints=wrong_slip(line, movement),
                )


def _near(days: Mapping[tuple[int, int], int], piece: Line | Movement, window: int) -> int:
    """How many pieces of the other side have this amount within the window of days."""
    day = piece.on.toordinal()
    return sum(
        days.get((piece.amount_minor, near), 0) for near in range(day - window, day + window + 1)
    )


def _holders_named(
    board: Board, lines: Iterable[Line], movements: Iterable[Movement]
) -> dict[str, tuple[str, ...]]:
    """The compact names of holders found in each line."""
    index = NameIndex(movement.holder for movement in movements)
    return {
        line.id: tuple(sorted(index.found_in(line.label) | index.found_in(line.reference)))
        for line in lines
    }


def _nearest(
    queues: Mapping[tuple[str, int, int], list[str]],
    holders: Iterable[str],
    line: Line,
    distance: int,
) -> str | None:
    """Take the first open movement at exactly this distance in days, the earlier day first."""
    day = line.on.toordinal()
    for near in (day - distance, day + distance):
        for holder in holders:
            queue = queues.get((holder, line.amount_minor, near))
            if queue:
                return queue.pop()
    return None


def match_by_rule(board: Board, names: Names, rules: Iterable[MatchRule]) -> None:
    """The label answers to a rule: the line needs an entry, not a movement.

    It runs last: an event that is already in the books must not be posted a second time. Two rules
    that name different accounts, or a line that names an open document, leave the choice to a
    person.
    """
    labels = rules_by_label(rules, (line.label for line in board.lines.values()))
    for line in list(board.lines.values()):
        answers = labels[line.label]
        if not answers:
            continue
        rule = answers[0]
        is_certain = (
            len({answer.account_role for answer in answers}) == 1
            and any(answer.is_accepted for answer in answers)
            and not board.open_movements(names.documents_in[line.id], 1)
        )
        is_auto = is_certain and MatchPass.RULE in board.settings.auto_accept
        del board.lines[line.id]
        board.matches.append(
            Match(
                (line.id,),
                (),
                MatchPass.RULE,
                MatchStatus.AUTO if is_auto else MatchStatus.PROPOSED,
                SCORE_RULE if is_certain else SCORE_RULE_SHARED,
                rule_code=rule.code,
                account_role=rule.account_role,
            )
        )
